import sys

from django.core.management.base import BaseCommand

from notifications import watch


class Command(BaseCommand):
    help = (
        "Looks at the health page from outside and raises the alarm when messages do not go out:"
        " for cron, on another machine. Uses neither database nor broker."
    )

    def add_arguments(self, parser):
        watch.add_arguments(parser)

    def handle(self, *, url, limit, mail_to, mail_from, smtp, state, **options):
        failed = watch.watch(
            url, limit=limit, mail_to=mail_to, mail_from=mail_from, smtp=smtp, state=state
        )
        sys.exit(failed)
