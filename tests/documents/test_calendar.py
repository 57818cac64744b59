"""Invitations, read by a strict parser and against the letter of RFC 5545, 5546 and 6047."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from documents.calendar import CANCEL, REQUEST, Attendee, invitation, method_of

LONDON = ZoneInfo("Europe/London")
TEAM = Attendee("nurses.west@example.org", "School nursing team West")


def instant(*parts):
    return datetime(2026, *parts, tzinfo=UTC)


def made(**changes):
    """An ordinary invitation, with ``changes``."""
    return invitation(
        **{
            "method": REQUEST,
            "uid": "5a5c6f0e-2c9b-4c8f-8a0e-0d6a5b1f9d11",
            "sequence": 0,
            "made_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
            "starts_at": datetime(2026, 12, 3, 10, 0, tzinfo=UTC),
            "minutes": 60,
            "summary": "Early help consultation, Oakfield Primary School",
            "description": "With the school nurse.",
            "location": "Room 4",
            "organizer": "schools.team@example.org",
            "attendees": [TEAM],
            **changes,
        }
    )


def lines_of(data):
    """The content lines, unfolded; fails unless every line is as the RFC wants it."""
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    for line in physical:
        assert not {*b"\r\n"} & {*line}
        assert 0 < len(line) <= 75, line
        line.decode()  # no character is cut in two
    return data.decode().replace("\r\n ", "")[:-2].split("\r\n")


def value_of(data, name):
    """The one line of the event with this name."""
    event = lines_of(data)[lines_of(data).index("BEGIN:VEVENT") :]
    found = [line for line in event if re.match(rf"{name}[:;]", line)]
    assert len(found) == 1, found
    return found[0]


def event_of(data):
    """The one event, as the parser reads it; a component it had to mend would not pass."""
    calendar = Calendar.from_ical(data)
    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE", "VEVENT"]
    assert not any(component.errors for component in calendar.walk())
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    return calendar.walk("VEVENT")[0]


def test_an_invitation_says_what_a_calendar_needs():
    data = made(url="https://linkbook.example.org/nurse/1/")
    lines = lines_of(data)
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    for line in (
        "METHOD:REQUEST",
        "UID:5a5c6f0e-2c9b-4c8f-8a0e-0d6a5b1f9d11",
        "SEQUENCE:0",
        "DTSTAMP:20261120T093000Z",
        "DTSTART;TZID=Europe/London:20261203T100000",
        "DTEND;TZID=Europe/London:20261203T110000",
        "ORGANIZER:mailto:schools.team@example.org",
        "CLASS:PRIVATE",
        "STATUS:CONFIRMED",
        "URL:https://linkbook.example.org/nurse/1/",
    ):
        assert lines.count(line) == 1, line
    attendee = value_of(data, "ATTENDEE")
    for part in ("ROLE=REQ-PARTICIPANT", "PARTSTAT=NEEDS-ACTION", "RSVP=TRUE"):
        assert f";{part}" in attendee
    assert attendee.endswith(":mailto:nurses.west@example.org")


def test_a_cancellation_says_so_twice():
    data = made(method=CANCEL, sequence=3)
    lines = lines_of(data)
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:3"} <= set(lines)
    assert method_of(data) == CANCEL
    assert method_of(made()) == REQUEST


def test_the_parser_reads_back_what_was_written():
    data = made()
    event = event_of(data)
    assert event.start == datetime(2026, 12, 3, 10, tzinfo=LONDON)
    assert event.end - event.start == timedelta(minutes=60)
    assert Calendar.from_ical(data).to_ical() == Calendar.from_ical(made()).to_ical()


def test_a_method_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no method"):
        made(method="PUBLISH")


# --- clocks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "start", "end"),
    [
        # The clocks go forward on 29 March 2026 at one, and back on 25 October at two.
        (instant(3, 28, 9), "TZID=Europe/London:20260328T090000", "20260328T100000"),
        (instant(3, 29, 0, 30), "TZID=Europe/London:20260329T003000", "20260329T023000"),
        (instant(3, 30, 9), "TZID=Europe/London:20260330T100000", "20260330T110000"),
        (instant(10, 23, 9), "TZID=Europe/London:20261023T100000", "20261023T110000"),
        (instant(10, 25, 0, 30), "TZID=Europe/London:20261025T013000", "20261025T013000Z"),
        (instant(10, 25, 1, 30), "20261025T013000Z", "20261025T023000"),
        (instant(10, 26, 9), "TZID=Europe/London:20261026T090000", "20261026T100000"),
    ],
)
def test_the_time_is_what_london_s_clocks_show(utc, start, end):
    """The hour that passes twice is told in UTC: in a zone it would mean its first passing."""
    data = made(starts_at=utc)
    assert value_of(data, "DTSTART").endswith(start)
    assert value_of(data, "DTEND").endswith(end)
    event = event_of(data)
    assert event["DTSTART"].dt.astimezone(UTC) == utc
    # Through UTC: the difference of two times on one clock leaves out that it was moved.
    took = event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC)
    assert took == timedelta(minutes=60)


def test_the_zone_in_the_file_changes_its_clocks_when_london_does():
    """A program that knows no Europe/London works it out from the file alone."""
    zone = Calendar.from_ical(made()).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    while at.year < 2028:
        assert at.astimezone(zone).utcoffset() == at.astimezone(LONDON).utcoffset(), at
        at += timedelta(days=1)
    for day, before, after in (
        (date(2026, 3, 29), 0, 1),
        (date(2026, 10, 25), 1, 0),
    ):
        offsets = [
            datetime(day.year, day.month, day.day, hour, 59 * half, tzinfo=zone).utcoffset()
            for hour, half in ((0, 1), (3, 0))
        ]
        assert offsets == [timedelta(hours=before), timedelta(hours=after)]


# --- what people type -----------------------------------------------------------------------

HOSTILE = [
    "Room 4; left, then \\ right",
    "Hall\r\nATTENDEE:mailto:evil@example.com",
    "Hall\nEND:VEVENT\nBEGIN:VEVENT",
    "Hall\rATTENDEE:mailto:evil@example.com",
    "Hall\x0b\x0c\x85\u2028\u2029ATTENDEE:mailto:evil@example.com",
    "\x00\x07\x1b[31mRoom\x7f",
    "😀" * 60,
    "é" * 200,
    "👩‍👩‍👧‍👦 " * 20,
    "\u202egnihtemos\u202c",
    "a" * 74 + "😀" + "b" * 100,
    "\\n is not a line",
    '"quoted"',
    "BEGIN:VALARM",
    " leading and trailing ",
    "\udc80 half of a pair",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["summary", "location", "description"])
def test_whatever_is_typed_stays_inside_its_line(name, text):
    data = made(**{name: text})
    event = event_of(data)
    lines = lines_of(data)
    for kind, times in (
        ("ATTENDEE", 1),
        ("BEGIN:VEVENT", 1),
        ("END:VEVENT", 1),
        ("BEGIN:VALARM", 0),
    ):
        assert sum(line.startswith(kind) for line in lines) == times
    read = str(event[name])
    kept = [c for c in text if c.isprintable() and not c.isspace()]
    assert [c for c in read if c.isprintable() and not c.isspace()] == kept
    # The same order and the same line ends, less what no calendar may hold.
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", read)


def test_several_lines_stay_several_in_a_description_and_become_one_in_a_summary():
    event = event_of(made(summary="One\r\ntwo", description="One\r\ntwo\rthree"))
    assert str(event["summary"]) == "One two"
    assert str(event["description"]) == "One\ntwo\nthree"


@pytest.mark.parametrize(
    "name", ["Nurses; West: the team, ours", 'The "West" team', "A\r\nRSVP=FALSE", "Équipe 😀" * 20]
)
def test_a_name_cannot_leave_its_parameter(name):
    data = made(attendees=[Attendee("nurses@example.org", name)])
    attendee = event_of(data)["ATTENDEE"]
    assert str(attendee) == "mailto:nurses@example.org"
    assert attendee.params["RSVP"] == "TRUE"
    assert attendee.params["CN"] == " ".join(name.split()).replace('"', "'")
    assert len(lines_of(data)) == len(lines_of(made()))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@example.org\r\nATTENDEE:mailto:b@example.org",
        "a@example.org\n",
        "a@example.org,b@example.org",
        "a@example.org b@example.org",
        "Nurse <a@example.org>",
        '"a,b"@example.org',
        "a@example.org.",
        f"{'a' * 64}@{'b' * 256}.org",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_not_exactly_one_is_refused(address):
    for where in ({"attendees": [Attendee(address)]}, {"organizer": address}):
        with pytest.raises(ValueError, match="one at a time"):
            made(**where)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("first.last+nurse@example.org", "mailto:first.last+nurse@example.org"),
        ("Sc-tr.west@Example.ORG", "mailto:Sc-tr.west@Example.ORG"),
        ("o'neil@example.org", "mailto:o'neil@example.org"),
        ("a%b?c@example.org", "mailto:a%25b%3Fc@example.org"),
        ("a@bücher.example", "mailto:a@xn--bcher-kva.example"),
    ],
)
def test_an_address_becomes_one_link(address, written):
    assert str(event_of(made(attendees=[Attendee(address)]))["ATTENDEE"]) == written


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "file:///etc/passwd",
        "https://example.org/\r\nATTENDEE:mailto:b@example.org",
    ],
)
def test_only_web_addresses_are_linked_to(url):
    with pytest.raises(ValueError, match="web addresses only"):
        made(url=url)


def test_everybody_invited_is_on_a_line_of_their_own():
    people = [TEAM, Attendee("dsl@example.org", "Designated safeguarding lead")]
    found = [line for line in lines_of(made(attendees=people)) if line.startswith("ATTENDEE")]
    assert [line.rpartition("mailto:")[2] for line in found] == [p.address for p in people]
