from linkworkers.worker_list import import_link_workers
from schools.management.imports import ImportCommand


class Command(ImportCommand):
    help = "Read a list of link workers, and the schools they hold, into the service."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_link_workers(
            path,
            by=self.person(options["by"]),
            dry_run=options["dry_run"],
            progress=self.progress,
        )
