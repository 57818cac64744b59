"""What is done with a concern: raised, taken, decided, objected to (rules 001-100 to 001-112)."""

import logging
from datetime import timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from drafts import services as drafts
from govuk.words import clock as clock_text
from govuk.words import day_of
from referrals import clock, concern_notices
from referrals import concern_policies as policies
from referrals.concern_routing import kept_ids, line_manager_of, managers_to_ask, named_in
from referrals.models import (
    About,
    Concern,
    ConcernDecision,
    ConcernNote,
    KeptFrom,
    KeptWhy,
    NoteKind,
    Objection,
    Told,
    ToldAs,
)
from referrals.models.concerns import new_reference
from referrals.services.escalation import (
    STAYS_OPEN,
    ask_others_to_decide,
    database_now,
    let_read,
    next_reminder,
    tell_of,
)
from schools.children import notes_open
from schools.services import end_involvement, involve

logger = logging.getLogger(__name__)

FORM = "concern"
# Longer ago than this, a time of becoming aware is a slip of the pen.
LONGEST_AGO = timedelta(days=365)
# Clocks of two machines differ by less.
SLACK = timedelta(minutes=2)
# The same manager asked again sooner is a double click.
DOUBLE_CLICK = timedelta(minutes=1)


# --- raised -----------------------------------------------------------------------------------


@transaction.atomic
def raise_concern(
    by,
    words="",
    *,
    pk=None,
    about=About.CHILD,
    about_name="",
    pupil=None,
    school=None,
    school_words="",
    aware_at=None,
    aware_words="",
    told_words="",
    is_danger=False,
    not_to_manager=False,
    not_to_why="",
):
    """Raise a concern and tell a manager at once; returns it (rules 001-105, 001-106).

    Whatever is in the fields, it is saved: nothing has to be there, and an ``aware_at`` that cannot
    be becomes the time of saving, what was typed kept in ``aware_words`` (design.md 6.13). With
    ``pk``, sent twice is raised once; other words, from a page gone back to, are added to it.
    ``told_words``, who was told by phone, stops no clock.
    PermissionDenied for people who are not of the council.
    """
    allow(policies.may_raise(by))
    now = database_now()
    is_possible = aware_at is not None and now - LONGEST_AGO <= aware_at <= now + SLACK
    if not aware_words and not is_possible and aware_at is not None:
        aware_words = f"{timezone.localtime(aware_at):%-d %B %Y, %H:%M}"
    school = school or school_of(pupil)
    concern = Concern(
        about=about if about in About.values else About.CHILD,
        words=kept(words),
        about_name=kept(about_name),
        pupil=pupil,
        school=school,
        hub_id=school.hub_id if school else policies.hub_of(by),
        school_words=kept(school_words),
        is_danger=is_danger,
        aware_at=min(aware_at, now) if is_possible else now,
        aware_words="" if is_possible else kept(aware_words),
        raised_by=by,
        raised_at=now,
        remind_at=now,
    )
    if pk is not None:
        concern.pk = pk
    if found := _saved_before(concern, by):
        if concern.words not in ("", found.words):
            add(by, found, concern.words)
        return found
    record(by, Verb.RAISE, concern, school_id=concern.school_id)
    _keep_from(concern, by, not_to_manager, kept(not_to_why))
    if told_words.strip():
        _note(concern, by, kept(told_words), NoteKind.PHONED)
    if pupil is not None:
        _stays_open_to(by, concern)
    _tell_at_once(concern, by, now)
    drafts.consume(FORM, concern.pk)
    return concern


def _saved_before(concern, by):
    """Save it; returns the concern of an earlier click with its id, or None."""
    while True:
        try:
            with transaction.atomic():
                concern.save(force_insert=True)
        except IntegrityError:
            found = Concern.objects.filter(pk=concern.pk).first()
            takes_it = found and (found.closed_at is None or found.words == concern.words)
            if takes_it and found.raised_by_id == by.pk:
                return found
            if found:
                concern.pk = uuid4()
            concern.reference = new_reference()
        else:
            return None


