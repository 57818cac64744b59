"""Who may do what with schools, their contacts and partner agencies (design.md 4).

The only place of this app that names roles. A conflict declared at a school closes it on
every path, whatever the role.
"""

from django.db.models import Q

from accounts.models import Role, User, in_force
from schools.models import School, SchoolGrant
from schools.scope import scope_of


def leads(user, school):
    """A confirmed head or designated safeguarding lead, in post at the school now."""
    return school.id in scope_of(user).leads


def supporting(school):
    """The live grants of those who support the school as its link workers."""
    return SchoolGrant.objects.live().filter(
        content_object=school, permission__codename="support_school"
    )


def may_see_contact_notes(user):
    """Notes on how best to reach somebody are the council's own."""
    return scope_of(user).is_council


def may_edit_contacts(user, school):
    """Add, change and end: link workers and managers of the school, the administrator, its leads.

    An import acts as a system user.
    """
    scope = scope_of(user)
    if school.id in scope.excluded:
        return False
    return (
        user.is_system
        or school.id in scope.supports
        or scope.manages_school(school)
        or Role.ADMINISTRATOR in scope.roles
        or leads(user, school)
    )


def may_import_contacts(user):
    """Bring in people from a file: administrators anywhere, team managers at their schools."""
    return user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER)


def may_import_attendance(user):
    """Bring in attendance from a file: administrators anywhere, team managers at their schools."""
    return user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER)


def may_import_attendance_of(user, school):
    """Bring in this school's attendance. An import without a person acts as a system user."""
    scope = scope_of(user)
    if school.id in scope.excluded:
        return False
    return user.is_system or scope.manages_school(school) or Role.ADMINISTRATOR in scope.roles


def may_discuss_attendance(user, school):
    """See which children's attendance is to be talked about: its link workers and managers."""
    return may_keep_relationship(user, school)


def may_see_transition(user):
    """Have a list of children in transition: link workers and team managers (rule 001-40)."""
    return user.has_role(Role.LINK_WORKER, Role.TEAM_MANAGER)


def may_keep_transition(user, schools):
    """Put a child on that list, change the entry or end it: by who works with one of the schools.

    Not where the person's own child attends one of them.
    """
    excluded = scope_of(user).excluded
    return any(may_keep_relationship(user, school) for school in schools) and all(
        school.id not in excluded for school in schools
    )


def may_confirm_at(user, school):
    """Confirm posts of the school: its team managers, and its confirmed head and leads."""
    return scope_of(user).manages_school(school) or leads(user, school)


def is_second_person(user, contact):
    """Neither the person in the post nor whoever added it."""
    return user.pk not in (contact.added_by_id, contact.user_id)


def may_confirm(user, contact):
    """Confirm this post, as a second person who may confirm at its school."""
    return is_second_person(user, contact) and may_confirm_at(user, contact.school)


def may_agree_attendees(user, school):
    """Write down whom the school wants at its consultations (rule 001-63)."""
    scope = scope_of(user)
    return school.id in scope.supports or scope.manages_school(school) or leads(user, school)


def may_keep_links(user, school):
    """Where the school's policies and its own offer are read: whoever agrees its attendees."""
    return may_agree_attendees(user, school)


def may_keep_relationship(user, school):
    """Write the note on how the two work together: the school's link workers and managers."""
    scope = scope_of(user)
    return school.id in scope.supports or scope.manages_school(school)


def may_know_relationship(user, school):
    """Read that note, and who read which policy: council people who work with the school."""
    return scope_of(user).reaches(school)


def may_list_others(user, school):
    """Say who else works at the school: its link workers and managers, and the administrator."""
    scope = scope_of(user)
    return may_keep_relationship(user, school) or (
        Role.ADMINISTRATOR in scope.roles and school.id not in scope.excluded
    )


def may_change_school(user, school):
    """The local facts, the hub among them: the hub's team managers and the administrator."""
    scope = scope_of(user)
    return scope.manages_school(school) or (
        Role.ADMINISTRATOR in scope.roles and school.id not in scope.excluded
    )


