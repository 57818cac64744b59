"""A message with an appointment arrives as RFC 6047 wants it, the same at every attempt."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from icalendar import Calendar

from documents.calendar import CANCEL, REQUEST, Attendee, invitation
from notifications.delivery import email_for
from notifications.models import Message
from notifications.services import drain
from tests.notifications.conftest import states

pytestmark = pytest.mark.django_db


def calendar_of(method=REQUEST, summary="Early help consultation, St Mary’s 😀"):
    return invitation(
        method=method,
        uid="5a5c6f0e-2c9b-4c8f-8a0e-0d6a5b1f9d11",
        sequence=0,
        made_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        starts_at=datetime(2026, 12, 3, 10, 0, tzinfo=UTC),
        minutes=60,
        summary=summary,
        organizer="schools.team@example.org",
        attendees=[Attendee("one@example.org")],
    )


def parts_of(message):
    """``{content type: part}`` of everything in the message, containers too."""
    return {part.get_content_type(): part for part in message.walk()}


@pytest.mark.parametrize("method", [REQUEST, CANCEL])
def test_the_appointment_stands_beside_the_text_and_again_as_a_file(write, sink, method):
    data = calendar_of(method)
    write("one", calendar=data, body="Im Bücherzimmer.\n")
    drain()
    [message] = sink.accepted
    assert message.get_content_type() == "multipart/mixed"
    alternative, file = message.get_payload()
    assert alternative.get_content_type() == "multipart/alternative"
    text, beside = alternative.get_payload()
    assert text.get_content_type() == "text/plain"
    assert text.get_payload(decode=True).decode() == "Im Bücherzimmer.\n"
    assert beside.get_content_type() == "text/calendar"
    assert (beside.get_param("method"), beside.get_param("charset")) == (method, "utf-8")
    assert file.get_content_type() == "application/ics"
    assert file.get_filename() == "invite.ics"
    assert beside.get_payload(decode=True) == file.get_payload(decode=True) == data
    assert Calendar.from_ical(file.get_payload(decode=True))["METHOD"] == method
    assert message["Auto-Submitted"] == "auto-generated"


def test_every_attempt_sends_the_same_bytes(write, sink, make_due):
    write("one", calendar=calendar_of())
    message = Message.objects.get(key="one")
    first = email_for(message).message().as_bytes()
    assert email_for(Message.objects.get(key="one")).message().as_bytes() == first
    other = write("two", calendar=calendar_of())
    assert email_for(other).message().get_boundary() != message_from_bytes(first).get_boundary()


def test_every_line_of_it_is_short_enough_for_any_relay(write):
    message = write("one", calendar=calendar_of(summary="é" * 500), body="é" * 3000 + "\n")
    raw = email_for(message).message().as_bytes()
    assert max(len(line) for line in raw.splitlines()) <= 998
    assert raw.isascii()


def test_a_message_without_an_appointment_is_plain_text(write, sink):
    write("one")
    drain()
    [message] = sink.accepted
    assert message.get_content_type() == "text/plain"
    assert states() == {"one": "sent"}


def test_a_demonstration_message_with_an_appointment_can_be_read(write, settings, tmp_path):
    import environ

    from notifications import mailbox

    settings.DELIVERY = environ.Env.email_url_config("filemail://")
    settings.DELIVERY_FOLDER = tmp_path / "mail"
    message = write("one", calendar=calendar_of(), body="Come.\n")
    drain()
    letter = mailbox.letter(message.pk)
    assert letter.lines == [[("Come.", 0)]]
    assert letter.files == ["invite.ics"]
