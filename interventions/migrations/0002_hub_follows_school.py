"""The copied hub is the school's hub: a composite key that a change of hub cascades through."""

from django.db import migrations

TABLES = [
    "interventions_shortintervention",
    "interventions_earlyhelpplan",
    "interventions_programmecase",
]


class Migration(migrations.Migration):
    dependencies = [("interventions", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_hub_of_school"
            " FOREIGN KEY (school_id, hub_id) REFERENCES schools_school (id, hub_id)"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_hub_of_school",
        )
        for table in TABLES
    ]
