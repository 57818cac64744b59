"""Hostile text, ids and parameters on the main forms and lists (security.md 6.3 and 6.4).

Nothing answers 500, nothing typed is lost, and a refusal says what to do. Each request is undone,
so that one world does for a whole form.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from consultations.models import (
    ActionChange,
    Addendum,
    Consultation,
    GuidanceLink,
    PupilDiscussed,
    Reply,
    Theme,
    Vulnerability,
    Withholding,
)
from drafts.models import Draft
from govuk.words import long_date
from linkworkers.models import (
    Allocation,
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Presence,
    SupportCriterion,
)
from panels.copies import Minutes
from panels.models import (
    ActionComment,
    AgendaItem,
    Meeting,
    MeetingAgency,
    MeetingHandOver,
    MeetingPerson,
    MinutedAction,
    MinutesHandOver,
    MinutesVersion,
)
from panels.services.minutes import seen_of
from referrals.models import SupportRequest
from schools.models import (
    Agency,
    AlsoHere,
    Hub,
    Pupil,
    School,
    SchoolContact,
    SchoolPolicy,
    StatusKind,
    Term,
)
from schools.years import school_year_of
from tests.children import children_of, works_with
from tests.consultations.about_children import part_about
from tests.consultations.writing import typed
from tests.panels import meetings, minutes
from tests.referrals.support_requests import facts
from tests.world import PASSWORD

FORM_BODY = "application/x-www-form-urlencoded"
TEXTS = {
    "NUL": "before\x00after",
    "right to left": "\u202egnp.egap\u202c exe",
    "zero width": "Jo\u200bhn\ufeff",
    "combining storm": "Z" + "\u0301\u0316\u0358\u0489" * 30,
    "HTML": '</textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>',
    "formula": "=cmd|'/C calc'!A0",
    "template": "{{7*7}}{% now %}${7*7}%s%n",
    "SQL": "'; DROP TABLE schools_school; -- %_\\",
    "emoji": "👩🏽‍🏫 ŵ Ł 漢字 ‘quoted’",
    "lone surrogate": "a\ud800b",
    "line ends": "one\r\ntwo\rthree\u2028four",
    "script address": "javascript:alert(1)",
    "ANSI": "\x1b[31mred\x07",
    "digits of elsewhere": "１２３４５６",
    "negative": "-1",
    "huge number": "9" * 5000,
    "only spaces": " \t\n\u00a0 ",
    "long": "a" * 120_000,
}
IDS = ["-1", "0", "9223372036854775808", "9" * 5000, "x", str(uuid.UUID(int=7)), "contact:x", "[]"]
# Django's own sentences, which say neither which field nor what to do.
VAGUE = [
    "Ensure this",
    "Select a valid choice",
    "This field",
    "is not one of the available choices",
    "Enter a valid",
    "Enter a whole number",
    "Null characters",
    "List of values",
]


@dataclass
class Case:
    """One form: who posts what where.

    ``boxes`` take any text, ``strict`` ones a date, number or address; ``choices`` are picked.
    ``saved`` reads every text that the form may have written.
    """

    name: str
    actor: str
    address: object
    data: object
    boxes: tuple = ()
    strict: tuple = ()
    choices: tuple = ()
    saved: object = None
    hidden: tuple = ()
    searches: bool = False

    def __str__(self):
        return self.name


A_CHILD = {"surname": "Lovage", "born_on_day": "23", "born_on_month": "4", "born_on_year": "2015"}


def ada(world):
    """The address of Ada of Oakfield, who is on the current work of its team."""
    pupil = Pupil.objects.filter(surname="CANARY-900001-ada").first()
    if pupil is None:
        pupil = children_of(world).ada
        works_with(world, pupil)
    return f"/pupils/{pupil.pk}/"


def mark_of_adas_part(world):
    """The address where Ada's part of the shared consultation is marked significant."""
    pk = ada(world).split("/")[2]
    part = world.shared.discussed.filter(pupil=pk).first()
    part = part or part_about(world.shared, Pupil.objects.get(pk=pk))
    return f"/consultations/{world.shared.pk}/significant/{part.pk}/"


