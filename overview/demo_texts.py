"""What the demonstration's people are called and what they wrote. No real person, no child."""

from dataclasses import dataclass, field

from consultations.models import Area

FIRST_NAMES = (
    "Adaeze Alice Amir Anwen Ben Bridget Callum Carys Chidi Claire Daniel Deepa Dominic Eleri "
    "Elena Emeka Esther Faisal Fiona Gareth Georgia Hamza Hannah Imran Isla Jamal Jasmine Joel "
    "Karen Kofi Lakshmi Laura Leon Maeve Malik Marta Meera Nadia Nathan Neil Nikhil Olivia Owen "
    "Patience Paul Rachel Rhys Roisin Samira Sanjay Shabnam Simon Sophie Stefan Tariq Tessa Uma "
    "Victoria Wen Yusuf Zainab Zoe"
)
LAST_NAMES = (
    "Abbott Achebe Ahmed Aldridge Bains Banerjee Barlow Bellamy Boateng Brannigan Calloway "
    "Chowdhury Cope Cutler Dacosta Denholm Dhillon Drummond Eze Fallon Farouk Fenwick Gallagher "
    "Ghosh Goodall Halloran Hargreave Hussain Iqbal Jessop Kaczmarek Kapoor Keating Lomax Mbeki "
    "Mistry Morecroft Murtagh Nair Novak Oduya Ormerod Osei Pemberton Penhaligon Prior Quayle "
    "Rahimi Renshaw Rosewarne Sandhu Shah Sinclair Stobart Tandoh Tindall Underhill Varga Vickers "
    "Whitcombe Wycliffe Yeboah Zafar"
)


@dataclass(frozen=True)
class Story:
    """One consultation's words: ``areas`` to notes, and actions as (what, whose, due in days).

    ``whose`` is ``worker`` or ``lead``; ``sub_areas`` belong to attendance or transition.
    """

    areas: dict
    shared: str
    internal: str
    updates: str = ""
    actions: tuple = ()
    sub_areas: dict = field(default_factory=dict)


