"""Where a child's note must go, and the text to paste there (rules 001-115 to 001-123).

One table decides from the child's statuses. The text of one child is made from that child's part
alone; what it says of another child was typed, and is pointed out before it is copied.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, pairwise

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from consultations.models import Destination, PupilDiscussed, RecordingTask
from govuk.words import date_of, day_text, listed, long_date
from schools.calendar import calendars_of
from schools.models import FamilyLink, Involvement, Pupil, PupilStatus, Route
from schools.names import fold

# Advice to a school about a child, or work with the child or family.
ADVICE, DIRECT = "advice", "direct"
# The statuses that decide, the weightiest first (rules.md 2, item 8). A child of whom none of
# them holds goes on CED.
TABLE = (
    (Route.OPEN, Destination.MOSAIC_CHILD),
    (Route.PLAN, Destination.MOSAIC),
    (Route.ASK, Destination.ASK),
)
# CED holds children by their birth, and its records are never changed (rule 001-121).
NOT_BORN = "Not born yet: there is no record on CED"
NO_STATUS = "Not open to social care, no plan"
# What somebody may settle on where the guidance does not say.
MAY_BE_CHOSEN = (Destination.MOSAIC, Destination.CED)
# How a list says where a note goes.
SHORT = {
    Destination.MOSAIC_CHILD: "Mosaic case note",
    Destination.MOSAIC: "Mosaic case note",
    Destination.CED: "CED, add note only",
    Destination.ASK: "Ask where it is recorded",
    Destination.SCHOOL: "For the school’s own system",
}
POSSESSIVE = re.compile("['’]s\\b", re.IGNORECASE)
# No note has more pairs of words that may be somebody's name.
MOST_PAIRS = 300
PARTS = {
    "support_given": "Support given",
    "with_whom": "With",
    "analysis": "Analysis",
    "actions": "Actions",
}
ASKED = {
    "support_given": "Enter the support that was given",
    "with_whom": "Enter with which child or parent, or who was advised",
    "analysis": "Enter your analysis",
    "actions": "Enter the actions, by whom and by when, or that none were agreed",
}


@dataclass(frozen=True)
class Decision:
    """Where one note goes, the status that decides it, and the social worker to tell."""

    to: Destination
    because: str
    social_worker: str = ""

    def task(self, **facts):
        """The unsaved ``RecordingTask`` of the note; ``facts`` are its other fields."""
        return RecordingTask(
            to=self.to, because=self.because, told_whom=self.social_worker, **facts
        )


def decide(statuses, *, is_born=True, kind=ADVICE):
    """The ``Decision`` of each note about a child: a system of record, and the school's own.

    ``statuses`` are the child's current ones with their kinds. Notes of direct work go to the
    school as well (rule 001-114); what the school keeps of a consultation it says itself.
    """
    found = [_of_the_council(statuses, is_born)]
    if kind == DIRECT:
        found.append(Decision(Destination.SCHOOL, "Direct work"))
    return found


def _of_the_council(statuses, is_born):
    for route, destination in TABLE:
        holding = [status for status in statuses if status.kind.route == route]
        if holding:
            named = [status.social_worker for status in holding if status.social_worker]
            return Decision(destination, holding[0].kind.name, named[0] if named else "")
    if not is_born:
        return Decision(Destination.ASK, NOT_BORN)
    return Decision(Destination.CED, NO_STATUS)


def decisions_for(pupils, kind=ADVICE):
    """``{pupil id: [Decision, …]}`` as their statuses stand today; one query."""
    pupils = list(pupils)
    statuses = defaultdict(list)
    for status in (
        PupilStatus.objects.filter(pupil__in=pupils, ends_on__isnull=True)
        .select_related("kind")
        .order_by("kind__position", "kind__name")
    ):
        statuses[status.pupil_id].append(status)
    return {
        pupil.pk: decide(statuses[pupil.pk], is_born=pupil.born_on is not None, kind=kind)
        for pupil in pupils
    }


def fits(task, decisions):
    """Whether an open task still goes where one of the child's decisions says."""
    wanted = {decision.to for decision in decisions}
    settled = task.decided_why and Destination.ASK in wanted and task.to in MAY_BE_CHOSEN
    return task.to in wanted or bool(settled)