def _stays_open_to(raiser, concern):
    """Raising opens no notes; whoever has them open goes on with the child (rule 001-58)."""
    if notes_open(raiser, [concern.pupil_id]):
        involve([concern.pupil_id], concern, user=raiser)


def _tell_at_once(concern, by, now):
    """Tell the managers. Whatever goes wrong with that, the concern stands and is tried again."""
    try:
        with transaction.atomic():
            tell_of(concern, by, now)
    except Exception:
        logger.exception("Concern %s could not be told of at once", concern.pk)
        return
    concern.remind_at = clock.next_step(concern.aware_at, now)
    concern.save(update_fields=["remind_at"])


def kept(text):
    """The text as it is kept: PostgreSQL stores no NUL, which nobody types."""
    return text.replace("\x00", "").strip()


def school_of(pupil):
    """The school at which a child is now, or None."""
    if pupil is None:
        return None
    now = pupil.enrolments.filter(ends_on__isnull=True, school__isnull=False)
    enrolment = now.select_related("school").first()
    return enrolment.school if enrolment else None


def _keep_from(concern, by, not_to_manager, why):
    """Nobody is told who is named in it, or whom the raiser does not want told."""
    named = named_in(concern.words, concern.about_name)
    rows = {
        user.pk: KeptFrom(concern=concern, user=user, because=KeptWhy.NAMED)
        for user in named
        if user.pk != by.pk
    }
    manager, _ = line_manager_of(by)
    if not_to_manager and manager is not None:
        rows[manager.pk] = KeptFrom(concern=concern, user=manager, because=KeptWhy.NOT_TO, why=why)
    KeptFrom.objects.bulk_create(rows.values())


def _keep_named(concern, by, words):
    """Whoever is named in what comes later hears no more of it, and the next are told instead.

    But for who has it, who decided, and whom the raiser wants told after all.
    """
    wanted = concern.kept_from.filter(lifted_at__isnull=False).values_list("user", flat=True)
    besides = {by.pk, *kept_ids(concern), *policies.decided_by(concern), *wanted}
    named = [user for user in named_in(words) if user.pk not in besides]
    KeptFrom.objects.bulk_create(
        KeptFrom(concern=concern, user=user, because=KeptWhy.NAMED) for user in named
    )
    if named and not concern.is_held:
        _tell_at_once(concern, by, database_now())


def _note(concern, by, words, kind):
    return ConcernNote.objects.create(concern=concern, kind=kind, words=words, added_by=by)


def _locked(concern):
    rows = Concern.objects.select_related("raised_by", "acknowledged_by", "pupil", "school")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=concern.pk)


# --- taken, passed on, decided, closed --------------------------------------------------------


@transaction.atomic
def acknowledge(by, concern):
    """Take a concern: the clock stops, its raiser and everybody who was told hear it.

    A colleague who was asked to may take it over, and anybody whose it may be once its holder
    cannot act. PermissionDenied for the raiser and for who may not read it; TransitionNotAllowed
    when somebody else has it. Done twice, it is done once.
    """
    concern = _locked(concern)
    allow(policies.may_acknowledge(by, concern))
    if concern.acknowledged_by_id == by.pk:
        return concern
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    if concern.is_held and not policies.may_take_over(by, concern):
        at = concern.acknowledged_at
        raise TransitionNotAllowed(
            f"{concern.acknowledged_by.name} has had this since {clock_text(at)} {day_of(at)}."
        )
    now = database_now()
    if concern.is_held:
        _note(concern, by, f"{concern.acknowledged_by.name} had it before.", NoteKind.TAKEN_OVER)
    else:
        concern.acknowledged_at, concern.first_holder = now, by
        concern.remind_at = clock.next_to_decide(now, now)
    concern.acknowledged_by = by
    concern.save(update_fields=["acknowledged_at", "acknowledged_by", "first_holder", "remind_at"])
    let_read(concern, {by: policies.told_as(by, concern)})
    record(by, Verb.ACKNOWLEDGE, concern, school_id=concern.school_id)
    concern_notices.taken(concern, by, concern.notes.filter(kind=NoteKind.TAKEN_OVER).count())
    return concern