AVOIDANCE = Story(
    areas={
        Area.ATTENDANCE: "Anxious non-attendance in Year 9 after the move of form rooms. The "
        "school has a quiet arrival room but few staff to keep it open all week.",
        Area.SEND: "SENCO asks whether to look at needs again before a part-time timetable.",
    },
    sub_areas={Area.ATTENDANCE: ["ebsa"]},
    updates="The parents’ evenings on emotionally based school avoidance are open for the spring "
    "term; places are free.",
    shared="We talked about a small group in Year 9 who find it hard to come in. You already use a "
    "quiet arrival room and a named adult, and that is working for two of the three.\n\n"
    "We agreed that a part-time timetable is a last step, has an end date, and is reviewed with "
    "the family every two weeks. I will send the guidance on emotionally based school avoidance "
    "and a letter that helps to open the talk with parents. Please keep the record of what each "
    "pupil says helps them.",
    internal="The school is doing good work with little staff time. Offer a second visit before "
    "the end of term. Pastoral lead is new and would like to shadow a meeting.",
    actions=(
        ("Send the guidance on school avoidance to the pastoral lead", "worker", -2),
        ("Agree review dates with the families", "lead", 6),
    ),
)
SUSPENSIONS = Story(
    areas={
        Area.ATTENDANCE: "Suspensions in Year 10 since half-term, most after lunch.",
        Area.TARGETED: "Interest in a group on choices and friendships.",
    },
    sub_areas={Area.ATTENDANCE: ["fixed_term_exclusion", "exclusion_risk"]},
    updates="The Youth Emotional Support service has a shorter waiting time this month.",
    shared="You told me that suspensions in Year 10 have gone up since half-term and that most "
    "follow lunchtime.\n\nWe looked at what had been tried: report cards, time with the head of "
    "year, and a lunchtime club that had to stop. We agreed to start the club again for six weeks "
    "with two members of staff, to hold a return meeting after each suspension with the parent in "
    "the room, and to look at the numbers together in January.",
    internal="Head is worried about how this looks. Keep the tone practical. Possible targeting "
    "support meeting if nothing has moved by January.",
    actions=(
        ("Start the lunchtime club again for six weeks", "lead", 9),
        ("Send the return meeting template", "worker", 0),
    ),
)
NEGLECT = Story(
    areas={
        Area.NEGLECT: "Several families without winter clothing; one sibling group often hungry on "
        "Mondays. The school keeps a dated log.",
        Area.HEALTH: "Continence clinic: long waits, the school nurse could advise.",
    },
    updates="The winter coats fund opens on Monday; the school can apply for a family.",
    shared="We talked about how the school notices and records signs of neglect. Your dated log is "
    "a strong tool: please keep writing what you see and what the family says, in plain words.\n\n"
    "For the families you described, we agreed that the school will offer breakfast club and apply "
    "to the winter coats fund, and speak with the parents openly about why. If what you see gets "
    "worse, or a child tells you something, follow your safeguarding policy and refer to the "
    "front door the same day. You do not need to speak with me first.",
    internal="The school would like the neglect tool kit training for all staff. Ask the team "
    "about dates. DSL is clear on thresholds.",
    actions=(
        ("Ask the school nurse about the continence clinic", "worker", 3),
        ("Apply to the winter coats fund", "lead", 5),
    ),
)
TRANSITION = Story(
    areas={
        Area.TRANSITION: "Year 6 to Year 7: eleven pupils on the school’s own list of worries.",
        Area.HEALTH: "Worry and sleep in Year 6 before the tests.",
    },
    sub_areas={Area.TRANSITION: ["primary_to_secondary"]},
    shared="We went through how the school prepares Year 6 for the move. You have extra visits "
    "planned with three secondary schools and a parents’ coffee morning.\n\nWe agreed that the "
    "school will share its list of strengths and worries with each secondary school before the "
    "summer half-term, with parents’ agreement, and that I will put the link workers of the three "
    "schools in touch with you.",
    internal="Good practice: worth sharing at the pastoral network.",
    actions=(("Put the three secondary link workers in touch", "worker", 12),),
)
MANAGED_MOVE = Story(
    areas={
        Area.TRANSITION: "A managed move that ends its trial before Christmas.",
        Area.SEND: "Support plan has not travelled with the pupil.",
    },
    sub_areas={Area.TRANSITION: ["managed_move"]},
    shared="A managed move is coming to the end of its trial. We talked about what the pupil and "
    "the family want, and what the new school needs to know.\n\nThe SENCO will ask for the support "
    "plan, and you will hold a review with both schools and the parents before the trial ends.",
    internal="Trial may not hold. Offer to come to the review.",
    actions=(("Ask the former school for the support plan", "lead", 4),),
)
CONFLICT_AT_HOME = Story(
    areas={
        Area.HEALTH: "Rising numbers asking to talk about conflict at home.",
        Area.TARGETED: "Trained adults: two; a third would help.",
    },
    updates="The reducing parental conflict course has places for school staff in January.",
    shared="More pupils have asked to talk about arguments at home this term. You have two adults "
    "who are trained to listen, and they are stretched.\n\nWe looked at the course on reducing "
    "parental conflict and at what to do where there may be domestic abuse: follow your "
    "safeguarding policy and refer to the front door, and do not contact the parents first.",
    internal="Domestic abuse champion’s post is empty. Remind them in the spring.",
    actions=(("Book a place on the January course", "lead", 8),),
)
VAPING = Story(
    areas={
        Area.EMERGING: "Vaping on the way to school, sold from a car near the park.",
        Area.HEALTH: "Two pupils felt unwell; parents were told.",
    },
    shared="You described vaping on the way to school and sales from a car near the park. We "
    "agreed that the school passes what it knows to the neighbourhood schools officer and keeps "
    "a note of times.\n\nI will ask whether other schools nearby see the same. If several do, "
    "a meeting with partners may help.",
    internal="Third school this month. Talk to the team manager about a joint meeting.",
    actions=(("Ask the neighbouring schools what they see", "worker", 7),),
)
LATENESS = Story(
    areas={Area.ATTENDANCE: "Lateness in the infants, mostly on Mondays; two families far away."},
    shared="We talked about lateness in the infant classes. A walking bus has started from the "
    "community centre and two families have joined it.\n\nThe school will thank families who have "
    "turned it around, and speak in person with the three where nothing has changed.",
    internal="Low level. Light touch next time.",
)
PART_TIME = Story(
    areas={
        Area.ATTENDANCE: "Part-time timetable: when it is lawful, how long, who agrees.",
        Area.SEND: "EHC needs assessment requested in October.",
    },
    shared="Short advice about part-time timetables: only for a short time, with the parents’ "
    "agreement in writing, a plan back to full time and a review date. It is marked in the "
    "register as an authorised absence, and the council is told.",
    internal="Ad hoc call, ten minutes.",
)

STORIES = (
    AVOIDANCE,
    SUSPENSIONS,
    NEGLECT,
    TRANSITION,
    MANAGED_MOVE,
    CONFLICT_AT_HOME,
    VAPING,
    LATENESS,
)
REPLY = (
    "Thank you, this is clear. The club starts again on Monday. Could we look at the return "
    "meeting template together on your next visit?"
)
ADDENDUM = (
    "The guidance has been sent to the pastoral lead. The next evening for parents is in the "
    "second week of term."
)
TEAM_ADDENDUM = "Checked with the team: a second visit is booked for the new year."
WITHHELD_WHY = "The note concerns a matter in which this person is involved."