def moved(tasks):
    """``{task: Decision}`` of the open tasks that their child's statuses send elsewhere today.

    One query where something waits. What a school keeps of direct work goes there whatever the
    status.
    """
    waiting = [task for task in tasks if task.is_open and task.to != Destination.SCHOOL]
    if not waiting:
        return {}
    decisions = decisions_for({task.pupil for task in waiting})
    return {
        task: decisions[task.pupil_id][0]
        for task in waiting
        if not fits(task, decisions[task.pupil_id])
    }


def as_of_today(tasks):
    """The tasks, a list, as their children's statuses have them today; one query at most.

    A look moves nothing, whoever looks: the task itself is replaced by the next act on it, or in
    the morning.
    """
    for task, decision in moved(tasks).items():
        task.to, task.because, task.decided_why = decision.to, decision.because, ""
        task.told_whom = decision.social_worker
    return tasks


def due_on(school_ids, day=None):
    """``{school id: date}`` by which a note made on ``day`` is recorded; one query."""
    return {pk: due_by(calendar, day) for pk, calendar in calendars_of(school_ids).items()}


def due_by(calendar, day=None):
    """The date by which a note made on ``day`` (default today) is recorded, by its school's days.

    That is ``settings.RECORDING_DAYS`` school days later.
    """
    due = day or timezone.localdate()
    for _ in range(settings.RECORDING_DAYS):
        due = calendar.next_school_day(due)
    return due


# --- the text -----------------------------------------------------------------------------


def is_short(task):
    """The standard words without the parts: the note on CED says no more (rule 001-120)."""
    return task.to == Destination.CED


def occasion(task):
    """When it was: the date of the consultation, or of the direct work."""
    part = task.discussed
    return date_of(part.consultation.held_at) if part else long_date(task.happened_on)


def first_day(task):
    """The date of the consultation, or of the direct work: nothing is recorded before it."""
    part = task.discussed
    return timezone.localdate(part.consultation.held_at) if part else task.happened_on


def text_of(task):
    """What is pasted into the system of record; the parts as they stand (rule 001-116).

    A task about a consultation has its ``discussed`` with ``consultation`` and ``actions``.
    """
    if is_short(task):
        did = "the school with advice" if task.discussed else "a family"
        return f"{occasion(task)}: the link worker supported {did}. {task.school.name}."
    what = "Early help consultation" if task.discussed else "Short intervention"
    lines = [f"{what}, {occasion(task)}, {task.school.name}"]
    lines += [f"{label}: {part}" for label, part in zip(PARTS.values(), parts(task), strict=True)]
    return "\n".join(lines)


def parts(task):
    """The parts of the text in the order of ``PARTS``; what is missing is empty."""
    return [
        task.support_given.strip(),
        task.with_whom.strip(),
        task.analysis.strip(),
        actions_of(task).strip(),
    ]


def actions_of(task):
    """What was written about the actions, else the child's actions: by whom and by when."""
    if task.actions.strip() or task.discussed is None:
        return task.actions
    return "\n".join(_line(action) for action in task.discussed.actions.all())


def _line(action):
    when = f"by {long_date(action.due_on)}" if action.due_on else "no date agreed"
    done = ". Done" if action.done_at else ""
    return f"{action.what.rstrip('.')}: {action.owner_text}, {when}{done}"


def first_parts(discussed, attendees):
    """The parts that a child's part of a consultation fills in, as fields of its task."""
    people = [_who(attendee) for attendee in attendees]
    return {
        "support_given": discussed.advice,
        "with_whom": f"{discussed.pupil.name}, discussed with {listed(people)}" if people else "",
        "analysis": discussed.analysis,
    }


def _who(attendee):
    of = attendee.role_text or attendee.organisation
    return f"{attendee.name} ({of})" if of else attendee.name


def missing(task):
    """``{field: sentence}``: what the note still lacks before it is done (rule 001-116).

    A note on CED holds none of the parts; one for a child with a social worker needs to whom
    it was sent (rules 001-117, 001-119).
    """
    if is_short(task):
        return {}
    found = {
        name: sentence
        for (name, sentence), part in zip(ASKED.items(), parts(task), strict=True)
        if not part
    }
    if "actions" not in found and not task.actions.strip() and _undated(task):
        found["actions"] = "Enter by when each action is to be done"
    if task.to == Destination.MOSAIC_CHILD and not task.told_whom.strip():
        found["told_whom"] = "Enter the name of the social worker"
    return found


