"""Where each role can go: the service navigation."""

from accounts.policies import may_see_people
from linkworkers.policies import may_see_allocations
from overview.policies import (
    has_desk,
    keeps_agencies,
    lists_consultations,
    may_see_take_up,
    runs_the_service,
)
from schools.policies import may_ask, may_see_transition
from schools.scope import scope_of

MY_WORK = ("home", "My work", "/")
SCHOOLS = ("schools", "Schools", "/schools/")
OUR_SCHOOL = ("schools", "Our school", "/schools/")
FIND_A_CHILD = ("find", "Find a child", "/pupils/find/")
CONSULTATIONS = ("consultations", "Consultations", "/consultations/")
TRANSITION = ("transition", "Transition", "/transition/")
ALLOCATIONS = ("allocations", "Allocations", "/allocations/")
TAKE_UP = ("take_up", "Take-up", "/take-up/")
PEOPLE = ("people", "People", "/people/")
AGENCIES = ("agencies", "Agencies", "/agencies/")
PLACES = ("geographies", "Places", "/geographies/")
GUIDANCE = ("guidance", "Guidance", "/guidance/")
MESSAGES = ("messages", "Messages", "/messages/")
SEARCH = ("search", "Search", "/search/")
LOOKS = ("looks", "Look-ups", "/digest/")
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
    if may_ask(user):
        found.append(FIND_A_CHILD)
    if lists_consultations(user):
        found.append(CONSULTATIONS)
    if may_see_transition(user):
        found.append(TRANSITION)
    if may_see_allocations(user):
        found.append(ALLOCATIONS)
    if may_see_take_up(user):
        found.append(TAKE_UP)
    if lists_consultations(user) or scope.reads_shared:
        found.append(SEARCH)
    if has_desk(user):
        found.append(LOOKS)
    if may_see_people(user):
        found.append(PEOPLE)
    if keeps_agencies(user):
        found.append(AGENCIES)
    if runs_the_service(user):
        found += [PLACES, GUIDANCE, MESSAGES]
    return found
