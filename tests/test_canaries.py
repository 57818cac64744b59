"""What each actor finds by following links from the home page: all that is theirs, and no more.

Every text of the world is a canary (``tests/world.py``). Who may read which is written out here
from design.md 4 and 6.14, and holds both ways: a page that shows nothing must not pass.
"""

import logging
import re
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from io import BytesIO
from itertools import chain
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from consultations.children_forms import ChildForm
from consultations.recipients import ADDRESSES
from consultations.recording import PARTS
from consultations.services.chronologies import start_chronology
from consultations.services.recording import make_tasks
from linkworkers.models import SupportCriterion
from notifications.models import Message
from schools.models import Move, StatusKind
from schools.services import add_to_transition
from schools.transition_list import coming_year
from tests.children import children_of, works_with
from tests.consultations.about_children import part_about, status_of
from tests.consultations.writing import typed
from tests.interventions.short_work_typed import is_words, posts
from tests.panels import meeting_typed
from tests.referrals import concerns, domestic_abuse, referral_support
from tests.referrals.request_typed import KINDS as REQUEST_KINDS
from tests.referrals.request_typed import request_posts

CANARY = re.compile(r"CANARY-[0-9]{6}-[a-z-]+[a-z]")
HOST = "http://testserver"
# More than anybody's pages; a crawl that goes beyond goes round in circles.
MOST_PAGES = 350
# The pages of one person are like those of the next, and so are the weeks: one is read.
ONE_PERSON = re.compile(r"/(people|contacts)/[0-9a-f-]{36}/")
ONE_WEEK = re.compile(r"week=[0-9-]+")
# A filter of a chronology shows nothing that all of it does not.
ONE_FILTER = re.compile(r"(/chronology/)\?.+")

# What a finished consultation holds for the school, and for the team besides.
NOTE = {"shared", "updates", "training", "resource", "action", "attendee"}
RECORD = NOTE | {"internal", "area", "team-addendum"}
# What came to Oakfield's shared one later.
ANSWERED = {"reply", "school-addendum"}


def canaries(urn, state, fields):
    return {f"CANARY-{urn}-{state}-{field}" for field in fields}


OAKFIELD_NOTE = canaries("900001", "shared", NOTE | ANSWERED)
# A reply is between the school's leads and the team.
OAKFIELD_GUEST = OAKFIELD_NOTE - canaries("900001", "shared", {"reply"})
OAKFIELD_SHARED = canaries("900001", "shared", RECORD | ANSWERED | {"withheld-why"})
OAKFIELD = OAKFIELD_SHARED | canaries("900001", "completed", RECORD)
OAKFIELD_DRAFT = canaries("900001", "draft", {"internal"})
ELMGATE = canaries("900002", "shared", RECORD)
BEECHCROFT = canaries("900003", "shared", RECORD)

READ_BY = {
    "anonymous": set(),
    "invited": set(),
    "deactivated": set(),
    "primary": OAKFIELD | OAKFIELD_DRAFT,
    "secondary": OAKFIELD,
    "former": OAKFIELD_SHARED,
    "future": set(),
    "other_worker": ELMGATE,
    "conflicted": set(),
    "far_worker": BEECHCROFT,
    "manager": OAKFIELD | OAKFIELD_DRAFT | ELMGATE,
    "other_manager": BEECHCROFT,
    "duty": set(),
    "service": OAKFIELD | ELMGATE | BEECHCROFT,
    "coordinator": set(),
    "governance": set(),
    "administrator": set(),
    "dsl": OAKFIELD_NOTE,
    "deputy": OAKFIELD_NOTE,
    "head": OAKFIELD_NOTE,
    "withheld": set(),
    "senco": OAKFIELD_GUEST,
    "attendee": OAKFIELD_GUEST,
    "unconfirmed": set(),
    "left_lead": set(),
    "other_dsl": canaries("900003", "shared", NOTE),
    "head_and_dsl": canaries("900002", "shared", NOTE),
}


@dataclass
class Found:
    """What one crawl came upon: texts of pages and PDFs, and what a browser's history keeps."""

    texts: set = field(default_factory=set)
    history: list = field(default_factory=list)
    pages: int = 0


