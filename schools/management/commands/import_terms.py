from schools.management.imports import ImportCommand
from schools.term_list import import_terms


class Command(ImportCommand):
    help = "Read a list of terms: the council's, or with a URN a school's own."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_terms(path, by=self.person(options["by"]), dry_run=options["dry_run"])
