from schools.attendance_list import import_attendance
from schools.management.imports import ImportCommand


class Command(ImportCommand):
    help = "Read a school register's attendance by child and week: sessions, or codes."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.add_by(parser)

    def run(self, path, options):
        return import_attendance(
            path,
            by=self.person(options["by"]),
            dry_run=options["dry_run"],
            progress=self.progress,
        )
