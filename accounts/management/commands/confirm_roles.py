from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import StaffRole, User, current
from audit.errors import TransitionNotAllowed


class Command(BaseCommand):
    help = (
        "Confirms the roles somebody waits for, where nobody is left to be the second person: "
        "in a fresh installation, or when every manager has gone."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", nargs="+")

    @transaction.atomic
    def handle(self, *, email, **options):
        by = User.objects.system("setup")
        for address in email:
            waiting = StaffRole.objects.filter(
                current(), user__email=address.strip().lower(), confirmed_at__isnull=True
            )
            if not waiting:
                raise CommandError(f"{address} waits for no role. Nothing was confirmed.")
            for role in waiting:
                self.confirm(by, role)

    def confirm(self, by, role):
        try:
            services.confirm_role(by, role)
        except TransitionNotAllowed as error:
            raise CommandError(f"{error} Nothing was confirmed.") from error
        self.stdout.write(f"Confirmed: {role.user.email}, {role.get_role_display().lower()}.")
