"""Wording presets: what each council calls its team, front door, plan and levels (design.md 7).

Telephone numbers are from the ranges kept for fiction (01632 960): a council sets its own in
FRONT_DOOR_PHONE, FRONT_DOOR_HOURS, OUT_OF_HOURS_PHONE, ADULTS_PHONE and FRONT_DOOR_URL before it
goes live, and the team's mailbox in TEAM_MAILBOX.
"""

from dataclasses import dataclass, replace

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

# Who may be asked to a meeting, each with what to ask them for (rules 000-4, 000-8): the directory
# of a new installation begins with them, and is kept on its own pages from then on.
AGENCIES = (
    ("Police", "Safety in and around schools, exploitation, missing children"),
    ("Learner Engagement", "Attendance, exclusion, elective home education, missing education"),
    ("SENSS", "Special Educational Needs Support Services: teaching and communication needs"),
    ("OXSIT", "School Inclusion Team: behaviour and inclusion in the classroom"),
    ("Informed PSHE", "Support service for schools: lessons on health, safety and relationships"),
    ("EET", "Education, Employment and Training: young people who may leave learning"),
    ("Phoenix Team", "Looked after children’s health"),
    ("YJES", "Youth Justice and Exploitation Service: offending, harm outside the home"),
    ("School Health Nurse", "A pupil’s health, and how it touches their schooling"),
    ("Mental Health Support Team", "Mild to moderate worries about a pupil’s mental health"),
    ("Link workers", "Named link workers of other services, such as In Reach workers"),
)

# What several children or schools have in common (rules 000-13, 003-44, 003-63; domain-facts.md
# 2.6 and 4.1): the list of a new installation begins with them, and is kept on its own page.
THEMES = (
    "Domestic abuse",
    "Emotionally based school avoidance",
    "Exploitation",
    "Gangs and antisocial behaviour",
    "Missing from home or care",
    "Radicalisation",
    "Substance use",
    "Suspensions and exclusions",
    "Young carers",
)


@dataclass(frozen=True)
class Council:
    """One council's words. Phone numbers are text as a person reads them."""

    name: str
    team: str
    team_short: str
    front_door: str
    out_of_hours: str
    plan: str
    level_prefix: str
    local_authority: str
    front_door_phone: str = "01632 960 101"
    out_of_hours_phone: str = "01632 960 102"
    adults_phone: str = "01632 960 103"
    front_door_url: str = ""
    front_door_hours: str = "Monday to Friday, 9am to 5pm"
    # From here on, enhanced support is suggested: pupils with free school meals in per cent,
    # weeks without contact of any kind, and plans for families open at a school.
    enhanced_free_meals: int = 30
    enhanced_weeks: int = 8
    enhanced_plans: int = 8
    # Answers to invitations go here: an address that somebody reads.
    mailbox: str = "schools.team@example.org"
    # The types of school whose pupils have a school nurse (rule 001-72): all but nurseries.
    nurse_types: tuple = (
        "primary",
        "secondary",
        "all_through",
        "college",
        "apc",
        "special",
        "independent",
    )
    # The types of school with which targeting support meetings are held (domain-facts.md 2.5).
    targeting_types: tuple = (
        "primary",
        "secondary",
        "all_through",
        "apc",
        "special",
        "independent",
    )
    # The directory's first agencies, each with what to ask them for.
    agencies: tuple[tuple[str, str], ...] = AGENCIES
    # The first themes of consultations and meetings.
    themes: tuple[str, ...] = THEMES
    # What everybody at a meeting is asked to accept at its beginning (peers.md F36).
    meeting_terms: tuple[str, ...] = (
        "We are here to agree who does what for the children and schools concerned.",
        "What is said stays with those who need it to help, and is kept as safely as a record.",
        "We speak of a child only as far as it is needed, and use initials and reference.",
        "Each of us gets the part of the minutes that is for us, and passes it to nobody else.",
        "If a child is at risk of harm, we say so here and act on it at once.",
    )
    # Within how many school days the full minutes follow the actions.
    minutes_within: int = 10
    # Children at or under this attendance, in per cent, are talked about with the school (rule
    # 001-12); and where the bands of sessions missed begin, in per cent.
    attendance_threshold: int = 90
    attendance_bands: tuple[int, ...] = (5, 10, 20, 50)

    # Opinions where a record wants what was seen or said: a note that has one is prompted for.
    opinion_words: tuple[str, ...] = (
        "aggressive",
        "challenging",
        "chaotic",
        "defiant",
        "difficult",
        "dysfunctional",
        "hysterical",
        "lazy",
        "manipulative",
        "naughty",
        "promiscuous",
        "refuser",
        "refuses",
        "truant",
        "uncooperative",
    )

    @property
    def front_door_tel(self):
        """The front door's number as a ``tel:`` link wants it."""
        return digits(self.front_door_phone)

    @property
    def out_of_hours_tel(self):
        """The out-of-hours number as a ``tel:`` link wants it."""
        return digits(self.out_of_hours_phone)

    @property
    def adults_tel(self):
        """The number for adult services as a ``tel:`` link wants it."""
        return digits(self.adults_phone)


