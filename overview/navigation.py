"""Where each role can go: the service navigation."""

from accounts.models import Role
from schools.scope import scope_of

MY_WORK = ("home", "My work", "/")
SCHOOLS = ("schools", "Schools", "/schools/")
OUR_SCHOOL = ("schools", "Our school", "/schools/")
CONSULTATIONS = ("consultations", "Consultations", "/consultations/")
ALLOCATIONS = ("allocations", "Allocations", "/allocations/")
PEOPLE = ("people", "People", "/people/")
AGENCIES = ("agencies", "Agencies", "/agencies/")
PLACES = ("geographies", "Places", "/geographies/")
MESSAGES = ("messages", "Messages", "/messages/")
SHARED = ("shared", "Shared with us", "/shared/")

RECORDERS = {Role.LINK_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER}


def items(user):
    """``(key, label, address)`` of the pages this person can open, in reading order."""
    scope = scope_of(user)
    if not user.roles:
        return [SHARED, OUR_SCHOOL] if scope.posts else [SHARED]
    found = [MY_WORK]
    if scope.opens_register:
        found.append(SCHOOLS)
    if scope.reads_shared:
        found.append(SHARED)
    if user.has_role(*RECORDERS):
        found.append(CONSULTATIONS)
    if user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER):
        found.append(ALLOCATIONS)
    if user.has_role(Role.ADMINISTRATOR, Role.TEAM_MANAGER):
        found.append(PEOPLE)
    if user.has_role(Role.ADMINISTRATOR, Role.COORDINATOR):
        found.append(AGENCIES)
    if user.has_role(Role.ADMINISTRATOR):
        found += [PLACES, MESSAGES]
    return found