def meetings_action(world):
    """The address of an action that a meeting at Oakfield gave to its lead."""
    row = MinutedAction.objects.first()
    if row is None:
        meeting = meetings.prepared(world, schools=[world.oakfield])
        people = {"users": [world.primary], "contacts": [world.dsl_post]}
        meeting = meetings.called(meetings.invite(world, meeting, **people))
        lead = meeting.people.get(user=world.dsl)
        row = minutes.finalised(world, meeting, owner=lead).meeting.minuted_actions.get()
    return f"/meetings/actions/{row.action_id}/"


def consultation_form(world):
    return {**typed(world.oakfield), "id": str(uuid.uuid4()), "complete": "1"}


def form_about_a_child(world):
    return {
        **consultation_form(world),
        "children-TOTAL_FORMS": "1",
        "children-INITIAL_FORMS": "0",
        "children-0-who": "cohort",
        "children-0-cohort": "Year 5",
    }


def latest_draft(world):
    draft = Draft.objects.order_by("saved_at").last()
    return [value for values in draft.data.values() for value in values]


def fields_of(queryset, *names):
    return [value for row in queryset.values_list(*names) for value in row]


def held_meeting(world):
    """A CASO meeting over two schools that was held, with one item of its agenda written."""
    found = Meeting.objects.filter(kind="caso").first()
    if found is None:
        pair = children_of(world)
        found = minutes.held(meetings.themed(world, pair.ada, pair.cleo))
        minutes.write(minutes.item_of(found, "The tram"), "Two were seen")
    return found


def minutes_of(world):
    return f"/meetings/{held_meeting(world).pk}/minutes/"


def agenda_item(world):
    return minutes.item_of(held_meeting(world), "The bus")


def action_of_minutes(world):
    return MinutedAction.objects.first() or minutes.agreed(agenda_item(world))


