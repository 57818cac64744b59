import os
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from overview import demo

PASSWORD = "linkbook-demo-2026"  # noqa: S105 - printed by make run, for invented people only


class Command(BaseCommand):
    help = "Make the demonstration's data: real schools, invented people, a term of work."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "seed_demo makes invented people with a known password, so it runs in "
                "demonstration mode only (LINKBOOK_DEMO=1)."
            )
        if demo.is_there():
            self.stdout.write("The demonstration is there already.")
            return
        began = time.monotonic()
        password = os.environ.get("LINKBOOK_DEMO_PASSWORD") or PASSWORD
        accounts = demo.make(password)
        self.stdout.write(f"Made in {time.monotonic() - began:.0f} seconds. Every account signs in")
        self.stdout.write(f"with the password {password}\n\n")
        for account in accounts:
            self.stdout.write(f"  {account.email:<30}{account.name}, {account.what}")
