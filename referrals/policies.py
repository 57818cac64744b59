"""Who may do what with requests, the school's referrals, concerns and notices (design.md 4).

The only place of this app that names roles.
"""

from django.db.models import Q

from accounts.models import Role, StaffRole, User, in_force
from interventions import policies as interventions
from linkworkers.coverage import away_among
from linkworkers.models import Allocation
from schools import policies as schools
from schools.hub_managers import managers_of
from schools.models import School, SchoolContact
from schools.roles import SAFEGUARDING
from schools.scope import scope_of


def managers_there(record):
    """The managers of a record's hub who are there today and free to decide about its school."""
    managers = managers_of(record.hub_id, free_at=record.school_id).order_by("email")
    away = away_among(managers)
    return [user for user in managers if user.pk not in away]


def decides(user, record):
    """A manager of the record's hub; where none of them is there, the service manager.

    Nobody whose own child attends its school (rule 001-53).
    """
    scope = scope_of(user)
    if record.school_id in scope.excluded:
        return False
    return record.hub_id in scope.manages or (scope.county and not managers_there(record))


# --- referral support (rules 001-98, 003-66) ---------------------------------------------------


def may_prepare(user, referral):
    """Fill in the checklist and the pack: the school's leads and its link workers."""
    return may_speak_in_referral(user, referral) or referral.school_id in supported(user)


def may_start_referral(user, school):
    """Begin one: the school's confirmed head and safeguarding leads, and its link workers."""
    return may_lead_referral(user, school.pk) or school.pk in supported(user)


def may_lead_referral(user, school_id):
    """Own a referral of the school: its confirmed head and safeguarding leads."""
    return interventions.may_speak_for_school(user, school_id)


def may_speak_in_referral(user, referral):
    """Say for the school what it does: its head and safeguarding leads, and nobody else."""
    return type(referral).objects.at_school_of(user).filter(pk=referral.pk).exists()


def is_on_school_side(user, referral):
    """Reads it as the school does, with no gate before the child: not of the team too."""
    scope = scope_of(user)
    of_team = referral.school_id in scope.supports or referral.hub_id in scope.manages
    return not (scope.roles and of_team)


def sees_referrals_of(user, school):
    """Has the list of a school's referrals: its leads, its link workers, its hub's managers."""
    scope = scope_of(user)
    if school.pk in scope.excluded:
        return False
    return may_start_referral(user, school) or school.hub_id in scope.manages


def sees_referrals(user):
    """Has any school whose referrals they see."""
    scope = scope_of(user)
    return bool(scope.reads_shared or scope.supports or scope.manages)


def may_keep_continuum(user):
    """The continuum of need in the council's words, which belongs to no school."""
    return user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER)


def supported(user):
    """The ids of the schools whose pack the user helps with, as their link worker."""
    return scope_of(user).supports


# --- requests for support ----------------------------------------------------------------------


def is_on_duty(user):
    """Holds the duty manager's role: logs requests, and follows those they logged."""
    return user.has_role(Role.DUTY_MANAGER)


def answers_for_meetings(user):
    """Answers requests for CASO meetings, at whichever school: coordinators."""
    return user.has_role(Role.COORDINATOR)


def coordinators():
    """The coordinators in post now."""
    in_post = StaffRole.objects.filter(in_force(), role=Role.COORDINATOR)
    return User.objects.filter(pk__in=in_post.values("user"), is_active=True).order_by("email")


def lists_requests(user):
    """Has requests to answer or to follow on the team's side."""
    scope = scope_of(user)
    roles = (Role.LINK_WORKER, Role.DUTY_MANAGER, Role.COORDINATOR)
    return user.has_role(*roles) or scope.county or bool(scope.supports or scope.manages)


def follows_requests(user):
    """Asks for support for a school, and follows what becomes of it."""
    return bool(scope_of(user).asks)


def may_ask_for_support(user, school):
    """Confirmed heads and safeguarding leads; SENCO, pastoral and attendance leads in post."""
    return school.pk in scope_of(user).asks and school.is_open


def asking_schools(user):
    """The open schools at which ``may_ask_for_support`` holds, by name."""
    schools = School.objects.open().filter(pk__in=scope_of(user).asks)
    return schools.order_by("name", "urn")


def sources_to_log(user, school):
    """Whose requests the user may log at a school, as values of ``RequestSource``.

    Its link workers and managers, and the duty manager; a duty manager's own is logged by who
    does not do the work (rule 001-91).
    """
    scope = scope_of(user)
    if school.pk in scope.excluded or not school.is_open:
        return []
    answers = is_on_duty(user) or school.hub_id in scope.manages
    if answers:
        return ["school", "front_door", "duty_manager"]
    return ["school", "front_door"] if school.pk in scope.supports else []


