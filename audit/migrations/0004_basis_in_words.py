from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_children")]

    operations = [
        migrations.AlterField(
            model_name="access",
            name="basis",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