CASES = [
    Case(
        "ask for support",
        "dsl",
        lambda world: "/requests/new/",
        lambda world: facts(),
        ("words", "suits"),
        choices=("wanted", "about", "how_soon"),
        saved=lambda world: fields_of(SupportRequest.objects.all(), "words", "suits"),
    ),
    Case(
        "log a request",
        "primary",
        lambda world: "/requests/log/?school=900001",
        lambda world: {
            **facts(),
            "source": "school",
            "asked_name": "Olive",
            "channel": "phone",
            "received_on": "today",
        },
        ("words", "suits", "asked_name", "asked_role"),
        ("received_on", "received_time"),
        ("source", "contact", "channel", "wanted", "how_soon"),
        saved=lambda world: fields_of(
            SupportRequest.objects.all(), "words", "suits", "asked_name", "asked_role"
        ),
    ),
    Case(
        "new consultation",
        "primary",
        lambda world: "/consultations/new/?school=900001",
        consultation_form,
        (
            "held_before_by",
            "held_before_why",
            "notes_attendance",
            "updates_given",
            "training_wanted",
            "shared_text",
            "internal_notes",
            "people-0-name",
            "people-0-organisation",
            "actions-0-what",
            "actions-0-owner_name",
        ),
        ("held_on", "held_time", "minutes", "next_on", "people-0-email", "actions-0-due_on"),
        (
            "place",
            "kind",
            "contacts",
            "areas",
            "sub_attendance",
            "themes",
            "resources",
            "actions-0-owner",
        ),
        saved=latest_draft,
    ),
    Case(
        "child in a consultation",
        "primary",
        lambda world: "/consultations/new/?school=900001",
        form_about_a_child,
        (
            "children-0-cohort",
            "children-0-worries",
            "children-0-family_view",
            "children-0-advice",
            "children-0-level_reason",
            "children-0-third_party",
            "children-0-shared_text",
            "children-0-headline",
            "children-0-signpost_to_0",
        ),
        ("children-0-attendance", "children-0-neglect_review_on"),
        (
            "naming",
            "children-0-who",
            "children-0-year_group",
            "children-0-areas",
            "children-0-vulnerabilities",
            "children-0-level",
            "children-0-family_told",
            "children-0-signpost_how_0",
            "actions-0-about",
        ),
        saved=latest_draft,
    ),
    Case(
        "find a child",
        "primary",
        lambda world: "/pupils/find/",
        lambda world: A_CHILD,
        ("surname", "first_names", "number"),
        ("born_on_day", "born_on_year"),
        searches=True,
    ),
    Case(
        "add a child",
        "primary",
        lambda world: "/pupils/add/",
        lambda world: {
            **A_CHILD,
            "first_names": "Mia",
            "setting": "school",
            "school": world.oakfield.pk,
            "reason": "concern",
        },
        ("surname", "first_names", "known_as", "elsewhere", "words"),
        ("born_on_day", "due_on", "starts_on", "upn", "mosaic", "ced"),
        ("setting", "school", "ahead", "reason"),
    ),
    Case(
        "status of a child",
        "primary",
        lambda world: f"{ada(world)}status/add/",
        lambda world: {
            "kind": StatusKind.objects.get(name="Child in need").pk,
            "starts_on": "today",
            "social_worker": "Nora Hale",
        },
        ("social_worker", "source"),
        ("starts_on", "social_worker_email"),
        ("kind",),
    ),
    Case(
        "move of a child",
        "primary",
        lambda world: f"{ada(world)}move/",
        lambda world: {"setting": "elsewhere", "elsewhere": "Abroad", "moved_on": "today"},
        ("elsewhere",),
        ("moved_on",),
        ("setting", "school"),
    ),
    Case(
        "share",
        "primary",
        lambda world: f"/consultations/{world.completed.pk}/share/",
        lambda world: {"how": "here", f"withhold_contact-{world.head_post.pk}": "on"},
        ("why_contact-HEAD",),
        choices=("how", "instead_contact-HEAD", "share_contact-HEAD"),
        saved=lambda world: fields_of(Withholding.objects.all(), "reason"),
    ),
    Case(
        "guidance",
        "administrator",
        lambda world: "/guidance/add/",
        lambda world: {
            "area": "neglect",
            "title": "Toolkit",
            "url": "https://example.org/",
            "edition": "Third",
        },
        ("title", "edition", "source"),
        ("url", "dated"),
        ("area",),
        saved=lambda world: fields_of(GuidanceLink.objects.all(), "title", "edition", "source"),
    ),
    Case(
        "something to be alert to",
        "administrator",
        lambda world: "/vulnerabilities/add/",
        lambda world: {"name": "Young parent", "position": "3"},
        ("name",),
        ("position",),
        saved=lambda world: fields_of(Vulnerability.objects.all(), "name"),
    ),
    Case(
        "theme",
        "manager",
        lambda world: "/themes/list/add/",
        lambda world: {"is_offered": "on"},
        ("name",),
        saved=lambda world: fields_of(Theme.objects.all(), "name"),
    ),
    Case(
        "comment on a meeting's action",
        "dsl",
        lambda world: f"{meetings_action(world)}comment/",
        lambda world: {},
        ("text",),
        saved=lambda world: fields_of(ActionComment.objects.all(), "text"),
    ),
    Case(
        "date of a meeting's action",
        "coordinator",
        lambda world: f"{meetings_action(world)}move/",
        lambda world: {"due_on": "3 December 2030"},
        ("reason",),
        ("due_on",),
        saved=lambda world: fields_of(ActionChange.objects.all(), "reason"),
    ),
    Case(
        "handing over a meeting's action",
        "coordinator",
        lambda world: f"{meetings_action(world)}hand-over/",
        lambda world: {"to": MeetingPerson.objects.get(user=world.primary).pk},
        ("reason",),
        choices=("to",),
        saved=lambda world: fields_of(ActionChange.objects.all(), "reason"),
    ),
    Case(
        "handing over a meeting",
        "coordinator",
        lambda world: meetings_action(world) and f"/meetings/{Meeting.objects.get().pk}/hand-over/",
        lambda world: {"to": world.manager.pk},
        ("reason",),
        choices=("to",),
        saved=lambda world: fields_of(MeetingHandOver.objects.all(), "why"),
    ),
    Case(
        "how often one is written to",
        "dsl",
        lambda world: "/account/emails/",
        lambda world: {},
        choices=("cadence",),
        saved=lambda world: fields_of(User.objects.filter(pk=world.dsl.pk), "cadence"),
    ),
    Case(
        "addendum",
        "primary",
        lambda world: f"/consultations/{world.shared.pk}/addendum/",
        lambda world: {"audience": "school"},
        ("text",),
        choices=("audience",),
        saved=lambda world: fields_of(Addendum.objects.all(), "text"),
    ),
    Case(
        "mark in the chronology",
        "primary",
        mark_of_adas_part,
        lambda world: {},
        ("line",),
        saved=lambda world: fields_of(PupilDiscussed.objects.all(), "headline"),
    ),
    Case(
        "stored",
        "dsl",
        lambda world: f"/shared/{world.shared.pk}/stored/",
        lambda world: {},
        strict=("on",),
    ),
    Case(
        "reply",
        "dsl",
        lambda world: f"/shared/{world.shared.pk}/reply/",
        lambda world: {},
        ("text",),
        saved=lambda world: fields_of(Reply.objects.all(), "text"),
    ),
    Case(
        "person at a school",
        "manager",
        lambda world: "/schools/900001/contacts/add/",
        lambda world: {"roles": ["senco"], "name": "Nora New"},
        ("name", "job_title", "phone", "note"),
        ("email", "starts_on"),
        ("roles",),
        saved=lambda world: fields_of(
            SchoolContact.objects.all(), "name", "job_title", "email", "phone", "note"
        ),
    ),
    Case(
        "facts of a school",
        "manager",
        lambda world: "/schools/900001/change/",
        lambda world: {"hub": world.coast.pk},
        ("partnership", "good_to_know"),
        ("feeders",),
        ("hub", "panel_area", "nursing_team", "deputies_told"),
        saved=lambda world: fields_of(School.objects.all(), "partnership", "good_to_know"),
    ),
    Case(
        "term",
        "administrator",
        lambda world: "/terms/add/",
        lambda world: {
            "school_year": str(school_year_of(timezone.localdate())),
            "name": "autumn",
            "starts_on": f"3 September {school_year_of(timezone.localdate())}",
            "ends_on": f"19 December {school_year_of(timezone.localdate())}",
        },
        ("source",),
        ("starts_on", "ends_on", "half_term_starts_on", "half_term_ends_on"),
        ("school_year", "name"),
        saved=lambda world: fields_of(Term.objects.all(), "source"),
    ),
    Case(
        "INSET day",
        "manager",
        lambda world: "/schools/900001/terms/",
        lambda world: {},
        strict=("day",),
    ),
    Case(
        "working together",
        "manager",
        lambda world: "/schools/900001/together/",
        lambda world: {},
        ("relationship",),
        (
            "offer_url",
            "policy_attendance",
            "policy_behaviour",
            "policy_child_protection",
            "policy_send",
            "policy_other",
        ),
        saved=lambda world: (
            fields_of(School.objects.all(), "relationship", "offer_url")
            + fields_of(SchoolPolicy.objects.all(), "url")
        ),
    ),
    Case(
        "who else works here",
        "manager",
        lambda world: "/schools/900001/also-here/add/",
        lambda world: {"who": Agency.objects.get_or_create(name="Police")[0].pk},
        ("when_to_contact",),
        choices=("who", "is_based_here"),
        saved=lambda world: fields_of(AlsoHere.objects.all(), "when_to_contact"),
    ),
    Case(
        "new school",
        "administrator",
        lambda world: "/schools/add/",
        lambda world: {
            "urn": "130844",
            "name": "A college",
            "type_group": "college",
            "hub": world.coast.pk,
        },
        ("name", "street", "town", "postcode", "phone"),
        ("urn", "website"),
        ("type_group", "hub"),
        saved=lambda world: fields_of(
            School.objects.all(), "name", "street", "town", "postcode", "phone", "website"
        ),
    ),
    Case(
        "allocate",
        "manager",
        lambda world: "/allocations/900001/",
        lambda world: {
            "kind": "secondary",
            "held": world.secondary_allocation.pk,
            "link_worker": world.other_worker.link_worker.pk,
            "reason": "To help",
        },
        ("reason", "handover_note", "agreed_at_meeting"),
        ("starts_on",),
        ("kind", "link_worker", "held", "because"),
        saved=lambda world: fields_of(
            Allocation.objects.all(), "reason", "handover_note", "agreed_at_meeting"
        ),
    ),
    Case(
        "move the schools of a worker",
        "manager",
        lambda world: f"/link-workers/{world.secondary.link_worker.pk}/move/",
        lambda world: {
            f"move-{world.secondary_allocation.pk}": "on",
            f"to-{world.secondary_allocation.pk}": world.other_worker.link_worker.pk,
            "why": "They leave",
            "step": "apply",
        },
        ("why", "handover_note", "agreed_at_meeting"),
        ("starts_on",),
        saved=lambda world: fields_of(
            Allocation.objects.all(), "reason", "handover_note", "agreed_at_meeting"
        ),
    ),
    Case(
        "end an allocation",
        "manager",
        lambda world: f"/allocations/{world.secondary_allocation.pk}/end/",
        lambda world: {},
        ("why",),
        saved=lambda world: fields_of(Allocation.objects.all(), "ended_why"),
    ),
    Case(
        "link worker",
        "manager",
        lambda world: f"/link-workers/{world.primary.link_worker.pk}/change/",
        lambda world: {"hub": world.coast.pk, "fte": "1", "working_days": ["1"]},
        strict=("fte",),
        choices=("hub", "line_manager", "working_days"),
    ),
    Case(
        "conflict",
        "primary",
        lambda world: "/conflicts/",
        lambda world: {},
        ("find",),
        choices=("person",),
        searches=True,
    ),
    Case(
        "presence",
        "manager",
        lambda world: "/schools/900001/presence/",
        lambda world: {"kind": "visits", "frequency": "weekly", "agreed_on": "yesterday"},
        ("reason",),
        ("agreed_on",),
        ("kind", "frequency"),
        saved=lambda world: fields_of(Presence.objects.all(), "reason"),
    ),
    Case(
        "day at a school",
        "primary",
        lambda world: "/schools/900001/visits/",
        lambda world: {},
        strict=("day",),
    ),
    Case(
        "crisis response",
        "primary",
        lambda world: "/schools/900001/crisis/",
        lambda world: {"happened_on": "yesterday", "happened_time": "9:30am"},
        ("what_happened",),
        ("happened_on", "happened_time"),
        saved=lambda world: fields_of(Crisis.objects.all(), "what_happened"),
    ),
    Case(
        "enhanced support",
        "manager",
        lambda world: "/schools/900001/enhanced-support/",
        lambda world: {
            "criteria": [SupportCriterion.objects.first().pk],
            "review_on": long_date(timezone.localdate() + timedelta(days=60)),
        },
        ("reason",),
        ("review_on",),
        ("criteria",),
        saved=lambda world: fields_of(EnhancedSupport.objects.all(), "reason"),
    ),
    Case(
        "attempt to engage",
        "primary",
        lambda world: "/schools/900001/attempts/",
        lambda world: {"how": "phone", "reached": "no", "day": "today"},
        ("outcome",),
        ("day",),
        ("how", "reached"),
        saved=lambda world: fields_of(EngagementAttempt.objects.all(), "outcome"),
    ),
    Case(
        "focus",
        "manager",
        lambda world: "/schools/900001/focus/",
        lambda world: {},
        ("decision",),
        saved=lambda world: fields_of(Focus.objects.all(), "decision"),
    ),
    Case(
        "criterion",
        "administrator",
        lambda world: "/support-criteria/add/",
        lambda world: {},
        ("name",),
        saved=lambda world: fields_of(SupportCriterion.objects.all(), "name"),
    ),
    Case(
        "invite",
        "administrator",
        lambda world: "/people/invite/",
        lambda world: {
            "name": "Nell New",
            "email": "nell@example.org",
            "roles": ["link_worker"],
            "hub": world.coast.pk,
            "kind": "fsw",
        },
        ("name",),
        ("email",),
        ("roles", "manages", "hub", "kind"),
        saved=lambda world: fields_of(User.objects.all(), "name", "email"),
    ),
    Case(
        "account",
        "primary",
        lambda world: "/account/",
        lambda world: {"name": "Priya Primary"},
        ("name", "phone"),
        saved=lambda world: fields_of(User.objects.all(), "name", "phone"),
    ),
    Case(
        "hub",
        "administrator",
        lambda world: "/geographies/hubs/add/",
        lambda world: {},
        ("name",),
        saved=lambda world: fields_of(Hub.objects.all(), "name"),
    ),
    Case(
        "agency",
        "administrator",
        lambda world: "/agencies/add/",
        lambda world: {"name": "Rail police"},
        ("name", "what_for", "note"),
        saved=lambda world: fields_of(Agency.objects.all(), "name", "what_for", "note"),
    ),
    Case(
        "sign in",
        "nobody",
        lambda world: "/sign-in/",
        lambda world: {"login": "dsl@example.org", "password": "x"},
        strict=("login", "password"),
        hidden=("password",),
    ),
    Case(
        "password reset",
        "nobody",
        lambda world: "/password/reset/",
        lambda world: {},
        strict=("email",),
    ),
    Case(
        "minutes of an item",
        "coordinator",
        lambda world: f"{minutes_of(world)}items/{agenda_item(world).pk}/",
        lambda world: {
            "version": agenda_item(world).version,
            "audience": "everybody",
            "new-what": "Write to parents",
        },
        ("discussion", "decision", "new-what"),
        ("new-due_on",),
        ("audience", "agencies", "schools", "new-owner", "new-child"),
        saved=lambda world: [
            *fields_of(AgendaItem.objects.all(), "discussion", "decision"),
            *fields_of(MinutedAction.objects.all(), "what"),
            # A date of nothing but spaces is none.
            "",
        ],
    ),
    Case(
        "item of an agenda",
        "coordinator",
        lambda world: f"{minutes_of(world)}items/add/",
        lambda world: {"title": "The bus"},
        ("title",),
        saved=lambda world: fields_of(AgendaItem.objects.all(), "title"),
    ),
    Case(
        "action of minutes",
        "coordinator",
        lambda world: f"{minutes_of(world)}actions/{action_of_minutes(world).pk}/",
        lambda world: {"what": "Write to parents", "due_on": "tomorrow"},
        ("what",),
        ("due_on",),
        ("owner", "child"),
        saved=lambda world: [*fields_of(MinutedAction.objects.all(), "what"), ""],
    ),
    Case(
        "who is here",
        "coordinator",
        lambda world: f"{minutes_of(world)}here/",
        lambda world: {},
        choices=("present", "accepted"),
    ),
    Case(
        "somebody who came",
        "coordinator",
        lambda world: f"{minutes_of(world)}here/add/",
        lambda world: {"who": meetings.police()[0].pk},
        ("name",),
        ("email",),
        ("who",),
        saved=lambda world: fields_of(MeetingAgency.objects.all(), "name", "email"),
    ),
    Case(
        "final minutes",
        "coordinator",
        lambda world: f"{minutes_of(world)}check/",
        lambda world: {"seen": seen_of(Minutes(held_meeting(world)))},
        ("no_actions_why",),
        saved=lambda world: fields_of(MinutesVersion.objects.all(), "no_actions_why"),
    ),
    Case(
        "minutes handed over",
        "coordinator",
        lambda world: f"{minutes_of(world)}hand-over/",
        lambda world: {"to": world.manager.pk, "reason": "On leave"},
        ("reason",),
        (),
        ("to",),
        saved=lambda world: fields_of(MinutesHandOver.objects.all(), "why"),
    ),
]