def logging_schools(user):
    """The open schools that are the user's own to log a request for, by name."""
    scope = scope_of(user)
    mine = Q(pk__in=scope.supports) | Q(hub__in=scope.manages)
    schools = School.objects.open().filter(mine).exclude(pk__in=scope.excluded)
    return schools.order_by("name", "urn")


def may_answer_request(user, asked):
    """The school's link workers, managers of its hub; coordinators, what is for a CASO meeting.

    A duty manager's is the managers' until they pass it on (rule 001-91).
    """
    scope = scope_of(user)
    if decides(user, asked):
        return True
    if asked.school_id in scope.excluded or asked.is_at_managers_only:
        return False
    is_of_meeting = asked.wanted == "caso" or asked.state == "meeting"
    return asked.school_id in scope.supports or (is_of_meeting and answers_for_meetings(user))


def may_prepare_meeting(user, asked):
    """Call the meeting it is to be: coordinators, and managers of its hub (design.md 4)."""
    is_theirs = answers_for_meetings(user) or asked.hub_id in scope_of(user).manages
    return is_theirs and may_answer_request(user, asked)


def may_pass_on(user, asked):
    """Give a request to a link worker of its school: managers of the hub."""
    return decides(user, asked)


def may_take_on(school):
    """The users to whom a request may be passed: who supports its school now."""
    covering = Allocation.objects.covering().filter(school=school)
    people = User.objects.filter(pk__in=covering.values("link_worker__user"), is_active=True)
    return people.order_by("name")


def follows_for_school(user, asked):
    """On the school's side, and reads all of it: who asked, or leads the school that did."""
    return type(asked).objects.at_school_of(user).filter(pk=asked.pk, source="school").exists()


def may_add_to_request(user, asked):
    """Who answers it, who asked it at the school, and the duty manager who logged it."""
    scope = scope_of(user)
    logged = is_on_duty(user) and asked.recorded_by_id == user.pk
    return (
        may_answer_request(user, asked)
        or (logged and asked.school_id not in scope.excluded)
        or follows_for_school(user, asked)
    )


def may_withdraw_request(user, asked):
    """Whoever asked: the school for its own, the duty manager for theirs."""
    if asked.source == "school":
        return follows_for_school(user, asked)
    logged = is_on_duty(user) and asked.recorded_by_id == user.pk
    return logged and asked.school_id not in scope_of(user).excluded


def may_object_to_answer(user, asked):
    """Record a professional difference: the school that is told of the answer (rule 003-39)."""
    return type(asked).objects.at_school_of(user).filter(pk=asked.pk).exists()


def may_answer_objection(user, asked):
    """Answer a school that disagrees: managers of the hub."""
    return may_pass_on(user, asked)


def request_basis(user, asked):
    """The relation that opened a request, for the access log."""
    scope = scope_of(user)
    if asked.school_id in scope.supports:
        return "support"
    if asked.hub_id in scope.manages:
        return "manager"
    if scope.county:
        return "county"
    if not scope.roles:
        return "school"
    return "author" if asked.recorded_by_id == user.pk else "coordinator"


# --- police notices (design.md 4, rules 002-14 to 002-18) ---------------------------------------


def enters_notices(user):
    """Has notices to enter at all: the duty manager, and managers of a hub."""
    return user.has_role(Role.DUTY_MANAGER) or bool(scope_of(user).manages)


def may_enter_notice(user, school):
    """Enter a notice about a child of the school: the duty manager, and managers of its hub."""
    scope = scope_of(user)
    if school.pk in scope.excluded:
        return False
    return user.has_role(Role.DUTY_MANAGER) or school.hub_id in scope.manages


def may_correct_notice(user, notice):
    """Put right what was entered: who entered it, and managers of the hub."""
    return manages_notice(user, notice) or (
        notice.entered_by_id == user.pk and may_enter_notice(user, notice.school)
    )


def manages_notice(user, notice):
    """Assess it, say who reads it, decide who supports the child: managers of the hub."""
    return decides(user, notice)


def works_on_notices(user):
    """May be among the readers of the team's side, whatever is in the list of notices."""
    scope = scope_of(user)
    return scope.county or enters_notices(user) or bool(scope.supports)


def lists_notices(user):
    """Has the list of notices: who may be among their readers, on either side."""
    return works_on_notices(user) or bool(scope_of(user).reads_shared)


def may_be_named(notice):
    """The users a manager may name as readers: the school's link workers now."""
    return User.objects.filter(
        pk__in=schools.supporting(notice.school).values("user"), is_active=True
    ).order_by("name")


def may_be_kept_from(school):
    """The users at the school who would be told of a notice: its safeguarding posts, confirmed."""
    posts = SchoolContact.objects.current().filter(
        school=school, roles__overlap=list(SAFEGUARDING), confirmed_at__isnull=False
    )
    return User.objects.filter(pk__in=posts.values("user")).order_by("name")
