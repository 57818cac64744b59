"""What a school gets beside its link workers, as its page shows it to those who work with it.

School people, and council people without a relation to the school, see nothing of it (design.md
4). Visits and attempts are told by day, never counted; nothing is a target (rule 001-74).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse
from django.utils import timezone

from govuk.words import lower_first
from linkworkers import policies
from linkworkers.models import (
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Presence,
    Visit,
)
from linkworkers.services.support import CONTINUED
from schools.models import School


@dataclass(frozen=True)
class Fact:
    """One thing agreed, decided, logged or entered: by whom, on which day, in which words."""

    pk: str
    by: str
    day: date
    words: str = ""
    note: str = ""
    review_on: date | None = None

    @property
    def is_due(self):
        """Its review is due."""
        return self.review_on is not None and self.review_on <= timezone.localdate()


@dataclass(frozen=True)
class Support:
    """What one viewer may know of a school's support, and do about it; ``shows`` is False for
    those who may know nothing.

    ``crises`` are those without a decision, latest first; ``here_today`` is the viewer's own
    visit today, which they can still take back.
    """

    shows: bool = False
    presence: Fact | None = None
    enhanced: Fact | None = None
    focus: Fact | None = None
    visit: Fact | None = None
    attempt: Fact | None = None
    here_today: Fact | None = None
    crises: tuple = ()
    may_decide: bool = False
    may_log_visit: bool = False
    may_enter_crisis: bool = False


def support_of(school, user):
    """The ``Support`` of the school as the user may see it; one query, or none."""
    may_enter_crisis = policies.may_enter_crisis(user, school)
    if not policies.may_see_support(user, school):
        return Support(may_enter_crisis=may_enter_crisis)
    rows = School.objects.annotate(**_parts(user)).values(*_parts(user)).get(pk=school.pk)
    return Support(
        shows=True,
        presence=_first(rows["presences"], _presence),
        enhanced=_first(rows["enhanced_supports"], _enhanced),
        focus=_first(rows["focuses"], _said),
        visit=_first(rows["visits"], _said),
        attempt=_first(rows["attempts"], _attempt),
        here_today=_first(rows["own_visits"], _said),
        crises=tuple(map(_said, rows["crises"])),
        may_decide=policies.may_decide_support(user, school),
        may_log_visit=policies.may_log_visit(user, school),
        may_enter_crisis=may_enter_crisis,
    )


def _parts(user):
    """The rows of a school of the outer query, by kind, newest first, each as JSON."""

    def rows(model, by, day, most=1, where=None, **more):
        found = model.objects.filter(school=OuterRef("pk"), **(where or {}))[:most]
        row = JSONObject(pk="pk", by=f"{by}__name", day=day, **more)
        return ArraySubquery(found.values(row=row))

    named = EnhancedSupport.criteria.through.objects.filter(enhancedsupport=OuterRef("pk"))
    criteria = named.order_by("supportcriterion__position").values("supportcriterion__name")
    current = {"ended_at": None}
    today = {"by": user, "day": timezone.localdate()}
    return {
        "presences": rows(
            Presence,
            "agreed_by",
            "agreed_on",
            where=current,
            note="reason",
            kind="kind",
            frequency="frequency",
        ),
        "enhanced_supports": rows(
            EnhancedSupport,
            "decided_by",
            "decided_at",
            where=current,
            note="reason",
            review_on="review_on",
            criteria=ArraySubquery(criteria),
        ),
        "focuses": rows(Focus, "decided_by", "decided_at", note="decision"),
        "visits": rows(Visit, "by", "day"),
        "own_visits": rows(Visit, "by", "day", where=today),
        "attempts": rows(
            EngagementAttempt, "by", "day", note="outcome", how="how", reached="reached"
        ),
        "crises": rows(Crisis, "entered_by", "happened_at", most=5, where={"decided_at": None}),
    }


def _first(rows, make):
    return make(rows[0]) if rows else None


def _said(row, **more):
    return Fact(row["pk"], row["by"], _day(row["day"]), note=row.get("note", ""), **more)


def _presence(row):
    return _said(row, words=_presence_words(row))


def _enhanced(row):
    review_on = date.fromisoformat(row["review_on"])
    return _said(row, words=". ".join(row["criteria"]), review_on=review_on)


def _attempt(row):
    return _said(row, words=_attempt_words(row))


def _presence_words(row):
    return str(Presence(kind=row["kind"], frequency=row["frequency"]))


def _attempt_words(row):
    return str(EngagementAttempt(how=row["how"], reached=row["reached"]))


def _day(text):
    """The day of a date or an instant as JSON writes it."""
    return (
        timezone.localdate(datetime.fromisoformat(text))
        if "T" in text
        else date.fromisoformat(text)
    )


# --- in the timeline -----------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One of them as the school's timeline tells it; ``at`` is the start of a day told as one."""

    at: datetime
    pk: uuid.UUID
    title: str
    about: str = ""
    who: str = ""
    url: str = ""