def may_add_schools(user):
    """Add a school that the register file does not bring."""
    return user.has_role(Role.ADMINISTRATOR)


def may_edit_geographies(user):
    """Hubs, panel areas and school nursing teams."""
    return user.has_role(Role.ADMINISTRATOR)


def may_edit_terms(user, school):
    """The terms and INSET days of a school, by whoever changes it; the council's without one.

    An import acts as a system user.
    """
    if school is None:
        return user.is_system or user.has_role(Role.ADMINISTRATOR)
    return user.is_system or may_change_school(user, school)


def may_assign_hubs(user):
    """Move many schools to another hub at once."""
    return user.has_role(Role.ADMINISTRATOR, Role.SERVICE_MANAGER)


def may_assign_places(user):
    """Give many schools another panel area or nursing team at once."""
    return user.has_role(Role.ADMINISTRATOR)


def may_edit_agencies(user):
    """Partner agencies and their contacts."""
    return user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR, Role.TEAM_MANAGER)


def logs_training(user):
    """Logs training that was given: link workers, team managers and coordinators."""
    return user.has_role(Role.LINK_WORKER, Role.TEAM_MANAGER, Role.COORDINATOR)


def training_schools(user):
    """The open schools at which a user may log it: their own; any, for the coordinator."""
    scope = scope_of(user)
    mine = Q(pk__in=scope.supports) | Q(hub__in=scope.manages)
    if Role.COORDINATOR in scope.roles:
        mine = Q()
    schools = School.objects.open().filter(mine).exclude(pk__in=scope.excluded)
    return schools.order_by("name", "urn")


def may_log_training(user, school):
    """Log training at this school, or of a group where it is None."""
    if not logs_training(user):
        return False
    return school is None or training_schools(user).filter(pk=school.pk).exists()


# --- children ------------------------------------------------------------------------------

# Whoever may ask for a child at all; a coordinator's come with their meetings.
MAY_ASK = frozenset({Role.LINK_WORKER, Role.TEAM_MANAGER, Role.DUTY_MANAGER, Role.SERVICE_MANAGER})
# Whoever may change what is on record of one.
KEEPERS = frozenset({Role.LINK_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER})


def may_ask(user):
    """Look a child up for a reason."""
    return not MAY_ASK.isdisjoint(scope_of(user).roles)


def may_add_child(user, school):
    """Add a child to the school: its link workers and managers, and the duty manager at any.

    Without a school, whoever may look for one. An import acts as a system user.
    """
    scope = scope_of(user)
    if user.is_system or school is None:
        return user.is_system or may_ask(user)
    on_duty = Role.DUTY_MANAGER in scope.roles and school.id not in scope.excluded
    return on_duty or (may_ask(user) and scope.reaches(school))


def schools_to_add_to(user):
    """The open schools at which ``may_add_child`` holds, by name."""
    scope = scope_of(user)
    schools = School.objects.open().exclude(pk__in=scope.excluded).order_by("name", "town")
    if scope.county or Role.DUTY_MANAGER in scope.roles:
        return schools
    return schools.filter(Q(pk__in=scope.supports) | Q(hub__in=scope.manages))


def may_import_children(user):
    """Bring in children from a file: who has schools to bring them to."""
    scope = scope_of(user)
    return may_ask(user) and (scope.county or bool(scope.supports or scope.manages))


def may_keep_children_of(user, school):
    """Change what is on record of the children of a school, or of those at none."""
    scope = scope_of(user)
    if KEEPERS.isdisjoint(scope.roles):
        return False
    return school is None or scope.reaches(school)


def may_edit_status_kinds(user):
    """The list of statuses a child may have."""
    return user.has_role(Role.ADMINISTRATOR)


def service_managers():
    """Every service manager in post now."""
    return User.objects.filter(
        in_force(prefix="staff_roles__"),
        staff_roles__role=Role.SERVICE_MANAGER,
        is_active=True,
    ).distinct()


def answers_to_the_county(user):
    """Their look-ups are the service managers' to see: managers of a hub, and of the service."""
    return user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
