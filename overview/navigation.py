"""Where each role can go: the service navigation."""

from accounts.policies import may_see_people
from interventions.policies import lists_work
from linkworkers.policies import may_see_allocations
from overview.policies import (
    has_desk,
    keeps_agencies,
    lists_consultations,
    may_see_take_up,
    may_see_what_worked,
    runs_the_service,
)
from panels.policies import goes_to_meetings
from referrals.policies import follows_requests, lists_requests
from schools.policies import may_ask, may_see_transition
from schools.scope import scope_of

MY_WORK = ("home", "My work", "/")
SCHOOLS = ("schools", "Schools", "/schools/")
OUR_SCHOOL = ("schools", "Our school", "/schools/")
FIND_A_CHILD = ("find", "Find a child", "/pupils/find/")
CONSULTATIONS = ("consultations", "Consultations", "/consultations/")
INTERVENTIONS = ("interventions", "Short interventions", "/interventions/")
TRANSITION = ("transition", "Transition", "/transition/")
ALLOCATIONS = ("allocations", "Allocations", "/allocations/")
TAKE_UP = ("take_up", "Take-up", "/take-up/")
WHAT_WORKED = ("what_worked", "What worked", "/what-worked/")
PEOPLE = ("people", "People", "/people/")
AGENCIES = ("agencies", "Agencies", "/agencies/")
RESOURCES = ("resources", "Resources", "/resources/")
PLACES = ("geographies", "Places", "/geographies/")
GUIDANCE = ("guidance", "Guidance", "/guidance/")
MESSAGES = ("messages", "Messages", "/messages/")
SEARCH = ("search", "Search", "/search/")
SHARED = ("shared", "Shared with us", "/shared/")
REQUESTS = ("requests", "Requests", "/requests/")
OUR_REQUESTS = ("requests", "Requests", "/requests/ours/")
MEETINGS = ("meetings", "Meetings", "/meetings/")
OUR_MEETINGS = ("shared_meetings", "Meetings", "/shared/meetings/")
SHARED_WORK = ("shared_work", "Short work", "/shared/short-work/")


def items(user):
    """``(key, label, address)`` of the pages this person can open, in reading order."""
    scope = scope_of(user)
    if not user.roles:
        mine = [SHARED, SHARED_WORK] if scope.reads_shared else [SHARED]
        if follows_requests(user):
            mine.append(OUR_REQUESTS)
        return [*mine, OUR_MEETINGS, OUR_SCHOOL, SEARCH] if scope.posts else mine
    found = [MY_WORK]
    if scope.opens_register:
        found.append(SCHOOLS)
    if scope.reads_shared:
        found += [SHARED, SHARED_WORK]
    if may_ask(user):
        found.append(FIND_A_CHILD)
    if lists_consultations(user):
        found.append(CONSULTATIONS)
    if lists_work(user):
        found.append(INTERVENTIONS)
    if lists_requests(user):
        found.append(REQUESTS)
    elif follows_requests(user):
        found.append(OUR_REQUESTS)
    if goes_to_meetings(user):
        found.append(MEETINGS)
    elif scope.posts:
        found.append(OUR_MEETINGS)
    if may_see_transition(user):
        found.append(TRANSITION)
    if may_see_allocations(user):
        found.append(ALLOCATIONS)
    if may_see_take_up(user):
        found.append(TAKE_UP)
    if may_see_what_worked(user):
        found.append(WHAT_WORKED)
    if lists_consultations(user) or scope.reads_shared:
        found.append(SEARCH)
    if may_see_people(user):
        found.append(PEOPLE)
    if keeps_agencies(user):
        found.append(AGENCIES)
    # A manager's row is full: theirs is in the head of My work.
    if scope.opens_register and not has_desk(user):
        found.append(RESOURCES)
    if runs_the_service(user):
        found += [PLACES, GUIDANCE, MESSAGES]
    return found
