"""Short work on My work and on a manager's desk: what is next, and no child's name."""

from dataclasses import dataclass

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from govuk.words import day_of, day_text, long_date
from interventions.consent_page import to_look_at
from interventions.measure_page import to_follow_up
from interventions.models import (
    Disagreement,
    EarlyHelpPlan,
    ProgrammeCase,
    Session,
    SessionPart,
    ShortIntervention,
)
from interventions.plan_chasing import unanswered
from interventions.policies import lists_work
from interventions.work import mine, to_allocate
from overview.rows import Row
from overview.wording import weekdays_since
from schools.calendar import calendars_of
from schools.scope import scope_of

# Weekdays before a session that is a draft, or whose note the school has not got, is late.
DRAFT_LATE, TO_GIVE_LATE = 3, 2
# Days after which a school that disagrees has waited long for its answer.
ANSWER_LATE = 7
# School days after which a case that waits for triage is late.
CASE_LATE = 5
MOST = 20


@dataclass(frozen=True)
class Found:
    """A ``Row`` for one of the groups of My work: overdue, today or soon."""

    row: Row
    group: str
    school_id: object
    is_own: bool = True


def rows_of(user):
    """What waits for a worker in short work: ``Found``; nine queries at most, however much."""
    if not lists_work(user):
        return []
    return [*_sessions(user), *_next(user), *_to_look_at(user), *_unanswered(user), *_lasting(user)]


def _sessions(user):
    """Drafts of one's own, and notes that the school has not got (rule 001-114): one query."""
    scope = scope_of(user)
    to_give = SessionPart.objects.filter(session=OuterRef("pk"), given_at__isnull=True)
    to_give = Exists(to_give.exclude(school_text=""))
    theirs = Q(author=user) | Q(intervention__school_id__in=scope.supports)
    sessions = (
        Session.objects.filter(
            Q(completed_at__isnull=True, author=user)
            | Q(theirs & Q(completed_at__isnull=False) & to_give)
        )
        .exclude(intervention__school_id__in=scope.excluded)
        .select_related("intervention__school")
        .order_by("held_on", "pk")
    )
    for session in sessions[:MOST]:
        make = _draft_row if session.is_draft else _to_give_row
        row = make(session)
        yield Found(
            row,
            "overdue" if row.late else "today",
            session.intervention.school_id,
            session.author_id == user.pk,
        )


def _title(session):
    return f"{session.intervention.school.name}, session of {long_date(session.held_on)}"


def _draft_row(session):
    title = _title(session)
    is_late = weekdays_since(session.started_at) > DRAFT_LATE
    return Row(
        "Draft",
        title,
        session.get_absolute_url(),
        "Not completed yet.",
        verb="Finish",
        verb_url=reverse("session_edit", args=[session.pk]),
        verb_about=title,
        late=f"Started {day_of(session.started_at)}." if is_late else "",
    )


def _to_give_row(session):
    title = _title(session)
    is_late = weekdays_since(session.completed_at) > TO_GIVE_LATE
    return Row(
        "To give",
        title,
        session.get_absolute_url(),
        "The school has not got the note for the child’s record.",
        verb="Open",
        verb_url=session.get_absolute_url(),
        verb_about=title,
        late="Not given yet." if is_late else "",
    )


def _next(user):
    for line in mine(user):
        work = line.work
        url = work.get_absolute_url()
        row = Row(
            "Short work",
            f"{work.school.name}, {line.what}",
            url,
            "" if line.is_late else f"{line.when}.",
            verb="Open",
            verb_url=url,
            verb_about=f"the work at {work.school.name}",
            late=f"{line.when}." if line.is_late else "",
        )
        yield Found(row, "overdue" if line.is_late else "soon", work.school_id)


def _to_look_at(user):
    """Families that said no, and whose day to look again has come (rules 003-51, 003-52)."""
    today = timezone.localdate()
    for work in to_look_at(user, today):
        url = work.get_absolute_url()
        row = Row(
            "Look again",
            work.school.name,
            url,
            f"A family said no. You set {day_text(work.watch_on, today)} to look again.",
            verb="Open",
            verb_url=url,
            verb_about=f"the work at {work.school.name}",
        )
        yield Found(row, "today", work.school_id)


