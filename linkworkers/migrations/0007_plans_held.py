"""Plans for families count: in what people carry, and in what suggests enhanced support."""

from django.db import migrations, models

SUGGEST = {"Many Early Help Plans": "many_plans", "No Early Help Plans": "no_plans"}


def suggest(apps, schema_editor):
    criteria = apps.get_model("linkworkers", "SupportCriterion").objects.filter(suggests="")
    for name, fact in SUGGEST.items():
        criteria.filter(name=name).update(suggests=fact)


class Migration(migrations.Migration):
    dependencies = [("linkworkers", "0006_criteria_history")]
    operations = [
        migrations.AddField(
            model_name="allocationplan",
            name="plans_held",
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(suggest, migrations.RunPython.noop),
    ]
