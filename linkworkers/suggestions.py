"""When the service suggests enhanced support, and the reason in words (rule 001-54).

Each ``SupportCriterion`` may name one of ``FACTS``; one that names none, or a fact that nothing
is known of, such as suspensions, is for people to see. A suggestion decides nothing.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from linkworkers.models import EnhancedSupport, Focus, SupportCriterion
from schools.models import School

# How long a suggestion rests once a manager has decided something about the school, in weeks.
RESTS = 12


@dataclass(frozen=True)
class Fact:
    """Something known of a school: ``when`` it suggests, ``found`` in a query, ``said`` of one.

    ``found()`` is a condition for schools with ``last_contact_at`` and ``open_plans``;
    ``said(school)`` is in words, or empty where it does not hold.
    """

    when: str
    found: object
    said: object


@dataclass(frozen=True)
class Suggestion:
    """A school, and why it may need more."""

    school: School
    reasons: tuple

    @property
    def words(self):
        return ", ".join(self.reasons)


def _no_contact_since():
    return timezone.now() - timedelta(weeks=settings.COUNCIL.enhanced_weeks)


def _no_contact(school):
    at = school.last_contact_at
    if at is None:
        return "no contact recorded yet"
    if at >= _no_contact_since():
        return ""
    weeks = (timezone.localdate() - timezone.localdate(at)).days // 7
    return f"no contact for {weeks} weeks"


def _deprivation(school):
    if school.free_meals is None or school.free_meals < settings.COUNCIL.enhanced_free_meals:
        return ""
    return f"{school.free_meals:.0f}% free school meals"


def _many_plans(school):
    if school.open_plans is None or school.open_plans < settings.COUNCIL.enhanced_plans:
        return ""
    return f"{school.open_plans} {settings.COUNCIL.plan}s"


def _no_plans(school):
    return f"no {settings.COUNCIL.plan}" if school.open_plans == 0 else ""


FACTS = {
    "no_contact": Fact(
        f"no contact of any kind for {settings.COUNCIL.enhanced_weeks} weeks",
        lambda: Q(last_contact_at__isnull=True) | Q(last_contact_at__lt=_no_contact_since()),
        _no_contact,
    ),
    "deprivation": Fact(
        f"at least {settings.COUNCIL.enhanced_free_meals}% of pupils with free school meals",
        lambda: Q(free_meals__gte=settings.COUNCIL.enhanced_free_meals),
        _deprivation,
    ),
    "many_plans": Fact(
        f"at least {settings.COUNCIL.enhanced_plans} {settings.COUNCIL.plan}s open at the school",
        lambda: Q(open_plans__gte=settings.COUNCIL.enhanced_plans),
        _many_plans,
    ),
    "no_plans": Fact(
        f"no {settings.COUNCIL.plan} open at the school",
        lambda: Q(open_plans=0),
        _no_plans,
    ),
}


def when_suggested(criterion):
    """The fact that suggests this criterion, in words; empty when only people can see it."""
    fact = FACTS.get(criterion.suggests)
    return fact.when if fact else ""


def suggestions_for(schools):
    """The ``Suggestion`` of each of ``schools`` that has one, those with most reasons first.

    ``schools`` are annotated with ``last_contact_at``, the instant of the last contact of any
    kind or null, and ``open_plans``, how many plans for families are open there or null where
    nothing is known of plans. Left out: schools with enhanced support, and those on which a
    manager decided something lately. Two queries.
    """
    used = SupportCriterion.objects.filter(is_used=True, suggests__in=FACTS)
    facts = [FACTS[name] for name in dict.fromkeys(used.values_list("suggests", flat=True))]
    if not facts:
        return []
    condition = Q()
    for fact in facts:
        condition |= fact.found()
    found = [
        Suggestion(school, tuple(filter(None, (fact.said(school) for fact in facts))))
        for school in schools.filter(condition).exclude(_decided_lately()).select_related("hub")
    ]
    return sorted(found, key=lambda s: (-len(s.reasons), _waited(s.school), s.school.name))


def _decided_lately():
    here, since = OuterRef("pk"), timezone.now() - timedelta(weeks=RESTS)
    supports = EnhancedSupport.objects.filter(school=here)
    return Q(Exists(supports.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=since)))) | Q(
        Exists(Focus.objects.filter(school=here, decided_at__gte=since))
    )


def _waited(school):
    """Longest without contact first; where there was none yet, last."""
    at = school.last_contact_at
    return at.timestamp() if at else math.inf
