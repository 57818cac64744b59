"""The statuses a child may have, for a council to edit (rules 001-46, 002-19 to 002-22).

Each with what it means for where a note must go (rules 001-115 to 001-121).
"""

from django.db import migrations

KINDS = [
    ("Child in need", "open"),
    ("Child protection plan", "open"),
    ("Looked after", "open"),
    ("Assessment by social care (section 17)", "open"),
    ("Enquiry by social care (section 47)", "open"),
    ("Family Help plan with a social worker", "open"),
    ("Early Help Plan", "plan"),
    ("EF", "ask"),
    ("YPP", "ask"),
    ("FIO", "ask"),
    ("Education, health and care plan (EHCP)", "none"),
    ("Assessment for an EHCP in progress (EHCNA)", "none"),
    ("Previously looked after", "none"),
    ("Privately fostered", "none"),
]


def add(apps, schema_editor):
    kind = apps.get_model("schools", "StatusKind")
    kind.objects.bulk_create(
        kind(name=name, route=route, position=position)
        for position, (name, route) in enumerate(KINDS)
    )


class Migration(migrations.Migration):
    dependencies = [("schools", "0003_pupils")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
