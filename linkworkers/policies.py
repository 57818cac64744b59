"""Who may do what with link workers and allocations (design.md 4).

The only place of this app that names roles and permissions. A conflict declared at a school
closes it on every path, so that its own manager cannot decide who works there either.
"""

from django.db.models import Q

from accounts import policies as accounts
from accounts.models import Role, User, in_force
from schools.models import Hub, OwnChildConflict
from schools.scope import scope_of

HOLD_SCHOOLS = (Role.LINK_WORKER, Role.TEAM_MANAGER)


def may_see_allocations(user):
    """The allocations page: team managers see their own hubs, the service manager all."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_allocate(user, school):
    """Allocate, end, resume and propose: the hub's team managers (rule 001-50), or the county."""
    return scope_of(user).oversees(school)


def is_of_its_hub(link_worker, school):
    """The worker can hold a place there: the hub allocates among its own (rule 001-50).

    A college is shared out among all of the county (001-51), and a school that is not yet in a
    hub has nobody of its own.
    """
    own = link_worker.hub_id == school.hub_id
    return own or school.is_apc or school.hub.code == Hub.NOT_YET


def may_see_agreements(user):
    """Proposals for Alternative Provision Colleges belong to all team managers (rule 001-51)."""
    return user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)


def may_move_from(user, link_worker):
    """See what a worker holds, to move it: the managers of their hub, and the county."""
    scope = scope_of(user)
    return scope.county or link_worker.hub_id in scope.manages


def may_plan(user, hub):
    """Plan a hub, as who manages it; the colleges of the county (None), as any team manager."""
    if hub is None:
        return may_see_agreements(user)
    scope = scope_of(user)
    return scope.county or hub.pk in scope.manages


def may_apply(user, schools):
    """Apply a plan that moves somebody at these schools."""
    return all(may_allocate(user, school) for school in schools)


def may_answer(user, answer):
    """The team manager who was asked, while still in post; ``answer`` is theirs or None.

    Not about the college that their own child attends (rule 001-53).
    """
    return (
        answer is not None
        and answer.manager_id == user.pk
        and user.has_role(Role.TEAM_MANAGER)
        and answer.agreement.school_id not in scope_of(user).excluded
    )


def may_stand_in(user, agreement):
    """The service manager, for a team manager who cannot answer themselves now (rule 001-51)."""
    return scope_of(user).county and scope_of(user).oversees(agreement.school)


def may_record_meeting(user):
    """Write down what a county meeting agreed: any one team manager (rule 001-51)."""
    return user.has_role(Role.TEAM_MANAGER)


def may_record_agreement(user, agreement):
    """As ``may_record_meeting``, but for the college that their own child attends."""
    return may_record_meeting(user) and agreement.school_id not in scope_of(user).excluded


def may_keep_absences(user, link_worker):
    """The worker themselves, their line manager, their hub's team managers, and the county."""
    scope = scope_of(user)
    return (
        link_worker.user_id == user.pk
        or scope.county
        or link_worker.hub_id in scope.manages
        or (link_worker.line_manager_id == user.pk and user.has_role(Role.TEAM_MANAGER))
    )


def may_withdraw(user, agreement):
    """Whoever proposed it, or may propose for that college; not where their own child attends."""
    if agreement.school_id in scope_of(user).excluded:
        return False
    return user.pk == agreement.proposed_by_id or may_allocate(user, agreement.school)


def may_appoint(user, hub):
    """Place a link worker in this hub: its team managers, administrators, the service manager."""
    scope = scope_of(user)
    return scope.county or accounts.may_place_in(user, hub.pk, scope.manages)


def role_of(kind):
    """The staff role that a link worker of this ``WorkerKind`` holds."""
    return {"fsw": Role.LINK_WORKER, "tm": Role.TEAM_MANAGER}[kind]


def may_change(user, link_worker):
    """A worker's hub, hours and line manager: whoever may place people in their present hub."""
    return may_appoint(user, link_worker.hub)


def was_last_role_to_hold_schools(ended):
    """The ``StaffRole`` just ended let its holder hold schools, and no other role does now."""
    others = ended.user.staff_roles.filter(in_force(), role__in=HOLD_SCHOOLS)
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
            in_force(prefix="staff_roles__"),
            staff_roles__role=Role.TEAM_MANAGER,
            is_active=True,
        )
        .distinct()
        .order_by("name")
    )


def service_managers():
    """Every service manager in post now."""
    return User.objects.filter(
        in_force(prefix="staff_roles__"),
        staff_roles__role=Role.SERVICE_MANAGER,
        is_active=True,
    ).distinct()


# --- presence, crisis, enhanced support and focus --------------------------------------------


def may_see_support(user, school):
    """What the school gets: its link workers, its managers, and the county (design.md 4)."""
    return scope_of(user).reaches(school)


def may_log_visit(user, school):
    """Work from the school's site: its link workers and team managers do (rule 001-74)."""
    scope = scope_of(user)
    return school.id in scope.supports or scope.manages_school(school)


def may_remove_visit(user, visit):
    """Whoever was there takes back what they logged."""
    return visit.by_id == user.pk


def may_decide_support(user, school):
    """Presence (001-76), enhanced support (001-54), focus (001-71) and crises (001-78).

    The hub's team managers and the service manager decide them, nobody else.
    """
    return scope_of(user).oversees(school)


def may_enter_crisis(user, school):
    """Whoever works with the school, and the duty manager, who may hear of it first (001-77)."""
    scope = scope_of(user)
    return scope.reaches(school) or (
        Role.DUTY_MANAGER in scope.roles and school.id not in scope.excluded
    )


def may_edit_criteria(user):
    """The list of criteria for enhanced support is reference data."""
    return user.has_role(Role.ADMINISTRATOR)


def basis_at(user, school):
    """The relation that opens a record of the school, for the access log."""
    scope = scope_of(user)
    if school.id in scope.supports:
        return "support"
    return "manager" if scope.manages_school(school) else "county"
