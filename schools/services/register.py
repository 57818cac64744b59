"""What the service itself knows of a school, and schools that the register does not bring."""

from django.db import transaction

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from schools import policies
from schools.models import Hub, School
from schools.services.locks import locked_school

LOCAL_FACTS = (
    "hub",
    "panel_area",
    "nursing_team",
    "partnership",
    "good_to_know",
    "deputies_told",
)


@transaction.atomic
def change_school(by, school, *, feeders=None, **facts):
    """Change what the service itself knows of a school; ``facts`` are any of ``LOCAL_FACTS``.

    ``feeders`` are schools, or None to leave them. With a new hub, its managers see the whole
    record from now on and the former hub's nothing, as the hub is copied beside every school.
    """
    school = locked_school(school)
    allow(policies.may_change_school(by, school))
    unknown = facts.keys() - set(LOCAL_FACTS)
    if unknown:
        raise ValueError(f"Not a local fact: {', '.join(sorted(unknown))}")
    changed = [field for field, value in facts.items() if getattr(school, field) != value]
    for field in changed:
        setattr(school, field, facts[field])
    if changed:
        school.save(update_fields=changed)
    if feeders is not None and set(feeders) != set(school.feeders.all()):
        school.feeders.set(feeders)
        changed.append("feeders")
    if changed:
        record(by, Verb.CHANGE, school, school_id=school.pk, fields=changed)
    return school


@transaction.atomic
def add_school(by, *, urn, name, type_group, hub=None, **facts):
    """Add a school or college that the register file does not bring (rule 001-2).

    ``facts`` are other fields of ``School``. A later import with the same URN takes it over.
    """
    allow(policies.may_add_schools(by))
    school = School.objects.create(
        urn=urn, name=name, type_group=type_group, hub=hub or _no_hub_yet(), **facts
    )
    record(by, Verb.ADD, school, school_id=school.pk)
    return school


def _no_hub_yet():
    hub, _ = Hub.objects.get_or_create(code=Hub.NOT_YET, defaults={"name": "Not yet in a hub"})
    return hub
