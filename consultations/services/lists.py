"""Keeping the lists to pick from; only whoever keeps the council's lists may."""

from django.db import transaction

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from consultations import policies


@transaction.atomic
def save_listed(by, thing, may_keep):
    """Add or change a row of a list; ``may_keep(user)`` is the policy of that list. Returns it."""
    allow(may_keep(by))
    verb = Verb.ADD if thing._state.adding else Verb.CHANGE
    thing.save()
    record(by, verb, thing)
    return thing


@transaction.atomic
def remove_guidance(by, link):
    """Take a link off the list: nothing refers to it."""
    allow(policies.may_keep_lists(by))
    record(by, Verb.REMOVE, link)
    link.delete()
