from pathlib import Path

from schools.management.imports import ImportCommand
from schools.register import import_register


class Command(ImportCommand):
    help = "Read the national register of schools (Get Information about Schools) into the service."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--links", metavar="FILE", type=Path, help="predecessors and successors of schools"
        )
        parser.add_argument(
            "--local-authority", metavar="CODE", default="", help="this authority's schools only"
        )

    def run(self, path, options):
        outcome, linked = import_register(
            path,
            links=options["links"],
            local_authority=options["local_authority"],
            dry_run=options["dry_run"],
            progress=self.progress,
        )
        if options["links"]:
            self.stderr.write(f"Successor links added: {linked}")
        return outcome
