"""Hubs, panel areas and nursing teams: three geographies, derived from one another never."""

from django.db import transaction
from django.utils.text import slugify

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import act_of, record_all
from schools import policies
from schools.models import Hub, School
from schools.scope import scope_of
from schools.services.saving import save


@transaction.atomic
def save_geography(by, place):
    """Add or change a ``Hub``, ``PanelArea`` or ``NursingTeam``; a hub keeps its first code."""
    allow(policies.may_edit_geographies(by))
    if isinstance(place, Hub) and not place.code:
        place.code = _free_code(place.name)
    return save(by, place)


def _free_code(name):
    """A code made from the name, with a number where another hub has it."""
    stem = code = slugify(name)[:35] or "hub"
    number = 1
    while Hub.objects.filter(code=code).exists():
        number += 1
        code = f"{stem}-{number}"
    return code


class StaleSchools(TransitionNotAllowed):
    """Schools have been moved by somebody else since they were looked at."""


@transaction.atomic
def assign_geographies(by, seen, *, hub=None, panel_area=None, nursing_team=None):
    """Move many schools to a hub, panel area or nursing team at once; returns those that changed.

    ``seen`` are the schools as ``by`` looked at them; None leaves a geography as it is. Four
    queries whatever the number: the database carries the hub to all that is copied beside a
    school, and allocations, posts and their grants stay as they are. StaleSchools when one of
    them has been moved since, or is no longer there.
    """
    targets = {"hub": hub, "panel_area": panel_area, "nursing_team": nursing_team}
    targets = {field: place for field, place in targets.items() if place is not None}
    allow(not targets.keys() & {"hub"} or policies.may_assign_hubs(by))
    allow(not targets.keys() - {"hub"} or policies.may_assign_places(by))
    closed_to_them = scope_of(by).excluded
    allow(not any(school.pk in closed_to_them for school in seen))
    looked_at = {school.pk: places_of(school) for school in seen}
    schools = School.objects.filter(pk__in=looked_at).order_by("pk").select_for_update()
    if {school.pk: places_of(school) for school in schools} != looked_at:
        raise StaleSchools("Somebody has moved some of these schools since. Look again.")
    changed = {
        school: [
            field for field, place in targets.items() if getattr(school, f"{field}_id") != place.pk
        ]
        for school in schools
    }
    changed = {school: fields for school, fields in changed.items() if fields}
    School.objects.filter(pk__in=[school.pk for school in changed]).update(**targets)
    record_all(
        act_of(by, Verb.CHANGE, school, school_id=school.pk, fields=fields)
        for school, fields in changed.items()
    )
    return list(changed)


def places_of(school):
    """Which hub, panel area and nursing team the school is in, as ids."""
    return school.hub_id, school.panel_area_id, school.nursing_team_id
