"""A school's timeline: what the viewer may see, newest first, under its terms.

Four sources, each read as far as one page needs: consultations, the comings and goings of link
workers and of people at the school, and what the school gets beside (``linkworkers.support``).
Conflicts and suspensions never show.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from consultations.models import Area, AreaDiscussed, Attendee, Consultation, Kind
from consultations.services import FORM
from drafts.models import Draft
from govuk.paging import page_of
from govuk.words import clock, listed
from linkworkers.models import Allocation, AllocationKind
from linkworkers.support import CONTACTS, DECISIONS, support_events
from overview.chronology_entries import Asked
from overview.policies import reads_as_school, sees_changes
from overview.wording import term_of
from schools.models import SchoolContact
from schools.scope import scope_of

PAGE = 20
EVERYTHING, CONSULTATIONS, CALLS, CHANGES = "", "consultations", "calls", "changes"
FILTERS = [
    (EVERYTHING, "Everything"),
    (CONSULTATIONS, "Consultations"),
    (CALLS, "Calls and visits"),
    (CHANGES, "Changes"),
]
# The school itself sees nothing of the support it gets (design.md 4).
FILTERS_FOR_SCHOOL = [(key, label) for key, label in FILTERS if key != CALLS]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; ``consultation`` is the row itself where it is one."""

    at: datetime
    pk: uuid.UUID
    title: str
    url: str = ""
    about: str = ""
    who: str = ""
    consultation: Consultation | None = None

    @property
    def day(self):
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Timeline:
    """A page of it: ``terms`` are ``(name, entries)``; ``older`` is a cursor or empty."""

    terms: list
    older: str
    older_term: str


def timeline_of(user, school, school_ids, show=EVERYTHING, before=None):
    """The ``Timeline`` of ``school`` for ``user``; at most three queries.

    ``school_ids`` are its own and its predecessors': their records read as its own. The
    council's side sees what ``visible_to`` says, the school's what was shared with it.
    """
    entries, narrowed = [], Asked(cursor=before).narrowed
    if show in (EVERYTHING, CONSULTATIONS):
        entries += _consultations(user, school, school_ids, before)
    if show in (EVERYTHING, CHANGES) and sees_changes(user, school):
        entries += changes(school, narrowed, PAGE + 1)
    if scope_of(user).reaches(school):
        entries += _support(user, school_ids, show, narrowed)
    entries.sort(key=lambda entry: (entry.at, entry.pk), reverse=True)
    page, older = page_of(entries, PAGE, "at")
    return Timeline(
        terms=[(name, list(rows)) for name, rows in groupby(page, lambda e: term_of(e.day))],
        older=older,
        older_term=term_of(entries[PAGE].day) if older else "",
    )


def filters_for(user, school):
    """``(key, label)`` of what the viewer can narrow the timeline to."""
    if not sees_changes(user, school):
        return []
    return FILTERS if scope_of(user).reaches(school) else FILTERS_FOR_SCHOOL


# --- consultations --------------------------------------------------------------------------


def _consultations(user, school, school_ids, before):
    as_school = reads_as_school(user, school)
    rows = Consultation.objects.filter(school_id__in=school_ids)
    rows = rows.shared_with(user) if as_school else rows.visible_to(user)
    if before:
        rows = rows.filter(before.older("held_at"))
    here = OuterRef("pk")
    draft = Draft.objects.filter(form=FORM, target_id=here)
    rows = (
        rows.select_related("author", "school")
        .annotate(
            took_part=ArraySubquery(
                Attendee.objects.filter(consultation=here).order_by("name").values("name")
            ),
            area_codes=ArraySubquery(
                AreaDiscussed.objects.filter(consultation=here).values("area")
            ),
            saved_at=Subquery(draft.values("saved_at")[:1]),
        )
        .order_by("-held_at", "-pk")[: PAGE + 1]
    )
    make = _school_entry if as_school else _team_entry
    return [make(row, user, school) for row in rows]


def _team_entry(row, user, school):
    return Entry(
        row.held_at,
        row.pk,
        "Early help consultation",
        reverse("consultation", args=[row.pk]),
        about=", ".join(area.label for area in Area if area in row.area_codes),
        who=_who(row, user, school),
        consultation=row,
    )


def _school_entry(row, user, school):
    """Key areas are the team's own: the school reads the note."""
    return Entry(
        row.held_at,
        row.pk,
        "Early help consultation",
        reverse("shared_note", args=[row.pk]),
        who=_who(row, user, school),
        consultation=row,
    )


def _who(row, user, school):
    author = "You" if row.author_id == user.pk else row.author.name
    parts = [f"{author}, with {listed(row.took_part)}." if row.took_part else f"{author}."]
    if row.kind == Kind.AD_HOC:
        parts.append("Ad hoc advice.")
    if row.is_draft and row.saved_at:
        parts.append(f"Saved {timezone.localtime(row.saved_at):%-d %B} at {clock(row.saved_at)}.")
    if row.school_id != school.pk:
        parts.append(f"Held at {row.school.name}.")
    return " ".join(parts)


# --- changes ----------------------------------------------------------------------------------


def changes(school, narrowed, most):
    """The latest link workers and contacts who came and went: one query over four kinds of event.

    ``narrowed`` is that of an ``Asked``; who wrote it down is not known.
    """
    pieces = [
        _events(Allocation, school, at, what, "link_worker__user__name", F("kind"), narrowed)
        for at, what in (("starts_at", "allocated"), ("ends_at", "deallocated"))
    ] + [
        _events(SchoolContact, school, at, what, "name", Cast("roles", CharField()), narrowed)
        for at, what in (("starts_at", "came"), ("ends_at", "left"))
    ]
    events = pieces[0].union(*pieces[1:], all=True).order_by("-event_at", "-pk")[:most]
    return [_change_entry(*event) for event in events]


def _events(model, school, at, what, name, as_what, narrowed):
    rows = model.objects.filter(school=school, **{f"{at}__lte": timezone.now()})
    return (
        narrowed(rows, at, "")
        .order_by()
        .annotate(event_at=F(at), what=Value(what), person=F(name), as_what=as_what)
        .values_list("event_at", "pk", "what", "person", "as_what")
    )


def _change_entry(at, key, what, person, as_what):
    if what in ("allocated", "deallocated"):
        label = AllocationKind(as_what).label.lower()
        verb = "became" if what == "allocated" else "is no longer"
        return Entry(at, key, f"{person} {verb} {label} link worker")
    roles = SchoolContact(roles=as_what.strip("{}").split(",")).role_text
    if what == "came":
        return Entry(at, key, f"{person} was added", about=roles)
    return Entry(at, key, f"{person} left", about=roles)


# --- support --------------------------------------------------------------------------------------


def _support(user, school_ids, show, narrowed):
    """Calls and visits, and what was agreed, decided and entered."""
    kinds = {EVERYTHING: CONTACTS + DECISIONS, CALLS: CONTACTS, CHANGES: DECISIONS}.get(show)
    if kinds is None:
        return []
    return [
        Entry(event.at, event.pk, event.title, event.url, event.about, event.who)
        for event in support_events(user, school_ids, kinds, narrowed, PAGE + 1)
    ]
