"""The demonstration's attendance of invented children, and two of them in transition."""

from datetime import timedelta

from django.utils import timezone

from schools import services
from schools.attendance import monday_of
from schools.calendar import calendars_of
from schools.models import AttendanceWeek, Reason, SpokenWith, TransitionReason
from schools.transition_list import coming_year

WEEKS = 12
# Of the possible sessions missed, in per cent: in the first weeks, and in the last few.
MISSED = {
    "ivy": (11, 27),
    "rowan": (28, 41),
    "lena": (49, 64),
    "amir": (15, 12),
    "jonah": (7, 4),
    "wren": (3, 2),
    "nell": (6, 10),
    "theo": (9, 14),
    "pip": (12, 20),
    "kit": (17, 12),
    "sol": (4, 6),
}
LATELY = 3
# Who misses one session in ten, week after week: exactly 90.0%.
ON_THE_LINE = "maisie"
# Whose missed sessions nobody allowed.
UNAUTHORISED = {"rowan"}


def tell_of_attendance(children):
    """Write the last school weeks of the ``children``, by key, at the schools they are at now."""
    today = timezone.localdate()
    weeks = []
    for key in (*MISSED, ON_THE_LINE):
        stay = children[key].enrolments.select_related("school").get(ends_on=None)
        days = _days_of_weeks(stay.school, today, stay.starts_on)
        weeks += [
            AttendanceWeek(
                pupil=children[key],
                school=stay.school,
                week=monday,
                possible=possible,
                missed=missed,
                unauthorised=missed if key in UNAUTHORISED else 0,
            )
            for monday, possible, missed in _attended(key, days)
        ]
    AttendanceWeek.objects.bulk_create(weeks)


def tell_of_transition(demonstration, children, *, to):
    """Put two children of Year 6 on the list of the school with the URN ``to``."""
    worker, school = demonstration.user("linkworker"), demonstration.school(to)
    worker.sign_in = "demonstration"
    services.open_children(worker, [children["kit"], children["sol"]], Reason.TRANSITION)
    year = coming_year(timezone.localdate())
    kit = services.add_to_transition(
        worker,
        children["kit"],
        school_year=year,
        to=school,
        reasons=[TransitionReason.SEN, TransitionReason.STRUGGLED],
        why="Finds noise and crowds hard; has missed most Mondays since Year 5.",
        support_in_place="Quiet start with the learning mentor each day. The family sees the"
        " early help worker every other week. A second visit to the new school in June would help.",
    )
    services.log_talk(
        worker,
        kit,
        who=SpokenWith.LEAD_WORKER,
        name="Orla Finch",
        spoken_on=timezone.localdate() - timedelta(days=6),
        said="Will come to the first meeting at the new school.",
    )
    services.add_to_transition(
        worker,
        children["sol"],
        school_year=year,
        to=school,
        reasons=[TransitionReason.SUPPORTED],
        support_in_place="Breakfast club and a mentor, both until July.",
    )


def _days_of_weeks(school, today, since):
    """``{monday: school days}`` of the last school weeks before this one, the oldest first."""
    calendar = calendars_of([school.pk])[school.pk]
    found, monday = {}, monday_of(today)
    earliest = max(since or monday - timedelta(weeks=40), monday - timedelta(weeks=40))
    while len(found) < WEEKS and monday > earliest:
        monday -= timedelta(weeks=1)
        if days := calendar.school_days(monday, monday + timedelta(days=4)):
            found[monday] = len(days)
    return dict(sorted(found.items()))


def _attended(key, days_of_weeks):
    """``(monday, sessions possible, missed)`` of each week; what is over is carried on."""
    owed = 0
    for left, (monday, days) in zip(
        range(len(days_of_weeks), 0, -1), days_of_weeks.items(), strict=True
    ):
        possible = days * 2
        if key == ON_THE_LINE:
            if possible == 10:
                yield monday, possible, 1
            continue
        owed += possible * MISSED[key][left <= LATELY]
        missed = min(owed // 100, possible)
        owed -= missed * 100
        yield monday, possible, missed
