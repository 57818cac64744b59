"""What a request for short work needs before it is taken, said the same wherever it is asked.

Design.md 6.8 decides how far it goes on at Level 3 and 4 (rules 001-7, 001-81, 001-82).
"""

from django.conf import settings
from django.utils import timezone

from consultations.models import FamilyTold, Level
from govuk.words import listed
from interventions.models import Judge, LevelThree, WorkKind

# Chosen at Level 3 where neither of the two ways to go on holds.
NEITHER = "no"
LONGEST_NAME, LONGEST_WHY = 150, 500
JUDGE_FIRST = "Enter the level of need before the work is allocated"


def kind_of(level, level_three_as):
    """The ``WorkKind`` that follows from the level of need."""
    is_waiting = level == Level.THREE and level_three_as == LevelThree.WAITING
    return WorkKind.BRIDGING if is_waiting else WorkKind.DIRECT


def problems_of(facts):
    """``{field: sentence}``: what stands against these facts of a request, all at once."""
    found = {}
    asked_on = facts.get("asked_on")
    if asked_on and asked_on > timezone.localdate():
        found["asked_on"] = "The date it was asked for must be today or in the past"
    level = facts.get("level")
    if level and not facts.get("level_by"):
        found["level_by"] = "Select who judged the level of need"
    if level and not (facts.get("level_reason") or "").strip():
        found["level_reason"] = "Enter why it is this level"
    if level == Level.THREE and facts.get("level_three_as") not in LevelThree.values:
        found["level_three_as"] = (
            f"The family needs an {settings.COUNCIL.plan}, not short work. Start a plan instead"
            if facts.get("level_three_as") == NEITHER
            else "Select how short work goes on at Level 3"
        )
    is_not_told = facts.get("family_told") == FamilyTold.NO
    if is_not_told and not (facts.get("family_why") or "").strip():
        found["family_why"] = "Enter why the family is not told"
    return found


def carried_over(consultation, parts):
    """What a request takes from a consultation: first values of the form, nothing retyped.

    ``parts`` are the children's ``PupilDiscussed`` it is about. A level comes over only where
    somebody judged it, and all the parts say the same; nothing else suggests one (rule 004-5).
    Two queries.
    """
    levels = {part.level for part in parts}
    told = {part.family_told for part in parts}
    areas = dict.fromkeys(area for part in parts for area in part.areas)
    areas = areas or dict.fromkeys(consultation.areas.values_list("area", flat=True))
    of_school = consultation.attendees.filter(contact__isnull=False)
    found = {
        "asked_on": timezone.localdate(consultation.held_at),
        "identified_by": consultation.author_id,
        "identified_at_school": listed([person.name for person in of_school])[:LONGEST_NAME],
        "area": next(iter(areas), "") if len(areas) == 1 else "",
        "hoped_for": _joined(part.needs_to_happen for part in parts),
        "family_told": told.pop() if len(told) == 1 else "",
        "family_why": _joined(part.family_why for part in parts)[:LONGEST_WHY],
    }
    [level] = levels if len(levels) == 1 else [None]
    if level:
        agreed = all(part.level_at_school == level for part in parts)
        found |= {
            "level": level,
            "level_by": Judge.TOGETHER if agreed else Judge.US,
            "level_reason": _joined(part.level_reason for part in parts),
        }
    return found


def _joined(texts):
    return "\n\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))
