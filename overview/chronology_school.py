"""A school's chronology: what was discussed and done there, who came and went, what it got beside.

Of a child who is not open to the viewer it says only that there was one (rule 001-58).
"""

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from consultations.children import looks_at
from consultations.models import Action, Consultation, PupilDiscussed, State, Subject
from govuk.words import date_of, listed
from linkworkers.support import CONTACTS, DECISIONS, support_events
from overview.chronology_children import opened_among, part_of
from overview.chronology_entries import (
    PAGE,
    Entry,
    Source,
    areas_text,
    entered_later,
    page_from,
)
from overview.chronology_meetings import meetings_at
from overview.chronology_parts import actions_of, actions_text, details_of, with_details
from overview.chronology_work import sessions_at, short_work_at
from overview.timeline import changes
from schools.children import open_pupils
from schools.models import School
from schools.year_groups import year_group_text


@dataclass(frozen=True)
class Place:
    """A school with the ids of itself and its predecessors: their records read as its own."""

    school: School
    school_ids: list[uuid.UUID]


def school_chronology(user, place, asked, size=PAGE):
    """``(chronology, looks)`` of a ``Place`` for whoever works with the school, newest first.

    ``looks`` are the access-log rows of the children whom it names, one each. The number of
    queries does not depend on how much there is.
    """
    found = page_from(SOURCES, user, place, asked, size)
    told = [part for entry in found.entries for part in (entry, *entry.parts)]
    seen = {pupil.pk: pupil for part in told for pupil in part.children}
    return found, looks_at(user, place.school, seen.values())


# --- consultations --------------------------------------------------------------------------


def _consultations(user, place, asked, n):
    """Each consultation with the part of each child; nine queries."""
    rows = (
        Consultation.objects.visible_to(user)
        .filter(school_id__in=place.school_ids)
        .exclude(state=State.DRAFT)
        .select_related("school", "author")
        .prefetch_related("areas", "attendees", "addenda", _of_no_child())
    )
    if asked.area:
        rows = rows.filter(areas__area=asked.area)
    if asked.significant:
        is_open = Q(pupil__isnull=True) | Q(pupil__in=open_pupils(user).values("pk"))
        here = PupilDiscussed.objects.filter(consultation=OuterRef("pk"), is_significant=True)
        rows = rows.filter(Exists(here.filter(is_open)))
    held = list(asked.of(rows, "held_at", n, "author"))
    parts = {row.pk: [] for row in held}
    discussed = with_details(PupilDiscussed.objects.filter(consultation__in=held))
    for part in discussed.order_by("consultation", "position"):
        parts[part.consultation_id].append(part)
    opened = opened_among(user, {part.pupil_id for each in parts.values() for part in each})
    return [_consultation(row, place.school, asked, parts[row.pk], opened) for row in held]


def _of_no_child():
    """What was agreed beside the children's parts."""
    actions = Action.objects.filter(about__isnull=True)
    return Prefetch(
        "actions", actions.select_related("owner_user", "owner_contact"), to_attr="of_no_child"
    )


def _consultation(row, school, asked, parts, opened):
    names = listed([attendee.name for attendee in row.attendees.all()])
    who = f"{row.author.name}, with {names}" if names else row.author.name
    if row.school_id != school.pk:
        who = f"{who}. Held at {row.school.name}"
    # A text of the whole tells of everybody in it (rule 001-118).
    is_whole = all(part.pupil_id is None or part.pupil_id in opened for part in parts)
    told = [_part(part, opened) for part in parts]
    return Entry(
        row.held_at,
        row.pk,
        line="Early help consultation",
        about=areas_text([area.area for area in row.areas.all()]),
        action=actions_text(row.of_no_child) if is_whole else "",
        source=who,
        details=_said_in(row) if is_whole else [],
        parts=[part for part in told if part.is_significant or not asked.significant],
        entered_on=entered_later(row.completed_at, timezone.localdate(row.held_at)),
        url=reverse("consultation", args=[row.pk]),
    )


def _said_in(row):
    told = [
        ("The note", row.shared_text),
        ("Updates given", row.updates_given),
        ("Training asked for", row.training_wanted),
        ("Resources shared", listed([resource["title"] for resource in row.resources])),
        *((area.get_area_display(), area.notes) for area in row.areas.all()),
        ("Internal notes", row.internal_notes),
        *((f"Added on {date_of(added.added_at)}", added.text) for added in row.addenda.all()),
    ]
    return [(label, text) for label, text in told if text]


def _part(part, opened):
    """One child's part, or a group's; of a closed child nothing but that there was one."""
    at = part.consultation.held_at
    if part.pupil_id and part.pupil_id not in opened:
        return part_of(at, part.pk, None)
    told = {
        "is_significant": part.is_significant,
        "about": ". ".join(filter(None, (part.headline, areas_text(part.areas)))),
        "effect": part.effect,
        "action": actions_of(part),
        "outcome": part.outcome,
        "details": details_of(part),
    }
    if part.pupil_id:
        return part_of(at, part.pk, opened[part.pupil_id], **told)
    return Entry(at, part.pk, line=_whom(part), **told)


def _whom(part):
    """Of whom a part is that names nobody."""
    who = part.cohort if part.subject == Subject.COHORT else "A child without a name"
    year = "" if part.year_group is None else f", {year_group_text(part.year_group)}"
    return f"{who}{year}"


# --- who came and went, and support --------------------------------------------------------------


def _changes(user, place, asked, n):
    return map(_plain, changes(place.school, asked.narrowed, n))


def _support(user, place, asked, n):
    kinds = CONTACTS + DECISIONS
    return map(_plain, support_events(user, place.school_ids, kinds, asked.narrowed, n))


def _plain(event):
    return Entry(
        event.at, event.pk, event.title, about=event.about, source=event.who, url=event.url
    )


SOURCES = {
    "consultations": Source("Consultations", _consultations, has_areas=True),
    "sessions": Source("Sessions", sessions_at, has_areas=True),
    "short_work": Source("Short work", short_work_at, has_areas=True),
    "meetings": Source("Meetings", meetings_at, has_areas=True),
    "changes": Source("Who came and went", _changes),
    "support": Source("Support", _support),
}
