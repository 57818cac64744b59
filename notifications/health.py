"""Whether messages go out: for the health page, and for whoever depends on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Max
from django.db.models.functions import Greatest, Now

from notifications.models import Heartbeat, Message

BEAT = "beat"


@dataclass(frozen=True)
class Health:
    """How sending stands, by the database's clock.

    ``oldest_unsent`` is how long the oldest message that should be out has waited, zero when
    there is none. ``beat_at`` is when the clock that makes everything go round was last seen,
    ``beat_silent`` how long ago that is; None when it never was.
    """

    oldest_unsent: timedelta
    beat_at: datetime | None
    beat_silent: timedelta | None

    @property
    def is_sending(self):
        """Whether nobody has to look after it: nothing is late and the clock goes."""
        longest = timedelta(seconds=settings.UNSENT_ALERT_SECONDS)
        return (
            self.beat_silent is not None
            and self.beat_silent <= longest
            and self.oldest_unsent <= longest
        )


def health():
    """The Health of this moment; two queries that follow what waits, not what was sent."""
    # Not the age of the earliest: an index by date would be searched past all that was sent.
    since = Greatest("created_at", "held_until")
    oldest = Message.objects.unsent().aggregate(age=Max(Now() - since))["age"]
    beat = Heartbeat.objects.annotate(silent=Now() - F("at")).filter(name=BEAT).first()
    return Health(
        # What is kept for somebody's own time is not late before it.
        oldest_unsent=max(oldest or timedelta(), timedelta()),
        beat_at=beat and beat.at,
        beat_silent=beat and beat.silent,
    )


def beat():
    """Note that the clock was here."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=BEAT, at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
