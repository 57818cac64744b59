"""Where each role can go: the service navigation."""

from accounts.models import Role
from schools.scope import scope_of

MY_WORK = ("home", "My work", "/")
SCHOOLS = ("schools", "Schools", "/schools/")
CONSULTATIONS = ("consultations", "Consultations", "/consultations/")
ALLOCATIONS = ("allocations", "Allocations", "/allocations/")
PEOPLE = ("people", "People", "/people/")
MESSAGES = ("messages", "Messages", "/messages/")
SHARED = ("shared", "Shared with us", "/shared/")

RECORDERS = {Role.LINK_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER}


def items(user):
    """``(key, label, address)`` of the pages this person can open, in reading order."""
    if not user.roles:
        scope = scope_of(user)
        own = [("schools", "Our school", "/schools/")] if scope.posts else []
        return [SHARED, *own]
    found = [MY_WORK, SCHOOLS]
    if user.has_role(*RECORDERS):
        found.append(CONSULTATIONS)
    if user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER):
        found.append(ALLOCATIONS)
    if user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER):
        found.append(PEOPLE)
    if user.has_role(Role.ADMINISTRATOR):
        found.append(MESSAGES)
    return found
