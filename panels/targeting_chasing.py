"""Schools without a targeting support meeting towards the end of a term: a gentle word, once.

First to whoever answers for the school, later to the managers of its hub, or the county's where
none of them may be; one message for all of a person's schools, with a link. Nobody is chased
about consultations (rule 001-60).
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, current
from accounts.notices import Notice, tell
from linkworkers.coverage import answering
from linkworkers.policies import service_managers
from notifications import kinds
from panels import targeting
from panels.policies import sees_targeting
from schools.calendar import calendars_of
from schools.hub_managers import managers_by_hub
from schools.models import OwnChildConflict

UNPLANNED = "targeting_unplanned"


@transaction.atomic
def chase():
    """Tell who answers for a school, then its managers, that this term has no meeting.

    On school days; each person once a term and step. As many queries for a hundred schools as for
    one.
    """
    if not calendars_of()[None].is_school_day(timezone.localdate()):
        return
    waiting = targeting.missing(targeting.schools_with_meetings().order_by("pk"))
    told = dict.fromkeys(_whom(waiting))
    tell([_notice(*key) for key in told], User.objects.system("chasing"))


def _whom(waiting):
    """``(user, step, term)``: the people of each school, and towards the end its managers."""
    answerers = answering([school for school, _ in waiting])
    managers = managers_by_hub({school.hub_id for school, _ in waiting})
    county = list(service_managers().order_by("email"))
    conflicts = set(
        OwnChildConflict.objects.filter(
            current(), school__in=[school.pk for school, _ in waiting]
        ).values_list("user", "school")
    )
    for school, standing in waiting:
        # One message for who is both (rule 003-1).
        told = dict.fromkeys(answerers[school.pk].people, targeting.WORKER)
        if standing.step == targeting.MANAGERS:
            theirs, counties = (
                [user for user in people if (user.pk, school.pk) not in conflicts]
                for people in (managers.get(school.hub_id, ()), county)
            )
            told |= dict.fromkeys(theirs or counties, targeting.MANAGERS)
        for user, step in told.items():
            yield user, step, standing.term


def _notice(to, step, term):
    return Notice(
        kind=UNPLANNED,
        key=f"{UNPLANNED}:{step}:{term.school_year}-{term.name.value}:{to.pk}",
        to=to,
        path=reverse("targeting"),
        template="panels/email/targeting_unplanned.txt",
        context={"term": term, "manages": step == targeting.MANAGERS},
        about=to,
    )


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        UNPLANNED,
        still_due=lambda message: bool(targeting.missing(targeting.schools_of(message.to))),
        may_receive=lambda message: message.to.is_active and sees_targeting(message.to),
        label="Targeting support not planned",
    )
