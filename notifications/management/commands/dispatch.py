from django.core.management.base import BaseCommand

from notifications.services import drain


class Command(BaseCommand):
    help = "Sends the messages that are due, once: for cron, or where no worker runs."

    def handle(self, *arguments, **options):
        drain()