def _unanswered(user):
    """Plans that a school they support was asked for and has not answered, though reminded."""
    supports = scope_of(user).supports
    if not supports:
        return
    theirs = EarlyHelpPlan.objects.filter(school_id__in=supports).select_related("school")
    for plan in unanswered(theirs, timezone.localdate())[:MOST]:
        url = plan.get_absolute_url()
        asked_on = long_date(timezone.localdate(plan.asked_at))
        row = Row(
            "Plan",
            plan.school.name,
            url,
            "",
            verb="Open",
            verb_url=url,
            verb_about=f"the plan asked of {plan.school.name}",
            late=f"The school was asked to start it on {asked_on} and has not answered.",
        )
        yield Found(row, "overdue", plan.school_id)


def _lasting(user):
    """Whether it lasted, twelve school weeks after the end (rule 004-16)."""
    for due in to_follow_up(user):
        work = due.work
        url = reverse("measures", args=[work.pk])
        row = Row(
            "Measure",
            f"{work.school.name}, {work.support}",
            work.get_absolute_url(),
            f"Closed on {long_date(work.closed_on)}. Did it last?",
            verb="Measure",
            verb_url=url,
            verb_about=f"the work at {work.school.name}",
        )
        yield Found(row, "soon", work.school_id)


# --- a manager's desk ----------------------------------------------------------------------


def to_decide(user):
    """``[(title, address, why, since, is late)]``: schools to answer, work to allocate, triage.

    Five queries at most; none for who manages no hub.
    """
    said, cases = _to_answer_and_triage(user)
    return [*map(_to_answer, said), *_to_allocate(user), *_to_triage(cases)]


def _to_allocate(user):
    for line in to_allocate(user):
        url = line.work.get_absolute_url()
        yield line.work.school.name, url, f"{line.what}. {line.who}.", line.when, line.is_late


@dataclass(frozen=True)
class Waits:
    """A school that waits: for an answer about a work, or for its case in a ``programme``."""

    school: str
    school_id: object
    about: object
    programme: str
    since: object


def _to_answer_and_triage(user):
    """Schools that disagree with a decision, and cases to triage, as ``Waits``; one query."""
    manages = scope_of(user).manages
    if not manages:
        return [], []
    works = ShortIntervention.objects.visible_to(user).filter(hub_id__in=manages)
    said = _columns(
        Disagreement.objects.waiting().filter(intervention__in=works.order_by()),
        "intervention__school",
        "intervention_id",
        Value("", CharField()),
        TruncDate("said_at"),
    )
    cases = ProgrammeCase.objects.visible_to(user).waiting().filter(hub_id__in=manages)
    cases = _columns(cases, "school", "pk", F("programme__name"), F("asked_on"))
    found = sorted((Waits(*row) for row in said.union(cases, all=True)), key=lambda one: one.since)
    return [one for one in found if not one.programme], [one for one in found if one.programme]


def _columns(rows, school, about, programme, since):
    """The fields of ``Waits``, to be read in one statement with those of another table."""
    rows = rows.annotate(programme_name=programme, since=since)
    return rows.values_list(f"{school}__name", f"{school}_id", about, "programme_name", "since")[
        :MOST
    ]


def _to_answer(said):
    """A school that disagrees with a decision (rule 003-39)."""
    url = reverse("intervention", args=[said.about])
    why = "The school disagrees with a decision: answer it."
    is_late = (timezone.localdate() - said.since).days > ANSWER_LATE
    return said.school, url, why, f"Since {long_date(said.since)}", is_late


def _to_triage(cases):
    if not cases:
        return
    calendars = calendars_of({case.school_id for case in cases})
    today = timezone.localdate()
    for case in cases:
        days = calendars[case.school_id].school_days_since(case.since, today)
        since = f"Waiting {days} school day{'s' if days != 1 else ''}" if days else "Asked today"
        url = reverse("programme_case", args=[case.about])
        yield case.school, url, f"{case.programme}: to triage.", since, days > CASE_LATE
