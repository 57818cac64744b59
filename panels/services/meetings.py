"""A meeting prepared, called, changed, cancelled and held."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.grants import give
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from panels import entitlements, invitation_notices, policies
from panels.models import (
    Meeting,
    MeetingGrant,
    MeetingKind,
    MeetingSchool,
    MeetingState,
    OurPart,
)
from referrals.models import RequestState, SupportRequest
from referrals.policies import may_answer_request
from referrals.services import request_answers
from schools import naming
from schools.calendar import calendars_of
from schools.services.children import end_involvement

MADE = "This meeting has been prepared already."
CHANGED = (
    "Somebody has changed this meeting since you opened the page. Check it, then send yours again"
)
OVER = "This meeting is {}: it cannot be changed any more."
FACTS = (
    "title",
    "areas",
    "purpose",
    "our_part",
    "chair_name",
    "hub",
    "panel_area",
    "is_school_led",
)


def locked(meeting):
    """The meeting, locked until the act is over."""
    return Meeting.objects.select_for_update(of=["self"]).get(pk=meeting.pk)


def to_change(by, meeting):
    """The meeting, locked, if ``by`` runs it and it lies ahead; TransitionNotAllowed if not."""
    meeting = locked(meeting)
    allow(policies.may_run(by, meeting))
    if not meeting.is_ahead:
        raise TransitionNotAllowed(OVER.format(meeting.get_state_display().lower()))
    return meeting


def to_put_right(by, meeting):
    """The meeting, locked, if ``by`` runs it and its minutes are not final.

    TransitionNotAllowed once they are, and once it is cancelled.
    """
    meeting = locked(meeting)
    allow(policies.may_run(by, meeting))
    if not (meeting.is_ahead or meeting.state == MeetingState.HELD):
        raise TransitionNotAllowed(OVER.format(meeting.get_state_display().lower()))
    return meeting


def refuse_names(meeting, **texts):
    """ValidationError on the text that holds the whole name of a child of the meeting."""
    names = meeting.pupils.values_list(*(f"pupil__{name}" for name in naming.NAME))
    naming.refuse_names(names, **texts)


@transaction.atomic
def prepare(by, kind, schools, facts, *, themes=(), asked=None, previous=None, pk=None):
    """Begin a meeting that ``by`` organises; people, children and date come next. Returns it.

    ``facts`` are some of ``FACTS``; ``asked`` is the school's request for it, ``previous`` the
    meeting it follows; ``pk`` is the id the page was made with, so that a second click makes one.
    PermissionDenied for who may not call this kind for these schools (design.md 4);
    ValidationError for a meeting about no school at all, and without the hub that keeps a panel;
    TransitionNotAllowed when it was made before.
    """
    schools = list(schools)
    allow(policies.may_call(by, kind, schools))
    if previous is not None:
        allow(policies.may_run(by, previous))
    if pk and Meeting.objects.filter(pk=pk).exists():
        raise TransitionNotAllowed(MADE)
    if not schools and not facts.get("hub"):
        raise ValidationError({"schools": "Select the schools it is about"})
    asked = _request(by, kind, asked)
    meeting = Meeting(pk=pk or uuid.uuid4(), kind=kind, organiser=by, request=asked)
    meeting.previous = previous
    _set(meeting, facts)
    if kind == MeetingKind.FORUM:
        meeting.is_school_led, meeting.our_part = True, OurPart.SUPPORT
    if meeting.our_part == OurPart.CHAIR and not meeting.chair_name:
        meeting.chair = by
    meeting.minuted_by = None if meeting.is_school_led else by
    meeting.save(force_insert=True)
    meeting.themes.set(themes)
    MeetingSchool.objects.bulk_create(
        MeetingSchool(meeting=meeting, school=school, hub_id=school.hub_id) for school in schools
    )
    give(MeetingGrant, [entitlements.of_organiser(meeting)])
    record(by, Verb.START, meeting, kind=kind)
    return meeting


def _request(by, kind, asked):
    """The request it is called for, locked: one that is to be a meeting and has none yet."""
    if asked is None:
        return None
    asked = SupportRequest.objects.select_for_update(of=["self"]).get(pk=asked.pk)
    allow(kind == MeetingKind.CASO and may_answer_request(by, asked))
    if asked.state != RequestState.MEETING:
        raise TransitionNotAllowed("This request is not to be a meeting, or not any more.")
    if asked.meetings.exclude(state=MeetingState.CANCELLED).exists():
        raise TransitionNotAllowed("The meeting for this request is being prepared already.")
    return asked


def _set(meeting, facts):
    for name in FACTS:
        if name in facts:
            setattr(meeting, name, facts[name])


@transaction.atomic
def change(by, meeting, facts, *, themes=None):
    """Change what it is about, its themes and who chairs it; nothing is sent.

    Themes may come up in the meeting itself (rule 001-93), so until its minutes are final.
    """
    meeting = to_put_right(by, meeting)
    refuse_names(meeting, title=facts.get("title", ""))
    _set(meeting, facts)
    if meeting.kind == MeetingKind.FORUM:
        meeting.is_school_led = True
    if meeting.chair_name or meeting.our_part != OurPart.CHAIR:
        meeting.chair = None
    elif meeting.chair is None:
        meeting.chair = by
    meeting.save()
    if themes is not None:
        meeting.themes.set(themes)
    record(by, Verb.CHANGE, meeting)
    return meeting


@transaction.atomic
def call(by, meeting, *, starts_at, minutes, place, online_url, version):
    """Set or change date and place, and invite everybody; returns the meeting.

    ``version`` is what the page showed. What stands already is not sent again. The request it
    follows from is answered with it. ValidationError on ``day`` for a date in the past or on no
    school day, on ``place`` where there is neither a place nor a link, and where it names a child;
    TransitionNotAllowed once it is held, and when somebody changed it meanwhile.
    """
    meeting = to_change(by, meeting)
    told = {"starts_at": starts_at, "minutes": minutes, "place": place, "online_url": online_url}
    is_called = meeting.state == MeetingState.CALLED
    if is_called and all(getattr(meeting, name) == value for name, value in told.items()):
        return meeting
    if version != meeting.version:
        raise TransitionNotAllowed(f"{CHANGED}.")
    if not place and not online_url:
        raise ValidationError({"place": "Enter where it is, or the link to join online"})
    refuse_names(meeting, place=place)
    _check_date(meeting, starts_at)
    for name, value in told.items():
        setattr(meeting, name, value)
    if is_called:
        meeting.sequence += 1
    meeting.state, meeting.sent_at = MeetingState.CALLED, timezone.now()
    meeting.called_at = meeting.called_at or meeting.sent_at
    meeting.save()
    invitation_notices.invite(meeting, by)
    record(by, Verb.CHANGE if is_called else Verb.INVITE, meeting, sequence=meeting.sequence)
    if meeting.request and not is_called:
        request_answers.meeting_called(by, meeting.request, timezone.localdate(starts_at))
    return meeting


def _check_date(meeting, starts_at):
    """On a day on which every school of it teaches; the council's calendar where it has none."""
    if starts_at <= timezone.now():
        raise ValidationError({"day": "The date and time must be in the future"})
    day = timezone.localdate(starts_at)
    about = list(meeting.schools.select_related("school"))
    calendars = calendars_of(row.school_id for row in about)
    named = [(row.school.name, calendars[row.school_id]) for row in about] or [
        ("", calendars[None])
    ]
    for name, calendar in named:
        if why := calendar.closed_for(day):
            whose = f", and {name} does not teach then" if name else ""
            raise ValidationError({"day": f"{long_date(day)} is {why}{whose}. Choose a school day"})