@transaction.atomic
def pass_on(by, concern, to, why=""):
    """Ask ``to``, one of ``managers_to_ask``, to take the concern; until then nothing changes.

    Returns the note of it; sent twice, they are asked once. PermissionDenied for who may not take
    it; ValidationError for somebody who cannot be asked; TransitionNotAllowed when it is closed.
    """
    concern = _locked(concern)
    allow(policies.may_acknowledge(by, concern))
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    if not managers_to_ask(concern, concern.acknowledged_by, by).filter(pk=to.pk).exists():
        raise ValidationError({"to": "Choose a manager from the list"})
    said = f"To {to.name}." + (f" {kept(why)}" if kept(why) else "")
    lately = concern.notes.filter(added_at__gt=database_now() - DOUBLE_CLICK)
    if latest := lately.filter(kind=NoteKind.PASSED, added_by=by, words=said).last():
        return latest
    Told.objects.update_or_create(concern=concern, user=to, defaults={"told_as": ToldAs.PASSED})
    let_read(concern, {to: ToldAs.PASSED})
    note = _note(concern, by, said, NoteKind.PASSED)
    record(by, Verb.HAND_OVER, concern, to=str(to.pk))
    concern_notices.passed(concern, to, by, note.pk)
    return note


@transaction.atomic
def decide(by, concern, decision, reason, *, discussed="", level=None):
    """Record what was discussed and decided, and tell the raiser (rules 001-104, 001-110).

    Whoever has it hears what another decided. Done again the later decision holds, and the earlier
    stays on record. PermissionDenied for who may not take the concern; TransitionNotAllowed before
    somebody has it and after it is closed; ValidationError without a reason.
    """
    concern = _locked(concern)
    allow(policies.may_acknowledge(by, concern))
    if not concern.is_held:
        raise TransitionNotAllowed("Press “I have this” first: until then the clock runs.")
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    if not kept(reason):
        raise ValidationError({"reason": "Enter the reason: the person who raised it reads this"})
    latest = concern.decisions.first()
    said = (decision, kept(reason), kept(discussed), level)
    if latest and said == (latest.decision, latest.reason, latest.discussed, latest.level):
        return latest
    made = ConcernDecision.objects.create(
        concern=concern,
        decision=decision,
        reason=kept(reason),
        discussed=kept(discussed),
        level=level,
        decided_by=by,
    )
    concern.decided_at = database_now()
    concern.remind_at = next_reminder(concern, concern.decided_at)
    concern.save(update_fields=["decided_at", "remind_at"])
    record(by, Verb.DECIDE, concern, school_id=concern.school_id)
    concern_notices.decided(concern, made, by)
    return made


@transaction.atomic
def close(by, concern, words=""):
    """There is nothing more to do; the child leaves current work 28 days later (design.md 3).

    Returns the note of it. PermissionDenied for who may not take it; TransitionNotAllowed before it
    is decided, while a disagreement waits for its answer, and when it is closed already.
    """
    concern = _locked(concern)
    allow(policies.may_acknowledge(by, concern))
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed already.")
    if not concern.decided_at:
        raise TransitionNotAllowed("Record what was decided first.")
    if concern.objections.waiting().exists():
        raise TransitionNotAllowed("The person who raised it waits for an answer first.")
    now = database_now()
    concern.closed_at, concern.remind_at = now, None
    concern.save(update_fields=["closed_at", "remind_at"])
    note = _note(concern, by, kept(words), NoteKind.CLOSED)
    end_involvement(concern, now + STAYS_OPEN)
    record(by, Verb.END, concern, school_id=concern.school_id)
    return note


# --- added to ---------------------------------------------------------------------------------


