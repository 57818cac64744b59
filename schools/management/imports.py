"""What the import commands share: the summary line, the file of rejected rows, the exit code."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from documents.csv import write_rows
from schools.tables import REJECTED_COLUMNS, FileRefused, rejected_row


class ImportCommand(BaseCommand):
    """A command that reads ``FILE`` into the service: good rows are kept, bad ones reported.

    Subclasses define ``run(path, options)``, which returns an ``Outcome``.
    """

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and change nothing"
        )
        parser.add_argument(
            "--rejects",
            metavar="FILE",
            type=Path,
            help="where rejected rows go, with reasons (FILE.rejected.csv beside the file)",
        )

    def add_by(self, parser):
        """Let ``--by EMAIL`` say who does what the file says, with their rights."""
        parser.add_argument(
            "--by", metavar="EMAIL", default="", help="who does it, with their rights"
        )

    def person(self, email):
        """The ``User`` whom ``--by`` names, or None without it. CommandError for nobody."""
        if not email:
            return None
        people = User.objects.filter(email=email.strip().lower(), is_active=True, is_system=False)
        person = people.first()
        if person is None:
            raise CommandError(f"Nobody here has the address {email}. Give that of a person.")
        return person

    def handle(self, *, file, rejects, **options):
        try:
            outcome = self.run(file, options)
        except FileRefused as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        self.stdout.write(str(outcome))
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was a dry run.")
        if outcome.rejected:
            rejects = rejects or file.with_suffix(".rejected.csv")
            self._write_rejects(rejects, outcome.rejected)
            raise CommandError(f"The rejected rows and the reasons are in {rejects}.")

    def run(self, path, options):
        raise NotImplementedError

    def progress(self, rows):
        """Show how many rows have been read, where somebody is watching."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{rows:,} rows read", ending="")

    def _write_rejects(self, path, rejected):
        try:
            with open(path, "wb") as stream:
                write_rows(stream, REJECTED_COLUMNS, map(rejected_row, rejected))
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror}). Name another place with --rejects."
            ) from error
