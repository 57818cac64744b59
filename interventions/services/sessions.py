"""What is done with a session: written, completed, added to, given to the school, stored there."""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from consultations import recording
from consultations.models import Destination, RecordingTask
from drafts import services as drafts
from interventions import policies, session_notices, session_rules
from interventions.models import (
    Attended,
    Contact,
    Session,
    SessionAddendum,
    SessionPart,
    ShortIntervention,
    WorkState,
)
from interventions.school_note import SOURCE, action_text, with_whom
from interventions.searching import index_session
from schools.calendar import calendars_of
from schools.children import closed_children

FORM = "session"
NO_ACTIONS = "No actions were agreed"
TOO_LATE = "This session is completed. Add to it instead."


@dataclass
class Written:
    """One child's part of a session as it was written: unsaved rows."""

    part: SessionPart
    actions: list = field(default_factory=list)


@dataclass
class Content:
    """What a completed form says: ``fields`` of the session, its people, a part each child."""

    fields: dict
    people: list
    parts: list


@transaction.atomic
def start(by, work, pk, held_on, data, version=0):
    """The first autosave: makes the session and the draft of its text; returns the draft.

    ``pk`` was made with the page, so that a double click makes one session; ``held_on`` is a date
    and ``data`` the form as typed, ``{name: [values]}``. PermissionDenied for who may not work
    there, TransitionNotAllowed when it is completed, StaleDraft when the draft has been saved
    further than ``version`` since.
    """
    allow(policies.may_work(by, work))
    session, created = Session.objects.get_or_create(
        pk=pk, defaults={"intervention": work, "author": by, "held_on": held_on}
    )
    allow(session.author_id == by.pk and session.intervention_id == work.pk)
    if not session.is_draft:
        raise TransitionNotAllowed(TOO_LATE)
    if created:
        record(by, Verb.START, session)
    return drafts.start(by, FORM, session.pk, data, version)


@transaction.atomic
def discard(by, session):
    """Throw a draft away, text and all.

    PermissionDenied for anyone but its author; TransitionNotAllowed once it is completed.
    """
    session = _locked(session)
    allow(policies.may_discard_session(by, session))
    if not session.is_draft:
        raise TransitionNotAllowed("A completed session cannot be discarded.")
    record(by, Verb.DISCARD, session)
    drafts.consume(FORM, session.pk)
    session.delete()


@transaction.atomic
def hand_over(by, session, to, reason):
    """Hand a draft to somebody else who works there; ``to`` is a user.

    The text is theirs to write from now on, and both are told; who began it is kept beside who
    finishes it, and reads on. PermissionDenied for anyone but a team manager of the hub;
    ValidationError without a reason; TransitionNotAllowed once it is completed, and for who
    writes it already or does not work there.
    """
    session = _locked(session)
    allow(policies.may_hand_over_session(by, session))
    if not session.is_draft:
        raise TransitionNotAllowed(TOO_LATE)
    if to not in policies.may_take_over(session):
        raise TransitionNotAllowed(
            f"{to.name} writes this draft already."
            if to == session.author
            else f"{to.name} does not work with this family or support"
            f" {session.intervention.school.name}. Choose somebody who does."
        )
    former = drafts.hand_over(by, FORM, session, to, reason)
    session_notices.handed_over(session, former, by)
    return session