def _undated(task):
    return any(action.due_on is None for action in task.discussed.actions.all())


# --- on the record's page --------------------------------------------------------------------


@dataclass(frozen=True)
class TaskLine:
    """One note to record, for a page that shows its child by name."""

    task: RecordingTask
    what: str
    due: str
    is_late: bool


def task_lines(user, consultation):
    """Where the notes of a consultation must go: ``lines_of``, in the order of its children."""
    tasks = RecordingTask.objects.filter(discussed__consultation=consultation)
    return lines_of(user, tasks.order_by("discussed__position", "to"))


def lines_of(user, tasks):
    """Where the notes of a query-set must go; nothing for who sees no recording tasks.

    For the record's page, of children open to the user; ``as_of_today``. Two queries.
    """
    today = timezone.localdate()
    tasks = tasks.visible_to(user).filter(replaced_at__isnull=True).select_related("pupil")
    return [
        TaskLine(task, SHORT[task.to], due_text(task, today), task.is_late(today))
        for task in as_of_today(list(tasks))
    ]


def due_text(task, today):
    """By tomorrow; Was due on Friday 20 November."""
    return f"{'Was due' if task.due_on < today else 'By'} {day_text(task.due_on, today)}"


# --- other children ------------------------------------------------------------------------


def others_named(task, text):
    """``(names, strangers)``: names in ``text`` of children the note is not about (rule 001-118).

    Brothers, sisters and the children of the same consultation are known by one name alone, in
    whatever capitals; any other child on record, who is a stranger, by first name and surname
    together. Two queries.
    """
    own = words_of(task.pupil)
    near = {word for pupil in _near(task) for word in words_of(pupil) if len(word) > 1} - own
    text = POSSESSIVE.sub("", text)
    found = [word for word in dict.fromkeys(fold(text).split()) if word in near]
    strange = (p for p in _pairs(text) if not own.issuperset(p) and near.isdisjoint(p))
    pairs = set(islice(strange, MOST_PAIRS))
    met = _on_record(task, pairs)
    names = [word.capitalize() for word in found]
    names += [f"{first.capitalize()} {last.capitalize()}" for first, last in sorted(met)]
    return names, {pupil.pk: pupil for each in met.values() for pupil in each}.values()


def words_of(pupil):
    """The words of a child's names, folded."""
    return set(fold(f"{pupil.first_names} {pupil.known_as} {pupil.surname}").split())


def _near(task):
    """The family of the child, and the other children of the consultation or the work."""
    if task.discussed:
        beside = PupilDiscussed.objects.filter(
            consultation=task.discussed.consultation_id, pupil__isnull=False
        )
    else:
        works = Involvement.objects.filter(pupil=task.pupil_id).exclude(source_type="consultation")
        beside = Involvement.objects.filter(source_id__in=works.values("source_id"))
    links = FamilyLink.objects
    return Pupil.objects.filter(
        Q(pk__in=beside.values("pupil"))
        | Q(pk__in=links.filter(one=task.pupil_id).values("other"))
        | Q(pk__in=links.filter(other=task.pupil_id).values("one"))
    ).exclude(pk=task.pupil_id)


def _pairs(text):
    """Words beside each other that both begin with a capital, folded, in the order of the text."""
    words = [(fold(word).split(), word.lstrip("\"'‘“(")[:1].isupper()) for word in text.split()]
    return dict.fromkeys(
        (first[-1], last[0])
        for (first, is_name), (last, is_surname) in pairwise(words)
        if first and last and is_name and is_surname
    )


def _on_record(task, pairs):
    """``{pair: pupils}`` of those that are a first name and a surname of some other child."""
    like = Q(pk__in=[])
    for first, last in pairs:
        like |= Q(folded__contains=first) & Q(folded__contains=last)
    named = Pupil.objects.filter(like).exclude(pk=task.pupil_id) if pairs else ()
    met = defaultdict(list)
    for pupil in named:
        surname = fold(pupil.surname).split()[:1]
        for first in {*fold(f"{pupil.first_names} {pupil.known_as}").split()}:
            if (pair := (first, *surname)) in pairs:
                met[pair].append(pupil)
    return met
