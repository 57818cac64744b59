"""Everything that happened to a concern, and what will: one line for each, the newest first."""

from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from govuk.words import clock as clock_text
from govuk.words import day_of, day_text, listed
from notifications.models import Message, State
from referrals import clock, concern_notices
from referrals.models import NoteKind

SAID = {
    concern_notices.TO_DECIDE: "Reminded to decide",
    concern_notices.TAKEN: "Told that it is taken",
    concern_notices.NO_NEED: "Told that there is no need to act",
    concern_notices.DECIDED: "Told of the decision",
    concern_notices.PASSED: "Asked to take it",
    concern_notices.ADDED: "Told that something was added",
    concern_notices.OBJECTED: "Asked to answer",
    concern_notices.ANSWERED: "Told of the answer",
    concern_notices.TO_ANSWER: "Reminded to answer",
    concern_notices.TO_CLOSE: "Asked whether it can be closed",
}
NOTES = {
    NoteKind.ADDED: "{} added",
    NoteKind.PHONED: "{}: told by phone",
    NoteKind.AWARE: "{} corrected the time of becoming aware",
    NoteKind.PASSED: "{} passed it on",
    NoteKind.TAKEN_OVER: "{} has this now",
    NoteKind.CHILD: "{} said which child it is",
    NoteKind.CORRECTED: "{} corrected whom it is about, or the school",
    NoteKind.NOT_DELIVERED: "A message could not be delivered, so others were told",
    NoteKind.CLOSED: "{} closed it",
}


@dataclass(frozen=True)
class Line:
    """One thing that happened, or will: when (an instant), what, and what there is to add.

    ``kind`` is ``next``, ``breach``, ``main``, ``bad`` or empty.
    """

    at: object
    what: str
    detail: str = ""
    words: str = ""
    kind: str = ""

    @property
    def time(self):
        return clock_text(self.at)


def days_of(concern, now):
    """``[(day in words, [Line, …]), …]``, the future and the newest first; four queries."""
    told = [*_of_the_record(concern), *_messages(concern), *_to_come(concern, now)]
    lines = sorted(told, key=lambda line: line.at)[::-1]
    today = timezone.localdate(now)
    return [
        (day_text(day, today).capitalize(), list(found))
        for day, found in groupby(lines, key=lambda line: timezone.localdate(line.at))
    ]


def _of_the_record(concern):
    raiser = concern.raised_by.name
    yield Line(concern.aware_at, f"{raiser} became aware.", "The clock starts.")
    yield Line(
        concern.raised_at, f"{raiser} raised it", concern.late_note.capitalize(), kind="main"
    )
    for note in concern.notes.select_related("added_by"):
        what = NOTES[note.kind].format(note.added_by.name)
        detail = "This does not stop the clock." if note.kind == NoteKind.PHONED else ""
        kind = "bad" if note.kind == NoteKind.NOT_DELIVERED else ""
        yield Line(note.added_at, what, detail, note.words, kind)
    if concern.acknowledged_at:
        first = concern.first_holder.name
        yield Line(concern.acknowledged_at, f"{first} has this", "The clock stops.", kind="main")
    for made in concern.decisions.select_related("decided_by"):
        said = f"{made.decided_by.name} decided: {made.get_decision_display()}"
        yield Line(made.decided_at, said, words=made.reason, kind="main")
    for said in concern.objections.select_related("answered_by"):
        yield Line(said.said_at, f"{raiser} disagrees", words=said.why, kind="main")
        if said.answered_at:
            what = f"{said.answered_by.name} answered"
            yield Line(said.answered_at, what, words=said.answer, kind="main")


def _messages(concern):
    """One line for all who were told the same at once, with how each message fared."""
    rows = Message.objects.about(concern).select_related("to").order_by("created_at", "to__name")
    opened = dict(concern.told.values_list("user", "opened_at"))
    groups = {}
    for row in rows:
        step, to = row.key.split(":")[2:]
        groups.setdefault((row.kind, step, to.removeprefix(str(row.to_id))), []).append(row)
    for (kind, step, _), told in groups.items():
        names = listed([row.to.name for row in told])
        if kind == concern_notices.RAISED:
            what = f"{step}-hour step: {names} told" if step != "0" else f"{names} told"
        else:
            what = f"{names}: {SAID.get(kind, 'told').lower()}"
        fates = [_fate(row, opened.get(row.to_id), len(told) > 1) for row in told]
        is_bad = any(row.state == State.DEAD for row in told)
        yield Line(told[0].created_at, what, " ".join(fates), kind="bad" if is_bad else "")


def _fate(row, opened_at, several):
    """``Sent 8:00am. Opened 9:09am.``; with the name where several were told."""
    name = f"{row.to.name}: " if several else ""
    if row.state == State.SENT:
        tries = f" at attempt {row.attempts}" if row.attempts > 1 else ""
        fate = f"sent {clock_text(row.sent_at)}{tries}"
    elif row.state == State.DEAD:
        fate = "could not be delivered"
    elif row.state == State.SUPPRESSED:
        fate = "not sent, no longer needed"
    else:
        fate = "waiting to be sent"
    seen = ""
    is_read = opened_at and row.state == State.SENT and opened_at >= row.created_at
    if is_read and row.kind == concern_notices.RAISED:
        seen = f", opened {clock_text(opened_at)}"
    said = f"{name}{fate}{seen}."
    return said if several else said[:1].upper() + said[1:]


def _to_come(concern, now):
    """What happens if nobody does anything: the next step, and the end of the 24 hours."""
    if concern.remind_at is None:
        return
    if concern.is_held:
        if concern.remind_at > now:
            yield Line(concern.remind_at, f"Next: {_next(concern)}", kind="next")
        return
    breach_at = concern.clock(now).breach_at
    if concern.remind_at > now and concern.remind_at != breach_at:
        step = clock.step_at(concern.aware_at, concern.remind_at)
        said = f"Next, {step}-hour step: everybody here is told again"
        yield Line(concern.remind_at, said, kind="next")
    if breach_at > now:
        said = "24 hours: all team managers and the service manager are told"
        yield Line(breach_at, said, kind="breach")


def _next(concern):
    holder = concern.acknowledged_by.name
    if not concern.decided_at:
        return f"{holder} is reminded to decide"
    if concern.objections.waiting().exists():
        return "the managers asked are reminded to answer"
    return f"{holder} is asked whether it can be closed"


def told_to(concern):
    """Who was told, as ``[{"name", "as", "at", "opened"}, …]`` in that order."""
    return [
        {
            "name": row.user.name,
            "as": row.get_told_as_display(),
            "at": f"{day_of(row.told_at).capitalize()} {clock_text(row.told_at)}",
            "opened": f"{day_of(row.opened_at).capitalize()} {clock_text(row.opened_at)}"
            if row.opened_at
            else "Not yet",
        }
        for row in concern.told.select_related("user")
    ]
