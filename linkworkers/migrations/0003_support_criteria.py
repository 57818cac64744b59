"""Rule 001-54's criteria for enhanced support, for a council to edit.

Each with the fact that makes the service suggest it, where there is one.
"""

from django.db import migrations

CRITERIA = [
    ("The school does not engage, or there has been no contact for long", "no_contact"),
    ("Many Early Help Plans", ""),
    ("No Early Help Plans", ""),
    ("High suspensions or permanent exclusions", "suspensions"),
    ("Deprivation, or many pupils with free school meals", "deprivation"),
    ("Something else", ""),
]


def add(apps, schema_editor):
    criterion = apps.get_model("linkworkers", "SupportCriterion")
    criterion.objects.bulk_create(
        criterion(name=name, suggests=suggests, position=position)
        for position, (name, suggests) in enumerate(CRITERIA)
    )


class Migration(migrations.Migration):
    dependencies = [("linkworkers", "0002_hub_follows_school")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