@transaction.atomic
def complete(by, session, content, *, give_now=False):
    """Lock the session; its text moves from the draft into it, a part each child.

    Makes the notes to record (rules 001-115 to 001-123) and the actions. The first direct work
    that took place puts the work under way. With ``give_now`` the notes go to the school in the
    same act.

    PermissionDenied for anyone but an author who may work there; TransitionNotAllowed when it is
    completed already; ValidationError ``{field: sentence}`` for direct work that no confirmation
    covers (rule 001-79), a day on which it cannot have been, what is missing of the five parts
    (rule 001-116), and a child who is not open to ``by`` any more (rule 001-58).
    """
    work = ShortIntervention.objects.select_for_update().get(pk=session.intervention_id)
    session = _locked(session)
    allow(policies.may_write_session(by, session))
    if not session.is_draft:
        raise TransitionNotAllowed("This session is completed already.")
    _check(by, work, content)
    for name, value in content.fields.items():
        setattr(session, name, value)
    rows = _kept(by, session, content)
    record_all([*rows, act_of(by, Verb.COMPLETE, session)])
    # The database asks who it was with as soon as it is completed.
    session.completed_at = timezone.now()
    session.save(update_fields=[*content.fields, "completed_at"])
    index_session(session)
    drafts.consume(FORM, session.pk)
    begins = session.contact == Contact.DIRECT and session.took_place
    if begins and work.state in (WorkState.ALLOCATED, WorkState.CONSENTED):
        work.state = WorkState.UNDER_WAY
        work.save(update_fields=["state"])
        record(by, Verb.START, work)
    if give_now and session.parts.exclude(school_text="").exists():
        give(by, session)
    return session


def _check(by, work, content):
    fields, people = content.fields, content.people
    held_on = fields["held_on"]
    answers = session_rules.answers_on(work, held_on)
    found = session_rules.refusals(
        work, answers, contact=fields["contact"], held_on=held_on, people=people
    )
    found |= session_rules.lacking(fields, people)
    if not content.parts:
        found["__all__"] = "Write about at least one child"
    is_held = fields["attended"] == Attended.YES
    for written in content.parts:
        part, name = written.part, written.part.pupil.name
        found |= session_rules.part_contradicts(part, written.actions, name=name)
        if is_held:
            is_direct = fields["contact"] == Contact.DIRECT
            found |= session_rules.part_lacking(
                part, written.actions, name=name, is_direct=is_direct
            )
            if any(action.due_on is None for action in written.actions):
                found["due_on"] = f"Enter by when each action for {name} is to be done"
    if closed_children(by, [written.part.pupil_id for written in content.parts]):
        found["__all__"] = "Give a reason to open this child again"
    if found:
        raise ValidationError(found)


def _kept(by, session, content):
    """The rows beside a session, unsaved: who it was with, parts, actions, notes to record."""
    work = session.intervention
    rows = [
        Session.people.through(session=session, participant=person) for person in content.people
    ]
    for position, written in enumerate(content.parts):
        written.part.session, written.part.position = session, position
        for action in written.actions:
            action.school_id, action.hub_id = work.school_id, work.hub_id
            action.source_type, action.source_id = SOURCE, written.part.pk
            action.pupil_id = written.part.pupil_id
        rows += [written.part, *written.actions]
    return [*rows, *_tasks(by, session, content)]


def _tasks(by, session, content):
    """Where each child's note must go: unsaved; two queries.

    What was cancelled is no contact, and nothing of it goes into a system of record. The school
    gets what was written for it.
    """
    work = session.intervention
    pupils = [written.part.pupil for written in content.parts]
    decisions = recording.decisions_for(pupils, recording.DIRECT)
    due_on = recording.due_by(calendars_of([work.school_id])[work.school_id])
    return [
        decision.task(
            source_type=SOURCE,
            source_id=written.part.pk,
            happened_on=session.held_on,
            pupil_id=written.part.pupil_id,
            school_id=work.school_id,
            hub_id=work.hub_id,
            owner=by,
            due_on=due_on,
            **_first_parts(session, content.people, written),
        )
        for written in content.parts
        for decision in decisions[written.part.pupil_id]
        if _goes_to(decision.to, session, written.part)
    ]


def _goes_to(destination, session, part):
    if destination == Destination.SCHOOL:
        return bool(part.school_text.strip())
    return session.attended != Attended.CANCELLED


