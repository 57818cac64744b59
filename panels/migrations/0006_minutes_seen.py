"""By what a correction of final minutes that changed nothing is known."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panels', '0005_meeting_handed_over'),
    ]

    operations = [
        migrations.AddField(
            model_name='minutesversion',
            name='seen',
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
