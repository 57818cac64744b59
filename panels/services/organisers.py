"""A meeting handed to somebody else to run, and the next one prepared from one that was held."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look, Verb
from audit.services import look_of, looked_at_all, record
from panels import organiser_notices, policies
from panels.models import (
    ORGANISER,
    MeetingGrant,
    MeetingHandOver,
    MeetingKind,
    MeetingPupil,
    MeetingState,
)
from panels.services import children, meetings, minutes, people
from panels.services.meetings import locked
from schools.children import open_now
from schools.models import Enrolment, Involvement
from schools.services import involve


@transaction.atomic
def hand_over(by, meeting, to, why):
    """Somebody else organises it from here on, for a reason; both hear. Returns the meeting.

    The grant moves to them, and with it the chair and the minutes where they were the former's, and
    the children on whose current work it put them; the look is logged with the reason. Invitations
    stay as they are: they come from the service, under the same UID. PermissionDenied for who does
    not run it, and for ``to`` who may not call such a meeting; ValidationError without a reason;
    TransitionNotAllowed once it is cancelled, and when it is theirs already.
    """
    meeting = locked(meeting)
    allow(policies.may_run(by, meeting))
    if meeting.state == MeetingState.CANCELLED:
        raise TransitionNotAllowed("This meeting was cancelled.")
    if meeting.organiser_id == to.pk:
        raise TransitionNotAllowed(f"{to.name} organises this meeting already.")
    allow(policies.organisers_for(meeting).filter(pk=to.pk).exists())
    why = why.strip()
    if not why:
        raise ValidationError({"reason": "Enter why you hand it over"})
    former, meeting.organiser = meeting.organiser, to
    if meeting.is_ahead and meeting.chair_id == former.pk:
        meeting.chair = to
    meeting.save(update_fields=["organiser", "chair"])
    if meeting.minuted_by_id == former.pk:
        minutes.hand_over(by, meeting, to, why)
    MeetingGrant.objects.of(ORGANISER, [meeting.pk]).update(user=to)
    _hand_children_over(by, meeting, former, to, why)
    handed = MeetingHandOver.objects.create(
        meeting=meeting, former=former, to=to, why=why, handed_over_by=by
    )
    record(by, Verb.HAND_OVER, meeting, former=str(former.pk), to=str(to.pk))
    organiser_notices.handed_over(handed, by)
    return meeting


def _hand_children_over(by, meeting, former, to, why):
    """What the meeting put on the former's current work is on the new organiser's now."""
    rows = Involvement.objects.current().filter(
        user=former, source_type=meeting._meta.model_name, source_id=meeting.pk
    )
    ids = set(rows.values_list("pupil", flat=True))
    on_work, _ = open_now(to, ids)
    looked_at_all(
        [
            look_of(by, meeting, Look.REASON, basis="meeting", child_id=pk, reason=why[:200])
            for pk in ids - on_work
        ]
    )
    involve(ids, meeting, user=to)
    still_there = meeting.people.filter(user=former, removed_at__isnull=True).exists()
    if not still_there:
        rows.update(ends_at=timezone.now())


# --- the next meeting -----------------------------------------------------------------------------


@transaction.atomic
def prepare_next(by, kind, schools, facts, *, previous, **options):
    """Prepare the meeting that follows ``previous``, as ``meetings.prepare``; returns it.

    The same schools, people and agencies are on it, as far as they may be invited still; its open
    actions come with the agenda. The children are not: each is put on it anew, with its basis. A
    panel is of the same area and hub.
    """
    if kind == MeetingKind.PANEL:
        facts = {**facts, "panel_area": previous.panel_area, "hub": previous.hub}
    meeting = meetings.prepare(by, kind, schools, facts, previous=previous, **options)
    there = {school.pk for school in schools}
    for row in previous.schools.select_related("school"):
        if row.school_id not in there and policies.may_call(by, MeetingKind(kind), [row.school]):
            people.add_school(by, meeting, row.school)
    if kind != MeetingKind.LOCAL or policies.may_assign(by, meeting):
        _invite_again(by, meeting, previous)
    for row in previous.agencies.select_related("agency", "contact"):
        # Of who has left nothing but the name is known.
        if row.contact or row.name == row.agency.name:
            people.invite_agency(by, meeting, row.agency, contact=row.contact, role=row.role)
    return meeting


def _invite_again(by, meeting, previous):
    before = previous.people.filter(removed_at__isnull=True)
    users = before.filter(contact__isnull=True).values("user")
    contacts = before.filter(contact__isnull=False).values("contact")
    people.choose_people(
        by,
        meeting,
        policies.colleagues_for(meeting).filter(pk__in=users),
        policies.contacts_for(meeting).filter(pk__in=contacts),
    )


def next_date_of(meeting):
    """The next date of the series of a meeting; None after the last, and of one of no series."""
    if meeting.series_id is None:
        return None
    later = meeting.series.meetings.filter(starts_at__gt=meeting.starts_at)
    return later.filter(state=MeetingState.CALLED).order_by("starts_at").first()


def check_again(meeting, before):
    """TransitionNotAllowed where a child of the meeting before can be put on this one no more."""
    if meeting.pupils.filter(pupil=before.pupil_id).exists():
        raise TransitionNotAllowed(children.ON_IT)
    if before not in children_before(meeting):
        raise TransitionNotAllowed("This child cannot be put on this meeting any more.")


def children_before(meeting):
    """The children of the meeting before who may be talked about again: still at its schools."""
    if meeting.previous_id is None or not (meeting.is_ahead and meeting.takes_children):
        return []
    there = meeting.pupils.values("pupil")
    about = meeting.schools.values("school")
    rows = MeetingPupil.objects.filter(meeting=meeting.previous_id).exclude(pupil__in=there)
    staying = Enrolment.objects.filter(ends_on__isnull=True, school__in=about)
    rows = rows.filter(school__in=about, pupil__in=staying.values("pupil"))
    return list(rows.select_related("school"))
