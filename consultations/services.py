"""The acts on an Early help consultation, each one function in one transaction."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.grants import Entitlement, give
from accounts.services import person_for
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import notices, policies
from consultations.models import (
    GUEST_SHARE,
    SCHOOL_SHARE,
    Action,
    Addendum,
    AreaDiscussed,
    Attendee,
    Audience,
    Consultation,
    ConsultationGrant,
    Reply,
    Share,
    State,
    Withholding,
)
from drafts import services as drafts

FORM = "consultation"
# How long somebody without a post at the school reads the note they took part in (design.md 4).
ATTENDEE_DAYS = 90


def _locked(consultation):
    return (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("school", "author")
        .get(pk=consultation.pk)
    )


@transaction.atomic
def start(by, school, pk, held_at, data, version=0):
    """The first autosave: makes the draft row and the draft of its text; returns the draft.

    ``pk`` was made with the page, so that a double click makes one record. ``data`` is the
    form as typed, ``{name: [values]}``. PermissionDenied for who may not record here,
    StaleDraft when the draft has been saved further than ``version`` since.
    """
    allow(policies.may_record(by, school))
    consultation, created = Consultation.objects.get_or_create(
        pk=pk,
        defaults={
            "school": school,
            "hub_id": school.hub_id,
            "author": by,
            "held_at": held_at,
        },
    )
    allow(consultation.author_id == by.pk and consultation.school_id == school.pk)
    if not consultation.is_draft:
        raise TransitionNotAllowed("This consultation is completed. Add to it instead.")
    if created:
        record(by, Verb.START, consultation)
    return drafts.start(by, FORM, consultation.pk, data, version)


@transaction.atomic
def discard(by, consultation):
    """Throw a draft away, text and all. PermissionDenied for anyone but its author."""
    consultation = _locked(consultation)
    allow(consultation.author_id == by.pk)
    if not consultation.is_draft:
        raise TransitionNotAllowed("A completed consultation cannot be discarded.")
    record(by, Verb.DISCARD, consultation)
    drafts.consume(FORM, consultation.pk)
    consultation.delete()


@transaction.atomic
def complete(by, consultation, content, plan, *, share_now=False):
    """Lock the record (rule 001-65); its text moves from the draft into it.

    ``content`` is the cleaned form: ``fields`` of the consultation, ids of ``themes``, ``areas``
    (area, sub_areas, notes), ``attendees`` and ``actions`` as unsaved rows. ``plan`` says who
    will be told and who is withheld. When it is not shared in the same act, head and
    safeguarding leads are told that it was held (rule 001-64).

    PermissionDenied for anyone but an author who may record at the school,
    TransitionNotAllowed when it is completed already.
    """
    consultation = _locked(consultation)
    allow(policies.may_complete(by, consultation))
    if not consultation.is_draft:
        raise TransitionNotAllowed("This consultation is completed already.")
    for name, value in content.fields.items():
        setattr(consultation, name, value)
    consultation.state = State.COMPLETED
    consultation.completed_at = timezone.now()
    consultation.no_lead_reason = plan.no_lead_reason
    consultation.save()
    consultation.themes.add(*content.themes)
    for rows, model in (
        (content.areas, AreaDiscussed),
        (content.attendees, Attendee),
        (content.actions, Action),
    ):
        for row in rows:
            row.consultation = consultation
            if model is Action:
                row.school_id, row.hub_id = consultation.school_id, consultation.hub_id
        model.objects.bulk_create(rows)
    record(by, Verb.COMPLETE, consultation)
    drafts.consume(FORM, consultation.pk)
    _withhold(by, consultation, plan)
    if share_now:
        return _share(by, consultation, plan)
    notices.held(consultation, plan)
    return consultation


@transaction.atomic
def share(by, consultation, plan):
    """Share the agreed text with those in the plan, one message each (rules 001-65, 003-1).

    PermissionDenied for who may not record at the school. TransitionNotAllowed when there is
    nothing new to do: it is a draft, or everyone in the plan has it.
    """
    consultation = _locked(consultation)
    allow(policies.may_share(by, consultation))
    if plan.no_lead_reason:
        consultation.no_lead_reason = plan.no_lead_reason
        consultation.save(update_fields=["no_lead_reason"])
    withheld = _withhold(by, consultation, plan)
    return _share(by, consultation, plan, done_already=withheld)


def _withhold(by, consultation, plan):
    """Keep people from this note; the team's managers are told (design.md 6.14).

    True when that kept anybody who was not kept from it before.
    """
    anybody = False
    for decision in plan.withheld:
        contact = decision.candidate.contact
        if contact.user and consultation.shares.filter(user=contact.user).exists():
            raise TransitionNotAllowed(
                f"{decision.candidate.name} has this note already, so it cannot be withheld."
            )
        withholding, created = Withholding.objects.get_or_create(
            consultation=consultation,
            contact=contact,
            defaults={
                "user": contact.user,
                "reason": decision.reason,
                "instead": decision.instead,
                "withheld_by": by,
            },
        )
        if created:
            anybody = True
            record(by, Verb.WITHHOLD, consultation, withholding=str(withholding.pk))
    if anybody:
        notices.withheld(consultation, by)
    return anybody


def _share(by, consultation, plan, *, done_already=False):
    kept = list(consultation.withholdings.values_list("user_id", "contact_id"))
    withheld = {pk for pair in kept for pk in pair if pk}
    held = set(consultation.shares.values_list("user_id", flat=True))
    now = timezone.now()
    shares = []
    for decision in plan.sharing:
        person = decision.candidate
        user = (
            person.contact.user
            if person.contact is not None
            else person_for(by, person.email, person.name)
        )
        if user.pk in withheld or user.pk in held:
            continue
        held.add(user.pk)
        shares.append(
            Share(
                consultation=consultation,
                user=user,
                role_text=person.role_text,
                is_lead=person.is_lead,
                from_school=person.contact is not None,
                how=plan.how,
                reason=decision.reason,
                version=max(consultation.version, 1),
                shared_at=now,
                shared_by=by,
            )
        )
    if consultation.is_shared and not shares:
        if done_already:
            return consultation
        raise TransitionNotAllowed("Everyone chosen has this note already.")
    if not consultation.is_shared:
        consultation.state = State.SHARED
        consultation.shared_at = now
        consultation.version = 1
        consultation.save(update_fields=["state", "shared_at", "version"])
    Share.objects.bulk_create(shares)
    give(ConsultationGrant, [entitlement(s) for s in shares if not s.is_lead])
    record(by, Verb.SHARE, consultation, version=consultation.version)
    notices.shared(consultation, shares, by)
    return consultation


def entitlement(share):
    """What a share entitles an attendee to who is no safeguarding lead: this one note.

    At the school it holds as long as their post does (``shared_with`` asks); without a post it
    ends after ``ATTENDEE_DAYS``.
    """
    return Entitlement(
        user_id=share.user_id,
        codename="view_shared_record",
        object_id=share.consultation_id,
        source_type=SCHOOL_SHARE if share.from_school else GUEST_SHARE,
        source_id=share.pk,
        starts_at=share.shared_at,
        ends_at=None if share.from_school else share.shared_at + timedelta(days=ATTENDEE_DAYS),
    )


@transaction.atomic
def add_to(by, consultation, text, audience, pk=None):
    """Add dated text after completion; one the school reads re-alerts whoever has the note.

    ``pk`` was made with the page: a second click adds nothing.
    """
    consultation = _locked(consultation)
    allow(policies.may_add(by, consultation))
    if pk and (added := consultation.addenda.filter(pk=pk).first()):
        return added
    for_school = audience == Audience.SCHOOL
    if for_school and consultation.is_shared:
        consultation.version += 1
        consultation.stored_on = consultation.stored_by = None
        consultation.save(update_fields=["version", "stored_on", "stored_by"])
    addendum = Addendum.objects.create(
        pk=_new(Addendum, pk),
        consultation=consultation,
        audience=audience,
        text=text,
        version=consultation.version if for_school else 0,
        added_by=by,
    )
    record(by, Verb.ADDENDUM, consultation, addendum=str(addendum.pk))
    if for_school and consultation.is_shared:
        consultation.shares.update(version=consultation.version, opened_at=None)
        notices.added_to(consultation, by)
    return addendum


def open_shared(user, consultation):
    """Remember when a recipient first opened the version they were told of."""
    consultation.shares.filter(user=user, opened_at__isnull=True).update(opened_at=timezone.now())


def _new(model, pk):
    """The page's id for a new row, or another when a row elsewhere has it."""
    return uuid.uuid4() if pk is None or model.objects.filter(pk=pk).exists() else pk


