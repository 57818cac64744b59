from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People, roles and sign-in"

    def ready(self):
        from accounts import notices, signals  # noqa: F401 - signals connect on import

        notices.register_kinds()
