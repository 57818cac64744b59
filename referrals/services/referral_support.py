"""The acts on a school's referral while it is prepared. None of them sends one (rule 001-98).

The school owns it and says what it did; its link worker helps with the pack (rule 001-99).
"""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations.policies import may_read_all
from referrals import policies, referral_support_notices
from referrals.models import Agreement, ReferralOutcome, ReferralState, ReferralSupport
from referrals.referral_support_children import children_for, owners_for
from schools.services import end_involvement, involve_at
from schools.services.locks import locked_school

# The child stays on current work for so long after the referral is over, as after a concern.
WATCHED = timedelta(days=28)
STARTED = (
    "A referral was started from this page already, with other words. Change it where it is, among"
    " Referrals being prepared"
)
OVER = "This referral is over. Start another one to refer again."


class StaleReferral(Exception):
    """Somebody else saved the preparation since this page was made."""


@transaction.atomic
def start(by, school, *, owner, pupil=None, initials="", year_group="", worries="", once=None):
    """Begin to prepare a referral of ``school`` that the post ``owner`` makes; returns it.

    The child is ``pupil``, or what the school writes of them. Said again with the same ``once``,
    a UUID, it changes nothing. Whoever is on the other side hears of it. PermissionDenied for
    anyone but the school's leads and link workers, and about a child who is not open to them;
    ValidationError by field.
    """
    allow(policies.may_start_referral(by, school))
    locked_school(school)
    if made := once and ReferralSupport.objects.filter(pk=once).first():
        allow(made.started_by_id == by.pk)
        if made.worries != worries:
            raise ValidationError(STARTED)
        return made
    allow(pupil is None or children_for(by, school).filter(pk=pupil.pk).exists())
    if pupil is None and not initials.strip():
        raise ValidationError({"initials": "Choose the child, or enter their initials"})
    _check_owner(owner, school, pupil)
    referral = ReferralSupport.objects.create(
        pk=once or uuid.uuid4(),
        school=school,
        hub_id=school.hub_id,
        owner=owner,
        pupil=pupil,
        initials="" if pupil else initials.strip(),
        year_group="" if pupil else year_group.strip(),
        worries=worries,
        started_by=by,
    )
    record(by, Verb.START, referral)
    if pupil:
        involve_at(by, school, [pupil.pk], referral)
    referral_support_notices.started(referral, by)
    return referral


@transaction.atomic
def prepare(by, referral, version, *, features=(), **facts):
    """Keep what the checklist and the texts hold; both sides may (rule 001-99).

    ``facts`` are columns of ``TEXTS``, ``CHECKED``, ``level`` and ``level_reason``. StaleReferral
    unless ``version`` is the one on record; TransitionNotAllowed once it is over.
    """
    referral = _locked(referral)
    allow(policies.may_prepare(by, referral))
    _refuse_over(referral)
    if referral.version != version:
        raise StaleReferral
    for name, value in facts.items():
        setattr(referral, name, value)
    referral.version += 1
    referral.save(update_fields=[*facts, "version"])
    referral.features.set(features)
    record(by, Verb.CHANGE, referral)
    return referral


@transaction.atomic
def name_child(by, referral, pupil):
    """Say which child on record the school means, so that a chronology can be made.

    PermissionDenied for anyone but its link workers, and for a child who is not open to them;
    ValidationError where its owner may know nothing of what was said about the child.
    """
    referral = _locked(referral)
    allow(referral.school_id in policies.supported(by))
    allow(children_for(by, referral.school).filter(pk=pupil.pk).exists())
    _refuse_over(referral)
    if referral.pupil_id:
        raise TransitionNotAllowed("The child has been named already.")
    if referral.owner not in owners_for(referral.school, pupil):
        raise ValidationError(
            {"pupil": "What was said about this child is withheld from who owns the referral"}
        )
    referral.pupil = pupil
    referral.save(update_fields=["pupil"])
    record(by, Verb.LINK, referral)
    involve_at(by, referral.school, [pupil.pk], referral)
    return referral


@transaction.atomic
def share_chronology(by, referral, made):
    """Put a finished chronology of the child into the pack, or take it out with None.

    The school reads it from then on. PermissionDenied for anyone but its link workers, and for
    a chronology that is not all open to them; ValidationError for one that is not finished.
    """
    referral = _locked(referral)
    allow(referral.school_id in policies.supported(by))
    _refuse_over(referral)
    if made is not None:
        allow(made.pupil_id == referral.pupil_id and may_read_all(by, made))
        if made.is_draft:
            raise ValidationError({"made": "Finish the chronology first"})
    if referral.chronology == made:
        return referral
    referral.chronology = made
    referral.save(update_fields=["chronology"])
    record(by, Verb.SHARE if made else Verb.REMOVE, referral, chronology=made and str(made.pk))
    if made:
        referral_support_notices.shared(referral, by)
    return referral


@transaction.atomic
def say_agreement(by, referral, *, agreement, who="", why="", on=None):
    """The school says whether the parents agreed, or why they were not asked (rule 001-42).

    Where asking could put somebody at risk the reason may come afterwards (rule 001-100).
    PermissionDenied for anyone but the school; ValidationError by field.
    """
    referral = _locked(referral)
    allow(policies.may_speak_in_referral(by, referral))
    if referral.state == ReferralState.STOPPED:
        raise TransitionNotAllowed(OVER)
    _agree(by, referral, agreement, who, why, on)
    return referral


