"""How often somebody wants to be written to: at once, once a day, once a week or not at all.

It holds for every kind of message that may wait (``kinds.register``). What is urgent, lets its
reader in or carries an appointment goes at once, whatever somebody chose.
"""

from datetime import datetime, time, timedelta

from django.db import models
from django.utils import timezone

# Together, from this time on here; once a week on Monday. Reminders and the digest are written at
# that time too, or by a tick that comes an hour late, and those go with the others.
AT, UNTIL = time(7, 30), time(9)
DAY = timedelta(days=1)
MONDAY = 0


class Cadence(models.TextChoices):
    AT_ONCE = "at_once", "As things happen"
    DAILY = "daily", "Once a day, at 7:30am"
    WEEKLY = "weekly", "Once a week, on Monday at 7:30am"
    NONE = "none", "No emails: I look at my work here"


def held_until(cadence, now):
    """The instant at which messages of a ``Cadence`` written at ``now`` go; None if at once."""
    if cadence not in (Cadence.DAILY, Cadence.WEEKLY):
        return None
    here = timezone.localtime(now)
    day = here.date() if here.time() < UNTIL else here.date() + DAY
    if cadence == Cadence.WEEKLY:
        day += (MONDAY - day.weekday()) % 7 * DAY
    at = timezone.make_aware(datetime.combine(day, AT))
    return at if at > now else None
