"""Meetings in the world of ``tests/world.py``, made by their acts."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from panels.models import Meeting, MeetingKind
from panels.services import children, meetings, people, series
from schools.models import Agency, AgencyContact, Term
from schools.years import school_year_of
from tests.world import anew

AGREED = {"basis": "agreed", "basis_words": "Both parents, by phone, on Monday"}


def school_day(weeks=2):
    """A Wednesday some weeks ahead: a school day wherever no term dates are entered."""
    day = timezone.localdate() + timedelta(weeks=weeks)
    return day + timedelta(days=2 - day.weekday())


def at(day, hour=10):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def prepared(world, by=None, *, kind="caso", schools=None, **facts):
    """A CASO meeting of the coordinator about Oakfield and Beechcroft, in the other hub."""
    facts = {"title": "Exploitation along the railway", "our_part": "chair", **facts}
    schools = [world.oakfield, world.beech] if schools is None else schools
    return meetings.prepare(anew(by or world.coordinator), MeetingKind(kind), schools, facts)


def family_meeting(world, by=None):
    """A team around the family at Oakfield, prepared by its link worker."""
    return prepared(world, by or world.primary, kind="family", schools=[world.oakfield])


def invite(world, meeting, *, users=(), contacts=()):
    people.choose_people(anew(meeting.organiser), meeting, users, contacts)
    return meeting


def police(name="Police", address="police@example.org"):
    agency = Agency.objects.filter(name=name).first() or Agency.objects.create(name=name)
    contact = AgencyContact.objects.create(
        agency=agency, name=f"{name} duty desk", email=address, note="Ring first"
    )
    return agency, contact


def with_agency(meeting, agency, contact):
    return people.invite_agency(anew(meeting.organiser), meeting, agency, contact=contact)


def called(meeting, day=None, **changes):
    """The meeting called for a Wednesday two weeks ahead at ten."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    told = {
        "starts_at": at(day or school_day()),
        "minutes": 60,
        "place": "The old library",
        "online_url": "",
        "version": meeting.version,
        **changes,
    }
    return meetings.call(anew(meeting.organiser), meeting, **told)


def begun(meeting):
    """The meeting as if its time had come an hour ago."""
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    return Meeting.objects.get(pk=meeting.pk)


def about(meeting, pupil, school, *, agencies=(), by=None):
    """The child put on the meeting by its organiser, on the family's agreement."""
    by = anew(by or meeting.organiser)
    return children.add(by, meeting, pupil, school, agencies=agencies, **AGREED)


def themed(world, ada, cleo):
    """A CASO meeting over two schools with a child of each; the police read of Ada alone."""
    meeting = prepared(world)
    invite(world, meeting, contacts=[world.dsl_post, world.senco_post, world.other_dsl_post])
    agency, contact = police()
    with_agency(meeting, agency, contact)
    about(meeting, ada, world.oakfield, agencies=[agency])
    about(meeting, cleo, world.beech)
    return called(meeting)


def council_terms(school_year):
    """Terms of the council for a school year that begins in the calendar year given."""
    year = school_year
    days = {
        "autumn": (date(year, 9, 2), date(year, 12, 18)),
        "spring": (date(year + 1, 1, 4), date(year + 1, 3, 25)),
        "summer": (date(year + 1, 4, 12), date(year + 1, 7, 22)),
    }
    for name, (first, last) in days.items():
        Term.objects.create(school_year=year, name=name, starts_on=first, ends_on=last)


def panel_series(world, by=None, **changes):
    """The placement panel of the Southern area, from a Wednesday of last autumn term on."""
    year = school_year_of(timezone.localdate())
    if not Term.objects.filter(school_year=year).exists():
        council_terms(year)
    first_on = date(year, 9, 9)
    first_on += timedelta(days=(2 - first_on.weekday()) % 7)
    facts = {
        "kind": MeetingKind.PANEL,
        "title": "Southern placement panel",
        "hub": world.coast,
        "panel_area": world.area,
        "first_on": first_on,
        "at": time(9, 30),
        "minutes": 120,
        "every_weeks": 4,
        "place": "County hall",
        "online_url": "",
        **changes,
    }
    return series.plan(anew(by or world.manager), facts)