CONTACTS = ("visit", "attempt")
DECISIONS = ("presence", "crisis", "enhanced", "ended", "focus")


def support_events(user, school_ids, kinds, narrowed, most):
    """The latest ``most`` events of these kinds that the user may see, newest first; one query.

    ``kinds`` are of ``CONTACTS`` and ``DECISIONS``. ``narrowed(rows, column, by)`` gives those of
    the rows that are asked for: ``column`` holds the instant, ``by`` leads to whose event it is.
    """
    events = _events()
    pieces = []
    for kind in kinds:
        rows, at, by, more = events[kind]
        found = rows.visible_to(user).filter(school__in=school_ids)
        found = found.order_by().annotate(
            event_at=Cast(at, DateTimeField()),
            what=Value(kind, CharField()),
            person=F(f"{by}__name"),
            more=JSONObject(**more),
        )
        found = narrowed(found, "event_at", by)
        pieces.append(found.values_list("event_at", "pk", "what", "person", "more"))
    union = pieces[0].union(*pieces[1:], all=True)
    return [_event(*row) for row in union.order_by("-event_at", "-pk")[:most]]


def _events():
    """``(rows, when, by whom, what else)`` of each kind."""
    supports = EnhancedSupport.objects
    same_instant = supports.filter(school=OuterRef("school"), ended_at=OuterRef("decided_at"))
    return {
        "visit": (Visit.objects, "day", "by", {}),
        "attempt": (
            EngagementAttempt.objects,
            "day",
            "by",
            {"how": "how", "reached": "reached", "note": "outcome"},
        ),
        "presence": (
            Presence.objects,
            "agreed_on",
            "agreed_by",
            {"kind": "kind", "frequency": "frequency", "note": "reason"},
        ),
        "crisis": (
            Crisis.objects,
            "happened_at",
            "entered_by",
            {"needs_more": "needs_more"},
        ),
        "enhanced": (
            supports,
            "decided_at",
            "decided_by",
            {"note": "reason", "goes_on": Exists(same_instant)},
        ),
        "ended": (
            supports.filter(ended_at__isnull=False).exclude(ended_why=CONTINUED),
            "ended_at",
            "ended_by",
            {"note": "ended_why"},
        ),
        "focus": (Focus.objects, "decided_at", "decided_by", {"note": "decision"}),
    }


def _event(at, pk, what, person, more):
    title, url = _title(what, pk, more)
    return Event(at, pk, title, about=more.get("note", ""), who=f"{person}.", url=url)


def _title(what, pk, more):
    """``(title, address)`` of an event."""
    match what:
        case "visit":
            return "Worked at the school", ""
        case "attempt":
            return _attempt_words(more), ""
        case "presence":
            return f"Presence agreed: {lower_first(_presence_words(more))}", ""
        case "crisis":
            state = {None: "to decide", True: "more people sent", False: "decided"}
            return f"Crisis response: {state[more['needs_more']]}", reverse("crisis", args=[pk])
        case "enhanced":
            return f"Enhanced support {'goes on' if more['goes_on'] else 'decided'}", ""
        case "ended":
            return "Enhanced support ended", ""
    return "Focus adjusted", ""
