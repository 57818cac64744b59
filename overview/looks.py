"""Who looked at which child, and why (rule 001-58): for managers, and one's own for everybody.

A reason was given where the child was not on somebody's current work; that is what a manager
reviews. A page shows no name of a child: the child's own page is a reason away.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from audit.models import Access, Look
from audit.services import FILE
from overview.policies import has_desk, supporting_grants, team_of
from referrals.models import Concern, DomesticAbuseNotice
from schools.models import Opening, Pupil, School
from schools.scope import scope_of

PAGE = 50
BASES = {
    "current work": "On their current work",
    "reason": "Outside their current work, for a reason",
    "search": "Found by a search",
    "manager": "As a manager",
    "county": "As a service manager",
    "none": "Not known",
}
THINGS = {
    Pupil: "The child’s record",
    School: "A page of the school",
    Access: "Who has looked",
}


# A look at one of these shows that there is one.
RESTRICTED = (Concern, DomesticAbuseNotice)


@dataclass(frozen=True)
class Looked:
    """One look at a child: who, how and on what basis; ``is_outside`` their current work."""

    access: Access
    what: str
    why: str
    is_outside: bool


def may_see_looks(user, pupil):
    """See all that looked at the child: the managers of the child's school, and of the county."""
    scope = scope_of(user)
    if not has_desk(user):
        return False
    school = _school_of(pupil)
    return scope.county or (school is not None and scope.manages_school(school))


def _school_of(pupil):
    """Where the child learns now, or learned last."""
    stays = list(pupil.enrolments.filter(school__isnull=False).select_related("school"))
    now = [stay for stay in stays if stay.ends_on is None]
    return (now or stays)[0].school if stays else None


def looks_at_child(user, pupil):
    """The ``Access`` rows of a child that the manager may see.

    All of them for a manager of the child's school; else those of the manager's own team. Nothing
    of a concern or a notice that is kept from them (design.md 6.14).
    """
    rows = Access.objects.filter(child_id=pupil.pk).select_related("user")
    for model in RESTRICTED:
        seen = model.objects.visible_to(user).values(key=Cast("pk", CharField()))
        of_it = Q(subject_type=model._meta.label_lower)
        rows = rows.exclude(of_it & ~Q(subject_id__in=seen))
    return rows if may_see_looks(user, pupil) else rows.filter(user__in=team_of(user))


def openings_of_team(user):
    """Reasons given by the manager's team for children outside their current work.

    Children taught at a school that is closed to the manager are left out.
    """
    pupils = Pupil.objects.not_at(scope_of(user).excluded)
    rows = Opening.objects.filter(user__in=team_of(user)).select_related("user")
    return rows.filter(pupil__in=pupils) if scope_of(user).excluded else rows


def outside_allocation(openings):
    """Those of the ``Opening`` rows whose child learned, then, at no school the opener held."""
    day = OuterRef("opened_at__date")
    stay = "content_object__enrolments__"
    held = supporting_grants(OuterRef("opened_at")).filter(
        Q(**{f"{stay}starts_on__isnull": True}) | Q(**{f"{stay}starts_on__lte": day}),
        Q(**{f"{stay}ends_on__isnull": True}) | Q(**{f"{stay}ends_on__gte": day}),
        user=OuterRef("user"),
        **{f"{stay}pupil": OuterRef("pupil")},
    )
    return openings.filter(~Exists(held))


def own_looks(user):
    """What the user themselves looked at: children, and searches for one."""
    return Access.objects.filter(
        Q(child_id__isnull=False) | Q(action=Look.SEARCH), user=user, status=200
    )


def in_words(access):
    """The ``Looked`` of an ``Access`` row."""
    is_outside = access.basis == "reason"
    basis = BASES.get(access.basis, access.basis.capitalize())
    return Looked(
        access=access,
        what=_what(access),
        why=access.reason if is_outside and access.reason else basis,
        is_outside=is_outside,
    )


def _what(access):
    if access.action == Look.SEARCH:
        return "In the answer to a search" if access.child_id else "A search"
    name = _thing(access.subject_type)
    if access.subject_id == FILE:
        return f"{name}, list as a file"
    return name if access.action == Look.VIEW else f"{name}, {access.get_action_display()}"


def _thing(subject_type):
    """What people call it: ``schools.pupil`` is the child's record."""
    try:
        model = apps.get_model(subject_type)
    except (LookupError, ValueError):
        return subject_type
    name = model._meta.verbose_name
    return THINGS.get(model, f"{name[0].upper()}{name[1:]}")
