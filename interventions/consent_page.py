"""The agreement on the page of the work, and what has to be looked at again."""

from django.db.models import Q
from django.utils import timezone

from govuk.words import lower_first
from interventions import policies
from interventions.agreement import Standing, agreement_of
from interventions.models import Contact, EndReason, Session, ShortIntervention
from schools.calendar import calendars_of

# School weeks after a family said no, when nobody sets another day.
WATCH_WEEKS = 6
# Work that ended this way is looked at again.
SAID_NO = (EndReason.REFUSED, EndReason.WITHDRAWN)


def section(user, work):
    """What ``interventions/_consent.html`` shows of a work that is open to ``user``.

    Agreement, lawful basis and whether the family knows are told apart (domain-facts.md 2.10).
    Five queries at most.
    """
    agreement = agreement_of(work)
    may_work = policies.may_work(user, work)
    has_withdrawn = bool(agreement.who(Standing.WITHDRAWN))
    end_reason = EndReason.WITHDRAWN if has_withdrawn else EndReason.REFUSED
    return {
        "work": work,
        "agreement": agreement,
        "may_confirm": work.is_open and policies.may_confirm(user, work),
        "may_work": may_work,
        "is_refused": _said_no(work, agreement),
        "is_due": bool(work.watch_on and work.watch_on <= timezone.localdate()),
        "end_reason": end_reason.value,
        "end_words": lower_first(end_reason.label),
        "late_work": _done_after(work, agreement),
    }


def _said_no(work, agreement):
    """Other contact and watchfulness are what is left (rules 003-50 to 003-52)."""
    return agreement.is_refused if work.is_open else work.end_reason in SAID_NO


def _done_after(work, agreement):
    """Completed direct work with somebody on or after the day on which they withdrew."""
    gone = [stand for stand in agreement.stands if stand.standing == Standing.WITHDRAWN]
    if not gone:
        return []
    after = Q()
    for stand in gone:
        after |= Q(people=stand.participant, held_on__gte=stand.since)
    return list(
        Session.objects.filter(
            after, intervention=work, contact=Contact.DIRECT, completed_at__isnull=False
        )
        .distinct()
        .order_by("held_on")
    )


def to_look_at(user, today=None):
    """What ``user`` looks at again today (a date): work with its ``school``, naming no child."""
    due = ShortIntervention.objects.to_look_at(user, today or timezone.localdate())
    return due.select_related("school", "work_type")


def day_to_look(work):
    """The day on which a family that said no is looked at again, unless somebody sets another."""
    calendar = calendars_of([work.school_id])[work.school_id]
    day = calendar.day_after(timezone.localdate(), WATCH_WEEKS)
    return day if calendar.is_school_day(day) else calendar.next_school_day(day)
