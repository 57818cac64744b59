"""A child's chronology: every kind of entry the viewer may see, in the order of the events.

It is what happened, with its effect, what was done and what came of it (domain-facts.md 3.4).
Each kind of entry is one function in ``SOURCES``, read as far as one page needs. Whoever asks has
the child's notes open (``schools.children``); nothing from a school that is closed to them shows.
"""

from dataclasses import replace

from django.db.models import DateTimeField, ExpressionWrapper, Q, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from consultations.models import Consultation, PupilDiscussed, RecordingTask, State
from govuk.words import long_date
from overview.chronology_ages import age_at
from overview.chronology_entries import (
    A_MOMENT,
    PAGE,
    Chronology,
    Entry,
    Source,
    areas_text,
    entered_later,
    page_from,
)
from overview.chronology_meetings import meetings
from overview.chronology_parts import actions_of, details_of, with_details
from overview.chronology_work import sessions, short_work
from schools.models import (
    Enrolment,
    PupilStatus,
    School,
    Setting,
    Transition,
    TransitionReason,
    TransitionTalk,
)
from schools.scope import scope_of


def chronology_of(user, pupil, asked, size=PAGE):
    """A page of the child's ``Chronology`` for whoever has its notes open.

    The number of queries does not depend on how many entries there are.
    """
    found = page_from(SOURCES, user, pupil, asked, size)
    aged = [replace(entry, age=age_at(pupil, entry.day)) for entry in found.entries]
    return Chronology(aged, found.more)


def schools_of(user, pupil):
    """The schools where the child learned or was discussed, by name; one query."""
    held = Consultation.objects.filter(discussed__pupil=pupil).exclude(state=State.DRAFT)
    return list(
        School.objects.filter(
            Q(pk__in=pupil.enrolments.filter(school__isnull=False).order_by().values("school"))
            | Q(pk__in=held.order_by().values("school"))
        )
        .exclude(pk__in=scope_of(user).excluded)
        .only("urn", "name")
        .order_by("name")
    )


# --- consultations --------------------------------------------------------------------------


def _consultations(user, pupil, asked, n):
    """The child's own parts, whichever school they were recorded with (design.md 4)."""
    rows = PupilDiscussed.objects.filter(pupil=pupil).exclude(consultation__state=State.DRAFT)
    rows = rows.exclude(consultation__school__in=scope_of(user).excluded)
    if asked.school:
        rows = rows.filter(consultation__school=asked.school)
    if asked.area:
        rows = rows.filter(areas__contains=[asked.area])
    if asked.significant:
        rows = rows.filter(is_significant=True)
    # Which ones first, so that what goes with them is read for one page only.
    page = asked.of(rows, "consultation__held_at", n, "consultation__author").values("pk")
    parts = list(with_details(PupilDiscussed.objects.filter(pk__in=page)))
    held = {part.consultation_id for part in parts}
    linked = Consultation.objects.visible_to(user).filter(pk__in=held).values_list("pk", flat=True)
    linked = set(linked)
    return [_consultation(part, part.consultation_id in linked) for part in parts]


def _consultation(part, is_linked):
    held = part.consultation
    areas = areas_text(part.areas)
    has_line = part.is_significant and part.headline
    return Entry(
        held.held_at,
        part.pk,
        line=part.headline if has_line else "Early help consultation",
        is_significant=part.is_significant,
        about=areas,
        effect=part.effect,
        action=actions_of(part),
        outcome=part.outcome,
        source=f"Early help consultation with {held.school.name}, recorded by {held.author.name}",
        details=details_of(part),
        entered_on=entered_later(held.completed_at, timezone.localdate(held.held_at)),
        url=reverse("consultation", args=[held.pk]) if is_linked else "",
        school_ids=(held.school_id,),
    )


# --- statuses, schools, transition, systems of record --------------------------------------------


def _statuses(user, pupil, asked, n):
    rows = PupilStatus.objects.filter(pupil=pupil).select_related("kind", "recorded_by")
    begun = rows.annotate(event_at=Cast("starts_on", DateTimeField()))
    ended = rows.filter(ends_on__isnull=False).annotate(
        event_at=ExpressionWrapper(
            Cast("ends_on", DateTimeField()) + Value(A_MOMENT), DateTimeField()
        )
    )
    begun, ended = (asked.of(found, "event_at", n, "recorded_by") for found in (begun, ended))
    return [
        *(_status(row, f"{row.kind}: started", row.starts_on) for row in begun),
        *(_status(row, f"{row.kind}: ended", None) for row in ended),
    ]


def _status(row, line, entered_after):
    told = f"Who told us: {row.source}. Recorded" if row.source else "Recorded"
    return Entry(
        row.event_at,
        row.pk,
        line=line,
        about=f"Social worker: {row.social_worker}" if row.social_worker else "",
        source=f"{told} by {row.recorded_by.name}",
        entered_on=entered_later(row.recorded_at, entered_after) if entered_after else None,
    )


