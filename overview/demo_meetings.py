"""Meetings in the demonstration: CASO meetings, a family's, panels, targeting support, themes."""

from datetime import time, timedelta

from django.utils import timezone

from consultations.models import Consultation, Theme
from notifications.models import Message
from overview.demo_minutes import again, at, make_final, taught_ago, tell_of_minutes
from panels import policies
from panels.models import Meeting, MeetingKind, MeetingPupil
from panels.services import children, meetings, people, series
from schools.calendar import calendars_of
from schools.models import Agency, AgencyContact, PanelArea, Pupil
from schools.services import end_involvement, involve
from schools.years import school_year_of

# The duty desks of the agencies that contribute to CASO meetings where there is a need (000-8).
INBOXES = {
    "Police": "police@example.org",
    "Learner Engagement": "le@example.org",
    "SENSS": "senss@example.org",
    "OXSIT": "oxsit@example.org",
    "Informed PSHE": "pshe@example.org",
    "EET": "eet@example.org",
    "Phoenix Team": "phoenix@example.org",
    "YJES": "yjes@example.org",
}
HOW_TO_USE = "Invite them only where their advice is needed; ring the duty desk first."
# One weekday an area, by how many days after Monday.
AREAS = 4
PANEL = {"at": time(9, 30), "minutes": 150, "every_weeks": 4, "place": "County hall, room 3"}
# Of a panel of the main school's area: who was on it, and what is known of each.
ON_A_PANEL = {
    "rowan": {"category": "social_care", "decision": "Look for a place nearer to the new address."},
    "nell": {"category": "exceptional", "decision": "A graduated start, with her head of year."},
}
# Theme: key areas, then how many of the school's children, of this term and the one before.
OF_EARLIER_TERMS = {
    "Emotionally based school avoidance": (["health", "attendance"], 9, 8),
    "Substance use": (["targeted"], 6, 5),
    "Online safety": (["emerging"], 5, 0),
}


def tell_of_meetings(demonstration, *, main, other, targeting):
    """CASO meetings over the schools with the URNs ``main`` and ``other``, a meeting about a family
    at ``main``, what it led on this term and the last, and the panels of this school year.

    ``targeting`` are URNs of schools of the link worker: the last has its targeting support meeting
    to come, those before it have had theirs.
    """
    _bring_agencies()
    schools = demonstration.school(main), demonstration.school(other)
    calendars = calendars_of([school.pk for school in schools])
    days = _days_on_which_all_teach(calendars.values())
    tell_of_minutes(demonstration, schools, calendars, days)
    _of_a_family(demonstration, schools[0], days[1])
    _panels(demonstration, calendars[None], schools[0])
    _of_earlier_terms(demonstration, schools[0], calendars[schools[0].pk])
    _of_a_consultation(demonstration, schools[0])
    _targeting(demonstration, [demonstration.school(urn) for urn in targeting])


def _bring_agencies():
    Agency.objects.filter(name__in=INBOXES).update(note=HOW_TO_USE)
    for agency in Agency.objects.filter(name__in=INBOXES):
        AgencyContact.objects.get_or_create(
            agency=agency, email=INBOXES[agency.name], defaults={"name": "Duty desk"}
        )


def _days_on_which_all_teach(calendars):
    today, found = timezone.localdate(), []
    while len(found) < 4:
        today += timedelta(days=1)
        if all(calendar.is_school_day(today) for calendar in calendars):
            found.append(today)
    return found


def _call(by, meeting, day, hour, **place):
    meeting = again(meeting)
    told = {"minutes": 90, "place": "", "online_url": "", **place}
    meetings.call(by, meeting, starts_at=at(day, time(hour)), version=meeting.version, **told)


def _of_a_family(demonstration, school, day):
    """A team around the family that the link worker calls and chairs."""
    by = demonstration.user("linkworker")
    meeting = meetings.prepare(
        by,
        MeetingKind.FAMILY,
        [school],
        {"title": "Team around the family", "areas": ["attendance"], "our_part": "chair"},
    )
    posts = [post for post in policies.contacts_for(meeting) if post.user_id][:3]
    people.choose_people(by, meeting, [], posts)
    _call(by, meeting, day, 10, online_url="https://meet.example.org/family")


