"""What the school confirms of the family's answer, and what follows from it.

The agreement itself stays at the school, in its own system: nothing is sent here (rule 001-80).
"""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.models import FamilyTold
from govuk.words import long_date
from interventions import consent_notices, policies
from interventions.agreement import AGREED, SAID_NO, agreement_of, counts_from, names_of
from interventions.models import Answer, ConsentConfirmation, ShortIntervention, WorkState

# A family that said no is asked after within this time.
LONGEST_WATCH = timedelta(days=366)


@transaction.atomic
def confirm(
    by,
    work,
    answer,
    *,
    people,
    obtained_on,
    from_whom,
    obtained_by=None,
    obtained_by_name="",
    limits="",
    held_in="",
    once=None,
):
    """The school got the family's ``answer`` for these ``people``; returns the confirmation.

    ``obtained_by`` is the ``SchoolContact`` who asked, or ``obtained_by_name`` their name.
    ``held_in`` names the school's system that keeps it, ``limits`` what was not agreed to. The
    first agreement takes allocated work on to *consented*; who joins later is confirmed later.
    Said again with the same ``once``, a UUID, it changes nothing.

    PermissionDenied for who may not speak for the school or do the work (rules 001-79, 001-80);
    ValidationError by field; TransitionNotAllowed when the work has ended or that was confirmed.
    """
    work = _locked(work)
    allow(policies.may_confirm(by, work))
    if once and (said := ConsentConfirmation.objects.filter(pk=once).first()):
        allow(said.intervention_id == work.pk)
        return said
    _refuse_ended(work)
    people = list(people)
    said = ConsentConfirmation(
        pk=once or uuid.uuid4(),
        intervention=work,
        answer=answer,
        obtained_by=obtained_by,
        obtained_by_name=obtained_by.name if obtained_by else obtained_by_name.strip(),
        obtained_on=obtained_on,
        from_whom=from_whom.strip(),
        limits=limits.strip() if answer == Answer.LIMITED else "",
        held_in=held_in.strip(),
        confirmed_by=by,
    )
    _check(said, people)
    said.save(force_insert=True)
    said.people.set(people)
    if answer != Answer.REFUSED:
        _go_on(work)
    record(by, Verb.CONFIRM, work, consent=str(said.pk), answer=answer)
    consent_notices.confirmed(said, by)
    return said


def _go_on(work):
    """After an agreement: allocated work is *consented*, and nobody's no is watched any more."""
    if work.state == WorkState.ALLOCATED:
        work.state = WorkState.CONSENTED
    if not agreement_of(_locked(work)).who(*SAID_NO):
        work.watch_on = None
    work.save(update_fields=["state", "watch_on"])


def _check(said, people):
    """What a confirmation must say, and may not; ValidationError by field."""
    lacking = {}
    if not people:
        lacking["people"] = "Select whom the answer is for"
    if not said.obtained_by_name:
        lacking["obtained_by"] = "Select who at the school asked the family"
    if not said.from_whom:
        lacking["from_whom"] = "Enter who answered"
    if said.answer == Answer.LIMITED and not said.limits:
        lacking["limits"] = "Enter what they did not agree to"
    if said.answer != Answer.REFUSED and not said.held_in:
        lacking["held_in"] = "Enter where the school keeps it, for example CPOMS"
    if sentence := _wrong_day(said.obtained_on, said.intervention):
        lacking["obtained_on"] = sentence
    if lacking:
        raise ValidationError(lacking)
    stands = [
        stand for stand in agreement_of(said.intervention).stands if stand.participant in people
    ]
    _refuse_repeated(said, stands)
    for stand in stands:
        if said.answer == Answer.REFUSED and stand.standing in AGREED:
            raise ValidationError(
                {
                    "answer": f"{stand.participant} agreed on {long_date(stand.since)}. If they "
                    "have changed their mind, record that they withdrew"
                }
            )
        if stand.standing in SAID_NO and said.obtained_on < stand.since:
            raise ValidationError(
                {
                    "obtained_on": f"{stand.participant} said no on {long_date(stand.since)}. "
                    "Enter the date of a later answer"
                }
            )


def _wrong_day(day, work):
    if day > timezone.localdate():
        return "The date of the answer must be today or in the past"
    earliest = counts_from(work)
    if day < earliest:
        return (
            f"The date of the answer must be {long_date(earliest)} or later. An older agreement "
            "was for something else: ask the family again"
        )
    return ""


def _refuse_repeated(said, stands):
    same = [
        stand.consent
        and stand.consent.withdrawn_on is None
        and (stand.consent.answer, stand.consent.obtained_on) == (said.answer, said.obtained_on)
        for stand in stands
    ]
    if all(same):
        raise TransitionNotAllowed(
            f"This answer is confirmed already for {names_of(s.participant for s in stands)}."
        )


