"""The planner knows ten thousand words by how many notes have them, not the first thousand only.

It takes any other for one that some notes have, and would look for it newest first, through all.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0012_search_newest"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE schools_searchentry ALTER COLUMN words SET STATISTICS 1000",
            "ALTER TABLE schools_searchentry ALTER COLUMN words SET STATISTICS -1",
        ),
    ]
