"""The acts on a police notice, one at a time (rule 002-16): none takes several, none refers.

What it may lead to is decided by a person and done elsewhere (rule 002-18).
"""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from referrals import domestic_abuse_notices as notices
from referrals import domestic_abuse_telling as telling
from referrals import policies
from referrals.models import (
    DomesticAbuseNotice,
    NoticeOutcome,
    NoticeReader,
    NoticeSupport,
    ReaderWhy,
    ReferralSupport,
)
from schools.models import Pupil
from schools.services import end_involvement, involve

# The child stays on its readers' current work for so long after the assessment.
WATCHED = timedelta(days=28)
ENTERED = (
    "A notice was entered from this page already, with other words. Correct it where it is, among"
    " Notices"
)
TWICE = "A notice with this reference is on record for this child already"


@transaction.atomic
def enter(by, pupil, school, *, kept=(), kept_why="", once=None, **facts):
    """Put one report about one child of ``school`` on record; returns the notice.

    ``facts`` are the columns ``FACTS``. ``kept`` are users at the school who must not be told,
    because of ``kept_why``. The hub's managers hear at once, and the child is on their current
    work; the school hears when ``domestic_abuse_telling`` says. Said again with the same
    ``once``, a UUID, it changes nothing. PermissionDenied for who may not enter one there;
    ValidationError by field.
    """
    allow(policies.may_enter_notice(by, school))
    # Two reports of one incident about one child are entered one after the other.
    Pupil.objects.select_for_update(no_key=True).get(pk=pupil.pk)
    if made := once and DomesticAbuseNotice.objects.filter(pk=once).first():
        allow(made.entered_by_id == by.pk)
        if any(getattr(made, name) != value for name, value in facts.items()):
            raise ValidationError(ENTERED)
        return made
    now = timezone.now()
    _check(facts, now)
    kept_why = kept_why.strip()
    if kept and not kept_why:
        raise ValidationError({"kept_why": "Enter why they must not be told"})
    _refuse_twice(pupil.pk, facts["police_reference"])
    plan = telling.plan_for(school.pk, now)
    notice = DomesticAbuseNotice.objects.create(
        pk=once or uuid.uuid4(),
        pupil=pupil,
        school=school,
        hub_id=school.hub_id,
        entered_by=by,
        entered_at=now,
        tell_at=plan.tell_at,
        closed_until=plan.closed_until,
        **facts,
    )
    record(by, Verb.ADD, notice)
    _name(by, notice, by, ReaderWhy.ENTERED)
    for user in kept:
        _name(by, notice, user, ReaderWhy.KEPT, kept_why)
    for user in notices.managers_told(notice):
        involve([pupil.pk], notice, user=user)
    notices.entered(notice, by)
    if plan.tell_at <= now:
        telling.tell_school(notice.pk, now)
    return notice


@transaction.atomic
def correct(by, notice, **facts):
    """Put right what was entered, until it is assessed. Errors as ``enter``."""
    notice = _locked(notice)
    allow(policies.may_correct_notice(by, notice))
    _refuse_assessed(notice)
    _check(facts, timezone.now())
    _refuse_twice(notice.pupil_id, facts["police_reference"], besides=notice)
    for name, value in facts.items():
        setattr(notice, name, value)
    notice.save(update_fields=list(facts))
    record(by, Verb.CHANGE, notice, fields=sorted(facts))
    return notice


@transaction.atomic
def assess(by, notice, *, outcome, reason, record_reference, sent_to=""):
    """Say what the risk assessment of this one report came to, and why (rules 002-15 to 002-18).

    ``record_reference`` is where it is logged in the system of record, ``sent_to`` who it went
    to. It opens no referral. PermissionDenied for anyone but managers of the hub; ValidationError
    by field; TransitionNotAllowed when somebody assessed it before.
    """
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice))
    _refuse_assessed(notice)
    said = {
        "reason": (reason, "Enter the reason"),
        "record_reference": (record_reference, "Enter the reference in the system of record"),
    }
    if outcome != NoticeOutcome.SUPPORT:
        said["sent_to"] = (sent_to, "Enter where it was sent")
    wrong = {name: sentence for name, (text, sentence) in said.items() if not text.strip()}
    if outcome not in NoticeOutcome.values:
        wrong["outcome"] = "Select what the assessment came to"
    if wrong:
        raise ValidationError(wrong)
    notice.outcome, notice.reason = outcome, reason
    notice.record_reference, notice.sent_to = record_reference.strip(), sent_to.strip()
    notice.assessed_by, notice.assessed_at = by, timezone.now()
    notice.save()
    record(by, Verb.REVIEW, notice, outcome=outcome)
    end_involvement(notice, notice.assessed_at + WATCHED)
    return notice


@transaction.atomic
def decide(by, notice, decision):
    """Say who supports the child while the school is closed.

    PermissionDenied for anyone but managers of the hub; ValidationError without words;
    TransitionNotAllowed where the school is not closed, or somebody decided before.
    """
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice))
    if not notice.waits_for_decision:
        raise TransitionNotAllowed("There is nothing to decide about this one.")
    if not decision.strip():
        raise ValidationError({"decision": "Enter who supports the child until school starts"})
    notice.decision, notice.decided_by, notice.decided_at = decision, by, timezone.now()
    notice.save(update_fields=["decision", "decided_by", "decided_at"])
    record(by, Verb.DECIDE, notice)
    return notice


