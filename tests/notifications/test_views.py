"""The administrator's pages of the outbox."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, StaffRole, User
from audit.models import Access
from notifications.models import Message, State
from notifications.services import drain

PAGES = ["messages", "demo_mailbox"]


@pytest.fixture
def sign_in(as_, db):
    """``sign_in(role)``: the client, signed in as somebody with that role only."""

    def sign_in_as(role):
        user = User.objects.create_user(f"{role}@staff.example.org", role.label)
        StaffRole.objects.create(user=user, role=role, confirmed_at=timezone.now())
        return as_(user)

    return sign_in_as


@pytest.fixture
def administrator(sign_in):
    return sign_in(Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def delivered_to_files(settings, tmp_path):
    settings.DEMO = True
    settings.DELIVERY = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
    settings.DELIVERY_FOLDER = tmp_path / "mail"


def link(response, rel):
    """The address of the link to the newer or older messages, or None."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', response.content.decode())
    return found and reverse("messages") + found[1].replace("&amp;", "&")


def shown(response):
    """The local parts of the addresses the page lists, in order."""
    return re.findall(r'scope="row">([^<]*)@example.org', response.content.decode())


def test_the_page_shows_what_went_to_whom_and_nothing_it_says(administrator, write):
    write("one", subject="CANARY-SUBJECT", body="CANARY-BODY")
    page = administrator.get(reverse("messages")).content.decode()
    assert "one@example.org" in page
    assert "Test message" in page
    assert "Waiting" in page
    assert "CANARY" not in page


def test_the_page_shows_why_a_message_is_late(administrator, write):
    write("one")
    Message.objects.update(attempts=3, last_error="SMTPDataError 451")
    assert "SMTPDataError 451" in administrator.get(reverse("messages")).content.decode()


def test_the_page_is_walked_through_by_newer_and_older_only(administrator, write):
    """No totals and no numbered pages (rule 001-124)."""
    for number in range(120):
        write(f"m{number:03}")
    first = administrator.get(reverse("messages"))
    assert shown(first) == [f"m{number:03}" for number in range(119, 69, -1)]
    assert link(first, "prev") is None
    second = administrator.get(link(first, "next"))
    third = administrator.get(link(second, "next"))
    assert shown(third) == [f"m{number:03}" for number in range(19, -1, -1)]
    assert link(third, "next") is None
    assert shown(administrator.get(link(third, "prev"))) == shown(second)
    assert shown(administrator.get(link(second, "prev"))) == shown(first)
    words = re.sub(r"<[^>]*>", " ", first.content.decode())
    assert not re.search(r"\b120\b", words)


def test_the_page_shows_one_state_when_asked(administrator, write):
    write("waiting")
    write("dead")
    Message.objects.filter(key="dead").update(state=State.DEAD)
    assert shown(administrator.get(reverse("messages"), {"state": "dead"})) == ["dead"]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "eaten"},
        {"before": "1"},
        {"after": str(uuid.uuid4())},
        {"before": "\ud7ff"},
        {"state": ["sent", "dead"], "about": "consultation"},
    ],
)
def test_a_damaged_address_shows_the_page_all_the_same(administrator, write, query):
    write("one")
    assert administrator.get(reverse("messages"), query).status_code == 200


def test_a_page_costs_the_same_at_any_size(administrator, write):
    administrator.get(reverse("messages"))
    counts = []
    for size in (2, 60):
        for number in range(size):
            write(f"{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            administrator.get(reverse("messages"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_read_the_outbox(sign_in, page, role):
    assert sign_in(role).get(reverse(page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_reading_the_outbox_is_written_down(administrator, page):
    administrator.get(reverse(page))
    row = Access.objects.get()
    assert (row.action, row.subject_type, row.basis) == (
        "list",
        "notifications.message",
        "administrator",
    )


def test_the_pages_change_nothing_and_take_no_post(administrator):
    assert administrator.post(reverse("messages")).status_code == 405


def test_a_demonstration_message_can_be_found_and_read(administrator, write, settings):
    link = f"{settings.SITE_URL}/shared/"
    alike = f"{settings.SITE_URL}9/"
    body = f"Read it at {link}.\n<b>Not</b> at https://elsewhere.example.org/ or {alike}.\n"
    message = write("one", subject="A note was shared", body=body)
    drain()
    address = reverse("demo_letter", args=[message.id])
    mailbox = administrator.get(reverse("demo_mailbox")).content.decode()
    assert "A note was shared" in mailbox
    assert f'href="{address}"' in mailbox
    letter = administrator.get(address).content.decode()
    assert f'<a class="govuk-link" href="{link}">{link}</a>.' in letter
    assert "&lt;b&gt;Not&lt;/b&gt; at https://elsewhere.example.org/" in letter
    assert 'href="https://elsewhere' not in letter
    assert f'href="{alike}' not in letter
    assert Access.objects.filter(subject_id=str(message.id)).exists()


def test_a_demonstration_message_that_does_not_exist_is_not_found(administrator):
    assert administrator.get(reverse("demo_letter", args=[uuid.uuid4()])).status_code == 404


def test_outside_demonstration_mode_there_is_no_mailbox(administrator, settings, write):
    message = write("one")
    drain()
    settings.DEMO = False
    assert administrator.get(reverse("demo_mailbox")).status_code == 404
    assert administrator.get(reverse("demo_letter", args=[message.id])).status_code == 404
    assert administrator.get(reverse("messages")).status_code == 200
