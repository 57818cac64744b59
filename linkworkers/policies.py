"""Who may do what with link workers and allocations (design.md 4).

The only place of this app that names roles and permissions. A conflict declared at a school
closes it on every path, so that its own manager cannot decide who works there either.
"""

from django.db.models import Q

from accounts import policies as accounts
from accounts.models import Role, User, current
from schools.models import OwnChildConflict
from schools.scope import scope_of

HOLD_SCHOOLS = (Role.LINK_WORKER, Role.TEAM_MANAGER)


def may_see_allocations(user):
    """The allocations page: team managers see their own hubs, the service manager all."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_allocate(user, school):
    """Allocate, end, resume and propose: the hub's team managers (rule 001-50), or the county."""
    return scope_of(user).oversees(school)


def may_see_agreements(user):
    """Proposals for Alternative Provision Colleges belong to all team managers (rule 001-51)."""
    return user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)


def may_answer(user, answer):
    """The team manager who was asked, while still in post; ``answer`` is theirs or None."""
    return answer is not None and answer.manager_id == user.pk and user.has_role(Role.TEAM_MANAGER)


def may_withdraw(user, agreement):
    """Whoever proposed it, or may propose for that college."""
    return user.pk == agreement.proposed_by_id or may_allocate(user, agreement.school)


def may_appoint(user, hub):
    """Place a link worker in this hub: its team managers, administrators, the service manager."""
    scope = scope_of(user)
    return scope.county or accounts.may_place_in(user, hub.pk, scope.manages)


def may_change(user, link_worker):
    """A worker's hub, hours and line manager: whoever may place people in their present hub."""
    return may_appoint(user, link_worker.hub)


def was_last_role_to_hold_schools(ended):
    """The ``StaffRole`` just ended let its holder hold schools, and no other role does now."""
    others = ended.user.staff_roles.filter(current(), role__in=HOLD_SCHOOLS)
    return ended.role in HOLD_SCHOOLS and not others.exists()


def may_declare_for(user, person, link_worker):
    """One's own conflict, or a worker's of one's own team, the county being the widest.

    ``link_worker`` is the person's, or None when they are none.
    """
    scope = scope_of(user)
    if user.pk == person.pk:
        return scope.is_council
    return scope.county or (link_worker is not None and link_worker.hub_id in scope.manages)


def conflicts_open_to(user):
    """Conflicts the user may see, withdrawn ones too: their own, and their team's as a manager."""
    scope = scope_of(user)
    conflicts = OwnChildConflict.objects.all()
    if scope.county:
        return conflicts
    return conflicts.filter(Q(user=user) | Q(user__link_worker__hub__in=scope.manages))


def team_of(user):
    """The link workers for whom the user may declare a conflict, themselves left out."""
    scope = scope_of(user)
    people = User.objects.filter(link_worker__isnull=False, is_active=True).exclude(pk=user.pk)
    if not scope.county:
        people = people.filter(link_worker__hub__in=scope.manages)
    return people.order_by("name")


def basis(user):
    """Why the user may open a list of conflicts, for the access log."""
    scope = scope_of(user)
    if scope.county:
        return "county"
    return "manager" if scope.manages else "author"


def team_managers():
    """Every team manager of the county in post now (rule 001-51)."""
    return (
        User.objects.filter(
            current(prefix="staff_roles__"),
            staff_roles__role=Role.TEAM_MANAGER,
            is_active=True,
        )
        .distinct()
        .order_by("name")
    )


def service_managers():
    """Every service manager in post now."""
    return User.objects.filter(
        current(prefix="staff_roles__"),
        staff_roles__role=Role.SERVICE_MANAGER,
        is_active=True,
    ).distinct()
