from interventions.plan_import import import_plans
from schools.management.imports import ImportCommand


class Command(ImportCommand):
    help = "Read the Early Help Plans that schools lead: child, school, lead professional, dates."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_plans(
            path,
            by=self.person(options["by"]),
            dry_run=options["dry_run"],
            progress=self.progress,
        )