@transaction.atomic
def withdraw(by, consent, on, words="", people=None):
    """The family withdrew its agreement ``on`` a date; direct work stops from that day.

    ``people`` are those of the confirmation who withdrew, all of them unless told. Where others
    stay, it is parted in two. Every open agreement of those who leave ends. Returns the
    confirmation that was withdrawn.

    PermissionDenied as ``confirm``; ValidationError by field; TransitionNotAllowed when the work
    has ended or they withdrew before.
    """
    work = _locked(consent.intervention)
    allow(policies.may_confirm(by, work))
    _refuse_ended(work)
    consent = work.consents.get(pk=consent.pk)
    if consent.answer == Answer.REFUSED:
        raise TransitionNotAllowed("They said no: there is no agreement to withdraw.")
    if consent.withdrawn_on:
        raise TransitionNotAllowed("That they withdrew is recorded already.")
    named = list(consent.people.all())
    leaving = named if people is None else [person for person in named if person in people]
    if not leaving:
        raise ValidationError({"people": "Select who withdrew"})
    if on > timezone.localdate():
        raise ValidationError({"on": "The date must be today or in the past"})
    if on < consent.obtained_on:
        raise ValidationError(
            {"on": f"The date must be {long_date(consent.obtained_on)}, when they agreed, or later"}
        )
    of_them = work.consents.exclude(answer=Answer.REFUSED).filter(
        withdrawn_on__isnull=True, people__in=leaving
    )
    for held in of_them.distinct().prefetch_related("people"):
        gone = _of_those(held, leaving)
        gone.withdrawn_on = max(on, gone.obtained_on)
        gone.withdrawn_words, gone.withdrawn_by = words.strip(), by
        gone.save(update_fields=["withdrawn_on", "withdrawn_words", "withdrawn_by"])
        if held.pk == consent.pk:
            consent = gone
    if work.state == WorkState.CONSENTED and not agreement_of(work).is_given:
        work.state = WorkState.ALLOCATED
        work.save(update_fields=["state"])
    record(by, Verb.WITHDRAW, work, consent=str(consent.pk))
    consent_notices.withdrawn(consent, by)
    return consent


def _of_those(consent, leaving):
    """The confirmation of those who leave: itself, or parted from that of those who stay."""
    staying = [person for person in consent.people.all() if person not in leaving]
    if not staying:
        return consent
    gone = [person for person in consent.people.all() if person in leaving]
    consent.people.set(staying)
    parted = ConsentConfirmation.objects.get(pk=consent.pk)
    parted.pk, parted._state.adding = uuid.uuid4(), True
    parted.save(force_insert=True)
    parted.people.set(gone)
    return parted


@transaction.atomic
def watch(by, work, on):
    """Look again ``on`` a date after a family said no; None when it is needed no more.

    Refusal ends the work, not the watchfulness (rules 003-51, 003-52), so ended work is watched
    too. PermissionDenied for who may not do the work; ValidationError for a day that is past or
    more than a year ahead; TransitionNotAllowed when that is the day already.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    today = timezone.localdate()
    if on is not None and not today < on <= today + LONGEST_WATCH:
        raise ValidationError({"on": "The date must be after today and within a year"})
    if work.watch_on == on:
        raise TransitionNotAllowed(
            "That is the day already." if on else "No day to look again is set."
        )
    work.watch_on = on
    work.save(update_fields=["watch_on"])
    record(by, Verb.CHANGE, work, fields=["watch_on"])
    return work


@transaction.atomic
def tell_family(by, work, told, why=""):
    """Whether the family knows what is shared about them, one of ``FamilyTold`` (rule 003-53).

    PermissionDenied for who may not do the work; ValidationError where they are not told and
    ``why`` is empty; TransitionNotAllowed when that is what it says.
    """
    work = _locked(work)
    allow(policies.may_work(by, work))
    why = why.strip() if told == FamilyTold.NO else ""
    if told == FamilyTold.NO and not why:
        raise ValidationError({"why": "Enter why the family is not told"})
    if (work.family_told, work.family_why) == (told, why):
        raise TransitionNotAllowed("That is recorded already.")
    work.family_told, work.family_why = told, why
    work.save(update_fields=["family_told", "family_why"])
    record(by, Verb.CHANGE, work, fields=["family_told", "family_why"])
    return work


def _locked(work):
    return (
        ShortIntervention.objects.select_for_update(of=("self",))
        .select_related("school", "child_worker", "parent_worker")
        .get(pk=work.pk)
    )


def _refuse_ended(work):
    if work.state == WorkState.CLOSED:
        raise TransitionNotAllowed(
            "This work has ended. If the family asks again, reopen it or ask for new work."
        )
