from django.apps import AppConfig
from django.core.management.commands import makemigrations, migrate
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "What was done and who looked"

    def ready(self):
        from audit.autodetector import FoldingAutodetector
        from audit.privileges import limit_after_migration

        # As the last migration leaves new tables behind, each run ends with the app role's limits.
        post_migrate.connect(limit_after_migration, sender=self)
        makemigrations.Command.autodetector = FoldingAutodetector
        migrate.Command.autodetector = FoldingAutodetector
