"""Meetings in a child's chronology: that it was talked about, and what was decided on it.

A paragraph that speaks of another child of the meeting too stays in the minutes for whoever has not
opened that child (rule 001-118), as it stays out of the copy of who may not read of that child.
"""

from collections import defaultdict

from django.utils import timezone

from consultations.children import looks_at
from consultations.models import MEETING, Action, ActionSubject
from govuk.words import listed
from interventions.school_note import action_text
from overview.chronology_entries import Entry, areas_text, entered_later
from panels.mentions import Mentions
from panels.models import Meeting, MeetingPupil, MeetingState, MinutesVersion
from schools.children import open_pupils
from schools.scope import scope_of


def meetings(user, pupil, asked, n):
    """Each meeting that was held about the child; ten queries, however many there are."""
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
    decided, agreed = _decided(user, pupil, held, children), _agreed(pupil, ids)
    return [
        _entry(meeting, decided[meeting.pk], agreed[meeting.pk], is_linked=meeting.pk in linked)
        for meeting in held
    ]


def _children(ids):
    """``{meeting id: [MeetingPupil, …]}``: of it, and whom its minutes may speak of besides.

    Those are the children of meetings before, of whom an action that it took over speaks.
    """
    found, before = defaultdict(list), defaultdict(set)
    spoken_of = ActionSubject.objects.filter(
        action__minuted_as__meeting__in=ids, action__minuted_as__is_carried=True
    )
    carried = spoken_of.filter(pupil__isnull=False).values_list(
        "action__source_id", "pupil", "action__minuted_as__meeting"
    )
    for agreed_at, pupil, meeting in carried:
        before[agreed_at, pupil].add(meeting)
    rows = MeetingPupil.objects.select_related("pupil")
    for row in rows.filter(meeting__in={*ids, *(agreed_at for agreed_at, _ in before)}):
        for meeting in before[row.meeting_id, row.pupil_id] | {row.meeting_id}:
            found[meeting].append(row)
    return found


def _decided(user, pupil, held, children):
    """``{meeting id: (paragraphs, when final, looks)}``: of the latest version, on this child.

    Every child that a paragraph speaks of is this one or open to the user, who thereby has a look
    at the others.
    """
    others = {row.pupil_id for rows in children.values() for row in rows} - {pupil.pk}
    opened = {one.pk: one for one in open_pupils(user).filter(pk__in=others)} if others else {}
    found = defaultdict(lambda: ([], None, []))
    for meeting, version in _latest_versions(held):
        rows = {row.pk: row.pupil_id for row in children[meeting.pk]}
        paragraphs, seen = [], set()
        for text, about in _decisions(version, Mentions(children[meeting.pk])):
            beside = {rows[pk] for pk in about} - {pupil.pk}
            if pupil.pk in {rows[pk] for pk in about} and beside <= opened.keys():
                paragraphs.append(text)
                seen |= beside
        looks = looks_at(user, meeting, [opened[pk] for pk in seen])
        found[meeting.pk] = paragraphs, version.finalised_at, looks
    return found


def _latest_versions(held):
    """``(meeting, its latest version)`` of those that have final minutes; one query."""
    by_id = {meeting.pk: meeting for meeting in held}
    versions = MinutesVersion.objects.filter(meeting__in=by_id).order_by("number")
    latest = {
        version.meeting_id: version
        for version in versions.only("meeting_id", "content", "finalised_at")
    }
    return [(by_id[pk], version) for pk, version in latest.items()]


def _decisions(version, mentions):
    """``(paragraph, ids)`` of each decision: of whom it speaks, as the copies go by it."""
    for item in version.content.get("items", []):
        named = mentions.in_text(item["title"])
        before = len(item["paragraphs"])
        about = mentions.in_paragraphs([*item["paragraphs"], *item["decision"]])
        for text, found in zip(item["decision"], about[before:], strict=True):
            yield text, found | named


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
    paragraphs, final_at, looks = decided
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
        looks=looks,
    )
