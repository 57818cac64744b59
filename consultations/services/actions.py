"""What becomes of an agreed action: handed over, put off, done by the school.

``may(by, action)`` is the policy that is asked: of a meeting's action, its own app's.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import notices, policies
from consultations.current_work import leave_current_work
from consultations.models import Action, ActionChange

DONE = "This action is done already."
OUT = "This action was taken out of the minutes."


@transaction.atomic
def hand_over(
    by, action, reason, *, user=None, contact=None, agency=None, name="", may=policies.may_hand_on
):
    """Give an open action to a ``user``, a ``contact`` of a school or an ``agency``, for a reason.

    ``name`` says who it is at the agency. The new owner hears it. PermissionDenied for who may not;
    ValidationError without a reason; TransitionNotAllowed when it is done, or theirs already.
    """
    action = _locked(action)
    allow(may(by, action))
    _check(action, reason)
    owner = {
        "owner_user": user,
        "owner_contact": contact,
        "owner_agency": agency,
        "owner_name": name,
    }
    if all(getattr(action, field) == value for field, value in owner.items()):
        raise TransitionNotAllowed("This action is theirs already.")
    former = action.owner_text
    for field, value in owner.items():
        setattr(action, field, value)
    action.save(update_fields=list(owner))
    change = _kept(by, action, reason, was_owner=former)
    record(by, Verb.HAND_OVER, action)
    notices.action_given(action, change, by)
    return action


@transaction.atomic
def move(by, action, due_on, reason, *, may=policies.may_hand_on):
    """Move the date of an open action to ``due_on``, for a reason.

    PermissionDenied for who may not; ValidationError without a reason; TransitionNotAllowed when
    it is done, or due then already.
    """
    action = _locked(action)
    allow(may(by, action))
    _check(action, reason)
    if action.due_on == due_on:
        raise TransitionNotAllowed("This action is due on that day already.")
    was_due_on, action.due_on = action.due_on, due_on
    action.save(update_fields=["due_on"])
    _kept(by, action, reason, was_due_on=was_due_on)
    record(by, Verb.CHANGE, action, fields=["due_on"])
    return action


@transaction.atomic
def done(by, action, *, name="", may=policies.may_mark_done):
    """An agreed action is done, as its owner or somebody who records at the school says.

    ``name`` is who said so without an account, for whom the system acts. TransitionNotAllowed when
    somebody said so before.
    """
    action = _locked(action)
    allow(may(by, action))
    return _finish(by, action, name)


@transaction.atomic
def done_at_school(by, action):
    """A head or safeguarding lead says that what the school took on is done.

    PermissionDenied for anyone else, and for what somebody else took on; TransitionNotAllowed
    when somebody said so before.
    """
    action = _locked(action)
    allow(policies.may_mark_done_for_school(by, action))
    return _finish(by, action)


def _finish(by, action, name=""):
    if action.done_at:
        raise TransitionNotAllowed(OUT if action.is_dropped else DONE)
    action.done_at = timezone.now()
    action.done_by, action.done_by_name = (None, name) if name else (by, "")
    action.save(update_fields=["done_at", "done_by", "done_by_name"])
    record(by, Verb.DONE, action)
    if action.consultation:
        leave_current_work(action.consultation)
    return action


def _locked(action):
    return (
        Action.objects.select_for_update(of=("self",))
        .select_related("school", "consultation", "owner_user", "owner_contact", "owner_agency")
        .get(pk=action.pk)
    )


def _check(action, reason):
    if action.done_at:
        raise TransitionNotAllowed(OUT if action.is_dropped else DONE)
    if not reason.strip():
        raise ValidationError({"reason": "Enter the reason"})


def _kept(by, action, reason, **was):
    return ActionChange.objects.create(action=action, reason=reason.strip(), changed_by=by, **was)
