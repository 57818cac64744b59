"""The lists of who is told of a concern where a line manager cannot be (design.md 5)."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from referrals.concern_policies import may_be_listed, may_keep_fallbacks
from referrals.models import Fallback
from schools.services.lists import move_up


@transaction.atomic
def add_fallback(by, about, user, role):
    """Put somebody at the end of a list; returns the row.

    PermissionDenied for anyone but an administrator; ValidationError for who is on it already, who
    may not be on it, and for themselves: being told opens concerns.
    """
    allow(may_keep_fallbacks(by))
    if user == by:
        raise ValidationError({"user": "Ask another administrator to put you on the list"})
    if not may_be_listed().filter(pk=user.pk).exists():
        raise ValidationError({"user": "Choose somebody of the council whose account is in use"})
    last = max((row.position for row in Fallback.objects.of(about)), default=0)
    made = Fallback(about=about, user=user, role=role, position=last + 1, added_by=by)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise ValidationError({"user": f"{user.name} is on this list already"}) from None
    record(by, Verb.ADD, made)
    return made


@transaction.atomic
def move_fallback_up(by, fallback, seen_at):
    """Somebody is told one place sooner; ``seen_at`` as in ``move_up``.

    Nothing moves once they are off the list. PermissionDenied for anyone but an administrator.
    """
    allow(may_keep_fallbacks(by))
    rows = Fallback.objects.of(fallback.about)
    if rows.filter(pk=fallback.pk).exists():
        move_up(by, fallback, seen_at, rows)


@transaction.atomic
def end_fallback(by, fallback):
    """Take somebody off a list; what they were told before they read on while they work here.

    PermissionDenied for anyone but an administrator; TransitionNotAllowed when it has ended.
    """
    allow(may_keep_fallbacks(by))
    fallback = Fallback.objects.select_for_update().get(pk=fallback.pk)
    if fallback.ends_at:
        raise TransitionNotAllowed("They were taken off this list already.")
    fallback.ends_at = timezone.now()
    fallback.save(update_fields=["ends_at"])
    record(by, Verb.END, fallback)
