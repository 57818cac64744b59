"""The term's consultations with the school nurse in the demonstration (rules 001-72, 001-73).

At most schools one was held; at the main ones an appointment is confirmed, one waits for an
answer, one has no date yet and one school has no nursing team. Between terms there is nothing.
"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from consultations import nurse
from consultations.models import Consultation, NurseInvite, State
from consultations.services import nurse as nurse_services
from schools.calendar import calendars_of
from schools.models import School

HORIZON = 28


def tell_of_nurses(demo, *, mine, confirmed, invited, proposed, without_team):
    """``demo`` is the ``Demonstration``; ``mine`` are URNs, the others one URN each."""
    School.objects.filter(urn=without_team).update(nursing_team=None)
    nurse_services.propose(demo.system)
    _held(demo, mine, open_at=[confirmed, invited, proposed, without_team])
    for urn, place in ((confirmed, "The library"), (invited, "Meeting room 2")):
        _arrange(demo, urn, place, is_confirmed=urn == confirmed)


def _held(demo, mine, open_at):
    """A nurse took part in the term's first consultation at three schools out of four."""
    invites = list(
        NurseInvite.objects.exclude(school__urn__in=open_at)
        .select_related("school")
        .order_by("school__urn")
    )
    calendars = calendars_of(invite.school_id for invite in invites)
    first = {}
    for consultation in Consultation.objects.exclude(state=State.DRAFT).order_by("held_at"):
        calendar = calendars.get(consultation.school_id, calendars[None])
        term = calendar.term_on(timezone.localdate(consultation.held_at))
        first.setdefault((consultation.school_id, term), consultation)
    linked = []
    for number, invite in enumerate(invites):
        consultation = first.get((invite.school_id, invite.named_term))
        if consultation and (number % 4 or invite.school.urn in mine):
            consultation.nurse_present, invite.consultation = True, consultation
            linked.append(invite)
    Consultation.objects.bulk_update([row.consultation for row in linked], ["nurse_present"])
    NurseInvite.objects.bulk_update(linked, ["consultation"])


def _arrange(demo, urn, place, *, is_confirmed):
    """A date in the next weeks, where the term has school days left."""
    school, worker = demo.school(urn), demo.user("linkworker")
    invite = NurseInvite.objects.filter(school=school, consultation=None).first()
    day = _free_day(school, invite, skip=4 if is_confirmed else 6) if invite else None
    if day is None:
        return
    nurse_services.invite(
        worker,
        invite,
        starts_at=timezone.make_aware(datetime.combine(day, time(10))),
        minutes=60,
        place=place,
        version=invite.version,
        inbox=school.nursing_team.inbox,
    )
    if is_confirmed:
        nurse_services.confirm(worker, invite, timezone.localdate(demo.now))


def _free_day(school, invite, skip):
    """The school day of the invitation's term with ``skip`` others before it, or None."""
    calendar, today = calendars_of([school.pk])[school.pk], timezone.localdate()
    days = (today + timedelta(days=n) for n in range(1, HORIZON))
    free = [d for d in days if not nurse.cannot_be_on(calendar, invite.named_term, school, d)]
    return free[skip] if len(free) > skip else None
