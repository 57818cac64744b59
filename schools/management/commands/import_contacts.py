from schools.contact_list import import_contacts
from schools.management.imports import ImportCommand


class Command(ImportCommand):
    help = "Read a list of people at schools; safeguarding posts wait to be confirmed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_contacts(
            path,
            by=self.person(options["by"]),
            dry_run=options["dry_run"],
            progress=self.progress,
        )
