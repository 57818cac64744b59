"""What schools are alert to (rule 003-63), for a council to edit; copied hubs held true."""

from django.db import migrations

VULNERABILITIES = [
    "Disability or specific additional needs",
    "Special educational needs, with a plan or without",
    "Young carer",
    "Antisocial or criminal behaviour, gangs, organised crime",
    "Often missing from care or home",
    "Modern slavery, trafficking or exploitation",
    "Radicalisation",
    "Family circumstances: substance use, adult mental health, domestic abuse",
    "Own use of drugs or alcohol",
    "Privately fostered",
    "Returned home from care",
]
TABLES = ["consultations_recordingtask", "consultations_nurseinvite"]


def add(apps, schema_editor):
    vulnerability = apps.get_model("consultations", "Vulnerability")
    vulnerability.objects.bulk_create(
        vulnerability(name=name, position=position)
        for position, name in enumerate(VULNERABILITIES)
    )


class Migration(migrations.Migration):
    dependencies = [("consultations", "0004_children")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_hub_of_school"
                " FOREIGN KEY (school_id, hub_id) REFERENCES schools_school (id, hub_id)"
                " ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_hub_of_school",
            )
            for table in TABLES
        ),
    ]
