"""A request for short work as a form sends it, and as the services take it."""

from django.utils import timezone

from interventions.models import Participant, WorkType


def facts(world, **changes):
    """What a request says, at Level 2."""
    return {
        "asked_by": "school",
        "asked_who": "Dora Lead",
        "asked_on": timezone.localdate(),
        "work_type": WorkType.objects.first(),
        "area": "attendance",
        "hoped_for": "Mornings that work",
        "risks": "A big dog",
        "identified_at_school": "Dora Lead",
        "identified_by": world.primary,
        "involved_words": "The drop-in on Tuesdays",
        "level": 2,
        "level_by": "together",
        "level_reason": "Two of us saw it",
        "level_three_as": "",
        "lawful_basis": "public_task",
        "family_told": "yes",
        "family_why": "",
        **changes,
    }


def taking_part(pupil, *adults):
    """Unsaved participants: the child and these adults, by name."""
    return [
        Participant(pupil=pupil),
        *(Participant(name=name, relation="Mother", has_responsibility=True) for name in adults),
    ]


def posted(world, *pupils, adults=(), **changes):
    """The form filled in, as a POST; ``adults`` are names, ``changes`` replace fields."""
    said = facts(world)
    data = {
        **{name: said[name] for name in said if isinstance(said[name], str | int)},
        "asked_on": "today",
        "work_type": said["work_type"].pk,
        "identified_by": world.primary.pk,
        "children": [pupil.pk for pupil in pupils],
        "adults-TOTAL_FORMS": len(adults) or 1,
        "adults-INITIAL_FORMS": 0,
        "ask": "1",
    }
    for index, name in enumerate(adults):
        data |= {f"adults-{index}-name": name, f"adults-{index}-relation": "Mother"}
    return {**data, **changes}