@transaction.atomic
def cancel(by, meeting, why):
    """Call it off, with a reason that the team keeps; whoever was invited is told.

    Its children leave the current work it put them on, and the request waits for a meeting again.
    """
    meeting = to_change(by, meeting)
    if not why.strip():
        raise ValidationError({"why": "Enter why it is cancelled"})
    return call_off(by, meeting, why)


def call_off(by, meeting, why):
    """Cancel a locked meeting that lies ahead, for an act that has asked whether ``by`` may."""
    was_called = meeting.state == MeetingState.CALLED
    now = timezone.now()
    meeting.state, meeting.cancelled_at, meeting.cancelled_why = (
        MeetingState.CANCELLED,
        now,
        why.strip(),
    )
    if was_called:
        meeting.sequence += 1
        meeting.sent_at = now
    meeting.save()
    end_involvement(meeting, now)
    invitation_notices.call_off(meeting)
    record(by, Verb.CANCEL, meeting, sequence=meeting.sequence)
    if meeting.request and was_called:
        request_answers.meeting_called_off(by, meeting.request)
    return meeting


@transaction.atomic
def hold(by, meeting, *, people, agencies, family_present=None, family_why=""):
    """Mark it as held, with who was there: ids of its people and of its agencies.

    ValidationError for a meeting about a family that does not say whether the family was there, or
    why not (rule 001-30); TransitionNotAllowed before its date, and once it is held.
    """
    meeting = to_change(by, meeting)
    if meeting.state != MeetingState.CALLED or not meeting.has_begun:
        raise TransitionNotAllowed("The meeting has not been held yet. Set its date first.")
    if meeting.is_about_a_family:
        _check_family(family_present, family_why)
        meeting.family_present = family_present
        meeting.family_why = "" if family_present else family_why.strip()
    _note_attendance(meeting.people.filter(removed_at__isnull=True), people)
    _note_attendance(meeting.agencies.all(), agencies)
    meeting.state, meeting.held_at, meeting.held_by = MeetingState.HELD, timezone.now(), by
    meeting.save()
    record(by, Verb.DONE, meeting)
    return meeting


def _check_family(present, why):
    if present is None:
        raise ValidationError({"family_present": "Select yes if the family was there"})
    if not present and not why.strip():
        raise ValidationError({"family_why": "Enter why the family was not there"})


def _note_attendance(rows, present):
    rows.filter(pk__in=present).update(attended=True)
    rows.exclude(pk__in=present).update(attended=False)
