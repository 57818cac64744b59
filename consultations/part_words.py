"""A child's part of a consultation in words, as the team's record shows it."""

from collections import Counter

from django.conf import settings

from consultations.models import SUB_AREAS, Area, FamilyTold, Subject, Tool
from govuk.words import long_date, lower_first
from schools.year_groups import year_group_text

SUB_LABELS = {code: label for narrower in SUB_AREAS.values() for code, label in narrower.items()}
TOLD = {
    FamilyTold.YES: "Family told",
    FamilyTold.NO: "Family not told",
    FamilyTold.SCHOOL_WILL: "The school will tell the family",
}
# What was said, in the order of the conversation; the second is its source, where one is asked.
SAID = (
    ("Worried about", "worries", "worries_heard"),
    ("Working well", "working_well", "working_well_heard"),
    ("Needs to happen", "needs_to_happen", "needs_to_happen_heard"),
    ("The child’s own words", "childs_voice", ""),
    ("What a day is like for the child", "lived_experience", ""),
    ("The family’s own view", "family_view", ""),
    ("What has been tried", "tried", ""),
    ("Advice we gave", "advice", ""),
)


def title_of(row):
    """Whom the part is about: ``Ada Lovelace, Year 5``, ``A child without a name``, the group."""
    if row.subject == Subject.COHORT:
        return row.cohort
    name = row.pupil.name if row.pupil else "A child without a name"
    year = "" if row.year_group is None else f", {year_group_text(row.year_group)}"
    return name + year


def told_apart(titles):
    """The titles, with a number after those that are the same: ``A child, Year 5 (2)``."""
    met, times = Counter(), Counter(titles)
    for title in titles:
        met[title] += 1
        yield f"{title} ({met[title]})" if times[title] > 1 else title


def line_of(row):
    """Areas, attendance, level and whether the family knows, on one line."""
    areas = [Area(code).label for code in row.areas]
    found = [
        ", ".join([*areas[:1], *map(lower_first, areas[1:])]),
        "" if row.attendance is None else f"{row.attendance.normalize():f}%",
        row.get_level_display() if row.level else "",
        TOLD.get(row.family_told, ""),
    ]
    return ". ".join(filter(None, found))


def said_in(row):
    """What was said about the child: ``[(label, text, source)]`` of what was filled in."""
    return [
        (label, getattr(row, name), _heard(row, heard))
        for label, name, heard in SAID
        if getattr(row, name)
    ]


def _heard(row, name):
    return getattr(row, f"get_{name}_display")() if name else ""


def judged_in(row):
    """What was judged and found, for the team: ``[(label, words)]`` of what was filled in."""
    in_chronology = [
        ("In the chronology", row.headline if row.is_significant else ""),
        ("Effect on the child", row.effect),
        ("Outcome", row.outcome),
    ]
    return [*found_in(row), *((label, words) for label, words in in_chronology if words)]


def found_in(row):
    """``judged_in`` but what its chronology says of it."""
    risks = [label for at_risk, label in ((row.risk_pei, "PEI"), (row.risk_fpn, "FPN")) if at_risk]
    review = row.neglect_review_on
    front_door = settings.COUNCIL.front_door
    advised = f"advised to ring the {front_door}" if row.third_party_advised else ""
    facts = [
        ("Within the areas", ", ".join(SUB_LABELS.get(code, code) for code in row.sub_areas)),
        ("Why this level", row.level_reason),
        ("Level as the school judges it", row.get_level_at_school_display() or ""),
        ("At risk of", _with(" and ".join(risks), row.risk_reason)),
        ("Alert to", ", ".join(item.name for item in row.vulnerabilities.all())),
        ("Tools used", ", ".join(Tool(code).label for code in row.tools)),
        (
            "Neglect matrix",
            _with(
                row.get_neglect_level_display() or "",
                f"review on {long_date(review)}" if review else "",
            ),
        ),
        ("Youth Emotional Service threshold", row.get_yes_threshold_display()),
        ("CAMHS or CDC threshold", row.get_camhs_threshold_display()),
        (
            "Services",
            "; ".join(f"{sign.get_how_display()} {sign.to}" for sign in row.signposts.all()),
        ),
        ("Why the family is not told", row.family_why),
        ("Reported by somebody else", _with(row.third_party, advised)),
        ("Our analysis", row.analysis),
    ]
    return [(label, words) for label, words in facts if words]


def _with(first, second):
    return ", ".join(filter(None, (first, second)))
