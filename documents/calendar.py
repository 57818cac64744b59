"""iCalendar: one appointment, as an invitation or a cancellation (RFC 5545, 5546 and 6047)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress
from icalendar import vUri as Uri

REQUEST, CANCEL = "REQUEST", "CANCEL"
STATUS = {REQUEST: "CONFIRMED", CANCEL: "CANCELLED"}
CONTENT_TYPE = "text/calendar; charset=utf-8"
LONDON = ZoneInfo("Europe/London")
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What RFC 6068 lets stand in a mailto: address before the @.
PLAIN = "!$&'*+-=~./"


@dataclass(frozen=True)
class Attendee:
    """Somebody invited: an e-mail ``address``, and the ``name`` that calendars show for it."""

    address: str
    name: str = ""


def invitation(
    *,
    method,
    uid,
    sequence,
    made_at,
    starts_at,
    minutes,
    summary,
    organizer,
    attendees,
    description="",
    location="",
    url="",
):
    """The bytes of a calendar with one event: METHOD ``REQUEST`` or ``CANCEL``.

    ``uid`` stays the event's for life, ``sequence`` rises with each change. ``made_at`` and
    ``starts_at`` are aware instants, shown in London's time; ``organizer`` is the address that
    gets the answers, ``attendees`` are ``Attendee``. The caller puts nothing personal into a text.
    ValueError for an unknown method, for an address that is not exactly one, and for a ``url``
    that is not http or https.
    """
    event = Event()
    event.add("uid", _line(uid))
    event.add("sequence", sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", _in_london(starts_at))
    event.add("dtend", _in_london(starts_at + timedelta(minutes=minutes)))
    event.add("organizer", _address(organizer))
    for attendee in attendees:
        event.add("attendee", _invited(attendee), encode=False)
    event.add("summary", _line(summary))
    for name, text in (("description", description), ("location", location)):
        if text:
            event.add(name, _text(text))
    if url:
        event.add("url", Uri(_web_address(url)))
    event.add("class", "PRIVATE")
    event.add("status", STATUS[_known(method)])
    event.add("transp", "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//Linkbook//Early help//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_london())
    calendar.add_component(event)
    return calendar.to_ical(sorted=False)


def method_of(data):
    """``REQUEST`` or ``CANCEL``: the method of a calendar that ``invitation`` made."""
    return str(Calendar.from_ical(data)["method"])


def _known(method):
    if method not in STATUS:
        raise ValueError(f"{method!r} is no method of an invitation.")
    return method


def _in_london(at):
    """The instant on London's clocks; in UTC for the hour that they show a second time.

    In a zone the time of that hour would mean its first passing (RFC 5545, 3.3.5).
    """
    local = at.astimezone(LONDON)
    return at.astimezone(UTC) if local.fold else local


def _london():
    """London's clocks, by the rule that has held since 1996."""
    zone = Timezone()
    zone.add("tzid", LONDON.key)
    for part, name, day, hour, before, after in (
        (TimezoneDaylight(), "BST", date(1996, 3, 31), 1, 0, 1),
        (TimezoneStandard(), "GMT", date(1996, 10, 27), 2, 1, 0),
    ):
        part.add("tzname", name)
        part.add("dtstart", datetime.combine(day, time(hour)))
        part.add("rrule", {"freq": "yearly", "bymonth": day.month, "byday": "-1su"})
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone


def _invited(attendee):
    address = _address(attendee.address)
    if attendee.name:
        address.params["cn"] = _line(attendee.name).replace('"', "'")
    address.params["role"] = "REQ-PARTICIPANT"
    address.params["partstat"] = "NEEDS-ACTION"
    address.params["rsvp"] = "TRUE"
    return address


def _address(address):
    """A ``mailto:`` address. Quotes are refused: inside them a comma would be legal."""
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if not address or '"' in address:
        raise ValueError("An invitation goes to e-mail addresses, one at a time.")
    name, _, domain = address.rpartition("@")
    return vCalAddress(f"mailto:{quote(name, safe=PLAIN)}@{domain.encode('idna').decode()}")


def _web_address(url):
    if urlsplit(url).scheme not in ("http", "https") or any(map(_is_control, url)):
        raise ValueError("An invitation links to web addresses only.")
    return url


def _text(text):
    """The text as iCalendar may hold it: line ends of one kind, no other control characters."""
    text = LINE_ENDS.sub("\n", text)
    return "".join(c for c in text if c in "\n\t" or not _is_control(c)).strip()


def _line(text):
    return " ".join(_text(text).split())


def _is_control(character):
    # Half of a surrogate pair has no bytes either.
    return unicodedata.category(character) in ("Cc", "Cs")
