"""Who is to answer requests for support, and who hears how they were answered.

However many requests there are, who is to answer them is found in a fixed number of queries.
"""

from accounts.models import current
from linkworkers.coverage import answering, away_among
from linkworkers.models import Allocation
from linkworkers.policies import service_managers
from referrals import policies
from referrals.models import RequestSource, SupportRequest, Wanted
from schools.hub_managers import managers_by_hub
from schools.models import OwnChildConflict
from schools.people import leads_of


class Answerers:
    """Who is to answer each of some requests, their schools at hand; ten queries at most."""

    def __init__(self, requests):
        schools = {asked.school_id: asked.school for asked in requests}
        given = [asked.passed_to for asked in requests if asked.passed_to]
        self._answering = answering(schools.values())
        self._of_hub = managers_by_hub({school.hub_id for school in schools.values()})
        of_hubs = [user for managers in self._of_hub.values() for user in managers]
        self._managers_away = away_among(of_hubs) if of_hubs else set()
        self._conflicts = set(
            OwnChildConflict.objects.filter(current(), school__in=schools).values_list(
                "school", "user"
            )
        )
        self._there = set()
        if given:
            covering = Allocation.objects.covering().filter(school__in=schools)
            away = away_among(given)
            pairs = covering.values_list("school", "link_worker__user")
            self._there = {(school, user) for school, user in pairs if user not in away}
        has_caso = any(asked.wanted == Wanted.CASO for asked in requests)
        self._coordinators = list(policies.coordinators()) if has_caso else []
        self._county = None

    def managers(self, asked):
        """The managers of the hub; where none of them is there, the county too.

        Nobody at their own child's school.
        """
        people = self._free(asked, self._of_hub.get(asked.hub_id, ()))
        if any(user.pk not in self._managers_away for user in people):
            return people
        if self._county is None:
            self._county = list(service_managers().order_by("email"))
        return list(dict.fromkeys([*people, *self._free(asked, self._county)]))

    def workers(self, asked):
        """Whoever was given the request and is there, else who answers for the school now.

        A duty manager's, before it is passed on, has nobody but managers (rule 001-91).
        """
        if asked.is_at_managers_only:
            return self.managers(asked)
        if (asked.school_id, asked.passed_to_id) in self._there:
            return [asked.passed_to]
        held = self._answering[asked.school_id]
        return held.people if held.allocation else self.managers(asked)

    def all(self, asked):
        """``workers`` and, where it is for a CASO meeting, the coordinators."""
        people = self.workers(asked)
        if asked.wanted == Wanted.CASO:
            people = [*people, *self._free(asked, self._coordinators)]
        return list(dict.fromkeys(people))

    def _free(self, asked, people):
        return [user for user in people if (asked.school_id, user.pk) not in self._conflicts]


def coordinators_for(asked):
    """The coordinators whose own child does not attend the school."""
    conflicts = OwnChildConflict.objects.filter(current(), school=asked.school_id)
    return policies.coordinators().exclude(pk__in=conflicts.values("user"))


def askers_of(asked):
    """Whoever asked and may read it, else who can tell them: the school's leads, or who logged it.

    Where the front door asked, the school's leads hear of the answer too (rule 001-88).
    """
    asker = asked.asked_by
    if asker and reads(asker, asked):
        people = [asker]
    elif asked.source == RequestSource.SCHOOL:
        people = [*leads_of(asked.school).order_by("email")]
    else:
        people = [asked.recorded_by]
    if asked.source == RequestSource.FRONT_DOOR and asked.outcome:
        people += leads_of(asked.school).order_by("email")
    return [user for user in dict.fromkeys(people) if reads(user, asked)]


def reads(user, asked):
    """Whether they may read it on either side."""
    both = SupportRequest.objects
    return user.is_active and (
        both.visible_to(user).filter(pk=asked.pk).exists()
        or both.at_school_of(user).filter(pk=asked.pk).exists()
    )
