"""A scale or a score once a point for each child; of a feedback link only a digest is kept."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interventions", "0003_kinds_of_support"),
        ("schools", "0005_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="measure",
            name="measure_scale_once_a_point",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="code_hash",
        ),
        migrations.AddField(
            model_name="feedback",
            name="token_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                condition=models.Q(("token_hash", ""), _negated=True),
                fields=("token_hash",),
                name="feedback_of_a_token",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "scale"), models.Q(("point", "review"), _negated=True)),
                fields=("intervention", "pupil", "scale", "informant", "point"),
                name="measure_scale_once_a_point",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "score"), models.Q(("point", "review"), _negated=True)),
                fields=("intervention", "pupil", "tool", "tool_version", "informant", "point"),
                name="measure_score_once_a_point",
                nulls_distinct=False,
            ),
        ),
    ]
