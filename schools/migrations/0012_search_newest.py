"""The newest words of the whole county are come by without its hubs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('schools', '0011_agency_offered'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='searchentry',
            index=models.Index(condition=models.Q(('for_school', False)), fields=['-at', '-id'], name='search_newest'),
        ),
    ]
