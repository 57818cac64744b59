"""The resources library, and the log of training that was given."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from schools import policies
from schools.models import Resource, Training
from schools.services.saving import save


@transaction.atomic
def save_resource(by, resource):
    """Add or change a resource."""
    allow(policies.may_edit_agencies(by))
    return save(by, resource)


@transaction.atomic
def remove_resource(by, resource):
    """Take a resource out of the library."""
    allow(policies.may_edit_agencies(by))
    resource = Resource.objects.select_for_update().get(pk=resource.pk)
    record(by, Verb.REMOVE, resource)
    resource.delete()


@transaction.atomic
def log_training(by, facts, *, pk):
    """Log training that was given to a school or to a group, the other of which is empty.

    ``pk`` is the id the page was made with, so that a second click logs it once.
    PermissionDenied for who logs none at this school; ValidationError for a date ahead, and where
    neither or both are named; TransitionNotAllowed when it was logged before.
    """
    school = facts.get("school")
    allow(policies.may_log_training(by, school))
    if Training.objects.filter(pk=pk).exists():
        raise TransitionNotAllowed("This has been logged already.")
    if bool(school) == bool(facts.get("group")):
        raise ValidationError({"group": "Choose a school, or name the group it was given to"})
    if facts["held_on"] > timezone.localdate():
        raise ValidationError({"held_on": "The date must be today or in the past"})
    made = Training.objects.create(pk=pk, logged_by=by, **facts)
    record(by, Verb.LOG, made)
    return made