def _first_parts(session, people, written):
    """The parts of the text to record that a child's part of a session fills in."""
    part = written.part
    given = [
        "" if session.contact == Contact.DIRECT else f"{session.what}.",
        part.support_given,
        "" if session.took_place else f"{session.get_attended_display()}. {session.not_held_words}",
        f"The child’s own words: {part.childs_words}" if part.childs_words else "",
        f"Seen alone: {part.get_seen_alone_display()}" if part.seen_alone else "",
    ]
    whom = [
        with_whom(session, people, part.pupil) or "Nobody was there",
        f"Without the family: {session.absent_family_why}" if session.absent_family_why else "",
    ]
    return {
        "support_given": "\n".join(filter(None, given)),
        "with_whom": ". ".join(filter(None, whom)),
        "analysis": part.analysis,
        "actions": "\n".join(map(action_text, written.actions)) or NO_ACTIONS,
    }


@transaction.atomic
def addendum(by, part, text, *, for_school=False, pk=None):
    """Add dated text to one child's part of a completed session.

    What a school that has the note reads too tells it again, and is to be stored anew. ``pk`` was
    made with the page: a second click adds nothing. PermissionDenied for who may not work there;
    TransitionNotAllowed for a draft, which is still written.
    """
    part = _locked_part(part)
    allow(policies.may_work(by, part.session.intervention))
    if part.session.is_draft:
        raise TransitionNotAllowed("This session is still a draft. Write it there.")
    if pk and (added := part.addenda.filter(pk=pk).first()):
        return added
    is_taken = pk is None or SessionAddendum.objects.filter(pk=pk).exists()
    added = SessionAddendum.objects.create(
        pk=uuid.uuid4() if is_taken else pk,
        part=part,
        text=text,
        for_school=for_school,
        added_by=by,
    )
    index_session(part.session)
    record(by, Verb.ADDENDUM, part.session, part=str(part.pk))
    if for_school and part.given_at:
        part.stored_on = part.stored_by = None
        part.save(update_fields=["stored_on", "stored_by"])
        session_notices.added_to(part.session.intervention, added, by)
    return added


@transaction.atomic
def give(by, session, part_pk=None):
    """Give the school the notes of a session, or one child's (rule 001-114); returns the parts.

    Heads and safeguarding leads hear that something waits. PermissionDenied for who may not work
    there; TransitionNotAllowed for a draft, and when there is nothing to give or all is given.
    """
    session = _locked(session)
    allow(policies.may_work(by, session.intervention))
    if session.is_draft:
        raise TransitionNotAllowed("Complete the session first. Then give its notes to the school.")
    waiting = session.parts.select_for_update().filter(given_at__isnull=True)
    waiting = waiting.exclude(school_text="")
    parts = list(waiting.filter(pk=part_pk) if part_pk else waiting)
    if not parts:
        raise TransitionNotAllowed("The school has this note already.")
    ids = [part.pk for part in parts]
    session.parts.filter(pk__in=ids).update(given_at=timezone.now(), given_by=by)
    # Giving it is what there was to do for the school's own system.
    RecordingTask.objects.open().filter(source_id__in=ids, to=Destination.SCHOOL).update(
        done_on=timezone.localdate(), done_by=by
    )
    record_all([act_of(by, Verb.SHARE, session, part=str(pk)) for pk in ids])
    session_notices.given(session, by)
    return parts


@transaction.atomic
def stored(by, part):
    """The note is on the child's own record at the school since today; one lead's word is enough.

    Each child's note has a tick of its own (rule 001-118). PermissionDenied for anyone but a head
    or safeguarding lead of the school; TransitionNotAllowed when it is not given, and when a
    colleague said so already.
    """
    part = _locked_part(part)
    allow(policies.may_speak_for(by, part.session.intervention))
    if part.given_at is None:
        raise TransitionNotAllowed("This note has not been given to the school.")
    if part.stored_on:
        raise TransitionNotAllowed("This note is marked as stored already.")
    part.stored_on, part.stored_by = timezone.localdate(), by
    part.save(update_fields=["stored_on", "stored_by"])
    record(by, Verb.STORED, part.session, part=str(part.pk))
    return part


def _locked(session):
    return (
        Session.objects.select_for_update(of=("self",))
        .select_related("intervention__school", "author")
        .get(pk=session.pk)
    )


def _locked_part(part):
    return (
        SessionPart.objects.select_for_update(of=("self",))
        .select_related("session__intervention__school", "pupil")
        .get(pk=part.pk)
    )
