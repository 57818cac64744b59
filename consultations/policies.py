"""Who may do what with an Early help consultation: the only place that names roles."""

from accounts.models import Role, User
from linkworkers.models import Allocation
from schools.scope import scope_of

# The permissions that grants carry: on a school, and the first on one consultation too.
READS_SHARED, SUPPORTS = "view_shared_record", "support_school"
# The relations of ``basis`` that are on the school's side.
SCHOOL, ATTENDEE = "school", "attendee"


def may_record(user, school):
    """Link workers of the school, and managers of its hub (rule 001-56)."""
    scope = scope_of(user)
    return (school.id in scope.supports and user.has_role(Role.LINK_WORKER)) or may_manage(
        user, school
    )


def records_anywhere(user):
    """Supports a school, or manages a hub: there is somewhere they may record."""
    scope = scope_of(user)
    return bool(scope.supports or scope.manages)


def may_manage(user, school):
    """Team managers of the school's hub whose own child does not attend it."""
    return user.has_role(Role.TEAM_MANAGER) and scope_of(user).manages_school(school)


def needs_manager_reason(user, school):
    """A manager who is not the school's link worker says why they hold it themselves."""
    return school.id not in scope_of(user).supports


def may_edit(user, consultation):
    """Only its author types in a draft."""
    return consultation.is_draft and consultation.author_id == user.pk


def may_hand_over(user, consultation):
    """A draft goes to another worker by the hub's team managers only, who read it."""
    return may_manage(user, consultation.school)


def may_take_over(consultation):
    """The users to whom a draft may be handed: who supports its school now, but its author."""
    supporting = Allocation.objects.covering().filter(school=consultation.school_id)
    return (
        User.objects.filter(pk__in=supporting.values("link_worker__user"))
        .exclude(pk=consultation.author_id)
        .order_by("name")
    )


def may_invite_nurse(user, school):
    """Arrange the term's consultation with the school nurse: its link workers and managers."""
    scope = scope_of(user)
    return school.id in scope.supports or scope.manages_school(school)


def may_complete(user, consultation):
    """Its author, while they may record at the school."""
    return consultation.author_id == user.pk and may_record(user, consultation.school)


def may_share(user, consultation):
    """Whoever may record at the school; a former worker only reads."""
    return not consultation.is_draft and may_record(user, consultation.school)


def may_add(user, consultation):
    """Add to a completed record: whoever may share it."""
    return may_share(user, consultation)


def may_remind(user, consultation):
    """Remind somebody of a shared note: whoever may share it."""
    return may_share(user, consultation)


def may_act_for_school(user, consultation):
    """Mark stored and reply: confirmed heads and safeguarding leads of the school.

    An attendee who is none of those reads, and no more (design.md 4).
    """
    return consultation.school_id in scope_of(user).reads_shared


def may_mark_done(user, action):
    """The owner, and whoever may record at the school."""
    return action.owner_user_id == user.pk or (
        action.school is not None and may_record(user, action.school)
    )


def may_keep_lists(user):
    """Guidance and other lists to pick from, which belong to the council and to no school."""
    return user.has_role(Role.ADMINISTRATOR)


def may_keep_themes(user):
    """The themes everybody tags with: managers, coordinators and administrators (rule 001-5)."""
    return user.has_role(
        Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.COORDINATOR, Role.ADMINISTRATOR
    )


def basis(user, consultation):
    """The relation that opened the record, for the access log."""
    scope = scope_of(user)
    if consultation.school_id in scope.supports:
        return "support"
    if consultation.hub_id in scope.manages:
        return "manager"
    if scope.roles and user.pk in (consultation.author_id, consultation.started_by_id):
        return "author"
    if scope.county:
        return "county"
    return SCHOOL if consultation.school_id in scope.reads_shared else ATTENDEE


def is_on_school_side(user, consultation):
    """Reads what was shared, and has no gate before it."""
    return basis(user, consultation) in (SCHOOL, ATTENDEE)


def may_take_extracts(user, consultation):
    """One child's extract: the team, and the heads and safeguarding leads of the school."""
    return basis(user, consultation) != ATTENDEE


def may_record_task(user, task):
    """Record a note in Mosaic or CED: its owner, and the link workers of the school."""
    scope = scope_of(user)
    return task.owner_id == user.pk or task.school_id in scope.supports


def may_comment(user, consultation):
    """Talk it over beside the record: its authors, and the managers who read it.

    Link workers of the school who did not write it read the record, not what is said of it.
    """
    if user.pk in (consultation.author_id, consultation.started_by_id):
        return True
    scope = scope_of(user)
    manages = scope.manages_school(consultation.school) and user.has_role(Role.TEAM_MANAGER)
    return manages or (scope.county and not consultation.is_draft)


def may_hand_on(user, action):
    """Give an action to somebody else or move its date: its owner, and who records there.

    What a meeting agreed is its owner's to hand on, and whoever runs the meeting may too.
    """
    if action.is_of_meeting:
        return action.owner_user_id == user.pk
    return may_mark_done(user, action)


def may_mark_done_for_school(user, action):
    """The school's heads and safeguarding leads, for what its own people took on.

    Of a meeting also whoever of the school took it on, while they are in post there.
    """
    contact, scope = action.owner_contact, scope_of(user)
    if contact is None:
        return False
    if not action.is_of_meeting:
        return action.school_id in scope.reads_shared
    is_theirs = contact.user_id == user.pk and contact.school_id in scope.posts - scope.excluded
    return is_theirs or contact.school_id in scope.reads_shared


def may_read_all(user, made):
    """A made chronology from the first line to the last: none is of a school closed to them."""
    return len(made.lines_for(scope_of(user).excluded)) == len(made.lines)