class Links(HTMLParser):
    """The addresses that a page links to, and its title."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.title, self._in_title = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self._in_title = tag == "title"
        if tag == "a" and (address := dict(attributes).get("href")):
            self.addresses.append(address)

    def handle_data(self, text):
        self.title += text if self._in_title else ""

    def handle_endtag(self, tag):
        self._in_title = False


def crawl(client):
    """Follow every link from ``/`` on this host, once each."""
    found, waiting, met = Found(), deque(["/"]), {"/"}
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        assert answer.status_code < 500, path
        found.pages += 1
        assert found.pages <= MOST_PAGES, sorted(met)
        found.history += [path, answer.get("Content-Disposition", "")]
        text, links = read(answer)
        found.texts.update(CANARY.findall(text))
        if links:
            found.history.append(links.title)
        onward = [answer.url] if answer.status_code in (301, 302) else []
        for address in onward + (links.addresses if links else []):
            whole = urldefrag(urljoin(HOST + path, address)).url
            here = whole.removeprefix(HOST)
            kind = ONE_WEEK.sub("week", ONE_PERSON.sub(r"/\1/somebody/", here))
            kind = ONE_FILTER.sub(r"\1?", kind)
            if urlsplit(whole).netloc == urlsplit(HOST).netloc and kind not in met:
                met.add(kind)
                waiting.append(here)
    return found


def read(answer):
    """``(text, links)`` of an answer; a PDF's text is what it shows and what it is called."""
    if answer.get("Content-Type") == "application/pdf":
        document = PdfReader(BytesIO(answer.getvalue()))
        text = "\n".join(page.extract_text() for page in document.pages)
        return text.replace("\n", "") + str(document.metadata), None
    text = answer.getvalue().decode()
    return text, Links(text) if "html" in answer["Content-Type"] else None


@pytest.fixture
def log(caplog, monkeypatch):
    """Everything that is logged, Django's own lines included."""
    monkeypatch.setattr(logging.getLogger("django"), "propagate", True)
    caplog.set_level(logging.INFO)
    return caplog


@pytest.mark.parametrize("actor", READ_BY)
def test_each_actor_finds_all_that_is_theirs_and_no_more(world, client, as_, log, actor):
    if actor not in ("anonymous", "invited", "deactivated"):
        as_(getattr(world, actor))
    found = crawl(client)
    allowed = READ_BY[actor]
    assert found.texts - allowed == set(), "seen, and not theirs"
    assert allowed - found.texts == set(), "theirs, and not found"
    assert not any(CANARY.search(line) for line in found.history), "in a title or an address"
    assert not CANARY.search(log.text), "in the log"


# --- what leaves the pages ----------------------------------------------------------------

SECRET = "CANARY-typed"
GUEST, WORKPLACE = "Gwendolen Canary", "Canary Wharf Clinic"
# Where each typed text belongs; it is in no message, history, access log or session besides.
HOMES = {
    # The reason for opening a child is kept with every look at it (rule 001-58).
    "audit_access",
    "consultations_action",
    "consultations_actionchange",
    "consultations_addendum",
    "consultations_areadiscussed",
    "consultations_comment",
    "consultations_consultation",
    "consultations_madechronology",
    "consultations_pupildiscussed",
    "consultations_recordingtask",
    "consultations_reply",
    "consultations_share",
    "consultations_signpost",
    "consultations_withholding",
    "interventions_consentconfirmation",
    "interventions_disagreement",
    "interventions_earlyhelpplan",
    "interventions_feedback",
    "interventions_measure",
    "interventions_participant",
    "interventions_programme",
    "interventions_programmecase",
    "interventions_reopening",
    "interventions_review",
    "interventions_session",
    "interventions_sessionaddendum",
    "interventions_sessionpart",
    "interventions_shortintervention",
    "interventions_stepup",
    "linkworkers_allocation",
    "linkworkers_crisis",
    "linkworkers_engagementattempt",
    "linkworkers_enhancedsupport",
    "linkworkers_focus",
    "linkworkers_presence",
    *meeting_typed.HOMES,
    "referrals_concern",
    "referrals_concerndecision",
    "referrals_concernnote",
    "referrals_keptfrom",
    "referrals_objection",
    "referrals_domesticabusenotice",
    "referrals_noticereader",
    "referrals_noticesupport",
    "referrals_referralsupport",
    "referrals_requestdisagreement",
    "referrals_requeststep",
    "referrals_supportrequest",
    "schools_enrolment",
    "schools_move",
    "schools_opening",
    "schools_pupil",
    "schools_pupilstatus",
    "schools_schoolcontact",
    "schools_transition",
    "schools_transitiontalk",
}


