"""Working with a school: who else works there, what it keeps to, where its pupils come from."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from schools import policies
from schools.models import (
    AlsoHere,
    PolicyKind,
    PolicyRead,
    School,
    SchoolPolicy,
    SchoolType,
)

SECONDARIES = frozenset({SchoolType.SECONDARY, SchoolType.ALL_THROUGH})
PRIMARIES = frozenset({SchoolType.PRIMARY})


@dataclass(frozen=True)
class Usual:
    """Who works at most schools of these types (rule 000-4), to be listed with one press."""

    code: str
    agency: str
    what_for: str
    when_to_contact: str
    types: frozenset
    is_based_here: bool = False


USUAL = [
    Usual(
        "nurse",
        "School Health Nurse",
        "A pupil’s health, and how it touches their schooling",
        "About a pupil’s health, and before the Early help consultation of each term",
        SECONDARIES,
        is_based_here=True,
    ),
    Usual(
        "mental-health",
        "Mental Health Support Team",
        "Mild to moderate worries about a pupil’s mental health",
        "About a pupil’s anxiety, low mood or behaviour, before it gets worse",
        SECONDARIES,
    ),
    Usual(
        "in-reach",
        "In Reach",
        "Support inside the school for pupils with more than one need",
        "When a pupil needs more than the school’s own pastoral support",
        SECONDARIES,
    ),
    Usual(
        "in-reach",
        "In Reach",
        "Support inside the school for pupils with more than one need",
        "Through the school nursing team, as for the school nurse",
        PRIMARIES,
    ),
    Usual(
        "social-worker",
        "Social worker for the area",
        "Advice on a child who has a social worker, or may need one",
        "For advice on a child you are thinking of referring. What cannot wait goes to the front"
        " door.",
        frozenset(SchoolType),
    ),
]


def usual_at(school):
    """The ``Usual`` ones of the school's type."""
    return [usual for usual in USUAL if school.type_group in usual.types]


@dataclass(frozen=True)
class PolicyLink:
    """A policy, the date the viewer read it, and who else of today's link workers did when.

    ``reads`` are ``(name, date)``, latest first. Both are empty for who may not know.
    """

    policy: SchoolPolicy
    read_on: date | None
    reads: list


@dataclass(frozen=True)
class Together:
    """The section ``schools/_working_together.html``, as one viewer sees it."""

    others: list
    usual: list
    policies: list
    feeders: list
    feeds_into: list
    offer_url: str
    relationship: str
    may_know: bool
    may_keep: bool
    may_list: bool


def together_of(school, user):
    """The ``Together`` of the school; three queries. The school has its nursing team at hand."""
    others = list(others_at(school))
    feeders, feeds_into = _neighbours(school)
    listed = {other.agency.name.casefold() for other in others}
    may_know = policies.may_know_relationship(user, school)
    may_list = policies.may_list_others(user, school)
    unlisted = [usual for usual in usual_at(school) if usual.agency.casefold() not in listed]
    return Together(
        others=others,
        usual=unlisted if may_list else [],
        policies=_policies(school, user, may_know),
        feeders=feeders,
        feeds_into=feeds_into,
        offer_url=school.offer_url,
        relationship=school.relationship if may_know else "",
        may_know=may_know,
        may_keep=policies.may_keep_links(user, school),
        may_list=may_list,
    )


def others_at(school):
    """Who else works at the school, those based there first; one query."""
    return (
        AlsoHere.objects.filter(school=school)
        .select_related("agency", "contact")
        .order_by("-is_based_here", "agency__name", "contact__name")
    )


def _policies(school, user, may_know):
    supporting = policies.supporting(school).filter(user=OuterRef("user"))
    reads = (
        PolicyRead.objects.filter(Q(user=user) | Exists(supporting), policy=OuterRef("pk"))
        .order_by("-read_on", "user__name")
        .values(row=JSONObject(user="user_id", name="user__name", on="read_on"))
    )
    links = []
    for policy in school.policies.annotate(who_read=ArraySubquery(reads)):
        reads = policy.who_read if may_know else []
        mine = [_day(read) for read in reads if read["user"] == str(user.pk)]
        others = [(read["name"], _day(read)) for read in reads if read["user"] != str(user.pk)]
        links.append(PolicyLink(policy, mine[0] if mine else None, others))
    return sorted(links, key=lambda link: PolicyKind.values.index(link.policy.kind))


def _day(read):
    return date.fromisoformat(read["on"])


def _neighbours(school):
    """``(feeders, schools it feeds)``, by name; one query."""
    pairs = (
        School.feeders.through.objects.filter(Q(from_school=school) | Q(to_school=school))
        .select_related("from_school", "to_school")
        .order_by("from_school__name", "to_school__name")
    )
    feeders = [pair.to_school for pair in pairs if pair.from_school_id == school.pk]
    feeds_into = [pair.from_school for pair in pairs if pair.to_school_id == school.pk]
    return feeders, feeds_into
