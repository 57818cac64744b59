"""Who hears what about a consultation, and when it is no longer theirs to hear (design.md 5).

Nothing personal is in a message: a date, the school, a link behind sign-in.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.notices import Notice, tell
from consultations import policies
from consultations.models import Action, Consultation, Share
from consultations.recipients import ALWAYS
from linkworkers.coverage import away_among
from linkworkers.policies import service_managers
from notifications import kinds
from notifications.models import Message
from schools.hub_managers import managers_of
from schools.models import SchoolContact, SchoolGrant

HELD = "consultation_held"
SHARED = "consultation_shared"
ADDED = "consultation_added"
REMINDED = "consultation_reminded"
WITHHELD = "consultation_withheld"
REPLIED = "consultation_replied"
HANDED_OVER = "consultation_handed_over"
ACTION_GIVEN = "action_given"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(HELD, still_due=_not_shared, may_receive=_is_lead, label="Consultation held")
    kinds.register(SHARED, may_receive=_may_read, label="Consultation shared")
    kinds.register(ADDED, may_receive=_may_read, label="Addition to a shared consultation")
    kinds.register(
        REMINDED,
        still_due=_is_outstanding,
        may_receive=_may_read,
        label="Reminder of a shared consultation",
    )
    kinds.register(WITHHELD, may_receive=_may_open, label="Note withheld from somebody")
    kinds.register(REPLIED, may_receive=_may_open, label="Reply from a school")
    kinds.register(HANDED_OVER, may_receive=_may_open, label="Draft handed over")
    kinds.register(
        ACTION_GIVEN,
        still_due=_is_theirs_to_do,
        may_receive=may_hear_of_action,
        label="Action handed over",
    )


def _consultation(message):
    return Consultation.objects.filter(pk=message.about_id).first()


def _may_read(message):
    return message.to is not None and can_read(message.to, message.about_id)


def _is_outstanding(message):
    shares = Share.objects.select_related("consultation")
    share = shares.filter(consultation=message.about_id, user=message.to).first()
    return share is not None and share.is_outstanding


def _may_open(message):
    consultation = _consultation(message)
    return message.to is not None and consultation and _can_open(message.to, consultation)


def _not_shared(message):
    consultation = _consultation(message)
    return consultation is not None and not consultation.is_shared


def _is_lead(message):
    consultation = _consultation(message)
    return (
        consultation is not None
        and SchoolGrant.objects.live()
        .filter(
            user=message.to,
            content_object=consultation.school_id,
            permission__codename=policies.READS_SHARED,
        )
        .exists()
        and not consultation.withholdings.filter(
            Q(user=message.to) | Q(contact__in=SchoolContact.objects.lineage_of(message.to_id))
        ).exists()
    )


def _is_theirs_to_do(message):
    theirs = Q(owner_user=message.to) | Q(owner_contact__user=message.to)
    return Action.objects.open().filter(theirs, pk=message.about_id).exists()


def may_hear_of_action(message):
    """Its owner at the team or at the school, or somebody who works with the school."""
    if not message.to.is_active:
        return False
    if Action.objects.visible_to(message.to).filter(pk=message.about_id).exists():
        return True
    theirs = Action.objects.filter(pk=message.about_id, owner_contact__user=message.to)
    if theirs.for_school(message.to).exists():
        return True
    action = theirs.filter(consultation__isnull=False).first()
    return action is not None and can_read(message.to, action.consultation_id)


def _notice(kind, consultation, key, to, path, **context):
    """What ``to`` is told; ``key`` is what happened, the same for everyone it is told to."""
    return Notice(
        kind=kind,
        key=f"{kind}:{key}:{to.pk}",
        to=to,
        path=path,
        template=f"consultations/email/{kind.removeprefix('consultation_')}.txt",
        context={"held_on": consultation.held_at, "school": consultation.school, **context},
        about=consultation,
    )


def held(consultation, plan):
    """Head and safeguarding leads hear that it was held; who took part is behind sign-in."""
    told = [
        decision.candidate.contact.user
        for decision in plan.decisions
        if (decision.candidate.group == ALWAYS or decision.stands_in)
        and decision.candidate.can_receive
        and not decision.withhold
    ]
    path = reverse("shared_list")
    tell(
        [_notice(HELD, consultation, consultation.pk, user, path) for user in told],
        consultation.author,
    )


def shared(consultation, shares, by):
    """One message per person, listing their roles (rule 003-1)."""
    _tell_readers(SHARED, consultation, shares, by)


def added_to(consultation, shares, by):
    """Those who read what was added hear of it; ``shares`` is a query-set."""
    _tell_readers(ADDED, consultation, shares.select_related("user"), by)


def reminded(share, by):
    """One person hears again of a note they have not opened, or that is not stored yet."""
    notice = _notice(
        REMINDED,
        share.consultation,
        f"{share.pk}:{timezone.localdate()}",
        share.user,
        reverse("shared_note", args=[share.consultation_id]),
        role_text=_roles(share),
        was_opened=share.opened_at is not None,
    )
    tell([notice], by)


def latest_to_each(consultation):
    """``{user id: Message}``: the latest to each person about it, and how far that got."""
    messages = Message.objects.about(consultation).defer("body", "calendar")
    return {message.to_id: message for message in messages.reverse()}


def _tell_readers(kind, consultation, shares, by):
    key = f"{consultation.pk}:{consultation.version}"
    path = reverse("shared_note", args=[consultation.pk])
    tell(
        [
            _notice(kind, consultation, key, share.user, path, role_text=_roles(share))
            for share in shares
        ],
        by,
    )


def _roles(share):
    """The roles a message lists. Where a guest works was typed by hand: it stays behind sign-in."""
    return share.role_text if share.from_school else "somebody who took part"


def withheld(consultation, withholding, by):
    """The hub's managers hear that somebody was kept from a note; who is behind sign-in."""
    key = f"{consultation.pk}:{withholding.pk}"
    managers = [manager for manager in _managers(consultation) if manager != by]
    _tell_team(WITHHELD, consultation, key, managers, by)