def _schools(user, pupil, asked, n):
    """Where the child came to, and what the schools handed over (rule 003-22)."""
    rows = (
        Enrolment.objects.filter(pupil=pupil, starts_on__isnull=False)
        .exclude(school__in=scope_of(user).excluded)
        .select_related("school", "move__former__school", "move__recorded_by")
        .annotate(event_at=Cast("starts_on", DateTimeField()))
    )
    if asked.school:
        rows = rows.filter(school=asked.school)
    return [_school(user, row) for row in asked.of(rows, "event_at", n, "move__recorded_by")]


def _school(user, row):
    to = {
        Setting.SCHOOL: f"Started at {row.where}",
        Setting.HOME: "Educated at home from here on",
        Setting.ELSEWHERE: f"Started at {row.where}",
        Setting.NONE: "Not in a school from here on",
    }[row.setting]
    move = getattr(row, "move", None)
    here = (row.school_id,) if row.school_id else ()
    if move is None:
        return Entry(row.event_at, row.pk, line=to, school_ids=here)
    former = move.former
    is_told = former is not None and former.school_id not in scope_of(user).excluded
    return Entry(
        row.event_at,
        row.pk,
        line=to,
        about=f"Before: {former.where}" if is_told else "",
        source=f"Recorded by {move.recorded_by.name}",
        details=_handed_over(move),
        entered_on=entered_later(move.recorded_at, row.starts_on),
        school_ids=(*here, former.school_id) if is_told and former.school_id else here,
    )


def _handed_over(move):
    told = [
        ("Receiving school told", move.told_on and long_date(move.told_on)),
        ("How", move.get_how_told_display()),
        ("File sent", move.file_sent_on and long_date(move.file_sent_on)),
        ("Receipt confirmed", move.file_received_on and long_date(move.file_received_on)),
        ("Note", move.note),
    ]
    return [(label, text) for label, text in told if text]


def _transition(user, pupil, asked, n):
    """Put on the transition list, and who was spoken to about it (rules 001-33 to 001-40)."""
    closed = scope_of(user).excluded
    listings = (
        Transition.objects.filter(pupil=pupil)
        .exclude(Q(school__in=closed) | Q(to__in=closed))
        .select_related("school", "to", "added_by")
    )
    talks = (
        TransitionTalk.objects.filter(transition__in=listings.order_by().values("pk"))
        .select_related("logged_by", "transition")
        .annotate(event_at=Cast("spoken_on", DateTimeField()))
    )
    if asked.school:
        here = Q(school=asked.school) | Q(to=asked.school)
        listings = listings.filter(here)
        talks = talks.filter(transition__in=listings.order_by().values("pk"))
    return [
        *map(_listing, asked.of(listings, "added_at", n, "added_by")),
        *map(_talk, asked.of(talks, "event_at", n, "logged_by")),
    ]


def _listing(row):
    reasons = [label for code, label in TransitionReason.choices if code in row.reasons]
    there = f" at {row.to.name}" if row.to else ""
    return Entry(
        row.added_at,
        row.pk,
        line=f"Put on the transition list: starts{there} in September {row.school_year}",
        about=", ".join(reasons),
        source=f"Recorded by {row.added_by.name}",
        details=[
            (label, text)
            for label, text in (("Why", row.why), ("Support in place", row.support_in_place))
            if text
        ],
        school_ids=_between(row),
    )


def _between(row):
    """The ids of the schools of an entry of the transition list."""
    return tuple(pk for pk in (row.school_id, row.to_id) if pk)


def _talk(row):
    return Entry(
        row.event_at,
        row.pk,
        line=f"Spoke with {row.name} about the change of school",
        about=row.get_who_display(),
        source=f"Recorded by {row.logged_by.name}",
        details=[("What was said", row.said)] if row.said else [],
        school_ids=_between(row.transition),
    )


def _recorded(user, pupil, asked, n):
    """What was written into the council's systems of record, and the social worker told."""
    rows = (
        RecordingTask.objects.filter(pupil=pupil, done_on__isnull=False)
        .exclude(school__in=scope_of(user).excluded)
        .select_related("school", "done_by")
        .annotate(event_at=Cast("done_on", DateTimeField()))
    )
    if asked.school:
        rows = rows.filter(school=asked.school)
    return [
        Entry(
            row.event_at,
            row.pk,
            line=f"Recorded: {row.get_to_display()}",
            about=_social_worker_told(row),
            source=f"Recorded by {row.done_by.name}, {row.school.name}",
            school_ids=(row.school_id,),
        )
        for row in asked.of(rows, "event_at", n, "done_by")
    ]


def _social_worker_told(task):
    if task.told_on is None:
        return ""
    return f"Social worker told on {long_date(task.told_on)}: {task.told_whom}".rstrip(": ")


SOURCES = {
    "consultations": Source("Consultations", _consultations, has_areas=True),
    "sessions": Source("Sessions", sessions, has_areas=True),
    "short_work": Source("Short work", short_work, has_areas=True),
    "meetings": Source("Meetings", meetings, has_areas=True),
    "statuses": Source("Statuses", _statuses, has_school=False),
    "schools": Source("Schools", _schools),
    "transition": Source("Transition", _transition),
    "recorded": Source("Recorded in Mosaic or CED", _recorded, quiet=True),
}
