"""When the author of a consultation opened what a manager said of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultations", "0014_resources_shared")]
    operations = [
        migrations.AddField(
            model_name="comment",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
