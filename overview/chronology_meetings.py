"""Meetings in a child's chronology: that it was talked about, and what was decided on it alone.

A paragraph that speaks of another child of the meeting too stays in the minutes (rule 001-118).
"""

from collections import defaultdict

from django.utils import timezone

from consultations.models import MEETING, Action
from govuk.words import listed
from interventions.school_note import action_text
from overview.chronology_entries import Entry, areas_text, entered_later
from panels.mentions import Mentions
from panels.models import Meeting, MeetingPupil, MeetingState, MinutesVersion
from schools.scope import scope_of


def meetings(user, pupil, asked, n):
    """Each meeting that was held about the child; seven queries, however many there are."""
    if asked.significant:
        return []
    rows = (
        Meeting.objects.filter(
            pupils__pupil=pupil, state__in=[MeetingState.HELD, MeetingState.FINALISED]
        )
        .not_about(scope_of(user).excluded)
        .select_related("organiser", "minuted_by")
        .prefetch_related("schools__school")
    )
    if asked.school:
        rows = rows.filter(pk__in=Meeting.objects.filter(schools__school=asked.school).values("pk"))
    if asked.area:
        rows = rows.filter(areas__contains=[asked.area])
    held = list(asked.of(rows, "starts_at", n))
    ids = [meeting.pk for meeting in held]
    linked = set(Meeting.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    children = _children(ids)
    decided, agreed = _decided(pupil, ids, children), _agreed(pupil, ids)
    return [
        _entry(meeting, decided[meeting.pk], agreed[meeting.pk], is_linked=meeting.pk in linked)
        for meeting in held
    ]


def _children(ids):
    """``{meeting id: [MeetingPupil, …]}``."""
    found = defaultdict(list)
    for row in MeetingPupil.objects.filter(meeting__in=ids).select_related("pupil"):
        found[row.meeting_id].append(row)
    return found


def _decided(pupil, ids, children):
    """``{meeting id: (paragraphs, when final)}``: of the latest version, on this child alone."""
    found = defaultdict(lambda: ([], None))
    versions = MinutesVersion.objects.filter(meeting__in=ids).order_by("number")
    for version in versions.only("meeting_id", "content", "finalised_at"):
        rows = children[version.meeting_id]
        own, mentions = {row.pk for row in rows if row.pupil_id == pupil.pk}, Mentions(rows)
        paragraphs = [
            text
            for item in version.content.get("items", [])
            for text in item["decision"]
            if mentions.in_text(text) == own
        ]
        found[version.meeting_id] = paragraphs, version.finalised_at
    return found


def _agreed(pupil, ids):
    """``{meeting id: [text of an action, …]}`` of the actions that speak of this child alone."""
    found = defaultdict(list)
    rows = (
        Action.objects.filter(source_type=MEETING, source_id__in=ids, is_dropped=False)
        .speaking_of(pupil)
        .select_related("owner_user", "owner_contact")
    )
    for action in rows:
        found[action.source_id].append(action_text(action))
    return found


def _entry(meeting, decided, actions, *, is_linked):
    paragraphs, final_at = decided
    schools = [row.school for row in meeting.schools.all()]
    told = [("Decided", "\n".join(paragraphs))] if paragraphs else []
    day = timezone.localdate(meeting.starts_at)
    by = meeting.minuted_by or meeting.organiser
    return Entry(
        meeting.starts_at,
        meeting.pk,
        line=f"{meeting.get_kind_display()}: {meeting.title}",
        about=areas_text(meeting.areas),
        action=" ".join(actions),
        source=f"Meeting with {listed([one.name for one in schools])}, minuted by {by.name}"
        if schools
        else f"Meeting, minuted by {by.name}",
        details=told,
        entered_on=entered_later(final_at, day) if final_at else None,
        url=meeting.get_absolute_url() if is_linked else "",
        school_ids=tuple(one.pk for one in schools),
    )
