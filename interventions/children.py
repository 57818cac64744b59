"""The children of short work, as far as they are open to whoever reads it (rule 001-58)."""

from audit.models import Look
from audit.services import looked, looked_at_all
from consultations.children import looks_at, to_open
from interventions import policies
from schools.children import open_pupils


def child_ids(work):
    """The ids of the children who take part; no query where ``participants`` are at hand."""
    return [person.pupil_id for person in work.participants.all() if person.pupil_id]


def open_children_of(user, work):
    """The children who take part, from ``open_pupils``; None while one of them is closed.

    Two queries at most.
    """
    ids = child_ids(work)
    pupils = list(open_pupils(user).filter(pk__in=ids))
    return pupils if len(pupils) == len(set(ids)) else None


def children_to_open(user, work):
    """The children of the work for whom the user must give a reason, and may."""
    return to_open(user, child_ids(work))


def look_at(user, work, pupils, action=Look.VIEW):
    """Write down that ``user`` saw what is about each of these children in the work.

    ``pupils`` come from ``open_children_of``. With None, that they saw when and where it is.
    """
    if pupils is None:
        looked(user, work, action, basis=policies.basis(user, work))
    else:
        looked_at_all(looks_at(user, work, pupils, action))
