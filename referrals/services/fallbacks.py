"""The lists of who is told of a concern where a line manager cannot be (design.md 5)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from referrals.concern_policies import may_keep_fallbacks
from referrals.models import Fallback
from schools.services.lists import move_up


@transaction.atomic
def add_fallback(by, about, user, role):
    """Put somebody at the end of a list; returns the row.

    PermissionDenied for anyone but an administrator; ValidationError for who is on it already or
    whose account is not in use.
    """
    allow(may_keep_fallbacks(by))
    if not user.is_active or user.is_system:
        raise ValidationError({"user": "Choose somebody whose account is in use"})
    rows = Fallback.objects.of(about).select_for_update()
    if any(row.user_id == user.pk for row in rows):
        raise ValidationError({"user": f"{user.name} is on this list already"})
    last = max((row.position for row in rows), default=0)
    made = Fallback.objects.create(
        about=about, user=user, role=role, position=last + 1, added_by=by
    )
    record(by, Verb.ADD, made)
    return made


@transaction.atomic
def move_fallback_up(by, fallback, seen_at):
    """Somebody is told one place sooner; ``seen_at`` as in ``move_up``.

    PermissionDenied for anyone but an administrator.
    """
    allow(may_keep_fallbacks(by))
    move_up(by, fallback, seen_at, Fallback.objects.of(fallback.about))


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
