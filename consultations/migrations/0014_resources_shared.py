"""Which resources of the library a consultation shared, with title and link as they were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultations", "0013_more_to_record")]
    operations = [
        migrations.AddField(
            model_name="consultation",
            name="resources",
            field=models.JSONField(
                blank=True, default=list, verbose_name="resources that were shared"
            ),
        ),
    ]
