"""Who may do what with schools, their contacts and partner agencies (design.md 4).

The only place of this app that names roles. A conflict declared at a school closes it on
every path, whatever the role.
"""

from accounts.models import Role
from schools.scope import scope_of


def leads(user, school):
    """A confirmed head or designated safeguarding lead, in post at the school now."""
    return school.id in scope_of(user).leads


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


def may_edit_agencies(user):
    """Partner agencies and their contacts."""
    return user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR, Role.TEAM_MANAGER)
