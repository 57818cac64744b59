"""Which parts of the pages are whose: the only place of this app that names roles."""

from django.db.models import Q

from accounts.models import Role, StaffRole, User, in_force
from schools.models import SchoolGrant
from schools.scope import scope_of


def has_own_work(user):
    """Records consultations: link workers, and managers where they hold one themselves."""
    return user.has_role(Role.LINK_WORKER, Role.TEAM_MANAGER)


def has_desk(user):
    """Answers for hubs: team managers for theirs, the service manager for all."""
    return user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)


def may_see_take_up(user):
    """How schools take up what is offered: whoever manages a hub, or the county (rule 001-70)."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_see_what_worked(user):
    """What short work changed: whoever manages a hub, or the county (design.md 4)."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_see_themes(user):
    """Which themes touch how many children: whoever manages a hub, or the county (rule 001-93)."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def runs_the_service(user):
    """Keeps accounts, messages and the register in order."""
    return user.has_role(Role.ADMINISTRATOR)


def lists_consultations(user):
    """Has consultations of their own or their hubs' to look up."""
    return has_own_work(user) or has_desk(user)


def keeps_agencies(user):
    """Keeps the partner agencies and their contacts up to date, from week to week."""
    return user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR)


def sees_register_only(user):
    """A council person whose work here is, so far, to find a school and whom to ask there."""
    return scope_of(user).opens_register and not (
        has_own_work(user) or has_desk(user) or runs_the_service(user)
    )


def reads_as_school(user, school):
    """In post at the school, and none of the council people who work with it."""
    scope = scope_of(user)
    return school.id in scope.posts and not scope.reaches(school)


def sees_changes(user, school):
    """Who came and went: whoever works with the school, and people in post there."""
    return scope_of(user).reaches(school) or reads_as_school(user, school)


def supporting_grants(at=None):
    """The grants by which link workers hold schools: now, or at a column of the query around."""
    return SchoolGrant.objects.live(at).filter(permission__codename="support_school")


def team_of(user):
    """The users whose look-ups the user reviews (design.md 4): everybody's for the county.

    A team manager's are those who support a school of their hubs or are link workers of one, but
    other managers, who answer to the county.
    """
    scope = scope_of(user)
    others = User.objects.filter(is_system=False).exclude(pk=user.pk)
    if scope.county:
        return others
    managers = StaffRole.objects.filter(
        in_force(), role__in=(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
    )
    supporting = supporting_grants().filter(content_object__hub__in=scope.manages)
    return others.filter(
        Q(link_worker__hub__in=scope.manages) | Q(pk__in=supporting.values("user"))
    ).exclude(pk__in=managers.values("user"))


def digest_readers():
    """Whoever hears about their week: team managers and the service manager, in post now."""
    in_post = StaffRole.objects.filter(
        in_force(), role__in=(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
    )
    return User.objects.filter(pk__in=in_post.values("user"), is_active=True).order_by("email")
