"""The acts on an Early help consultation, each one function in one transaction."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.grants import Entitlement, grants_for
from accounts.services import people_for
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record, record_all
from consultations import notices, policies
from consultations.models import (
    GUEST_SHARE,
    SCHOOL_SHARE,
    Addendum,
    Audience,
    Consultation,
    ConsultationGrant,
    Reply,
    Share,
    State,
    Withholding,
)
from consultations.searching import first_entries, index_consultation
from consultations.services import nurse as nurse_services
from consultations.services.children import check_children, kept_of_children
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
def hand_over(by, consultation, to, reason):
    """Hand a draft to another worker who supports the school; ``to`` is a user.

    The text is theirs to write from now on, and both are told; who began it is kept beside who
    finishes it, and reads on. PermissionDenied for anyone but a team manager of the hub;
    ValidationError without a reason; TransitionNotAllowed once it is completed, and for who
    writes it already or does not support the school.
    """
    consultation = _locked(consultation)
    allow(policies.may_hand_over(by, consultation))
    if not consultation.is_draft:
        raise TransitionNotAllowed("This consultation is completed. Add to it instead.")
    if to not in policies.may_take_over(consultation):
        raise TransitionNotAllowed(
            f"{to.name} writes this draft already."
            if to == consultation.author
            else f"{to.name} does not support {consultation.school.name}. Choose somebody who does."
        )
    former = drafts.hand_over(by, FORM, consultation, to, reason)
    notices.handed_over(consultation, former, by)
    return consultation


@transaction.atomic
def complete(by, consultation, content, plan, *, share_now=False, invite_id=None):
    """Lock the record (rule 001-65); its text moves from the draft into it.

    ``content`` is the cleaned form: ``fields`` of the consultation, ids of ``themes``, ``areas``
    (area, sub_areas, notes), ``attendees`` and ``actions`` as unsaved rows, ``children`` as
    ``Discussed``. ``plan`` says who will be told and who is withheld. When it is not shared in
    the same act, head and safeguarding leads are told that it was held (rule 001-64).
    ``invite_id`` is the nurse's appointment it was recorded from.

    PermissionDenied for anyone but an author who may record at the school,
    TransitionNotAllowed when it is completed already, or handed over meanwhile, ValidationError
    when somebody discussed is not open to ``by`` any more.
    """
    allow(policies.may_complete(by, consultation))
    elsewhere = check_children(by, consultation, content)
    changed = {
        **content.fields,
        "state": State.COMPLETED,
        "completed_at": timezone.now(),
        "no_lead_reason": plan.no_lead_reason,
        **(_shared_now() if share_now else {}),
    }
    # One statement locks the row, guards its state and saves it: of two clicks one finds a draft.
    still_theirs = Consultation.objects.filter(pk=consultation.pk, author=by, state=State.DRAFT)
    if not still_theirs.update(**changed):
        raise TransitionNotAllowed("This consultation is completed already, or not yours any more.")
    for name, value in changed.items():
        setattr(consultation, name, value)
    nurse_services.held(by, consultation, invite_id)
    drafts.consume(FORM, consultation.pk)
    rows = _kept(consultation, content)
    rows += kept_of_children(by, consultation, content, elsewhere)
    # A draft has no readers, and nobody is kept from it.
    readers, kept_out = set(), set()
    rows += _withhold(by, consultation, plan, readers, kept_out)
    if share_now:
        rows += _hand_out(by, consultation, _shares(by, consultation, plan, readers, kept_out))
    else:
        notices.held(consultation, plan)
    rows += first_entries(
        consultation,
        areas=content.areas,
        discussed=[part.row for part in content.children],
        actions=content.actions,
        addenda=[],
    )
    record_all([act_of(by, Verb.COMPLETE, consultation), *rows])
    return consultation


def _kept(consultation, content):
    """The rows of the form that stand beside the consultation, unsaved."""
    for action in content.actions:
        action.school_id, action.hub_id = consultation.school_id, consultation.hub_id
    rows = [*content.areas, *content.attendees, *content.actions]
    for row in rows:
        row.consultation = consultation
    through = Consultation.themes.through
    return [
        *(through(consultation=consultation, theme_id=pk) for pk in set(content.themes)),
        *rows,
    ]


@transaction.atomic
def share(by, consultation, plan):
    """Share the agreed text with those in the plan, one message each (rules 001-65, 003-1).

    PermissionDenied for who may not record at the school. TransitionNotAllowed when there is
    nothing new to do: it is a draft, or everyone in the plan has it.
    """
    consultation = _locked(consultation)
    allow(policies.may_share(by, consultation))
    readers = set(consultation.shares.values_list("user_id", flat=True))
    kept = consultation.withholdings.values_list("user_id", "contact_id")
    kept_out = {pk for pair in kept for pk in pair if pk}
    is_first = not consultation.is_shared
    if is_first:
        for name, value in _shared_now().items():
            setattr(consultation, name, value)
    consultation.no_lead_reason = plan.no_lead_reason or consultation.no_lead_reason
    consultation.save(update_fields=["state", "shared_at", "version", "no_lead_reason"])
    rows = _withhold(by, consultation, plan, readers, kept_out)
    shares = _shares(by, consultation, plan, readers, kept_out)
    if is_first or shares:
        rows += _hand_out(by, consultation, shares)
    if not rows:
        raise TransitionNotAllowed("Everyone chosen has this note already.")
    record_all(rows)
    if is_first:
        index_consultation(consultation)
    return consultation


def _shared_now():
    """What sharing it for the first time changes in the record."""
    return {"state": State.SHARED, "shared_at": timezone.now(), "version": 1}


def _withhold(by, consultation, plan, readers, kept_out):
    """Keep people from this note; the team's managers are told (design.md 6.14).

    ``readers`` are ids of users who have it. ``kept_out`` holds the ids of the users and posts
    kept from it so far, and gets those of the new ones. Returns what to record: unsaved rows, the
    acts among them.
    """
    withholdings = []
    for decision in plan.withheld:
        person = decision.candidate
        if person.contact.user_id in readers:
            raise TransitionNotAllowed(
                f"{person.name} has this note already, so it cannot be withheld."
            )
        if kept_out.isdisjoint(person.ids):
            kept_out |= person.ids
            withholdings.append(
                Withholding(
                    consultation=consultation,
                    contact=person.contact,
                    user=person.contact.user,
                    reason=decision.reason,
                    instead=decision.instead,
                    withheld_by=by,
                )
            )
    if withholdings:
        notices.withheld(consultation, withholdings[-1], by)
    acts = [
        act_of(by, Verb.WITHHOLD, consultation, withholding=str(withholding.pk))
        for withholding in withholdings
    ]
    return [*withholdings, *acts]


def _shares(by, consultation, plan, readers, kept_out):
    """Unsaved rows for those in the plan who neither have the note nor are kept from it.

    Each has ``chosen``: ids of the children's parts that an outsider's copy holds.
    """
    guests = [d.candidate for d in plan.sharing if d.candidate.contact is None]
    users = people_for(by, [(guest.email, guest.name) for guest in guests])
    accounts = {guest.key: user for guest, user in zip(guests, users, strict=True)}
    now = timezone.now()
    shares = {}
    for decision in plan.sharing:
        person = decision.candidate
        user = accounts[person.key] if person.contact is None else person.contact.user
        if user.pk in readers | kept_out or user.pk in shares:
            continue
        share = Share(
            consultation=consultation,
            user=user,
            role_text=person.role_text,
            is_lead=person.is_lead,
            from_school=person.contact is not None,
            with_general=decision.with_general,
            how=plan.how,
            reason=decision.reason,
            version=consultation.version,
            shared_at=now,
            shared_by=by,
        )
        share.chosen = decision.children
        shares[user.pk] = share
    return list(shares.values())


def _hand_out(by, consultation, shares):
    """Give these people the note, and tell each of them.

    Returns what to record: unsaved rows, the act among them.
    """
    notices.shared(consultation, shares, by)
    through = Share.children.through
    entitlements = [entitlement(share) for share in shares if not share.is_lead]
    return [
        *shares,
        *(through(share=share, pupildiscussed_id=pk) for share in shares for pk in share.chosen),
        *grants_for(ConsultationGrant, entitlements),
        act_of(by, Verb.SHARE, consultation, version=consultation.version),
    ]


def entitlement(share):
    """What a share entitles an attendee to who is no safeguarding lead: this one note.

    At the school it holds as long as their post does (``shared_with`` asks); without a post it
    ends after ``ATTENDEE_DAYS``.
    """
    return Entitlement(
        user_id=share.user_id,
        codename=policies.READS_SHARED,
        object_id=share.consultation_id,
        source_type=SCHOOL_SHARE if share.from_school else GUEST_SHARE,
        source_id=share.pk,
        starts_at=share.shared_at,
        ends_at=None if share.from_school else share.shared_at + timedelta(days=ATTENDEE_DAYS),
    )


@transaction.atomic
def addendum(by, consultation, text, audience, pk=None):
    """Add dated text after completion; one the school reads re-alerts whoever reads it.

    An outsider whose copy is about some children only neither reads it nor hears of it.
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
    added = Addendum(
        pk=_new(Addendum, pk),
        consultation=consultation,
        audience=audience,
        text=text,
        version=consultation.version if for_school else 0,
        added_by=by,
    )
    record_all([added, act_of(by, Verb.ADDENDUM, consultation, addendum=str(added.pk))])
    if for_school and consultation.is_shared:
        readers = consultation.shares.exclude(from_school=False, with_general=False)
        readers.update(version=consultation.version, opened_at=None)
        notices.added_to(consultation, readers, by)
    index_consultation(consultation)
    return added


