"""Short work for the world of ``tests/world.py``, written directly in each of its states."""

from datetime import timedelta

from django.utils import timezone

from interventions.models import (
    Answer,
    ConsentConfirmation,
    Contact,
    EarlyHelpPlan,
    Lead,
    Participant,
    Session,
    SessionPart,
    ShortIntervention,
    WorkState,
    WorkType,
)
from schools.services import involve
from tests.children import child


def day(ago=0):
    """A date so many days ago."""
    return timezone.localdate() - timedelta(days=ago)


def work(world, pupil=None, *, school=None, state=WorkState.REQUESTED, parent="", **fields):
    """Short work with a child (Ada unless given) at Oakfield, on the school's current work.

    ``parent`` is the name of an adult who takes part too. Allocated to the primary worker from
    *allocated* on.
    """
    school = school or world.oakfield
    pupil = pupil or child(world, school=school)
    if state != WorkState.REQUESTED:
        fields = {
            "child_worker": world.primary,
            "allocated_by": world.manager,
            "allocated_at": world.now - timedelta(days=60),
            "meeting_on": day(60),
            **fields,
        }
    if state == WorkState.CLOSED:
        fields = {
            "closed_on": day(),
            "closed_by": world.primary,
            "end_reason": "met",
            **fields,
        }
    made = ShortIntervention.objects.create(
        school=school,
        hub_id=school.hub_id,
        state=state,
        **{
            "area": "attendance",
            "work_type": WorkType.objects.first(),
            "asked_by": "school",
            "asked_on": day(70),
            "recorded_by": world.primary,
            "level": 2,
            "level_by": "together",
            **fields,
        },
    )
    Participant.objects.create(intervention=made, pupil=pupil)
    if parent:
        Participant.objects.create(
            intervention=made, name=parent, relation="Mother", has_responsibility=True, position=1
        )
    involve([pupil.pk], made, school=school)
    return made


def agreed(world, made, *, ago=56, answer=Answer.GIVEN, people=None, **fields):
    """The school's confirmation of the family's answer, naming everybody unless told whom."""
    consent = ConsentConfirmation.objects.create(
        intervention=made,
        answer=answer,
        obtained_by=world.dsl_post,
        obtained_by_name=world.dsl.name,
        obtained_on=day(ago),
        from_whom="The mother",
        confirmed_by=world.dsl,
        **{"held_in": "CPOMS", **fields},
    )
    consent.people.set(made.participants.all() if people is None else people)
    return consent


def under_way(world, pupil=None, **fields):
    """Work under way with the school's confirmation of eight weeks ago."""
    made = work(world, pupil, state=WorkState.UNDER_WAY, **fields)
    agreed(world, made)
    return made


def session(world, made, *, ago=7, people=None, author=None, completed=True, texts=None, **fields):
    """A session with everybody unless told with whom; a part for each child in it.

    ``texts`` are fields of each part.
    """
    people = list(made.participants.all()) if people is None else people
    held = Session.objects.create(
        intervention=made,
        author=author or world.primary,
        held_on=day(ago),
        **{"contact": Contact.DIRECT, **fields},
    )
    held.people.set(people)
    pupils = [p.pupil for p in made.participants.filter(pupil__isnull=False)]
    for position, pupil in enumerate(pupils):
        SessionPart.objects.create(
            session=held,
            pupil=pupil,
            position=position,
            **{"support_given": "We made a timetable", "analysis": "It helped", **(texts or {})},
        )
    if completed:
        held.completed_at = timezone.now()
        held.save(update_fields=["completed_at"])
    return held


def plan_with(world, *pupils, **fields):
    """An Early Help Plan of Oakfield with these children, led by the school since last month."""
    facts = {"lead": Lead.SCHOOL, "starts_on": day(30), "recorded_by": world.primary, **fields}
    plan = EarlyHelpPlan.objects.create(school=world.oakfield, hub=world.coast, **facts)
    plan.pupils.set(pupils)
    return plan
