"""Until when a message is kept for somebody who wants to be written to once a day or a week."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_urgent'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='held_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
