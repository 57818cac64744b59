"""When a school was last in touch: the latest of a consultation held there, a visit and an answer.

A time, never a count (rule 001-124). Drafts do not tell: they are nobody's but their author's.
"""

from django.db.models import DateTimeField, OuterRef, Subquery
from django.db.models.functions import Cast, Greatest

from consultations.models import Consultation, State
from linkworkers.models import EngagementAttempt, Visit


def finished_at(school_ref):
    """Completed and shared consultations at a school, latest held first, for a subquery."""
    return (
        Consultation.objects.filter(school=OuterRef(school_ref))
        .exclude(state=State.DRAFT)
        .order_by("-held_at", "-pk")
    )


def last_contact(school_ref="pk"):
    """The instant of the last contact of any kind with the school of a row, or null.

    An index look-up each for consultations, visits and attempts that the school answered, which
    tell a day. For pages of people who may see it: the caller filters the rows by their scope.
    """
    visits = Visit.objects.filter(school=OuterRef(school_ref)).order_by("-day")
    answered = EngagementAttempt.objects.filter(school=OuterRef(school_ref), reached=True).order_by(
        "-day"
    )
    # PostgreSQL's GREATEST leaves nulls out.
    return Greatest(
        Subquery(finished_at(school_ref).values("held_at")[:1]),
        *(Cast(Subquery(rows.values("day")[:1]), DateTimeField()) for rows in (visits, answered)),
    )
