"""Adding or changing a row of reference data, written down as what it was."""

from audit.models import Verb
from audit.services import record


def save(by, thing):
    """Save ``thing``, record that ``by`` added or changed it, and return it."""
    verb = Verb.ADD if thing._state.adding else Verb.CHANGE
    thing.save()
    record(by, verb, thing)
    return thing
