"""Keeping the lists that short work picks from; only whoever keeps the council's lists may."""

from django.db import transaction

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from interventions import policies


@transaction.atomic
def save_listed(by, thing):
    """Add or change a ``WorkType`` or a ``Scale``; returns it."""
    allow(policies.may_keep_lists(by))
    verb = Verb.ADD if thing._state.adding else Verb.CHANGE
    thing.save()
    record(by, verb, thing)
    return thing