@transaction.atomic
def mark_stored(by, consultation, on, version=None):
    """The school says the note is in its own system (rule 001-65); one lead's word is enough.

    ``on`` is a date, ``version`` the one they stored, where the page says it. PermissionDenied
    for anyone but a head or safeguarding lead of the school, TransitionNotAllowed when a
    colleague said so already, or something was added since.
    """
    consultation = _locked(consultation)
    allow(policies.may_act_for_school(by, consultation))
    if consultation.stored_on:
        raise TransitionNotAllowed("This note is marked as stored already.")
    if version and version != consultation.version:
        raise TransitionNotAllowed(
            "Something was added to this note after you opened it. Read it, and store it too."
        )
    consultation.stored_on, consultation.stored_by = on, by
    consultation.save(update_fields=["stored_on", "stored_by"])
    record(by, Verb.STORED, consultation, version=consultation.version)
    return consultation


@transaction.atomic
def reply(by, consultation, text, pk=None):
    """A word back from the school; whoever wrote and whoever supports the school is told.

    ``pk`` was made with the page: a second click sends nothing.
    """
    consultation = _locked(consultation)
    allow(policies.may_act_for_school(by, consultation))
    if pk and (sent := consultation.replies.filter(pk=pk).first()):
        return sent
    answer = Reply.objects.create(
        pk=_new(Reply, pk), consultation=consultation, text=text, replied_by=by
    )
    record(by, Verb.REPLY, consultation, reply=str(answer.pk))
    notices.replied(consultation, answer)
    return answer


@transaction.atomic
def mark_done(by, action):
    """An agreed action is done. TransitionNotAllowed when somebody said so before."""
    action = (
        Action.objects.select_for_update(of=("self",)).select_related("school").get(pk=action.pk)
    )
    allow(policies.may_mark_done(by, action))
    if action.done_at:
        raise TransitionNotAllowed("This action is done already.")
    action.done_at, action.done_by = timezone.now(), by
    action.save(update_fields=["done_at", "done_by"])
    record(by, Verb.DONE, action)
    return action
