from schools.contact_list import import_contacts
from schools.management.imports import ImportCommand


class Command(ImportCommand):
    help = "Read a list of people at schools; safeguarding posts wait to be confirmed."

    def run(self, path, options):
        return import_contacts(path, dry_run=options["dry_run"], progress=self.progress)
