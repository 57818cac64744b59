"""A school's timeline: what the viewer may see, newest first, under its terms.

Three sources, each read as far as one page needs: consultations, and the comings and goings of
link workers and of people at the school. Conflicts and suspensions never show.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from consultations.models import Area, AreaDiscussed, Attendee, Consultation, Kind
from consultations.services import FORM
from drafts.models import Draft
from drafts.views import clock
from linkworkers.models import Allocation, AllocationKind
from overview.policies import reads_as_school, sees_changes
from overview.wording import term_of
from schools.models import SchoolContact

PAGE = 20
EVERYTHING, CONSULTATIONS, CHANGES = "", "consultations", "changes"
FILTERS = [(EVERYTHING, "Everything"), (CONSULTATIONS, "Consultations"), (CHANGES, "Changes")]


@dataclass(frozen=True)
class Cursor:
    """The last entry of the page above: the next page begins after it."""

    at: datetime
    key: uuid.UUID

    @classmethod
    def parse(cls, text):
        """From ``?before=``; None when there is none or it is nonsense."""
        at, _, key = text.partition("~")
        try:
            at = parse_datetime(at)
            return cls(at, uuid.UUID(key)) if at and timezone.is_aware(at) else None
        except ValueError:
            return None

    def __str__(self):
        return f"{self.at.isoformat()}~{self.key}"

    def older(self, column):
        """Condition for rows further down, ``column`` being what they are ordered by."""
        return Q(**{f"{column}__lte": self.at}) & (
            Q(**{f"{column}__lt": self.at}) | Q(pk__lt=self.key)
        )


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; ``consultation`` is the row itself where it is one."""

    at: datetime
    key: uuid.UUID
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
    """The ``Timeline`` of ``school`` for ``user``; at most two queries.

    ``school_ids`` are its own and its predecessors': their records read as its own. The
    council's side sees what ``visible_to`` says, the school's what was shared with it.
    """
    entries = []
    if show in (EVERYTHING, CONSULTATIONS):
        entries += _consultations(user, school, school_ids, before)
    if show in (EVERYTHING, CHANGES) and sees_changes(user, school):
        entries += _changes(school, before)
    entries.sort(key=lambda entry: (entry.at, entry.key), reverse=True)
    page, rest = entries[:PAGE], entries[PAGE:]
    return Timeline(
        terms=[(name, list(rows)) for name, rows in groupby(page, lambda e: term_of(e.day))],
        older=str(Cursor(page[-1].at, page[-1].key)) if rest else "",
        older_term=term_of(rest[0].day) if rest else "",
    )


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
    parts = [f"{author}, with {_listed(row.took_part)}." if row.took_part else f"{author}."]
    if row.kind == Kind.AD_HOC:
        parts.append("Ad hoc advice.")
    if row.is_draft and row.saved_at:
        parts.append(f"Saved {timezone.localtime(row.saved_at):%-d %B} at {clock(row.saved_at)}.")
    if row.school_id != school.pk:
        parts.append(f"Held at {row.school.name}.")
    return " ".join(parts)


def _listed(names):
    return " and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]


# --- changes ----------------------------------------------------------------------------------


def _changes(school, before):
    """Link workers and contacts who came and went: one query over four kinds of event."""
    pieces = [
        _events(Allocation, school, at, what, "link_worker__user__name", F("kind"), before)
        for at, what in (("starts_at", "allocated"), ("ends_at", "deallocated"))
    ] + [
        _events(SchoolContact, school, at, what, "name", Cast("roles", CharField()), before)
        for at, what in (("starts_at", "came"), ("ends_at", "left"))
    ]
    events = pieces[0].union(*pieces[1:], all=True).order_by("-event_at", "-pk")[: PAGE + 1]
    return [_change_entry(*event) for event in events]


def _events(model, school, at, what, name, as_what, before):
    rows = model.objects.filter(school=school, **{f"{at}__lte": timezone.now()})
    if before:
        rows = rows.filter(before.older(at))
    return (
        rows.order_by()
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
