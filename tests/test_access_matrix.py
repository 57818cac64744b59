"""Who may ask for which address: every URL × method × actor, and an address without a row fails.

Access for all staff at the most suitable level (rule 003-12). Out of scope or absent is 404, in
scope but not allowed 403 (design.md 4). Each request runs in a savepoint of its own, so that one
actor's act never changes the next one's world.
"""

import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from drafts.models import Draft
from linkworkers.models import CountyAgreement, CountyAnswer
from schools.models import Agency, AgencyContact, School

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

WORKERS = {"primary", "secondary", "former", "future", "other_worker", "conflicted", "far_worker"}
MANAGERS = {"manager", "other_manager"}
OFFICE = {"duty", "service", "coordinator", "governance", "administrator"}
COUNCIL = WORKERS | MANAGERS | OFFICE
LEADS = {"dsl", "deputy", "head", "withheld"}
OAKFIELD = LEADS | {"senco"}
# A safeguarding post that awaits its second person opens nothing yet.
SCHOOL = OAKFIELD | {"unconfirmed", "left_lead", "other_dsl", "head_and_dsl", "attendee"}
IN_POST = OAKFIELD | {"other_dsl", "head_and_dsl"}
# The governance officer reads the audit, not the register.
REGISTER = COUNCIL - {"governance"}
EVERYONE = COUNCIL | SCHOOL
# Who cannot sign in, and so sees what somebody signed out sees.
OUTSIDE = {"anonymous", "invited", "deactivated"}
ACTORS = sorted(EVERYONE | OUTSIDE)

TEAM = {"primary", "secondary", "manager"}
READERS = TEAM | {"service", "former"}
TO_SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """One address and method: who gets which answer; everybody else gets ``others``.

    ``args`` makes the address's arguments from the world, ``query`` what follows it, ``data``
    what is posted. ``outside`` is the answer to who is not signed in.
    """

    name: str
    method: str = "get"
    answers: dict = field(default_factory=dict)
    others: int = 404
    args: object = lambda world: []
    query: str = ""
    data: dict = field(default_factory=dict)
    outside: int = TO_SIGN_IN

    def __str__(self):
        return f"{self.name}-{self.method}{self.query and '-query'}"

    def expected(self, actor):
        if actor in OUTSIDE:
            return self.outside
        for status, actors in self.answers.items():
            if actor in actors:
                return status
        return self.others


def shared(world):
    return [world.shared.pk]


def completed(world):
    return [world.completed.pk]


def draft(world):
    return [world.draft.pk]


def oakfield(world):
    return [world.oakfield.urn]


def contact(world):
    return [world.oakfield.urn, world.senco_post.pk]


def unconfirmed(world):
    return [world.oakfield.urn, world.unconfirmed_post.pk]


def post(name, answers, **options):
    return Row(name, "post", answers, **options)


PUBLIC = [
    Row(name, others=200, outside=200)
    for name in ("urgent", "healthz", "accessibility", "privacy", "help")
]

