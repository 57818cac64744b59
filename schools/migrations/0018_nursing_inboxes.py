"""No two nursing teams have one duty inbox, whatever its capitals (rule 001-73)."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0017_agency_category"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="nursingteam",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("inbox"),
                condition=models.Q(("inbox", ""), _negated=True),
                name="nursing_team_inbox_once",
            ),
        ),
    ]