# --- asking -------------------------------------------------------------------------------


# Each actor's session, by the four minutes in which they signed in: the world of every test is the
# same one, and after five the password is asked for again.
SESSIONS, WHILE_FRESH = {}, 4 * 60


def client_of(world, actor):
    """Signed in by password, entered twice, so that nothing asks for it again."""
    client = Client(raise_request_exception=False)
    if actor == "nobody":
        return client
    key = actor, time.monotonic() // WHILE_FRESH
    if key not in SESSIONS:
        user = getattr(world, actor)
        client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
        client.post("/reauthenticate/", {"password": PASSWORD})
        SESSIONS[key] = Session.objects.get(pk=client.session.session_key)
    else:
        SESSIONS[key].save()
        client.cookies[settings.SESSION_COOKIE_NAME] = SESSIONS[key].pk
    return client


def post(client, address, data):
    """Post the data as a browser would, characters that are none included."""
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(address, body, content_type=FORM_BODY)


def named(world, names):
    """The names of fields in this world: ``HEAD`` stands for the headteacher's id."""
    return [name.replace("HEAD", str(world.head_post.pk)) for name in names]


def variants(text):
    """The forms in which a text may come back: as typed or trimmed, in one case, without NUL."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    whole = [text, text.replace("\x00", ""), text.replace("\r\n", "\n")]
    cased = [form for t in whole for form in (t, t.lower(), t.upper())]
    return {*cased, *(form.strip() for form in cased)}


def complaint(world, case, answer, kept):
    """What is wrong with the answer, as a sentence; empty when nothing is.

    ``kept`` are the texts, by field, that must be in the rows or back on the page.
    """
    if answer.status_code == 302:
        held = set(case.saved(world)) if case.saved else None
        lost = [name for name, text in kept.items() if held and not variants(text) & held]
        return f"did not save {lost} as typed" if lost else ""
    if answer.status_code != 200:
        return f"answered {answer.status_code}"
    page = answer.content.decode()
    if "There is a problem" not in page and not case.searches:
        return "said nothing"
    if vague := [sentence for sentence in VAGUE if sentence in page]:
        return f"said {vague}"
    escaped = {name: [escape(form) for form in variants(text)] for name, text in kept.items()}
    lost = [name for name, forms in escaped.items() if not any(form in page for form in forms)]
    return f"lost {lost}" if lost else ""


def troubles(world, case, attempts):
    """``{what was tried: what is wrong}`` over ``(what, changed fields, texts to keep)``."""
    client, found = client_of(world, case.actor), {}
    # What is posted to stands again after each attempt.
    address, data = case.address(world), case.data(world)
    point = transaction.savepoint()
    for what, changes, kept in attempts:
        answer = post(client, address, {**data, **changes})
        trouble = complaint(world, case, answer, kept)
        transaction.savepoint_rollback(point)
        if trouble:
            found[what] = trouble
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_text_is_kept_as_typed_or_refused_with_a_sentence(world, case):
    attempts = []
    for what, text in TEXTS.items():
        for boxes in (case.boxes, case.strict):
            typed_in = dict.fromkeys(named(world, boxes), text)
            kept = {name: text for name in typed_in if name not in case.hidden}
            if typed_in:
                attempts.append((f"{what} in {boxes}", typed_in, kept))
    assert troubles(world, case, attempts) == {}


@pytest.mark.parametrize("case", [case for case in CASES if case.choices], ids=str)
def test_a_choice_that_was_not_offered_is_refused_with_a_sentence(world, case):
    names = named(world, case.choices)
    attempts = [(value[:40], {name: [value, value] for name in names}, {}) for value in IDS]
    assert troubles(world, case, attempts) == {}


def test_a_session_of_an_earlier_test_is_not_asked_for_the_password(world, monkeypatch):
    """However long the run takes: a page that asks for it is no answer to what was posted."""
    client_of(world, "administrator")
    later = time.time() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "monotonic", lambda: later)
    [invite] = [case for case in CASES if str(case) == "invite"]
    answer = post(client_of(world, "administrator"), invite.address(world), invite.data(world))
    assert not answer.url.startswith("/reauthenticate/")


# --- addresses ----------------------------------------------------------------------------

JUNK = [
    *IDS,
    "",
    " ",
    "%",
    "\u202e",
    "a\ud800",
    "../../etc/passwd",
    "2026-11-22T12:00:00+00:00~",
    "2026-11-22T12:00:00+00:00~" + "0" * 32,
    "0001-01-01T00:00:00+00:00~00000000-0000-0000-0000-000000000000",
    "9999-12-31T23:59:59-23:59~00000000-0000-0000-0000-000000000000",
    "2026-11-22~" + "f" * 32,
    "\x00",
    "'",
    "a" * 6000,
]
PARAMETERS = [
    ("primary", "/", ("order",)),
    ("primary", "/consultations/", ("before", "page", "per_page", "sort")),
    ("primary", "/consultations/new/", ("school", "kind")),
    ("primary", "/schools/", ("words", "closed")),
    ("primary", "/schools/", ("hub", "type")),
    ("primary", "/schools/", ("after",)),
    ("primary", "/schools/", ("before",)),
    ("primary", "/schools/900001/", ("show",)),
    ("primary", "/schools/900001/", ("before", "page")),
    ("primary", "/requests/", ("show", "after")),
    ("primary", "/requests/log/", ("school",)),
    ("dsl", "/requests/ours/", ("show", "before")),
    ("manager", "/allocations/", ("hub",)),
    ("manager", "/allocations/", ("find",)),
    ("manager", "/allocations/900001/", ("kind",)),
    ("dsl", "/shared/", ("before", "page")),
    ("administrator", "/people/", ("found", "after", "before")),
    (
        "administrator",
        "/schools/geographies/assign/",
        ("districts", "postcodes", "schools", "now_in", "hub", "closed"),
    ),
    ("administrator", "/messages/", ("state",)),
    ("administrator", "/messages/", ("before", "after", "newer", "older")),
    ("nobody", "/sign-in/", ("next",)),
]


def test_a_nonsense_parameter_is_answered_with_a_page(world):
    """Negative, huge, repeated and as a list where one is meant; unknown ones are ignored."""
    clients = {actor: client_of(world, actor) for actor in {row[0] for row in PARAMETERS}}
    wrong = {}
    for actor, path, names in PARAMETERS:
        for value in JUNK:
            query = {name: ["x", value] for name in names}
            query.update({f"{name}[]": value for name in names})
            words = urlencode(query, doseq=True, errors="surrogatepass")
            status = clients[actor].get(f"{path}?{words}").status_code
            if status not in (200, 302, 400, 403, 404):
                wrong[path, names, value[:60]] = status
    assert wrong == {}


@pytest.mark.parametrize(
    "path", ["/consultations/{}/", "/shared/{}/pdf/", "/schools/{}/", "/pupils/{}/change/"]
)
def test_a_nonsense_id_is_not_there(world, path):
    client = client_of(world, "primary")
    for value in [
        "-1",
        "0",
        "9223372036854775808",
        "9" * 5000,
        "x",
        "%00",
        "%2e%2e",
        "é",
        "[]",
        "٣",
    ]:
        answer = client.get(path.format(value))
        assert answer.status_code in (400, 404), value
        assert "<h1" in answer.content.decode()


def test_a_body_that_is_no_form_is_answered_with_a_page(world):
    client = client_of(world, "primary")
    reply = f"/consultations/{world.shared.pk}/addendum/"
    edge = "multipart/form-data; boundary=edge"
    bodies = [
        ("application/json", b'{"text": '),
        ("text/plain", b"text=hello"),
        (edge, b"--edge\r\nContent-Disposition: form-data; name="),
        (edge, b""),
        ("multipart/form-data", b"no boundary"),
        (FORM_BODY, b"text=%"),
        (FORM_BODY, b"text=\xff\xfe"),
        (FORM_BODY, b"&".join(b"f%d=1" % number for number in range(2_000))),
        (FORM_BODY, b"text=" + b"a" * 3_200_000),
        (f"{FORM_BODY}; charset=utf-16", b"text=a"),
        (f"{FORM_BODY}; charset=nonsense", b"text=a"),
    ]
    for kind, body in bodies:
        answer = client.generic("POST", reply, body, content_type=kind)
        assert answer.status_code in (200, 302, 400, 413), (kind, body[:40])
    too_long = client.generic("POST", reply, b"text=" + b"a" * 3_200_000, content_type=FORM_BODY)
    assert too_long.status_code == 413
    assert "It is too long to send in one go" in too_long.content.decode()


def test_fields_that_no_form_has_change_nothing(world):
    """Every column of the row, posted beside the text (security.md N-24)."""
    columns = [column.attname for column in Consultation._meta.fields]
    before = Consultation.objects.filter(pk=world.shared.pk).values(*columns).get()
    client = client_of(world, "primary")
    extra = dict.fromkeys(columns, str(world.other_worker.pk))
    data = {"text": "More", "audience": "team", **{k: extra[k] for k in extra if k != "text"}}
    assert post(client, f"/consultations/{world.shared.pk}/addendum/", data).status_code == 302
    assert Consultation.objects.filter(pk=world.shared.pk).values(*columns).get() == before
    added = Addendum.objects.latest("added_at")
    assert (added.text, added.added_by, added.version) == ("More", world.primary, 0)
