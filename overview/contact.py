"""When a school was last in touch: the latest consultation held there, whoever held it.

A time, never a count (rule 001-124). Drafts do not tell: they are nobody's but their author's.
"""

from django.db.models import OuterRef, Subquery

from consultations.models import Consultation, State


def finished_at(school_ref):
    """Completed and shared consultations at a school, latest held first, for a subquery."""
    return (
        Consultation.objects.filter(school=OuterRef(school_ref))
        .exclude(state=State.DRAFT)
        .order_by("-held_at", "-pk")
    )


def last_contact(school_ref="pk"):
    """The instant of the last contact with the school of a row; one index look-up a school.

    For pages of people who may see it: the caller filters the rows by their scope.
    """
    return Subquery(finished_at(school_ref).values("held_at")[:1])
