from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "The outbox"

    def ready(self):
        from notifications import backends, kinds

        kinds.register(backends.ACCOUNT, label="Sign-in and password")