@transaction.atomic
def add(by, concern, words, kind=NoteKind.ADDED):
    """Add dated text, or who was told by phone, whom and when, which stops no clock.

    Whoever has the concern hears of it; who is named in it hears no more, but for who was rung.
    PermissionDenied for who may not read it; ValidationError without words; TransitionNotAllowed
    once it is closed. Sent twice, it is added once.
    """
    concern = _locked(concern)
    allow(policies.may_read(by, concern))
    if concern.closed_at:
        raise TransitionNotAllowed(
            "This concern is closed. Raise a new one, or ring the front door."
        )
    words = kept(words)
    if not words:
        raise ValidationError({"words": "Enter what you want to add"})
    latest = concern.notes.filter(added_by=by, kind=kind).last()
    if latest and latest.words == words:
        return latest
    note = _note(concern, by, words, kind)
    if kind == NoteKind.ADDED:
        _keep_named(concern, by, words)
    record(by, Verb.ADD, concern, note=str(note.pk))
    concern_notices.added(concern, note, by)
    return note


@transaction.atomic
def correct_aware(by, concern, aware_at):
    """Put right when the raiser became aware; the 24 hours run from there, and lateness shows.

    Where a later step is reached by that, it is told at once. PermissionDenied for anyone but the
    raiser and who may take it; ValidationError for a time to come, after it was raised, or more
    than a year ago; TransitionNotAllowed once it is closed. Sent twice, it is done once.
    """
    concern = _locked(concern)
    allow(policies.may_correct(by, concern))
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    now = database_now()
    if aware_at > now:
        raise ValidationError({"aware_time": "The time must be in the past"})
    if aware_at > concern.raised_at:
        at = f"{clock_text(concern.raised_at)} {day_of(concern.raised_at)}"
        raise ValidationError({"aware_time": f"The time must be before it was raised, {at}"})
    if aware_at < now - LONGEST_AGO:
        raise ValidationError({"aware_day": "The day must be within the last year"})
    before = concern.aware_at
    if aware_at == before and not concern.aware_words:
        return concern
    concern.aware_at, concern.aware_words = aware_at, ""
    has_risen = clock.step_at(aware_at, now) > clock.step_at(before, now)
    if not concern.is_held:
        is_due = has_risen or concern.remind_at <= now
        concern.remind_at = now if is_due else clock.next_step(aware_at, now)
    concern.save(update_fields=["aware_at", "aware_words", "remind_at"])
    if not concern.is_held and is_due:
        _tell_at_once(concern, by, now)
    was = f"Was {clock_text(before)} {day_of(before)}."
    _note(concern, by, was, NoteKind.AWARE)
    record(by, Verb.CHANGE, concern, school_id=concern.school_id)
    return concern


@transaction.atomic
def correct_about(by, concern, about, school, school_words=""):
    """Put right whether it is about a child or an adult, and at which school.

    The lists of who is told differ by that: while nobody has it, whoever is to hear of it now does,
    and so do others where whoever has it may not read it any more.
    ``school`` is None where it is only written, or none. PermissionDenied for anyone but the raiser
    and who may take it; TransitionNotAllowed once it is closed. Sent twice, it is done once.
    """
    concern = _locked(concern)
    allow(policies.may_correct(by, concern))
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    before = f"{concern.get_about_display()}. {concern.school_text}".strip()
    told = about, school, "" if school else kept(school_words)
    if told == (concern.about, concern.school, concern.school_words):
        return concern
    concern.about, concern.school, concern.school_words = told
    concern.hub_id = school.hub_id if school else policies.hub_of(concern.raised_by)
    concern.save(update_fields=["about", "school", "school_words", "hub"])
    _note(concern, by, f"Was: {before}", NoteKind.CORRECTED)
    record(by, Verb.CHANGE, concern, school_id=concern.school_id)
    _tell_who_is_due(concern, by)
    return concern


def _tell_who_is_due(concern, by):
    """Its place or its list is another: whoever is to hear of it now does."""
    now = database_now()
    if not concern.is_held:
        _tell_at_once(concern, by, now)
    elif not concern.decided_at and not policies.may_read(concern.acknowledged_by, concern):
        ask_others_to_decide(concern, by, now)


