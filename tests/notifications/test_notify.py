"""GOV.UK Notify as the way out: what it is given, and what its answers mean."""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from notifications import tasks
from notifications.models import Message
from notifications.services import drain
from tests.notifications.conftest import states
from tests.notifications.test_invitations import calendar_of

pytestmark = pytest.mark.django_db


class Notify(BaseHTTPRequestHandler):
    """As much of the service as we use; ``server.answer`` is ``(status, errors)`` to give."""

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, errors = self.server.answer
        if status in (201, 500):
            self.server.taken.append(sent)
        self._reply(status, {"errors": errors, "id": str(uuid.uuid4())})

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        if "status" in query:
            listed = [{"reference": reference} for reference in self.server.bounced]
        else:
            asked = query["reference"]
            listed = [sent for sent in self.server.taken if [sent["reference"]] == asked]
        self._reply(200, {"notifications": listed if self.server.lists else [], "links": {}})

    def _reply(self, status, data):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def notify(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notify)
    server.taken, server.answer, server.lists = [], (201, []), True
    server.bounced = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.COURIER = "notifications.notify.NotifyCourier"
    settings.NOTIFY_URL = f"http://127.0.0.1:{server.server_port}"
    settings.NOTIFY_API_KEY = f"linkbook-{uuid.uuid4()}-{uuid.uuid4()}"
    settings.NOTIFY_TEMPLATE_ID = "template"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_notify_gets_address_subject_text_and_a_reference(notify, write):
    message = write("one", subject="Early help consultation", body="Read it.\n")
    drain()
    assert notify.taken == [
        {
            "email_address": "one@example.org",
            "template_id": "template",
            "personalisation": {"subject": "Early help consultation", "body": "Read it.\n"},
            "reference": str(message.pk),
        }
    ]
    assert states() == {"one": "sent"}


def test_what_carries_an_appointment_goes_by_the_mail_server(notify, sink, write):
    message = write("one", calendar=calendar_of())
    drain()
    assert (notify.taken, sink.ids) == ([], [message.message_id])


def test_an_address_that_is_none_is_given_up(notify, write, caplog):
    write("one")
    problem = {"error": "ValidationError", "message": "email_address Not a valid email address"}
    notify.answer = 400, [problem]
    drain()
    assert states() == {"one": "dead"}
    assert Message.objects.get().last_error == "HTTPError 400"
    assert "one@example.org" not in caplog.text


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, {"error": "BadRequestError", "message": "Template not found"}),
        (403, {"error": "AuthError", "message": "Invalid token: API key not found"}),
        (429, {"error": "RateLimitError", "message": "Exceeded rate limit"}),
    ],
)
def test_what_is_about_us_is_tried_again(notify, write, status, problem):
    write("one")
    notify.answer = status, [problem]
    drain()
    assert states() == {"one": "pending"}


def test_notify_is_asked_by_reference_whether_it_took_a_message(notify, write, make_due):
    """It had a fault after it took it: not sent again."""
    write("one")
    notify.answer = 500, []
    drain()
    notify.answer = 201, []
    assert states() == {"one": "sending"}
    notify.lists = False
    make_due()
    drain()
    assert states() == {"one": "pending"}, "not listed may be not listed yet"
    notify.lists = True
    make_due()
    drain()
    assert states() == {"one": "sent"}
    assert len(notify.taken) == 1


def test_what_came_to_no_mailbox_is_not_delivered_and_its_app_hears_of_it_once(notify, write, kind):
    """security.md 4.1: dead alerts a person. Notify finds out only after it took the message."""
    lost = write("lost")
    write("other")
    over = write("over")
    drain()
    told = []
    kind["when_dead"] = lambda message: told.append((message.key, message.state))
    kind["still_due"] = lambda message: message.key != "over"
    notify.bounced = [str(lost.pk), str(over.pk), "of another service", None]
    for _ in range(2):
        tasks.hear_of_bounces()
    assert states() == {"lost": "dead", "other": "sent", "over": "dead"}
    assert told == [("lost", "dead")]


def test_a_bounce_that_nobody_could_be_told_of_is_told_later(notify, write, kind):
    lost = write("lost")
    drain()
    notify.bounced = [str(lost.pk)]
    told = []
    kind["when_dead"] = lambda message: {}["Ann Example"]
    tasks.hear_of_bounces()
    assert states() == {"lost": "sent"}
    kind["when_dead"] = told.append
    tasks.hear_of_bounces()
    assert (states(), len(told)) == ({"lost": "dead"}, 1)


def test_notify_out_of_reach_blames_no_message(notify, write, settings):
    write("one")
    settings.NOTIFY_URL = "http://127.0.0.1:9"
    drain()
    seen = Message.objects.values_list("state", "attempts", "last_error").get()
    assert seen == ("pending", 0, "ConnectionError")