@transaction.atomic
def confirm_referred(by, referral, *, referred_on, reference="", **agreement):
    """The school says that it referred, when, and under which reference (rule 001-98).

    ``agreement`` is what ``say_agreement`` takes, where it has not been said yet. Errors as
    there; TransitionNotAllowed when it was said before.
    """
    referral = _locked(referral)
    allow(policies.may_speak_in_referral(by, referral))
    if not referral.is_preparing:
        raise TransitionNotAllowed("Your school has said already what became of this referral.")
    if referred_on > timezone.localdate():
        raise ValidationError({"referred_on": "The date you referred must be today or in the past"})
    if not referral.agreement:
        _agree(by, referral, **{"agreement": "", **agreement})
    referral.state, referral.referred_on = ReferralState.REFERRED, referred_on
    referral.reference = reference.strip()
    referral.save(update_fields=["state", "referred_on", "reference"])
    record(by, Verb.CONFIRM, referral)
    referral_support_notices.told(referral, by)
    return referral


@transaction.atomic
def reply(by, referral, *, outcome, words="", on):
    """The school says what came back to its referral, in its own words.

    PermissionDenied for anyone but the school; ValidationError by field; TransitionNotAllowed
    before it has referred, or when it was said already.
    """
    referral = _locked(referral)
    allow(policies.may_speak_in_referral(by, referral))
    if referral.state != ReferralState.REFERRED:
        late = referral.state == ReferralState.ANSWERED
        raise TransitionNotAllowed(
            "What came back is on record already."
            if late
            else "Say first that your school has referred."
        )
    words = words.strip()
    if outcome != ReferralOutcome.ACCEPTED and not words:
        raise ValidationError({"words": "Enter what came back, in your own words"})
    if on < referral.referred_on:
        raise ValidationError({"on": "The answer cannot have come before your school referred"})
    referral.state, referral.outcome = ReferralState.ANSWERED, outcome
    referral.outcome_words, referral.outcome_on = words, on
    referral.save(update_fields=["state", "outcome", "outcome_words", "outcome_on"])
    record(by, Verb.REPLY, referral, outcome=outcome)
    end_involvement(referral, timezone.now() + WATCHED)
    referral_support_notices.told(referral, by)
    return referral


@transaction.atomic
def stop(by, referral, why):
    """The school decides not to refer, and says why. Errors as ``reply``."""
    referral = _locked(referral)
    allow(policies.may_speak_in_referral(by, referral))
    if not referral.is_preparing:
        raise TransitionNotAllowed("Your school has said already what became of this referral.")
    why = why.strip()
    if not why:
        raise ValidationError({"why": "Enter why your school will not refer"})
    referral.state, referral.stopped_why = ReferralState.STOPPED, why
    referral.save(update_fields=["state", "stopped_why"])
    record(by, Verb.END, referral)
    end_involvement(referral, timezone.now() + WATCHED)
    referral_support_notices.told(referral, by)
    return referral


@transaction.atomic
def hand_over(by, referral, owner):
    """Somebody else at the school owns the referral: its leads decide (rule 003-60)."""
    referral = _locked(referral)
    allow(policies.may_speak_in_referral(by, referral))
    _refuse_over(referral)
    if referral.owner_id == owner.pk:
        raise TransitionNotAllowed("They own this referral already.")
    _check_owner(owner, referral.school, referral.pupil)
    referral.owner = owner
    referral.save(update_fields=["owner"])
    record(by, Verb.HAND_OVER, referral)
    referral_support_notices.handed_over(referral, by)
    return referral


def _locked(referral):
    return (
        ReferralSupport.objects.select_for_update(of=("self",))
        .select_related("school", "owner__user", "pupil", "started_by")
        .get(pk=referral.pk)
    )


def _refuse_over(referral):
    if not referral.is_open:
        raise TransitionNotAllowed(OVER)


def _check_owner(owner, school, pupil):
    if owner not in owners_for(school, pupil):
        raise ValidationError({"owner": "Choose somebody of the school who may own the referral"})


def _agree(by, referral, agreement, who="", why="", on=None):
    who, why = who.strip(), why.strip()
    if agreement not in Agreement.values:
        raise ValidationError(
            {"agreement": "Select whether the parents agreed, or why they were not asked"}
        )
    was_asked = agreement in (Agreement.AGREED, Agreement.NOT_AGREED)
    wrong = {}
    if was_asked and not who:
        wrong["who"] = "Enter who was asked"
    if was_asked and on is None:
        wrong["on"] = "Enter the date they were asked"
    if on and on > timezone.localdate():
        wrong["on"] = "The date they were asked must be today or in the past"
    if agreement in (Agreement.NOT_AGREED, Agreement.NOT_SOUGHT) and not why:
        wrong["why"] = "Enter why"
    if wrong:
        raise ValidationError(wrong)
    referral.agreement, referral.agreement_who = agreement, who
    referral.agreement_why, referral.agreement_on = why, on
    referral.save(update_fields=["agreement", "agreement_who", "agreement_why", "agreement_on"])
    record(by, Verb.AGREE, referral, agreement=agreement)
