"""The themes with which a council's list begins (rules 001-5, 000-13), for it to edit."""

from django.conf import settings
from django.db import migrations


def add(apps, schema_editor):
    theme = apps.get_model("consultations", "Theme")
    theme.objects.bulk_create(
        (theme(name=name) for name in settings.COUNCIL.themes), ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [("consultations", "0011_action_subjects")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
