"""Meetings in a chronology: that the child or the school was talked about, and what was decided.

A paragraph that speaks of another child of the meeting too stays in the minutes for whoever has not
opened that child (rule 001-118), as it stays out of the copy of who may not read of that child.
"""

from collections import defaultdict

from django.db.models.functions import Coalesce
from django.utils import timezone

from consultations.children import looks_at
from consultations.models import MEETING, Action, ActionSubject
from govuk.words import listed
from interventions.school_note import action_text
from overview.chronology_children import opened_among, part_of
from overview.chronology_entries import Entry, areas_text, entered_later
from panels.mentions import Mentions
from panels.models import Meeting, MeetingPupil, MeetingSchool, MeetingState, MinutesVersion
from schools.scope import scope_of


def meetings(user, pupil, asked, n):
    """Each meeting that was held about the child; ten queries, however many there are."""
    if asked.significant:
        return []
    rows = Meeting.objects.filter(pupils__pupil=pupil).not_about(scope_of(user).excluded)
    if asked.school:
        rows = rows.filter(pk__in=Meeting.objects.filter(schools__school=asked.school).values("pk"))
    held = _held(rows, asked, n)
    ids = [meeting.pk for meeting in held]
    linked = set(Meeting.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
    children, agreed = _children(ids), _agreed(pupil, ids)
    opened = opened_among(user, _ids_of(children) - {pupil.pk})
    decided, final_at = _decided(held, children)

    def entry(meeting):
        told = [
            (text, about - {pupil.pk})
            for text, about in decided[meeting.pk]
            if pupil.pk in about and about <= opened.keys() | {pupil.pk}
        ]
        beside = set().union(*(others for _, others in told))
        return _entry(
            meeting,
            [text for text, _ in told],
            agreed[meeting.pk],
            final_at.get(meeting.pk),
            url=meeting.get_absolute_url() if meeting.pk in linked else "",
            looks=looks_at(user, meeting, [opened[pk] for pk in beside]),
        )

    return [entry(meeting) for meeting in held]


def meetings_at(user, place, asked, n):
    """Each meeting that was held about a school, for who may see it; ten queries.

    Of its children it names those of the school who are open to the user, and what was decided
    and agreed stands there where it speaks of no other.
    """
    if asked.significant:
        return []
    about = MeetingSchool.objects.filter(school__in=place.school_ids)
    rows = Meeting.objects.visible_to(user).filter(pk__in=about.values("meeting"))
    held = _held(rows, asked, n)
    ids = [meeting.pk for meeting in held]
    children, agreed = _children(ids), _agreed_at(ids)
    speaks_of = set().union(*(spoken for each in agreed.values() for _, spoken in each))
    opened = opened_among(user, _ids_of(children) | speaks_of)
    decided, final_at = _decided(held, children)

    def readable(told):
        return [(text, spoken) for text, spoken in told if spoken <= opened.keys()]

    def entry(meeting):
        paragraphs, actions = readable(decided[meeting.pk]), readable(agreed[meeting.pk])
        spoken_of = set().union(*(spoken for _, spoken in (*paragraphs, *actions)))
        own = [
            row
            for row in children[meeting.pk]
            if row.meeting_id == meeting.pk and row.school_id in place.school_ids
        ]
        return _entry(
            meeting,
            [text for text, _ in paragraphs],
            [text for text, _ in actions],
            final_at.get(meeting.pk),
            url=meeting.get_absolute_url(),
            parts=[part_of(meeting.starts_at, row.pk, opened.get(row.pupil_id)) for row in own],
            children=tuple(opened[pk] for pk in spoken_of),
        )

    return [entry(meeting) for meeting in held]


def _held(rows, asked, n):
    """The first ``n`` of these meetings that were held, with what is told of them."""
    rows = (
        rows.filter(state__in=[MeetingState.HELD, MeetingState.FINALISED])
        .select_related("organiser", "minuted_by")
        .prefetch_related("schools__school")
        .annotate(recorder=Coalesce("minuted_by", "organiser"))
    )
    if asked.area:
        rows = rows.filter(areas__contains=[asked.area])
    return list(asked.of(rows, "starts_at", n, "recorder"))


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


def _ids_of(children):
    return {row.pupil_id for rows in children.values() for row in rows}


def _decided(held, children):
    """``(decided, final_at)`` of the latest versions of the minutes, by the id of the meeting.

    ``decided`` are ``[(paragraph, ids of the children it speaks of)]``.
    """
    decided, final_at = defaultdict(list), {}
    for meeting, version in _latest_versions(held):
        pupils = {row.pk: row.pupil_id for row in children[meeting.pk]}
        final_at[meeting.pk] = version.finalised_at
        decided[meeting.pk] = [
            (text, {pupils[pk] for pk in about})
            for text, about in _decisions(version, Mentions(children[meeting.pk]))
        ]
    return decided, final_at


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


def _agreed_at(ids):
    """``{meeting id: [(text of an action, ids of the children it speaks of)]}``; two queries."""
    found = defaultdict(list)
    rows = Action.objects.filter(source_type=MEETING, source_id__in=ids, is_dropped=False)
    rows = rows.select_related("owner_user", "owner_contact")
    for action in rows.prefetch_related("subjects"):
        about = {subject.pupil_id for subject in action.subjects.all()} - {None}
        found[action.source_id].append((action_text(action), about))
    return found


def _entry(meeting, decided, actions, final_at, **told):
    schools = [row.school for row in meeting.schools.all()]
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
        details=[("Decided", "\n".join(decided))] if decided else [],
        entered_on=entered_later(final_at, timezone.localdate(meeting.starts_at))
        if final_at
        else None,
        school_ids=tuple(one.pk for one in schools),
        **told,
    )
