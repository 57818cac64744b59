from django.apps import AppConfig


class LinkworkersConfig(AppConfig):
    name = "linkworkers"
    verbose_name = "Link workers and allocations"
