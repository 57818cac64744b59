from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import policies, services
from accounts.models import User
from audit.errors import TransitionNotAllowed


class Command(BaseCommand):
    help = "Invites an administrator by e-mail: the way into a fresh installation."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *, email, name, **options):
        try:
            validate_email(email)
            services.invite(User.objects.system("setup"), email, name, policies.FIRST_ROLES)
        except ValidationError as error:
            raise CommandError("Give an email address, then a name.") from error
        except TransitionNotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Invited. The invitation is on its way by e-mail.")
