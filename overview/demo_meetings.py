"""Meetings in the demonstration: a themed CASO, a family's, and a year of placement panels."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from consultations.models import Theme
from panels import policies
from panels.models import Meeting, MeetingKind, MeetingPupil
from panels.services import children, meetings, people, series
from schools.calendar import calendars_of
from schools.models import Agency, AgencyContact, PanelArea, Pupil
from schools.roles import LEADS
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


def tell_of_meetings(demonstration, *, main, other):
    """A CASO meeting over the schools with the URNs ``main`` and ``other``, a meeting about a
    family at ``main``, and the placement panels of this school year.
    """
    _bring_agencies()
    schools = demonstration.school(main), demonstration.school(other)
    calendars = calendars_of([school.pk for school in schools])
    days = _days_on_which_all_teach(calendars.values())
    _themed(demonstration, schools, days[3])
    _of_a_family(demonstration, schools[0], days[1])
    _panels(demonstration, calendars[None], schools[0])
    _of_earlier_terms(demonstration, schools[0], calendars[schools[0].pk])


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


def _at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _call(by, meeting, day, hour, **place):
    meeting = Meeting.objects.get(pk=meeting.pk)
    told = {"minutes": 90, "place": "", "online_url": "", **place}
    meetings.call(by, meeting, starts_at=_at(day, hour), version=meeting.version, **told)


def _themed(demonstration, schools, day):
    """Exploitation along the railway: two schools, a child of each, three agencies."""
    by = demonstration.user("coordinator")
    meeting = meetings.prepare(
        by,
        MeetingKind.CASO,
        schools,
        {
            "title": "Exploitation along the coastal railway",
            "areas": ["targeted", "attendance"],
            "purpose": "Both schools see older teenagers waiting at the station after school."
            " What do the agencies know, and what do we do together?",
            "our_part": "chair",
        },
        themes=Theme.objects.filter(name="Exploitation"),
    )
    posts = [
        post
        for post in policies.contacts_for(meeting)
        if not LEADS.isdisjoint(post.roles) and post.user_id
    ]
    people.choose_people(by, meeting, [demonstration.user("linkworker")], posts)
    agencies = [Agency.objects.get(name=name) for name in ("Police", "Phoenix Team", "YJES")]
    for agency in agencies:
        people.invite_agency(by, meeting, agency, contact=agency.contacts.first())
    for school in schools:
        pupil = Pupil.objects.filter(
            enrolments__school=school, enrolments__ends_on__isnull=True, born_on__isnull=False
        ).first()
        if pupil:
            children.add(
                by,
                meeting,
                pupil,
                school,
                basis="agreed",
                basis_words="A parent agreed by phone, to the school’s safeguarding lead",
                agencies=agencies[:1],
            )
    _call(by, meeting, day, 14, place="Worthing library, meeting room 1")
    police = meeting.agencies.get(agency__name="Police")
    people.note_reply(by, meeting, police, "coming")


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


def _of_earlier_terms(demonstration, school, calendar):
    """What the school led on health and wellbeing this term and the last, with its children."""
    by, today = demonstration.user("linkworker"), timezone.localdate()
    theme = Theme.objects.filter(name="Emotionally based school avoidance")
    pupils = list(
        Pupil.objects.filter(enrolments__school=school, enrolments__ends_on__isnull=True).order_by(
            "surname"
        )
    )
    before = calendar.term_on(calendar.term_start(today) - timedelta(days=40))
    last = calendar.span_of(before)[1] - timedelta(days=20)
    for day, about in ((last, pupils[1:]), (today, pupils)):
        meeting = meetings.prepare(
            by,
            MeetingKind.WELLBEING,
            [school],
            {"title": "Health and wellbeing", "our_part": "support", "is_school_led": True},
            themes=theme,
        )
        for pupil in about:
            MeetingPupil.objects.create(
                meeting=meeting,
                pupil=pupil,
                school=school,
                basis="agreed",
                basis_words="The school asked each family",
                added_by=by,
            )
        Meeting.objects.filter(pk=meeting.pk).update(
            state="held",
            areas=["health", "attendance"],
            starts_at=_at(day, 8),
            called_at=_at(day, 8),
            held_at=_at(day, 9),
            held_by=by,
        )


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
        for meeting in made.meetings.filter(starts_at__lt=timezone.now()):
            people.choose_people(by, meeting, [by], [])
            came = [person.pk for person in meeting.people.all()]
            meetings.hold(by, meeting, people=came, agencies=[])