@transaction.atomic
def remind(by, share):
    """Tell somebody once more who has not opened the note, or whose school has not stored it.

    Not on a day on which they were told of it anyhow. PermissionDenied for who may not record at
    the school; TransitionNotAllowed when they were told today, have nothing left to do, or may
    not read it any longer.
    """
    consultation = _locked(share.consultation)
    allow(policies.may_remind(by, consultation))
    share = consultation.shares.select_related("user").get(pk=share.pk)
    name = share.user.name
    if not share.is_outstanding:
        raise TransitionNotAllowed(f"There is nothing left to remind {name} of.")
    if share.was_told_today(notices.latest_to_each(consultation).get(share.user_id)):
        raise TransitionNotAllowed(f"{name} was told today. Remind them tomorrow or later.")
    if not notices.can_read(share.user, consultation.pk):
        raise TransitionNotAllowed(f"{name} can no longer read this note, so nothing was sent.")
    notices.reminded(share, by)
    record(by, Verb.REMIND, consultation, share=str(share.pk))
    return share


def open_shared(user, consultation):
    """Remember when a recipient first opened the version they were told of."""
    consultation.shares.filter(user=user, opened_at__isnull=True).update(opened_at=timezone.now())


def _new(model, pk):
    """The page's id for a new row, or another when a row elsewhere has it."""
    return uuid.uuid4() if pk is None or model.objects.filter(pk=pk).exists() else pk


@transaction.atomic
def stored(by, consultation, on, version=None):
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
    answer = Reply(pk=_new(Reply, pk), consultation=consultation, text=text, replied_by=by)
    record_all([answer, act_of(by, Verb.REPLY, consultation, reply=str(answer.pk))])
    notices.replied(consultation, answer)
    return answer