def handed_over(consultation, former, by):
    """Who wrote a draft and who finishes it hear of it; why is behind sign-in."""
    key = f"{consultation.pk}:{consultation.handed_over_at.isoformat()}"
    _tell_team(HANDED_OVER, consultation, key, [former, consultation.author], by)


def action_given(action, change, by):
    """Whose an action is now hears of it, where they have somewhere to read it."""
    owner, path = owner_of(action)
    if owner is None or owner == by:
        return
    notice = Notice(
        kind=ACTION_GIVEN,
        key=f"{ACTION_GIVEN}:{change.pk}",
        to=owner,
        path=path,
        template="consultations/email/action_given.txt",
        context={"school": action.school, "is_of_meeting": action.is_of_meeting},
        about=action,
    )
    tell([notice], by)


def owner_of(action):
    """``(user, path)``: who does it and where they read it; ``(None, "")`` where none can be told.

    Somebody at the school hears only where the note is shared with them; of a meeting's action once
    it is agreed.
    """
    if action.owner_user:
        return action.owner_user, reverse("action_list")
    contact, note = action.owner_contact, action.consultation
    if contact is None or not contact.is_current or contact.user_id is None:
        return None, ""
    if action.is_of_meeting and contact.user.is_active:
        return contact.user, reverse("shared_list")
    if note and note.is_shared:
        readers = {share.user_id for share in note.shares.all()}
        if contact.user.is_active and contact.user_id in readers:
            return contact.user, reverse("shared_note", args=[note.pk])
    return None, ""


def replied(consultation, answer):
    """The author hears it, and the school's link workers now; where all are away, the managers."""
    supporting = SchoolGrant.objects.live().filter(
        content_object=consultation.school_id, permission__codename=policies.SUPPORTS
    )
    people = {grant.user for grant in supporting.select_related("user")}
    people.add(consultation.author)
    people = {user for user in people if _can_open(user, consultation)}
    if away_among(people) == {user.pk for user in people}:
        people.update(_managers(consultation))
    _tell_team(REPLIED, consultation, answer.pk, people, answer.replied_by)


def _tell_team(kind, consultation, key, people, by):
    path = reverse("consultation", args=[consultation.pk])
    tell([_notice(kind, consultation, key, user, path) for user in people], by)


def _managers(consultation):
    """The hub's managers who may open it, or the service managers where there is none."""
    managers = [user for user in managers_of(consultation.hub_id) if _can_open(user, consultation)]
    return managers or [user for user in service_managers() if _can_open(user, consultation)]


def can_read(user, pk):
    """An open account, on the school's side of the consultation with this id."""
    return user.is_active and Consultation.objects.shared_with(user).filter(pk=pk).exists()


def _can_open(user, consultation):
    return (
        user.is_active and Consultation.objects.visible_to(user).filter(pk=consultation.pk).exists()
    )
