"""Who may do what with short work, plans and programmes (design.md 4)."""

from django.db.models import Q

from accounts.models import Role, User, current
from interventions.querysets import withheld_from
from linkworkers.models import Allocation, LinkWorker
from schools.models import OwnChildConflict, School
from schools.scope import scope_of


def may_request(user, school):
    """Ask for short work at a school: its link workers and the managers of its hub.

    The service manager sees the work and asks for none.
    """
    scope = scope_of(user)
    return school.pk not in scope.excluded and (
        school.pk in scope.supports or school.hub_id in scope.manages
    )


def own_schools(user):
    """The open schools at which ``may_request`` holds, and plans are put on record, by name."""
    scope = scope_of(user)
    mine = Q(pk__in=scope.supports) | Q(hub__in=scope.manages)
    schools = School.objects.open().filter(mine).exclude(pk__in=scope.excluded)
    return schools.order_by("name", "urn")


def may_allocate(user, work):
    """Give work to somebody, or not: managers of its hub (rule 001-86)."""
    scope = scope_of(user)
    return work.school_id not in scope.excluded and work.hub_id in scope.manages


def may_work(user, work):
    """Record what is done: who does the work, the school's link workers, managers of the hub."""
    scope = scope_of(user)
    if work.school_id in scope.excluded or not scope.roles:
        return False
    return (
        scope.user_id in work.worker_ids
        or work.school_id in scope.supports
        or work.hub_id in scope.manages
    )


def may_confirm(user, work):
    """Say what the family answered: a confirmed head or safeguarding lead of the school, or who
    does the work and was told by them (rules 001-79, 001-80).
    """
    return may_speak_for(user, work) or may_work(user, work)


def may_speak_for(user, work):
    """For the school, about this work: not who is withheld from the consultation it came from."""
    return may_speak_for_school(user, work.school_id) and not (
        work.consultation_id and withheld_from(user).filter(consultation=work.consultation_id)
    )


def may_answer_disagreement(user, work):
    """Answer a school that disagrees with a decision: managers of its hub (rule 003-39)."""
    return may_allocate(user, work)


def may_speak_for_school(user, school_id):
    """Head and safeguarding leads of the school, confirmed ones."""
    scope = scope_of(user)
    return school_id in scope.reads_shared and school_id not in scope.excluded


def may_see_provision(user, school):
    """What the team does for a school's pupils: its link workers, and who oversees its hub."""
    return scope_of(user).reaches(school)


def may_see_summary(user, school):
    """The numbers for its governors: who sees its provision, and its heads and leads."""
    return may_see_provision(user, school) or may_speak_for_school(user, school.pk)


def may_keep_programmes(user):
    """Set up a programme and change its criteria: team and service managers."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_see_programmes(user):
    """Read what a programme is for: who supports or manages a school."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages or scope.supports)


def may_triage(user, case):
    """Accept or redirect a case: managers of its hub (rule 004-11)."""
    scope = scope_of(user)
    return case.school_id not in scope.excluded and case.hub_id in scope.manages


def may_write_session(user, session):
    """Type and complete a session: its author, while they may work there."""
    return session.author_id == user.pk and may_work(user, session.intervention)


def may_discard_session(user, session):
    """Throw a draft away: its author, wherever they work by now."""
    return session.author_id == user.pk


def may_hand_over_session(user, session):
    """A draft goes to somebody else by the hub's team managers only, who read it."""
    return may_allocate(user, session.intervention)


def may_take_over(session):
    """The users to whom a draft may be handed: who does the work or supports its school now.

    Not its author, nor who declared a conflict at the school.
    """
    supporting = Allocation.objects.covering().filter(school=session.school_id)
    in_post = LinkWorker.objects.in_post().filter(user__in=session.intervention.worker_ids)
    there = Q(pk__in=supporting.values("link_worker__user")) | Q(pk__in=in_post.values("user"))
    conflicted = OwnChildConflict.objects.filter(current(), school=session.school_id)
    return (
        User.objects.filter(there)
        .exclude(pk=session.author_id)
        .exclude(pk__in=conflicted.values("user"))
        .order_by("name")
    )


def may_follow_session(user, session):
    """Add to a completed session and give its notes: who may work there; its writer reads."""
    return not session.is_draft and may_work(user, session.intervention)


def session_basis(user, session):
    """The relation that opened a session, for the access log; a former worker reads their own."""
    work = session.intervention
    is_theirs = user.pk in (session.author_id, session.started_by_id)
    is_only_theirs = is_theirs and not may_work(user, work)
    return "author" if is_only_theirs else basis(user, work)


def may_keep_plan(user, plan):
    """End a plan and say who leads it: its holder, the school's workers, managers of the hub."""
    scope = scope_of(user)
    if user.is_system:
        return True
    if plan.school_id in scope.excluded or not scope.roles:
        return False
    return (
        plan.holder_id == user.pk
        or plan.school_id in scope.supports
        or plan.hub_id in scope.manages
    )


def may_allocate_plan(user, plan):
    """Say who of the team holds a plan: managers of its hub (rule 001-86)."""
    scope = scope_of(user)
    return plan.school_id not in scope.excluded and plan.hub_id in scope.manages


def may_give_up_plan(user, plan):
    """Take a plan off whoever of the team holds it: managers of its hub, and who holds it."""
    return plan.holder_id == user.pk or may_allocate_plan(user, plan)


def may_record_plan(user, school):
    """Record whose plan there is at a school: its link workers and the managers of its hub.

    An import without a person acts as a system user.
    """
    return user.is_system or may_request(user, school)


def may_see_holders(user):
    """Who holds how many plans: team and service managers (rules 001-84, 001-85)."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages)


def may_see_plans(user):
    """Have a list of plans: who supports or manages a school, and who may hold one."""
    return lists_work(user)


def lists_work(user):
    """Has short work to look up: their own, their schools’ or their hubs’.

    A link worker does work, and holds plans, at schools that are not theirs.
    """
    return may_see_programmes(user) or Role.LINK_WORKER in scope_of(user).roles


def may_keep_lists(user):
    """Kinds of support and scales, which belong to the council and to no school."""
    return user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER)


def basis(user, work):
    """The relation that opened the work, for the access log."""
    scope = scope_of(user)
    if work.school_id in scope.supports:
        return "support"
    if work.hub_id in scope.manages:
        return "manager"
    return "author" if scope.user_id in work.worker_ids else "county"


def may_stop_links(user):
    """Say that no message goes to a family, or that one may: managers, the duty manager's too.

    What enters a notice for them acts as a system user.
    """
    return user.is_system or user.has_role(
        Role.TEAM_MANAGER, Role.DUTY_MANAGER, Role.SERVICE_MANAGER
    )


def may_answer_plan(user, plan):
    """Say what became of a plan the school leads or was asked for: its leads, and nobody else."""
    work = plan.stepped_up_from
    speaks = may_speak_for(user, work) if work else may_speak_for_school(user, plan.school_id)
    return plan.lead == "school" and speaks
