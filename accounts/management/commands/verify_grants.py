from django.core.management.base import BaseCommand, CommandError

from accounts.grants import drift


class Command(BaseCommand):
    help = "Compares the grants with what each app expects; exits 1 when they differ."

    def handle(self, **options):
        findings = drift()
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError("The grants differ from what the records say.")
        self.stdout.write("Every grant is as the records say.")
