"""What is urgent leaves first, what may have arrived is asked about, and beat says it is there."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_calendar")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="is_urgent",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="in_doubt_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveIndex(model_name="message", name="message_to_send"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["-is_urgent", "next_try_at"],
                condition=Q(state__in=["pending", "sending"]),
                name="message_to_send",
            ),
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "name",
                    models.CharField(max_length=20, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