CONSULTATIONS = [
    Row("consultation_list", answers={200: COUNCIL}),
    Row("consultation_new", answers={200: COUNCIL}),
    Row(
        "consultation_new",
        query="?school=900001",
        answers={200: TEAM, 403: (REGISTER - TEAM) | OAKFIELD},
    ),
    post(
        "consultation_new",
        {403: (REGISTER - TEAM) | OAKFIELD, 302: TEAM},
        query="?school=900001",
        data={"save": "1"},
    ),
    Row("consultation", args=shared, answers={200: READERS}),
    Row("consultation", args=completed, query="?", answers={200: TEAM | {"service"}}),
    Row("consultation", args=draft, query="?draft", answers={200: {"manager"}, 302: {"primary"}}),
    Row("consultation_edit", args=draft, answers={200: {"primary"}, 403: {"manager"}}),
    post(
        "consultation_edit",
        {302: {"primary"}, 403: {"manager"}},
        args=draft,
        data={"save": "1", "version": "1"},
    ),
    Row("consultation_complete", args=draft, answers={302: {"primary"}, 403: {"manager"}}),
    post("consultation_complete", {302: {"primary"}, 403: {"manager"}}, args=draft),
    post("consultation_discard", {302: {"primary"}, 403: {"manager"}}, args=draft),
    Row("consultation_share", args=completed, answers={200: TEAM, 403: {"service"}}),
    post("consultation_share", {302: TEAM, 403: {"service"}}, args=completed, data={"how": "here"}),
    post(
        "consultation_addendum",
        {302: TEAM, 403: {"service", "former"}},
        args=shared,
        data={"text": "More", "audience": "team"},
    ),
    Row(
        "consultation_pdf",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "action_done",
        "post",
        {302: TEAM, 403: {"service"}},
        args=lambda world: [world.completed.actions.get().pk],
    ),
    post(
        "draft_save",
        {200: {"primary"}},
        args=lambda world: [draft_row(world).pk],
        data={"version": "1"},
    ),
    Row("shared_list", answers={200: SCHOOL}),
    Row(
        "shared_note",
        args=shared,
        answers={200: (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "shared_pdf",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "shared_print",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    post(
        "shared_stored",
        {302: LEADS - {"withheld"}, 403: {"senco", "attendee"}},
        args=shared,
        data={"on": "today"},
    ),
    post(
        "shared_reply",
        {302: LEADS - {"withheld"}, 403: {"senco", "attendee"}},
        args=shared,
        data={"text": "Thank you"},
    ),
]


def draft_row(world):
    return Draft.objects.get(target_id=world.draft.pk)


# Who edits the people of Oakfield.
EDITORS = TEAM | {"administrator", "dsl", "head", "withheld"}
CHANGERS = {"manager", "administrator"}

SCHOOLS = [
    Row("school_list", answers={200: REGISTER | IN_POST}),
    Row("school", args=oakfield, answers={200: REGISTER | OAKFIELD}),
    Row("school_add", answers={200: {"administrator"}, 403: REGISTER}),
    Row(
        "school_change",
        args=oakfield,
        answers={200: CHANGERS, 403: (REGISTER | OAKFIELD) - CHANGERS},
    ),
    Row(
        "school_attendees",
        args=oakfield,
        answers={200: TEAM | {"dsl", "head", "withheld"}, 403: REGISTER | OAKFIELD},
    ),
    Row("contact_add", args=oakfield, answers={200: EDITORS, 403: REGISTER | OAKFIELD}),
    Row("contact_change", args=contact, answers={200: EDITORS, 403: REGISTER | OAKFIELD}),
    post("contact_end", {302: EDITORS, 403: REGISTER | OAKFIELD}, args=contact),
    post(
        "contact_confirm",
        {302: {"dsl", "head", "withheld"}, 403: REGISTER | OAKFIELD},
        args=unconfirmed,
    ),
    Row("geographies", answers={200: {"administrator"}, 403: REGISTER}),
    Row("place_add", answers={200: {"administrator"}, 403: REGISTER}, args=lambda world: ["hubs"]),
    Row(
        "place_change",
        answers={200: {"administrator"}, 403: REGISTER},
        args=lambda world: ["hubs", world.coast.pk],
    ),
    Row("agencies", answers={200: REGISTER}),
    Row("agency_add", answers={200: {"administrator", "coordinator"} | MANAGERS, 403: REGISTER}),
]


def agency(world):
    return Agency.objects.get_or_create(name="Police")[0]


def agency_contact(world):
    person, _ = AgencyContact.objects.get_or_create(agency=agency(world), name="Duty desk")
    return [agency(world).pk, person.pk]


AGENCY_EDITORS = {200: {"administrator", "coordinator"} | MANAGERS, 403: REGISTER}
AGENCIES = [
    Row("agency_change", args=lambda world: [agency(world).pk], answers=AGENCY_EDITORS),
    Row("agency_contact_add", args=lambda world: [agency(world).pk], answers=AGENCY_EDITORS),
    Row("agency_contact_change", args=agency_contact, answers=AGENCY_EDITORS),
    post(
        "agency_contact_remove",
        {302: AGENCY_EDITORS[200], 403: REGISTER},
        args=agency_contact,
    ),
]


def agreement(world):
    """A proposal for an Alternative Provision College of the coast, by its manager."""
    college, _ = School.objects.get_or_create(
        urn="900009", defaults={"name": "Harbour College", "type_group": "apc", "hub": world.coast}
    )
    proposal = CountyAgreement.objects.filter(school=college).first()
    if proposal is None:
        proposal = CountyAgreement.objects.create(
            school=college,
            link_worker=world.primary.link_worker,
            kind="primary",
            proposed_by=world.manager,
        )
        CountyAnswer.objects.create(agreement=proposal, manager=world.manager, agrees=True)
        CountyAnswer.objects.create(agreement=proposal, manager=world.other_manager)
    return [proposal.pk]


def conflict(world):
    return [world.conflicted.own_child_conflicts.get().pk]


COUNTY = MANAGERS | {"service"}
OAKFIELD_ALLOCATORS = {"manager", "service"}
ALLOCATIONS = [
    Row("allocations", answers={200: COUNTY, 403: COUNCIL}),
    Row("allocate", args=oakfield, answers={200: OAKFIELD_ALLOCATORS, 403: REGISTER | OAKFIELD}),
    Row(
        "allocation_end",
        args=lambda world: [world.secondary_allocation.pk],
        answers={200: OAKFIELD_ALLOCATORS, 403: REGISTER | OAKFIELD},
    ),
    post(
        "allocation_resume",
        {302: OAKFIELD_ALLOCATORS, 403: REGISTER | {"head_and_dsl"}},
        args=lambda world: [world.conflicted_allocation.pk],
    ),
    Row("agreement", args=agreement, answers={200: COUNTY}),
    post("agreement_agree", {302: {"other_manager", "manager"}, 403: {"service"}}, args=agreement),
    post(
        "agreement_object",
        {302: {"other_manager", "manager"}, 403: {"service"}},
        args=agreement,
        data={"reason": "Too far to travel"},
    ),
    post(
        "agreement_withdraw", {302: {"manager", "service"}, 403: {"other_manager"}}, args=agreement
    ),
    Row(
        "link_worker_change",
        args=lambda world: [world.primary.link_worker.pk],
        answers={200: {"manager", "service", "administrator"}, 403: COUNCIL},
    ),
    Row("conflicts", answers={200: COUNCIL}),
    post("conflict_declare", {302: COUNCIL}),
    post(
        "conflict_withdraw",
        {302: {"conflicted", "manager", "service"}},
        args=conflict,
    ),
]

ADMINISTRATOR = {"administrator"}
RUNS_PEOPLE = ADMINISTRATOR | MANAGERS


def someone(world):
    return [world.primary.pk]


def a_role(world):
    return [world.primary.pk, world.primary.staff_roles.get().pk]


# Fixed pages of the staff: everybody else is refused before anybody is looked up.
PEOPLE = [
    Row("people", answers={200: RUNS_PEOPLE}, others=403),
    Row("person_invite", answers={200: RUNS_PEOPLE}, others=403),
    Row(
        "person",
        args=someone,
        answers={200: ADMINISTRATOR | {"manager"}, 404: {"other_manager"}},
        others=403,
    ),
    *(
        Row(name, args=someone, answers={200: ADMINISTRATOR, 404: {"other_manager"}}, others=403)
        for name in ("person_change", "person_role_give", "person_deactivate")
    ),
    post("person_role_end", {302: ADMINISTRATOR, 404: {"other_manager"}}, args=a_role, others=403),
    Row(
        "person_hubs",
        args=lambda world: [world.manager.pk],
        answers={200: ADMINISTRATOR, 404: {"other_manager"}},
        others=403,
    ),
    post(
        "person_reinvite",
        {302: ADMINISTRATOR | {"manager"}, 404: {"other_manager"}},
        args=someone,
        others=403,
    ),
    post(
        "person_reactivate", {302: ADMINISTRATOR, 404: {"other_manager"}}, args=someone, others=403
    ),
    Row("messages", answers={200: ADMINISTRATOR}, others=403),
    Row("demo_mailbox", answers={200: ADMINISTRATOR}, others=403),
    Row(
        "demo_letter",
        args=lambda world: [uuid.uuid4()],
        answers={404: ADMINISTRATOR},
        others=403,
    ),
]

ACCOUNT = [
    Row("home", answers={200: COUNCIL | {"unconfirmed", "left_lead"}, 302: SCHOOL}),
    Row("account", answers={200: EVERYONE}),
    Row("account_login", answers={302: EVERYONE}, outside=200),
    Row("account_inactive", others=200, outside=200),
    Row("account_logout", answers={200: EVERYONE}, outside=302),
    post("account_logout", {302: EVERYONE}, outside=302),
    Row("account_signup", others=302, outside=404),
    Row("account_reauthenticate", answers={200: EVERYONE}),
    Row("account_change_password", answers={200: EVERYONE}),
    Row("account_reset_password", answers={200: EVERYONE}, outside=200),
    Row("account_reset_password_done", answers={200: EVERYONE}, outside=200),
    Row(
        "account_reset_password_from_key",
        args=lambda world: ["1", "no-such-key"],
        answers={200: EVERYONE},
        outside=200,
    ),
    Row("account_reset_password_from_key_done", answers={200: EVERYONE}, outside=200),
    Row("session", answers={200: EVERYONE}, outside=200),
    Row("usersessions_list", answers={200: EVERYONE}),
    post("usersession_end", {}, args=lambda world: [999_999]),
    Row("invitation", args=lambda world: ["no-such-token"], others=410, outside=410),
    post("invitation_renew", {}, others=200, outside=200, args=lambda world: ["no-such-token"]),
]

ROWS = [*PUBLIC, *CONSULTATIONS, *SCHOOLS, *AGENCIES, *ALLOCATIONS, *PEOPLE, *ACCOUNT]


def names():
    """Every name in the resolver; a pattern without a name is an error."""
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            else:
                assert pattern.name or str(pattern.pattern) == "healthz", pattern
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found - {None}


def answer(world, row, actor):
    client = Client()
    if actor not in OUTSIDE:
        client.force_login(getattr(world, actor), backend=BACKEND)
    address = reverse(row.name, args=row.args(world)) + row.query
    point = transaction.savepoint()
    try:
        return getattr(client, row.method)(address, row.data).status_code
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_actor_gets_the_answer_in_the_table(world, row):
    given = {actor: answer(world, row, actor) for actor in ACTORS}
    expected = {actor: row.expected(actor) for actor in ACTORS}
    wrong = {a: (given[a], expected[a]) for a in ACTORS if given[a] != expected[a]}
    assert wrong == {}, "actor: (given, expected)"


def test_no_address_is_without_a_row(db):
    assert names() - {row.name for row in ROWS} == set()


def test_an_absent_record_and_one_out_of_scope_are_the_same_404(world):
    client = Client()
    client.force_login(world.far_worker, backend=BACKEND)
    absent = client.get(f"/consultations/{uuid.uuid4()}/")
    hidden = client.get(f"/consultations/{world.shared.pk}/")
    assert (absent.status_code, absent.content) == (hidden.status_code, hidden.content)