def digits(phone):
    """A telephone number without its spaces: digits, and a leading plus."""
    return "".join(c for c in phone if c.isdigit() or c == "+")


PRESETS = {
    "west-sussex": Council(
        name="West Sussex County Council",
        team="Dedicated Schools Team",
        team_short="DST",
        front_door="Integrated Front Door",
        out_of_hours="Emergency Duty Team",
        plan="Early Help Plan",
        level_prefix="Level",
        local_authority="938",
    ),
    "oxfordshire": Council(
        name="Oxfordshire County Council",
        team="Community Around the School team",
        team_short="CASO",
        front_door="Multi-Agency Safeguarding Hub",
        out_of_hours="Emergency Duty Team",
        plan="Early Help Assessment",
        level_prefix="Level",
        local_authority="931",
    ),
    "east-sussex": Council(
        name="East Sussex County Council",
        team="Early Help schools team",
        team_short="EHST",
        front_door="Single Point of Advice",
        out_of_hours="Emergency Duty Service",
        plan="Early Help Plan",
        level_prefix="Level",
        local_authority="845",
        # Its tiers of attendance: 100 to 93, 92 to 80, 79 to 51, 50 and below.
        attendance_bands=(8, 21, 50),
    ),
    "worcestershire": Council(
        name="Worcestershire County Council",
        team="Early Help schools team",
        team_short="EHST",
        front_door="Family Front Door",
        out_of_hours="Emergency Duty Team",
        plan="Early Help Assessment",
        level_prefix="Level",
        local_authority="885",
    ),
    "derbyshire": Council(
        name="Derbyshire County Council",
        team="Early Help schools team",
        team_short="EHST",
        front_door="Starting Point",
        out_of_hours="Call Derbyshire out of hours",
        plan="Early Help Assessment",
        level_prefix="Level",
        local_authority="830",
    ),
}


def preset(key):
    """The ``Council`` named by COUNCIL, with the numbers the environment sets.

    ImproperlyConfigured when there is no such preset.
    """
    try:
        council = PRESETS[key]
    except KeyError as error:
        raise ImproperlyConfigured(
            f"COUNCIL={key!r} is not known. Use one of: {', '.join(PRESETS)}."
        ) from error
    return replace(
        council,
        name=env.str("COUNCIL_NAME", council.name),
        front_door_phone=env.str("FRONT_DOOR_PHONE", council.front_door_phone),
        out_of_hours_phone=env.str("OUT_OF_HOURS_PHONE", council.out_of_hours_phone),
        adults_phone=env.str("ADULTS_PHONE", council.adults_phone),
        front_door_url=env.str("FRONT_DOOR_URL", council.front_door_url),
        front_door_hours=env.str("FRONT_DOOR_HOURS", council.front_door_hours),
        mailbox=env.str("TEAM_MAILBOX", council.mailbox),
    )