def tables_with(text):
    """The tables that hold the text in any column of any row."""
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS t WHERE t::text LIKE %s)',  # noqa: S608
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_what_is_typed_stays_in_its_record_and_leaves_in_no_message(world, client, as_, log):
    """Not in a mail, the history of rows, the access log, a session, a file name or the log."""
    pk = uuid.uuid4()
    note, school = f"/consultations/{pk}/", f"/schools/{world.oakfield.urn}/"
    form = {
        **typed(world.oakfield),
        "id": [str(pk)],
        "people-0-name": [GUEST],
        "people-0-organisation": [WORKPLACE],
        "complete": ["1"],
    }
    texts = ("notes_attendance", "updates_given", "training_wanted", "shared_text")
    for name in (*texts, "internal_notes", "actions-0-what"):
        form[name] = [f"{SECRET} {name}"]
    guest = f"attendee-{uuid.uuid5(ADDRESSES, 'nia.nurse@example.org')}"
    plan = {
        "how": "here",
        f"share_{guest}": "on",
        f"reason_{guest}": SECRET,
        f"general_{guest}": "on",
        f"withhold_contact-{world.withheld_post.pk}": "on",
        f"why_contact-{world.withheld_post.pk}": SECRET,
    }
    newcomer = {
        "name": "Nora New",
        "roles": ["senco"],
        "email": "nora@example.org",
        "note": SECRET,
    }
    replaced = {
        "kind": "secondary",
        "held": world.secondary_allocation.pk,
        "link_worker": world.other_worker.link_worker.pk,
        "because": "other",
        "reason": SECRET,
        "handover_note": SECRET,
    }
    crisis = {"what_happened": SECRET, "happened_on": "today", "happened_time": "0:00"}
    presence = {
        "kind": "visits",
        "frequency": "weekly",
        "reason": SECRET,
        "agreed_on": "today",
    }
    attempt = {"once": uuid.uuid4(), "day": "today", "how": "phone", "reached": "no"}
    agreed, ada = world.completed.actions.get(), children_of(world).ada
    works_with(world, ada)
    said = (name for name, field in ChildForm.base_fields.items() if is_words(field))
    form |= {f"children-0-{name}": [SECRET] for name in (*said, "signpost_to_0")}
    form |= {
        "children-0-who": [str(ada.pk)],
        "children-TOTAL_FORMS": ["1"],
        "children-INITIAL_FORMS": ["0"],
    }
    status_of(world, ada, "Early Help Plan")
    part_about(world.completed, ada)
    [to_record] = make_tasks(world.primary, world.completed)
    coming = coming_year(timezone.localdate())
    entry = add_to_transition(
        world.primary, ada, school_year=coming, to=world.elmgate, reasons=["sen"]
    )
    made = start_chronology(world.primary, ada, "Chronology", [])
    told = {
        **dict.fromkeys(("title", "analysis"), SECRET),
        **{f"lines-0-{name}": SECRET for name in ("text", "effect", "action", "outcome", "source")},
        "lines-0-on": "today",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "version": "1",
    }
    moving = {"to": world.elmgate.pk, "reasons": ["sen"], "why": SECRET}
    spoken = {"who": "other", "name": SECRET, "spoken_on": "today", "said": SECRET}
    enhanced = {
        "criteria": SupportCriterion.objects.values_list("pk", flat=True)[:1],
        "reason": SECRET,
        "review_on": f"{timezone.localdate() + timedelta(days=60):%d/%m/%Y}",
    }
    moved = Move.objects.create(
        pupil=ada, new=ada.enrolments.get(), moved_on=date(2026, 1, 5), recorded_by=world.primary
    )
    newborn = {
        **dict.fromkeys(("surname", "first_names", "known_as", "elsewhere", "words"), SECRET),
        "born_on_day": "23",
        "born_on_month": "4",
        "born_on_year": "2015",
        "setting": "elsewhere",
        "reason": "other",
    }
    status = {
        "kind": StatusKind.objects.get(name="Child in need").pk,
        "starts_on": "today",
        "social_worker": SECRET,
        "source": SECRET,
    }
    beside = (
        (world.primary, "/pupils/add/", newborn),
        (world.primary, f"/pupils/{ada.pk}/status/add/", status),
        (world.primary, f"/pupils/{ada.pk}/moves/{moved.pk}/", {"note": SECRET}),
        (world.primary, f"/consultations/new/?school={world.oakfield.urn}", form),
        (world.primary, f"{note}complete/", plan),
        (world.primary, f"{note}addendum/", {"text": SECRET, "audience": "school"}),
        (world.manager, f"{note}comments/", {"text": SECRET}),
        (world.primary, f"/actions/{agreed.pk}/move/", {"due_on": "1/12/30", "reason": SECRET}),
        (world.primary, f"/recording/{to_record.pk}/", dict.fromkeys(PARTS, SECRET)),
        (
            world.other_worker,
            f"/transition/{entry.pk}/change/",
            {**moving, "support_in_place": SECRET},
        ),
        (world.other_worker, f"/transition/{entry.pk}/", spoken),
        (world.primary, f"/pupils/{ada.pk}/chronology/{made.pk}/", told),
        (world.dsl, f"/shared/{pk}/stored/", {"on": "today"}),
        (world.dsl, f"/shared/{pk}/reply/", {"text": SECRET}),
        (world.manager, f"{school}contacts/add/", newcomer),
        (world.primary, f"{school}crisis/", crisis),
        (world.manager, f"{school}presence/", presence),
        (world.primary, f"{school}attempts/", {**attempt, "outcome": SECRET}),
        (world.manager, f"{school}focus/", {"decision": SECRET}),
        (world.manager, f"{school}enhanced-support/", enhanced),
        (world.manager, f"/allocations/{world.oakfield.urn}/", replaced),
        (
            world.manager,
            f"/allocations/{world.primary_allocation.pk}/end/",
            {"why": SECRET},
        ),
    )
    everything = chain(
        posts(world, ada, SECRET),
        concerns.posts(world, SECRET),
        request_posts(world, SECRET),
        referral_support.posts(world, ada, SECRET),
        domestic_abuse.posts(world, ada, SECRET),
        meeting_typed.posts(world, ada, SECRET),
        beside,
    )
    for user, address, data in everything:
        as_(user)
        answer = client.post(address, data)
        assert answer.status_code == 302, (address, answer.content.decode())
    pdf = client.get(f"{note}pdf/")
    assert tables_with(SECRET) == HOMES
    messages = Message.objects.all()
    assert {
        message.kind for message in messages
    } == REQUEST_KINDS | concerns.KINDS | meeting_typed.KINDS | {
        "consultation_shared",
        "consultation_withheld",
        "consultation_added",
        "consultation_commented",
        "consultation_replied",
        "allocated",
        "allocation_ended",
        "school_told",
        "crisis_entered",
        "feedback_link",
        "notice_named",
        "agreement_confirmed",
        "agreement_withdrawn",
        "plan_allocated",
        "plan_answered",
        "plan_asked",
        "referral_started",
        "referral_told",
        "session_added",
        "session_given",
        "work_asked",
        "work_declined",
        "work_disagreed",
        "work_disagreement_answered",
        "work_ended",
    }
    sent = [message.subject + message.body for message in messages]
    for name in (SECRET, GUEST, WORKPLACE, "Dora Lead", "Will Withheld"):
        assert not any(name in text for text in sent), name
    assert SECRET not in pdf.get("Content-Disposition", "") + log.text
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert SECRET not in str(sessions)
