"""The kinds of support and the scales that every council starts with, for it to edit."""

from django.db import migrations

WORK_TYPES = [
    "Attendance and return to school",
    "Anxiety and emotional wellbeing",
    "Behaviour and boundaries at home",
    "Routines, sleep and getting ready",
    "Friendships and staying safe",
    "Staying safe online",
    "Support with a move between schools",
    "Parenting support",
    "Family relationships",
    "Support while waiting for another service",
]
SCALES = [
    (
        "How things are going",
        {0: "As bad as it could be", 5: "Some good days, some bad", 10: "Good enough without us"},
    ),
    (
        "Going to school",
        {0: "Cannot go at all", 5: "Goes some of the time", 10: "Goes every day and is settled"},
    ),
]


def add(apps, schema_editor):
    work_type = apps.get_model("interventions", "WorkType")
    work_type.objects.bulk_create(
        work_type(name=name, position=position) for position, name in enumerate(WORK_TYPES)
    )
    scale = apps.get_model("interventions", "Scale")
    scale.objects.bulk_create(
        scale(name=name, words=[words.get(point, "") for point in range(11)], position=position)
        for position, (name, words) in enumerate(SCALES)
    )


class Migration(migrations.Migration):
    dependencies = [("interventions", "0002_hub_follows_school")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
