from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "overview"
    verbose_name = "What reads across the apps"

    def ready(self):
        from overview import notices

        notices.register_kinds()