@transaction.atomic
def name_reader(by, notice, user, reason):
    """A link worker of the school reads it too, for a reason, and hears that they do.

    The child is on their current work.
    PermissionDenied for anyone but managers of the hub; ValidationError by field.
    """
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice))
    reason = reason.strip()
    wrong = {}
    if user not in policies.may_be_named(notice):
        wrong["user"] = "Choose a link worker of the school"
    elif notice.readers.filter(user=user).exists():
        wrong["user"] = "They are on the list of this notice already"
    if not reason:
        wrong["reason"] = "Enter why they need to read it"
    if wrong:
        raise ValidationError(wrong)
    reader = _name(by, notice, user, ReaderWhy.NAMED, reason)
    involve([notice.pupil_id], notice, user=user, ends_at=_watched_until(notice))
    notices.named(reader, by)
    return notice


@transaction.atomic
def keep_from(by, notice, user, reason):
    """Somebody at the school must not be told after all, for a reason: they read it no longer.

    Where nobody else had opened it, it counts as not opened, so that others hear.
    PermissionDenied for anyone but managers of the hub; ValidationError by field.
    """
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice))
    reason = reason.strip()
    wrong = {}
    if user not in policies.may_be_kept_from(notice.school):
        wrong["user"] = "Choose somebody of the school who would be told"
    elif notice.readers.filter(user=user, why=ReaderWhy.KEPT).exists():
        wrong["user"] = "They are kept from this notice already"
    if not reason:
        wrong["reason"] = "Enter why they must not be told"
    if wrong:
        raise ValidationError(wrong)
    notice.readers.filter(user=user).delete()
    _name(by, notice, user, ReaderWhy.KEPT, reason)
    if notice.opened_by_id == user.pk:
        notice.opened_at = notice.opened_by = None
        notice.save(update_fields=["opened_at", "opened_by"])
    return notice


@transaction.atomic
def remove_reader(by, notice, reader):
    """Who was named reads it no longer. PermissionDenied for anyone but managers of the hub."""
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice) and reader.why == ReaderWhy.NAMED)
    record(by, Verb.REMOVE, notice, user=str(reader.user_id))
    end_involvement_of(notice, reader.user)
    reader.delete()
    return notice


@transaction.atomic
def open_notice(by, notice):
    """Somebody at the school has opened it; the first time is kept. Returns the notice."""
    notice = _locked(notice)
    allow(_is_at_school(by, notice))
    if notice.opened_at is None:
        notice.opened_at, notice.opened_by = timezone.now(), by
        notice.save(update_fields=["opened_at", "opened_by"])
        record(by, Verb.READ, notice)
    return notice


@transaction.atomic
def add_support(by, notice, text):
    """The school says what it did for the child; said again it stands once.

    PermissionDenied for anyone but its safeguarding leads who were told; ValidationError without
    words.
    """
    notice = _locked(notice)
    allow(_is_at_school(by, notice))
    if not text.strip():
        raise ValidationError({"text": "Enter what support the child was given"})
    last = notice.support.order_by("-at").first()
    if last and (last.text, last.by_id) == (text, by.pk):
        return last
    added = NoticeSupport.objects.create(notice=notice, text=text, by=by)
    record(by, Verb.LOG, notice)
    return added


@transaction.atomic
def link_referral(by, notice, referral):
    """Say which referral of the school it belongs to, or none with None; it starts none.

    PermissionDenied for anyone but managers of the hub, and for a referral about another child.
    """
    notice = _locked(notice)
    allow(policies.manages_notice(by, notice))
    seen = ReferralSupport.objects.visible_to(by).filter(pupil=notice.pupil_id)
    allow(referral is None or seen.filter(pk=referral.pk).exists())
    notice.referral = referral
    notice.save(update_fields=["referral"])
    record(by, Verb.LINK, notice, referral=referral and str(referral.pk))
    return notice


def end_involvement_of(notice, user):
    """The child leaves one reader's current work."""
    rows = notice.pupil.involvements.current().filter(
        user=user, source_type=notice._meta.model_name, source_id=notice.pk
    )
    rows.update(ends_at=timezone.now())


def _locked(notice):
    return (
        DomesticAbuseNotice.objects.select_for_update(of=("self",))
        .select_related("school", "pupil")
        .get(pk=notice.pk)
    )


def _is_at_school(by, notice):
    return DomesticAbuseNotice.objects.at_school_of(by).filter(pk=notice.pk).exists()


def _name(by, notice, user, why, reason=""):
    reader = NoticeReader.objects.create(
        notice=notice, user=user, why=why, reason=reason, added_by=by
    )
    record(by, Verb.INVITE if why == ReaderWhy.NAMED else Verb.LINK, notice, user=str(user.pk))
    return reader


def _watched_until(notice):
    return notice.assessed_at + WATCHED if notice.is_assessed else None


def _refuse_assessed(notice):
    if notice.is_assessed:
        raise TransitionNotAllowed("This has been assessed already. What is new is a report anew.")


def _refuse_twice(pupil_id, reference, besides=None):
    others = DomesticAbuseNotice.objects.filter(pupil=pupil_id, police_reference=reference)
    if others.exclude(pk=besides and besides.pk).exists():
        raise ValidationError({"police_reference": TWICE})


def _check(facts, now):
    today, wrong = timezone.localdate(now), {}
    facts["police_reference"] = facts["police_reference"].strip()
    facts["grade_source"] = facts["grade_source"].strip()
    if not facts["police_reference"]:
        wrong["police_reference"] = "Enter the police reference"
    if not facts["grade_source"]:
        wrong["grade_source"] = "Enter who graded it"
    if facts["received_at"] > now:
        wrong["received_at"] = "When it was received must be now or in the past"
    for name, what in (("graded_on", "was graded"), ("happened_on", "happened")):
        if facts.get(name) and facts[name] > today:
            wrong[name] = f"The date it {what} must be today or in the past"
    if wrong:
        raise ValidationError(wrong)
