"""A school's chronology: what was discussed and with whom, who came and went, what it got beside.

Of a child who is not open to the viewer it says only that there was one (rule 001-58).
"""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from consultations.children import looks_at
from consultations.models import Consultation, PupilDiscussed, State, Subject
from govuk.paging import page_of
from govuk.words import listed
from linkworkers.support import CONTACTS, DECISIONS, support_events
from overview.chronology_entries import PAGE, Chronology, Entry, areas_text, entered_later
from overview.chronology_parts import actions_of, details_of, with_details
from overview.timeline import changes
from schools.children import open_pupils
from schools.year_groups import year_group_text

CLOSED = "A child who is not on your current work"
KINDS = {"consultations": "Consultations", "changes": "Who came and went", "support": "Support"}


def school_chronology(user, school, school_ids, asked, size=PAGE):
    """``(chronology, looks)`` of a school for whoever works with it, newest first.

    ``school_ids`` are its own and its predecessors'; ``looks`` are the access-log rows of the
    children whose parts it shows, one each. The number of queries does not depend on how much
    there is.
    """
    wanted = [asked.kind] if asked.kind else list(KINDS)
    entries, pupils = [], []
    if "consultations" in wanted:
        entries, pupils = _consultations(user, school, school_ids, asked, size + 1)
    if "changes" in wanted and not asked.area:
        entries += [_plain(event) for event in changes(school, asked.cursor, size + 1)]
    if "support" in wanted and not asked.area:
        kinds = CONTACTS + DECISIONS
        events = support_events(user, school_ids, kinds, asked.cursor, size + 1)
        entries += [_plain(event) for event in events]
    entries.sort(key=lambda entry: (entry.at, entry.pk), reverse=True)
    page, more = page_of(entries, size, "at")
    shown = {part.pk for entry in page for part in entry.parts}
    seen = {pupil.pk: pupil for part, pupil in pupils if part in shown}
    return Chronology(page, more), looks_at(user, school, seen.values())


def _plain(event):
    return Entry(
        event.at, event.pk, event.title, about=event.about, source=event.who, url=event.url
    )


def _consultations(user, school, school_ids, asked, n):
    """``(entries, pupils)``: ``pupils`` are ``(id of the part, open child)``; six queries."""
    rows = (
        Consultation.objects.visible_to(user)
        .filter(school_id__in=school_ids)
        .exclude(state=State.DRAFT)
        .select_related("school", "author")
        .prefetch_related("areas", "attendees")
    )
    if asked.area:
        rows = rows.filter(areas__area=asked.area)
    held = list(asked.of(rows, "held_at", n))
    parts = {}
    discussed = with_details(PupilDiscussed.objects.filter(consultation__in=held))
    for part in discussed.order_by("consultation", "position"):
        parts.setdefault(part.consultation_id, []).append(part)
    named = {part.pupil_id for group in parts.values() for part in group if part.pupil_id}
    opened = {pupil.pk: pupil for pupil in open_pupils(user).filter(pk__in=named)}
    entries = [_consultation(row, school, parts.get(row.pk, []), opened) for row in held]
    pupils = [
        (part.pk, opened[part.pupil_id])
        for group in parts.values()
        for part in group
        if part.pupil_id in opened
    ]
    return entries, pupils


def _consultation(row, school, parts, opened):
    names = listed([attendee.name for attendee in row.attendees.all()])
    who = f"{row.author.name}, with {names}" if names else row.author.name
    if row.school_id != school.pk:
        who = f"{who}. Held at {row.school.name}"
    return Entry(
        row.held_at,
        row.pk,
        line="Early help consultation",
        about=areas_text([area.area for area in row.areas.all()]),
        source=who,
        parts=[_part(part, opened) for part in parts],
        entered_on=entered_later(row.completed_at, timezone.localdate(row.held_at)),
        url=reverse("consultation", args=[row.pk]),
    )


def _part(part, opened):
    """One child's part, or a group's; of a closed child nothing but that there was one."""
    entry = Entry(part.consultation.held_at, part.pk, line=_whom(part, opened))
    if part.pupil_id and part.pupil_id not in opened:
        return entry
    return replace(
        entry,
        is_significant=part.is_significant,
        about=areas_text(part.areas),
        effect=part.effect,
        action=actions_of(part),
        outcome=part.outcome,
        details=([("In one line", part.headline)] if part.headline else []) + details_of(part),
        url=opened[part.pupil_id].get_absolute_url() if part.pupil_id else "",
    )


def _whom(part, opened):
    if part.pupil_id:
        pupil = opened.get(part.pupil_id)
        return pupil.name if pupil else CLOSED
    year = "" if part.year_group is None else f", {year_group_text(part.year_group)}"
    if part.subject == Subject.COHORT:
        return f"{part.cohort}{year}"
    return f"A child without a name{year}"