def _panels(demonstration, calendar, school):
    """Each area's own panel, on its own weekday, from the autumn term on."""
    by = demonstration.user("manager")
    hub = school.hub
    year = school_year_of(timezone.localdate())
    first = calendar.span_of(calendar.term_on(timezone.localdate()))[0]
    monday = first + timedelta(days=7 - first.weekday())
    if not calendar.knows(monday):
        return
    for weekday, area in enumerate(PanelArea.objects.all()[:AREAS]):
        first_on = monday + timedelta(days=weekday)
        while not calendar.is_school_day(first_on):
            first_on += timedelta(weeks=1)
        made = series.plan(
            by,
            {
                **PANEL,
                "kind": MeetingKind.PANEL,
                "title": f"Pupil Placement Panel, {area.name}, {year}",
                "hub": hub,
                "panel_area": area,
                "first_on": first_on,
                "online_url": "",
            },
        )
        held = list(made.meetings.filter(starts_at__lt=timezone.now()).order_by("starts_at"))
        for meeting in held:
            people.choose_people(by, meeting, [by], [])
            if area.pk == school.panel_area_id and meeting == held[-1]:
                _discuss(demonstration, by, meeting)
            _hold(by, meeting, "The schools of the area shared the places out.")


def _hold(by, meeting, words):
    """With everybody there, and with minutes that are final and agreed nothing."""
    came = [person.pk for person in meeting.people.all()]
    meetings.hold(by, again(meeting), people=came, agencies=[])
    make_final(by, again(meeting), words, no_actions_why="Everybody knows what they do already.")


def _discuss(demonstration, by, meeting):
    """Two children at the latest panel, with the light record of each (domain-facts.md 2.7)."""
    for key, facts in ON_A_PANEL.items():
        pupil = demonstration.children[key]
        involve([pupil.pk], pupil, user=by)
        basis = {"basis": "agreed", "basis_words": "A parent signed the form for the panel"}
        row = children.add(by, meeting, pupil, None, **basis)
        end_involvement(pupil, timezone.now())
        agreed_on = timezone.localdate(meeting.starts_at)
        children.keep_panel_record(by, row, facts | {"agreed_on": agreed_on})
    meetings.change(
        by, meeting, {"areas": ["targeted"]}, themes=Theme.objects.filter(name__startswith="Behav")
    )


def _of_earlier_terms(demonstration, school, calendar):
    """What the school led on a theme this term and the last, with its children."""
    pupils = list(
        Pupil.objects.filter(enrolments__school=school, enrolments__ends_on__isnull=True).order_by(
            "surname"
        )
    )
    today = timezone.localdate()
    before = calendar.term_on(calendar.term_start(today) - timedelta(days=40))
    last = calendar.span_of(before)[1] - timedelta(days=20)
    for theme, (areas, now, then) in OF_EARLIER_TERMS.items():
        for day, number in ((last, then), (today, now)):
            if number:
                _school_led(demonstration, school, theme, areas, pupils[-number:], day)


def _school_led(demonstration, school, theme, areas, pupils, day):
    by = demonstration.user("linkworker")
    meeting = meetings.prepare(
        by,
        MeetingKind.WELLBEING,
        [school],
        {"title": "Health and wellbeing", "our_part": "support", "is_school_led": True},
        themes=Theme.objects.filter(name=theme),
    )
    numbers = demonstration.chance.sample(range(1000, 10000), len(pupils))
    MeetingPupil.objects.bulk_create(
        MeetingPupil(
            meeting=meeting,
            pupil=pupil,
            school=school,
            reference=f"P{number}",
            basis="agreed",
            basis_words="The school asked each family",
            added_by=by,
        )
        for pupil, number in zip(pupils, numbers, strict=True)
    )
    Meeting.objects.filter(pk=meeting.pk).update(
        state="held",
        areas=areas,
        starts_at=at(day, time(8)),
        called_at=at(day, time(8)),
        held_at=at(day, time(9)),
        held_by=by,
    )


def _of_a_consultation(demonstration, school):
    """What the children of the school's last consultation were discussed about."""
    held = Consultation.objects.filter(school=school, discussed__pupil__isnull=False)
    held = held.order_by("-held_at").first()
    if held:
        held.themes.set(Theme.objects.filter(name="Suspensions and exclusions"))


def _targeting(demonstration, schools):
    """The link worker's targeting support meetings: held at all but the last, which is planned."""
    by = demonstration.user("linkworker")
    calendars = calendars_of([school.pk for school in schools])
    days = _days_on_which_all_teach(calendars.values())
    for number, school in enumerate(schools):
        facts = {"title": "Targeting support meeting", "our_part": "chair"}
        meeting = meetings.prepare(by, MeetingKind.TARGETING, [school], facts)
        posts = [post for post in policies.contacts_for(meeting) if post.user_id]
        people.choose_people(by, meeting, [], posts[:2])
        _call(by, meeting, days[2], 10 + number, place="At the school")
        if school != schools[-1]:
            held_at = at(taught_ago(calendars, 6 + 3 * number), time(10))
            Meeting.objects.filter(pk=meeting.pk).update(
                starts_at=held_at, called_at=held_at, sent_at=held_at
            )
            Message.objects.filter(about_id=str(meeting.pk)).update(created_at=held_at)
            _hold(by, meeting, "We went through who misses most of school, and who knows why.")
