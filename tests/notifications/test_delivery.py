"""What EMAIL_URL asks for."""

import environ
import pytest

from notifications.delivery import _connection
from notifications.services import drain


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org:25", {"host": "mail.example.org", "port": 25, "use_tls": False}),
        (
            "smtp+tls://linkbook:s%40crt@mail.example.org:587",
            {"username": "linkbook", "password": "s@crt", "use_tls": True, "use_ssl": False},
        ),
        ("smtp+ssl://mail.example.org:465", {"port": 465, "use_tls": False, "use_ssl": True}),
    ],
)
def test_a_mail_server_is_reached_as_the_address_says(settings, url, expected):
    settings.DELIVERY = environ.Env.email_url_config(url)
    connection = _connection()
    assert {name: getattr(connection, name) for name in expected} == expected
    assert connection.timeout == settings.EMAIL_TIMEOUT


def test_messages_can_go_to_the_console(settings, capsys, db, write):
    settings.DELIVERY = environ.Env.email_url_config("consolemail://")
    write("one")
    drain()
    assert "To: one@example.org" in capsys.readouterr().out


def test_a_domain_with_an_umlaut_is_asked_for_in_ascii(sink, db, write):
    message = write("one", address="one@bücher.example")
    sink.answers["one@xn--bcher-kva.example"] = "550 5.1.1 unknown"
    drain()
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("dead", "SMTPRecipientsRefused 550")


def test_the_server_hears_of_the_sender_by_the_address_alone(sink, db, write, settings):
    settings.DEFAULT_FROM_EMAIL = "Frühe Hilfe <help@example.org>"
    write("one")
    drain()
    assert sink.senders == ["help@example.org"]
    assert "help@example.org" in sink.accepted[0]["From"]
