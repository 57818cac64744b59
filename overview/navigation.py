"""Where each role can go: the service navigation."""

from accounts.policies import may_see_people
from linkworkers.policies import may_see_allocations
from overview.policies import (
    keeps_agencies,
    lists_consultations,
    may_see_take_up,
    runs_the_service,
)
from schools.scope import scope_of

MY_WORK = ("home", "My work", "/")
SCHOOLS = ("schools", "Schools", "/schools/")
OUR_SCHOOL = ("schools", "Our school", "/schools/")
CONSULTATIONS = ("consultations", "Consultations", "/consultations/")
ALLOCATIONS = ("allocations", "Allocations", "/allocations/")
TAKE_UP = ("take_up", "Take-up", "/take-up/")
PEOPLE = ("people", "People", "/people/")
AGENCIES = ("agencies", "Agencies", "/agencies/")
PLACES = ("geographies", "Places", "/geographies/")
MESSAGES = ("messages", "Messages", "/messages/")
SEARCH = ("search", "Search", "/search/")
SHARED = ("shared", "Shared with us", "/shared/")


def items(user):
    """``(key, label, address)`` of the pages this person can open, in reading order."""
    scope = scope_of(user)
    if not user.roles:
        return [SHARED, OUR_SCHOOL, SEARCH] if scope.posts else [SHARED]
    found = [MY_WORK]
    if scope.opens_register:
        found.append(SCHOOLS)
    if scope.reads_shared:
        found.append(SHARED)
    if lists_consultations(user):
        found.append(CONSULTATIONS)
    if may_see_allocations(user):
        found.append(ALLOCATIONS)
    if may_see_take_up(user):
        found.append(TAKE_UP)
    if lists_consultations(user) or scope.reads_shared:
        found.append(SEARCH)
    if may_see_people(user):
        found.append(PEOPLE)
    if keeps_agencies(user):
        found.append(AGENCIES)
    if runs_the_service(user):
        found += [PLACES, MESSAGES]
    return found
