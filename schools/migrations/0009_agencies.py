"""The agencies with which a council's directory begins (rule 000-8), for it to edit."""

from django.conf import settings
from django.db import migrations


def add(apps, schema_editor):
    agency = apps.get_model("schools", "Agency")
    agency.objects.bulk_create(
        (agency(name=name, what_for=what_for) for name, what_for in settings.COUNCIL.agencies),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("schools", "0008_resources")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
