from schools.management.imports import ImportCommand
from schools.pupil_list import import_pupils


class Command(ImportCommand):
    help = "Read a school's list of children: names, dates of birth, UPNs."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_pupils(
            path,
            by=self.person(options["by"]),
            dry_run=options["dry_run"],
            progress=self.progress,
        )
