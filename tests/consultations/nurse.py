"""A school year and an invitation of the school nurse, for the tests of both."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from consultations.models import NurseInvite
from consultations.services import nurse as nurse_services
from notifications.models import Message
from schools.models import Term

# A Friday in the second half of the autumn term; half-term is the last week of October.
TODAY = "2026-11-20T09:00:00Z"
THURSDAY = date(2026, 12, 3)
TERMS = {
    "autumn": (date(2026, 9, 2), date(2026, 12, 18), date(2026, 10, 26), date(2026, 10, 30)),
    "spring": (date(2027, 1, 4), date(2027, 3, 25), date(2027, 2, 15), date(2027, 2, 19)),
    "summer": (date(2027, 4, 12), date(2027, 7, 22), date(2027, 5, 31), date(2027, 6, 4)),
}


def term(name, days, school=None):
    fields = ("starts_on", "ends_on", "half_term_starts_on", "half_term_ends_on")
    return Term.objects.create(
        school=school, school_year=2026, name=name, **dict(zip(fields, days, strict=True))
    )


def school_year():
    for name, days in TERMS.items():
        term(name, days)


def at(day, hour=10, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def proposal(school, name="autumn"):
    invite, _ = NurseInvite.objects.get_or_create(
        school=school, school_year=2026, term=name, defaults={"hub_id": school.hub_id}
    )
    return invite


def invited(by, invite, day=THURSDAY, **changes):
    """Set the date as the page does, from what the database holds now."""
    fresh = NurseInvite.objects.select_related("school__nursing_team").get(pk=invite.pk)
    told = {
        "starts_at": at(day),
        "minutes": 60,
        "place": "Room 4",
        "version": fresh.version,
        **changes,
    }
    told.setdefault("inbox", getattr(fresh.school.nursing_team, "inbox", ""))
    return nurse_services.invite(by, fresh, **told)


def sent(invite, kind="nurse_invited"):
    """The addresses of the messages of that kind about it, in order."""
    messages = Message.objects.about(invite).filter(kind=kind)
    return sorted(messages.values_list("address", flat=True))


def days_later(number):
    return THURSDAY + timedelta(days=number)
