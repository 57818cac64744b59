from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linkworkers", "0004_visit_logged_at"),
    ]
    operations = [
        migrations.AlterField(
            model_name="allocation",
            name=name,
            field=models.CharField(blank=True, max_length=1000),
        )
        for name in ("reason", "ended_why")
    ]
