"""Minutes over two schools, three children and five agencies, to be sent; every text a canary."""

import io
import re

from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from notifications.models import Message
from panels.models import Distribution, MeetingPupil
from panels.services import distribution
from tests.children import children_of
from tests.panels.meetings import about, called, invite, police, prepared, with_agency
from tests.panels.minutes import again, agreed, final, held, item_of, write
from tests.world import anew

NAMES = ("Police", "Youth justice", "School nursing", "Learner engagement", "SENSS")
TEXTS = {
    "all": "CANARY-for-everybody",
    "stop": "CANARY-at-the-stop",
    "ada": "CANARY-ada-was-offered-money",
    "ben": "CANARY-ben-saw-it",
    "cleo": "CANARY-cleo-on-the-bus",
    "bus": "CANARY-vaping",
    "decided": "CANARY-adults-at-the-stop",
    "team": "CANARY-team-alone",
    "patrol": "CANARY-patrol-twice-a-week",
    "call": "CANARY-call-home",
}

EVERY = {"all", "bus"}
# What each of them reads; the team's own item stands in no copy.
READ_BY = {
    "Police": EVERY | {"stop", "ada", "ben", "decided", "patrol", "call"},
    "Youth justice": EVERY | {"stop", "ada", "decided", "patrol", "call"},
    "School nursing": EVERY | {"cleo"},
    "Learner engagement": EVERY,
    "SENSS": EVERY,
}
AT_OAKFIELD = EVERY | {"stop", "ada", "ben", "decided", "patrol", "call"}
AT_BEECH = EVERY | {"cleo"}
SENCO = EVERY | {"stop", "decided", "patrol"}


class Prepared:
    """A CASO meeting with whoever is invited and its children, not called yet; rows by name."""

    def __init__(self, world, *, same_address=False):
        self.world = world
        children = children_of(world)
        meeting = prepared(world)
        self.agency, self.contact, self.row = {}, {}, {}
        posts = [world.dsl_post, world.senco_post, world.other_dsl_post]
        invite(world, meeting, users=[world.primary], contacts=posts)
        for name in NAMES:
            key = name.lower().replace(" ", ".")
            address = f"{'one' if same_address and name in NAMES[:2] else key}@example.org"
            self.agency[name], self.contact[name] = police(name, address)
            self.row[name] = with_agency(meeting, self.agency[name], self.contact[name])
        readers = {"ada": NAMES[:2], "ben": NAMES[:1], "cleo": NAMES[2:3]}
        for key, names in readers.items():
            school = world.beech if key == "cleo" else world.oakfield
            chosen = [self.agency[name] for name in names]
            about(meeting, getattr(children, key), school, agencies=chosen)
        self.meeting = meeting
        self.child = {
            row.pupil.first_names.lower(): row
            for row in MeetingPupil.objects.filter(meeting=meeting).select_related("pupil")
        }

    def hold(self):
        """Mark it as held, with everybody there but SENSS, who sent apologies."""
        self.meeting = held(self.meeting, absent=[self.row["SENSS"]])
        self.meeting.agencies.filter(pk=self.row["SENSS"].pk).update(reply="apologies")

    def ref(self, key):
        row = self.child[key]
        return f"{row.pupil.initials} ({row.reference})"

    def write(self):
        """Write its minutes, every text for some readers alone."""
        world, meeting = self.world, self.meeting
        write(item_of(meeting, "Travel"), TEXTS["all"])
        write(
            item_of(meeting, "After school"),
            f"{TEXTS['stop']}\n{self.ref('ada')} said: {TEXTS['ada']}\n"
            f"{self.ref('ben')} said: {TEXTS['ben']}",
            TEXTS["decided"],
            agencies=[self.agency[name] for name in NAMES[:2]],
            schools=[world.oakfield],
        )
        write(item_of(meeting, "The bus"), f"{TEXTS['bus']}\n{self.ref('cleo')}: {TEXTS['cleo']}")
        write(item_of(meeting, "Among us"), TEXTS["team"], audience="team")
        stop = item_of(meeting, "After school")
        self.patrol = agreed(stop, TEXTS["patrol"], owner=self.row["Police"])
        school = meeting.people.get(contact=world.dsl_post)
        self.call = agreed(stop, TEXTS["call"], owner=school, child=self.child["ada"])


class Themed(Prepared):
    """The same meeting called, held and minuted."""

    def __init__(self, world, **options):
        super().__init__(world, **options)
        called(self.meeting)
        self.hold()
        self.write()

    @property
    def agency_rows(self):
        return list(self.meeting.agencies.all())

    @property
    def people(self):
        return list(self.meeting.people.filter(removed_at=None))

    def final(self, **said):
        self.version = final(self.meeting, **said)
        self.meeting = again(self.meeting)
        self.patrol.refresh_from_db()
        self.call.refresh_from_db()
        return self.version

    def send(self, rows=None, minutes_on=None, **facts):
        """Sent by the organiser to these rows, or everybody; all at once unless a day is said."""
        rows = [*self.agency_rows, *self.people] if rows is None else rows
        by = anew(self.meeting.organiser)
        day = minutes_on or timezone.localdate()
        return distribution.send(by, self.version, rows, day, **facts)


def copy_of(row):
    """The copy that a ``MeetingAgency`` or ``MeetingPerson`` was sent last."""
    rows = Distribution.objects.filter(agency=row) if hasattr(row, "agency_id") else None
    rows = Distribution.objects.filter(person=row) if rows is None else rows
    return rows.order_by("-version__number").first()


def texts_in(text):
    """The keys of ``TEXTS`` that a text holds."""
    return {key for key, canary in TEXTS.items() if canary in text}


def text_of(answer):
    """The text of an answer that is a PDF, lines joined."""
    pages = PdfReader(io.BytesIO(answer.getvalue())).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def paths_to(address, kind="minutes_sent"):
    """Where the messages to an address lead, the latest message last."""
    found = Message.objects.filter(kind=kind, address__iexact=address).order_by("created_at")
    return [path for message in found for path in re.findall(r"/minutes/[\w-]{40,}/", message.body)]


def code_to(address):
    """The code that was mailed last to an address."""
    sent = Message.objects.filter(kind="minutes_code", address__iexact=address)
    return re.search(r"^\d{6}$", sent.latest("created_at").body, re.M)[0]


def opened(address, path=None):
    """``(client, path)`` of a browser in which the code for a link was typed."""
    client, path = Client(), path or paths_to(address)[-1]
    client.post(path, {"address": address})
    answer = client.post(path, {"code": code_to(address)})
    assert answer.status_code == 302, answer.text
    return client, path