@transaction.atomic
def name_child(by, concern, pupil):
    """Say which child on record it is about, who opens to everybody else who was told.

    Where it had no school, that is the child's, and whoever is to hear of it there now does.
    PermissionDenied for anyone but the raiser and who may take it, and for a child they have not
    opened; TransitionNotAllowed once it is closed.
    """
    concern = _locked(concern)
    allow(policies.may_correct(by, concern) and policies.may_name(by, pupil))
    if concern.closed_at:
        raise TransitionNotAllowed("This concern is closed.")
    if concern.pupil_id == pupil.pk:
        return concern
    if concern.pupil_id:
        end_involvement(concern, database_now())
    concern.pupil = pupil
    school = school_of(pupil) if concern.school is None else None
    if school:
        concern.school, concern.hub_id = school, school.hub_id
    concern.save(update_fields=["pupil", "school", "hub"])
    without = kept_ids(concern)
    told = [row.user for row in concern.told.select_related("user") if row.user_id not in without]
    for user in told:
        if user != by or notes_open(by, [pupil.pk]):
            involve([pupil.pk], concern, user=user)
    _stays_open_to(by if by.pk == concern.raised_by_id else concern.raised_by, concern)
    _note(concern, by, "", NoteKind.CHILD)
    record(by, Verb.LINK, concern, pupil=str(pupil.pk))
    if school:
        _tell_who_is_due(concern, by)
    return concern


@transaction.atomic
def tell_after_all(by, concern, user):
    """Tell somebody who was kept from it: the raiser says that it is not about them.

    PermissionDenied for anyone but the raiser. Done twice, it is done once.
    """
    concern = _locked(concern)
    allow(policies.may_disagree(by, concern))
    if not concern.kept_from.in_force().filter(user=user).update(lifted_at=database_now()):
        return
    record(by, Verb.CHANGE, concern, told=str(user.pk))
    if not concern.is_held:
        tell_of(concern, by, database_now())


# --- disagreed --------------------------------------------------------------------------------


@transaction.atomic
def disagree(by, concern, why):
    """Keep that the raiser does not agree with what became of it, for another manager to answer.

    Closed or not. PermissionDenied for anyone but the raiser; ValidationError without a reason, and
    while another one waits; TransitionNotAllowed before somebody has the concern. Sent twice, it is
    said once.
    """
    concern = _locked(concern)
    allow(policies.may_disagree(by, concern))
    if not concern.is_held:
        raise TransitionNotAllowed("No manager has this yet. Ring one, or the front door.")
    why = kept(why)
    if not why:
        raise ValidationError({"why": "Enter why you disagree"})
    if waiting := concern.objections.waiting().first():
        if waiting.why == why:
            return waiting
        raise ValidationError(
            {"why": "You have said already that you disagree. The answer comes here"}
        )
    made = Objection.objects.create(concern=concern, why=why)
    concern.remind_at = next_reminder(concern, database_now())
    concern.save(update_fields=["remind_at"])
    _keep_named(concern, by, why)
    record(by, Verb.OBJECT, concern, objection=str(made.pk))
    people = policies.may_answer_objection_of(concern)
    let_read(concern, people)
    concern_notices.objected(concern, made, list(people), by)
    return made


@transaction.atomic
def answer(by, objection, words):
    """Answer a raiser who disagrees; returns the objection. Sent twice, it is answered once.

    PermissionDenied for the raiser, for whoever has the concern or decided, and for who may not
    take it; ValidationError without words; TransitionNotAllowed once it is answered.
    """
    concern = _locked(objection.concern)
    objection = concern.objections.select_for_update().get(pk=objection.pk)
    allow(policies.may_answer_objection(by, concern))
    if (objection.answered_by, objection.answer) == (by, kept(words)):
        return objection
    if objection.answered_at:
        raise TransitionNotAllowed("This has been answered already.")
    if not kept(words):
        raise ValidationError({"answer": "Enter your answer"})
    objection.answer = kept(words)
    objection.answered_at, objection.answered_by = database_now(), by
    objection.save(update_fields=["answer", "answered_at", "answered_by"])
    concern.remind_at = next_reminder(concern, objection.answered_at)
    concern.save(update_fields=["remind_at"])
    record(by, Verb.REPLY, concern, objection=str(objection.pk))
    concern_notices.answered(concern, objection, by)
    return objection
