"""Whether a case is in scope of a programme, and what the record has to say about it.

A person answers every criterion; the evidence stands beside the question. Attendance decides
whether somebody is in scope of a scheme and nothing else: no level of need follows (rule 004-5).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Max, Min, Sum
from django.utils import timezone

from consultations.models import State
from govuk.words import date_of, listed, long_date
from interventions.models import (
    Answered,
    Attended,
    CaseState,
    EarlyHelpPlan,
    OtherContact,
    ProgrammeCase,
    Session,
    ShortIntervention,
    Shows,
    Side,
)
from schools.attendance import Sessions
from schools.calendar import calendars_of
from schools.models import AttendanceWeek, PupilStatus, Route

# How far back the register is looked at for attendance.
WEEKS = 12


@dataclass(frozen=True)
class Preset:
    """A programme that other councils have run, to begin with: its fields and its criteria."""

    name: str
    about: str
    pathways: tuple
    criteria: tuple


def _criterion(side, rule, shows=Shows.NONE, number=None, words=""):
    return {"side": side, "rule": rule, "shows": shows, "number": number, "words": words}


# Rules 004-6 to 004-10.
PRESETS = {
    "return": Preset(
        name="Return to school",
        about=(
            "For children who have not come back to school, or come only now and then, and with"
            " whose family nobody has had meaningful contact. The child and the parent each get"
            " a worker of their own."
        ),
        pathways=(
            "The school’s own support",
            "Early help",
            "Education welfare",
            "Another targeted service",
            "The allocated social worker",
        ),
        criteria=(
            _criterion(
                Side.IN_SCOPE, "Attendance was under 70% before", Shows.ATTENDANCE, number=70
            ),
            _criterion(
                Side.IN_SCOPE,
                "There has been no meaningful contact with the family, or little",
                Shows.NO_CONTACT,
                number=4,
            ),
            _criterion(Side.IN_SCOPE, "The child has not returned to school, or not consistently"),
            _criterion(
                Side.OUT_OF_SCOPE,
                "The child is looked after",
                Shows.STATUS,
                words="Looked after",
            ),
            _criterion(
                Side.OUT_OF_SCOPE,
                "The family has an early help worker or an education welfare officer",
                Shows.OTHER_WORK,
            ),
            _criterion(Side.OUT_OF_SCOPE, "Other targeted support would fit"),
            _criterion(
                Side.OUT_OF_SCOPE,
                "It is for the school, or for a scheme that the school has already",
            ),
        ),
    ),
}


@dataclass(frozen=True)
class Verdict:
    """What the answers come to: the rules that speak against a case, and those not known."""

    against: list
    unknown: list

    @property
    def is_in_scope(self):
        return not self.against and not self.unknown

    def __str__(self):
        if self.against:
            return "Out of scope"
        return "Not clear yet" if self.unknown else "In scope"


def verdict(answers):
    """The ``Verdict`` of ``{Criterion: Answered}``: every in-scope rule holds, no other does."""
    wrong = {Side.IN_SCOPE: Answered.NO, Side.OUT_OF_SCOPE: Answered.YES}
    return Verdict(
        against=[c for c, reply in answers.items() if reply == wrong[Side(c.side)]],
        unknown=[c for c, reply in answers.items() if reply == Answered.NOT_KNOWN],
    )


# --- evidence ------------------------------------------------------------------------------


def evidence_for(case, criteria):
    """``{criterion id: sentence}``: what the record says to each; empty where it cannot say.

    For whom the child is open. One or two queries for each kind of evidence that is asked for.
    """
    return {criterion.pk: _SAYS[criterion.shows](case, criterion) for criterion in criteria}


def _nothing(case, criterion):
    return ""


def _attendance(case, criterion):
    """The twelve weeks to the last one in the register before the school asked."""
    weeks = AttendanceWeek.objects.filter(pupil=case.pupil_id, week__lte=case.asked_on)
    last = weeks.aggregate(last=Max("week"))["last"]
    if last is None:
        return "There is no attendance."
    first = last - timedelta(weeks=WEEKS - 1)
    found = weeks.filter(week__gte=first).aggregate(
        possible=Sum("possible"), missed=Sum("missed"), first=Min("week")
    )
    sessions = Sessions(possible=found["possible"], missed=found["missed"])
    if not sessions.possible:
        return "There is no attendance."
    return (
        f"{sessions.percent}% of {sessions.possible} possible sessions, weeks from"
        f" {long_date(found['first'])} to {long_date(last)}."
        f" {_compared(sessions, criterion.number)}"
    )


def _compared(sessions, limit):
    if limit is None:
        return ""
    attended = sessions.possible - sessions.missed
    below = attended * 100 < limit * sessions.possible
    return f"That is under {limit}%." if below else f"That is not under {limit}%."


def _no_contact(case, criterion):
    """The last time somebody of ours met the child or a parent: an attempt is none.

    Nor is a team around the family meeting to which the family did not come.
    """
    met = (
        Session.objects.filter(
            parts__pupil=case.pupil_id, completed_at__isnull=False, attended=Attended.YES
        )
        .exclude(other_kind__in=[OtherContact.ATTEMPT, OtherContact.PROFESSIONALS])
        .exclude(other_kind=OtherContact.TAF, family_present=False)
        .aggregate(last=Max("held_on"))["last"]
    )
    discussed = case.pupil.discussed.exclude(consultation__state=State.DRAFT).aggregate(
        last=Max("consultation__held_at")
    )["last"]
    about = f" Last discussed with the school on {date_of(discussed)}." if discussed else ""
    if met is None:
        return f"No contact of ours with the child or family.{about}"
    calendar = calendars_of([case.school_id])[case.school_id]
    weeks = calendar.school_weeks_since(met, timezone.localdate())
    ago = f"{weeks} school week{'' if weeks == 1 else 's'} ago"
    return f"We last met them on {long_date(met)}, {ago}.{about}"


def _status(case, criterion):
    held = PupilStatus.objects.filter(
        pupil=case.pupil_id, ends_on__isnull=True, kind__name__iexact=criterion.words
    ).select_related("kind")
    return f"{listed(_since(held))}." if held else "No such status."


def _since(statuses):
    return [f"{status.kind.name} since {long_date(status.starts_on)}" for status in statuses]


def _other_work(case, criterion):
    """Open short work, plans and cases about the child, other than this one.

    A plan that is kept elsewhere may stand here as the child's status alone.
    """
    found = [
        f"{work.get_kind_display()}, asked for on {long_date(work.asked_on)}."
        for work in ShortIntervention.objects.open().filter(participants__pupil=case.pupil_id)
    ]
    plans = EarlyHelpPlan.objects.open().filter(pupils=case.pupil_id)
    led = [
        f"{settings.COUNCIL.plan} led by {plan.leader}."
        for plan in plans.select_related("school", "agency")
    ]
    on_plan = PupilStatus.objects.filter(
        pupil=case.pupil_id, ends_on__isnull=True, kind__route=Route.PLAN
    ).select_related("kind")
    found += led or [f"{words}." for words in _since(on_plan)]
    found += [
        f"Accepted for {other.programme.name}."
        for other in ProgrammeCase.objects.filter(
            pupil=case.pupil_id, state=CaseState.ACCEPTED, intervention__closed_on__isnull=True
        )
        .exclude(programme=case.programme_id)
        .select_related("programme")
    ]
    return " ".join(found) if found else "No other work."


_SAYS = {
    Shows.NONE: _nothing,
    Shows.ATTENDANCE: _attendance,
    Shows.NO_CONTACT: _no_contact,
    Shows.STATUS: _status,
    Shows.OTHER_WORK: _other_work,
}
