"""Django's own mails become messages, and messages become files."""

import email
import stat
from email.policy import default

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.utils import timezone

from notifications.backends import ACCOUNT, OutboxBackend
from notifications.models import Message
from notifications.services import dispatch, drain
from tests.notifications.conftest import states


@pytest.fixture
def files(settings, tmp_path):
    """The folder that messages are delivered to."""
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
    settings.DELIVERY_FOLDER = tmp_path / "mail"
    return settings.DELIVERY_FOLDER


def allauth_mail(**fields):
    """A mail as allauth makes them, sent the way allauth sends them."""
    mail = EmailMultiAlternatives(
        "Set a new password",
        "Follow this link.",
        **{"to": ["a@example.org"], "connection": OutboxBackend(), **fields},
    )
    mail.attach_alternative("<p>Follow this link.</p>", "text/html")
    return mail


def test_a_mail_of_djangos_becomes_a_secret_message_in_plain_text(db, sink):
    assert allauth_mail().send() == 1
    message = Message.objects.get()
    assert (message.kind, message.address) == (ACCOUNT, "a@example.org")
    assert (message.subject, message.body) == ("Set a new password", "Follow this link.")
    assert message.is_secret
    assert message.expires_at > timezone.now()
    assert sink.accepted == []


def test_each_recipient_of_a_mail_gets_a_message_of_their_own(db):
    allauth_mail(to=["a@example.org", "b@example.org"], bcc=["c@example.org"]).send()
    addresses = Message.objects.order_by("address").values_list("address", flat=True)
    assert list(addresses) == ["a@example.org", "b@example.org", "c@example.org"]


def test_a_mail_sent_again_under_its_message_id_is_written_once(db):
    for _ in range(2):
        allauth_mail(headers={"Message-ID": "<1@example.org>"}).send()
    assert Message.objects.count() == 1


def test_a_mail_without_plain_text_is_refused(db):
    mail = EmailMessage("S", "<p>Hello</p>", to=["a@example.org"], connection=OutboxBackend())
    mail.content_subtype = "html"
    with pytest.raises(ValueError, match="plain text"):
        mail.send()


def test_a_message_becomes_one_closed_file_named_by_its_id(db, files, write):
    message = write("one", subject="Grüße", body="Read it.\n")
    drain()
    (file,) = files.iterdir()
    assert file.name == f"{message.id}.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.stat().st_mode) == 0o700
    found = email.message_from_bytes(file.read_bytes(), policy=default)
    assert (found["To"], found["Subject"]) == ("one@example.org", "Grüße")
    assert (found["Message-ID"], found["Date"]) == (message.message_id, message.date_header)
    assert found.get_content() == "Read it.\n"


def test_a_message_sent_again_replaces_its_file_by_the_same_bytes(db, files, write, make_due):
    write("one")
    dispatch()
    (file,) = files.iterdir()
    before = file.read_bytes()
    Message.objects.update(state="sending")
    make_due()
    assert dispatch() == 1
    assert list(files.iterdir()) == [file]
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_loses_nothing(db, files, write):
    files.write_text("in the way")
    write("one")
    assert dispatch() == 0
    assert states() == {"one": "pending"}
    files.unlink()
    drain()
    assert states() == {"one": "sent"}
