"""What the pages of a request for support say: where it stands, its timeline, the ways on."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from consultations.models import Consultation
from consultations.policies import may_record
from govuk.words import clock, date_of, day_of, lower_first
from interventions.models import ShortIntervention
from interventions.policies import may_request
from referrals import policies
from referrals.models import DeclinedWhy, RequestSource, RequestState, StepKind, Wanted
from referrals.request_chasing import MANAGER, WORKER, days_text, days_waited, step_of
from schools.calendar import calendars_of

COLOURS = {
    RequestState.RECEIVED: "yellow",
    RequestState.ACKNOWLEDGED: "blue",
    RequestState.MEETING: "purple",
    RequestState.ANSWERED: "green",
    RequestState.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class Line:
    """A request in a list: no name of a person, and no words of it.

    ``state`` is late, soon or empty.
    """

    asked: object
    what: str
    who: str
    when: str
    state: str = ""


@dataclass(frozen=True)
class Nobody:
    """A day on which a school does not teach: ``why``, and the first one on which it does."""

    why: str
    until: date


def nobody_reads(school, today=None):
    """``Nobody`` where it is not a school day there (rule 003-29), else None; one query."""
    today = today or timezone.localdate()
    calendar = calendars_of([school.pk])[school.pk]
    why = calendar.closed_for(today)
    return Nobody(why, calendar.next_school_day(today)) if why else None


# --- lists --------------------------------------------------------------------------------------


def lines_of(rows):
    """The ``Line`` of each request of ``named()``; one query."""
    if not rows:
        return []
    today = timezone.localdate()
    calendars = calendars_of({asked.school_id for asked in rows})
    return [_line(asked, calendars[asked.school_id], today) for asked in rows]


def _line(asked, calendar, today):
    who = f"Asked by {lower_first(asked.get_source_display())}"
    if asked.passed_to:
        who += f". Given to {asked.passed_to.name}"
    if not asked.waits:
        return Line(asked, asked.get_wanted_display(), who, standing_of(asked))
    days = days_waited(asked, calendar, today)
    if days:
        since = "Read, no answer for" if asked.acknowledged_at else "Waiting"
        when = f"{since} {days_text(asked, days)}"
    elif asked.acknowledged_at:
        when = f"Read {day_of(asked.acknowledged_at)}"
    else:
        when = f"Came {day_of(asked.received_at)}"
    late = {MANAGER: "late", WORKER: "soon"}.get(step_of(asked, calendar, today), "")
    return Line(asked, asked.get_wanted_display(), who, when, late)


def standing_of(asked):
    """Where it stands, in a sentence without its stop."""
    if asked.has_lost_its_draft:
        return "Its draft was thrown away: it waits again"
    if asked.state == RequestState.ANSWERED:
        return f"Answered {date_of(asked.answered_at)}. {asked.get_outcome_display()}"
    if asked.state == RequestState.MEETING:
        return f"{asked.get_outcome_display()}, since {date_of(asked.answered_at)}"
    if asked.state == RequestState.ACKNOWLEDGED:
        return f"Read {date_of(asked.acknowledged_at)}, not answered yet"
    return asked.get_state_display()


def tag_of(asked):
    """``(colour, words)`` of its state."""
    if asked.has_lost_its_draft:
        return "yellow", "Waiting"
    state = RequestState(asked.state)
    return COLOURS[state], state.label


# --- the page -----------------------------------------------------------------------------------


def timeline_of(asked, *, for_school):
    """The steps in order; the school reads those of its own request, and answers to others."""
    steps = asked.steps.select_related("by", "to")
    if not for_school:
        return list(steps)
    if asked.source != RequestSource.SCHOOL:
        return list(steps.filter(kind=StepKind.ANSWERED))
    steps = list(steps)
    for step in steps:
        if step.kind == StepKind.PASSED_ON:
            step.text = ""
    return steps


def consultation_of(user, asked, *, for_school):
    """The consultation it led to, as far as the user reads that on their side; or None."""
    seen = Consultation.objects
    seen = seen.shared_with(user) if for_school else seen.visible_to(user)
    return asked.consultation_id and seen.filter(pk=asked.consultation_id).first()


def work_of(user, asked, *, for_school):
    """The short work it led to, as far as the user reads that on their side; or None."""
    seen = ShortIntervention.objects
    seen = seen.at_school_of(user) if for_school else seen.visible_to(user)
    return asked.intervention_id and seen.filter(pk=asked.intervention_id).first()


def acts_for(user, asked):
    """Which acts the page offers a council user: the names of its addresses, most likely first."""
    if not (asked.is_ahead and policies.may_answer_request(user, asked)):
        return []
    acts = []
    if may_record(user, asked.school):
        acts.append("request_consult")
    if may_request(user, asked.school):
        acts.append("request_work")
    acts.append("request_advise")
    if asked.source == RequestSource.SCHOOL and asked.state != RequestState.MEETING:
        acts.append("request_meet")
    acts.append("request_decline")
    first = {
        Wanted.SHORT_WORK: "request_work",
        Wanted.ADVICE: "request_advise",
        Wanted.CASO: "request_meet",
    }.get(asked.wanted)
    return sorted(acts, key=lambda name: name != first)


def who_reads(asked):
    """Who reads an answer to it; a sentence or two."""
    if asked.source == RequestSource.FRONT_DOOR:
        return (
            "The school’s head and safeguarding leads are told, and read this. Tell the"
            f" {settings.COUNCIL.front_door} yourself: it has no account here."
        )
    if asked.source == RequestSource.DUTY_MANAGER:
        return "The duty manager is told, and reads this; the school does not."
    if asked.asked_by_id is None:
        return "The school’s head and safeguarding leads are told, and read this."
    return "Whoever asked is told, and reads this. So can the school’s head and safeguarding leads."


def ways_on(asked):
    """What whoever asked can do once it is not taken up; sentences."""
    if not asked.declined_why:
        return []
    council = settings.COUNCIL
    refer = (
        "If you are worried about a child, follow your own safeguarding policy and refer to the"
        f" {council.front_door} on {council.front_door_phone}."
    )
    talk = "Ask for an Early help consultation to talk through what else there is."
    first = {
        DeclinedWhy.OTHER_SUPPORT: talk,
        DeclinedWhy.FRONT_DOOR: f"Ring the {council.front_door} yourself: nobody does it for you.",
        DeclinedWhy.IN_HAND: "Your link worker can say who is dealing with it.",
        DeclinedWhy.NOT_IN_TIME: "Ask again with other days, or for advice in the meantime.",
        DeclinedWhy.NOT_OURS: talk,
        DeclinedWhy.MISTAKE: "Ask again, if it was no mistake.",
    }
    return [first[DeclinedWhy(asked.declined_why)], refer]


def received_text(asked):
    """``Monday 23 November at 10:42am, by phone``; and when it was typed, where that was later."""
    day = day_of(asked.received_at)
    how = lower_first(asked.get_channel_display())
    said = f"{day[0].upper()}{day[1:]} at {clock(asked.received_at)}, {how}"
    if timezone.localdate(asked.recorded_at) != timezone.localdate(asked.received_at):
        said += f". Typed {day_of(asked.recorded_at)}"
    return said
