"""How many queries a page takes: the same for a few rows as for sixty (performance.md).

The sign-in and scope of a page take three: session, user, and grants with roles.
"""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from consultations import services
from consultations.models import (
    Action,
    Addendum,
    Attendee,
    Audience,
    Consultation,
    NurseInvite,
    Reply,
    Share,
    State,
    Theme,
    Withholding,
)
from consultations.recipients import ADDRESSES, contacts_of
from drafts.models import Draft
from notifications.models import Message
from schools.models import ContactRole, Resource, SchoolContact
from tests.consultations.writing import typed

MANY = 60
# What the form takes (consultations.forms).
MOST_PEOPLE, MOST_ACTIONS = 30, 50


@pytest.fixture
def as_(as_):
    """``as_(user)``: the client, signed in as them, its session past its first request."""

    def sign_in(user):
        browser = as_(user)
        browser.get("/account/")
        return browser

    return sign_in


def queries(ask, status=200):
    """The statements that ``ask()`` sends, without the transaction's own."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == status
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def people(n, word):
    """``n`` new users who have joined."""
    return User.objects.bulk_create(
        User(
            email=f"{uuid.uuid4().hex}@example.org",
            name=f"{word} {number}",
            joined_at=timezone.now(),
        )
        for number in range(n)
    )


def posts(world, users, role):
    """A confirmed post at Oakfield for each of the users."""
    return SchoolContact.objects.bulk_create(
        SchoolContact(
            school=world.oakfield,
            user=user,
            name=user.name,
            email=user.email,
            roles=[role],
            starts_at=world.long_ago,
            confirmed_at=world.long_ago,
            confirmed_by=world.service,
            added_by=world.manager,
        )
        for user in users
    )


def add_consultations(world, n):
    """``n`` more shared consultations at Oakfield, each by somebody else."""
    day = timedelta(days=1)
    rows = Consultation.objects.bulk_create(
        Consultation(
            school=world.oakfield,
            hub_id=world.oakfield.hub_id,
            author=author,
            state=State.SHARED,
            held_at=world.now - day * number,
            completed_at=world.now - day * number,
            shared_at=world.now - day * number,
            stored_on=world.yesterday.date() if number % 2 else None,
            version=1,
            shared_text="What we talked about.",
        )
        for number, author in enumerate(people(n, "author"), start=1)
    )
    add_actions(world, rows, people(n, "owner"))


def add_actions(world, consultations, owners):
    """An open action of its own owner for each of the consultations."""
    Action.objects.bulk_create(
        Action(
            consultation=consultation,
            school=world.oakfield,
            hub_id=world.oakfield.hub_id,
            what="Ring the family",
            owner_user=owner,
        )
        for consultation, owner in zip(consultations, owners, strict=True)
    )


def add_rows(world, consultation, n):
    """``n`` more of everything that hangs on one consultation, each by somebody else."""
    contacts = posts(world, people(n, "contact"), ContactRole.PASTORAL)
    Attendee.objects.bulk_create(
        Attendee(consultation=consultation, contact=contact, name=contact.name)
        for contact in contacts
    )
    add_actions(world, [consultation] * n, people(n, "helper"))
    Addendum.objects.bulk_create(
        Addendum(consultation=consultation, audience=audience, text="More", added_by=person)
        for audience in Audience
        for person in people(n, f"writer-{audience}")
    )
    Reply.objects.bulk_create(
        Reply(consultation=consultation, text="Thank you", replied_by=person)
        for person in people(n, "replier")
    )
    Share.objects.bulk_create(
        Share(consultation=consultation, user=person, role_text="SENCO", shared_by=world.primary)
        for person in people(n, "reader")
    )
    Withholding.objects.bulk_create(
        Withholding(
            consultation=consultation,
            user=person,
            reason="Related",
            instead=contact,
            withheld_by=world.primary,
        )
        for person, contact in zip(people(n, "kept-out"), contacts, strict=True)
    )
    Resource.objects.bulk_create(
        Resource(title=uuid.uuid4().hex, url="https://example.org/") for _ in range(n)
    )
    consultation.themes.set(
        Theme.objects.bulk_create(Theme(name=uuid.uuid4().hex) for _ in range(n))
    )


def add(world, n):
    """``n`` more rows behind every page of Oakfield."""
    add_consultations(world, n)
    for consultation in (world.shared, world.completed):
        add_rows(world, consultation, n)


def draft_by(world, data):
    """A draft of the link worker's at Oakfield, as it was typed."""
    pk = uuid.uuid4()
    services.start(world.primary, world.oakfield, pk, timezone.now(), data)
    return Draft.objects.get(target_id=pk)


def form_with(world, guests, actions):
    """A filled-in form with so many rows, and every contact, theme and resource.

    Actions are by turns the link worker's and a contact's.
    """
    contacts = contacts_of(world.oakfield)
    owners = [f"user:{world.primary.pk}", *(f"contact:{contact.pk}" for contact in contacts)]
    data = typed(world.oakfield)
    data["contacts"] = [str(contact.pk) for contact in contacts]
    data["themes"] = [str(pk) for pk in Theme.objects.values_list("pk", flat=True)]
    data["resources"] = [*Resource.objects.values_list("title", flat=True)]
    data["people-TOTAL_FORMS"] = [str(guests)]
    for number in range(guests):
        data[f"people-{number}-name"] = [f"Guest {number}"]
        data[f"people-{number}-organisation"] = ["School nursing"]
        data[f"people-{number}-email"] = [f"guest{number}@example.org"]
    data["actions-TOTAL_FORMS"] = [str(actions)]
    for number in range(actions):
        data[f"actions-{number}-what"] = ["Ring the family"]
        data[f"actions-{number}-owner"] = [owners[number % len(owners)]]
        data[f"actions-{number}-due_on"] = ["1 December 2030"]
    return data


def short_form(world):
    return form_with(world, 1, 2)


def long_form(world):
    """As much as the form holds."""
    return form_with(world, MOST_PEOPLE, MOST_ACTIONS)


def test_every_page_takes_as_many_queries_for_sixty_rows_as_for_one(world, as_):
    note, to_share = f"/shared/{world.shared.pk}/", world.completed.pk
    bounds = {
        (world.primary, "/consultations/"): 7,
        (world.primary, "/consultations/new/?school=900001"): 12,
        (world.primary, f"/consultations/{world.shared.pk}/"): 17,
        (world.primary, f"/consultations/{to_share}/share/"): 12,
        (world.dsl, "/shared/"): 10,
        (world.dsl, note): 12,
        (world.dsl, f"{note}print/"): 11,
    }

    def counted():
        found = {}
        for user, path in bounds:
            client = as_(user)
            found[user, path] = queries(lambda path=path, client=client: client.get(path))
        return found

    add(world, 1)
    few = counted()
    add(world, MANY)
    many = counted()
    for user, path in bounds:
        most = bounds[user, path]
        assert len(few[user, path]) == len(many[user, path]) <= most, (path, many[user, path])


def test_the_form_opens_and_hands_over_in_twelve_queries_whatever_is_in_it(world, as_):
    """performance.md: at most 12 to open the form, to hand it over, to see who gets it."""
    client = as_(world.primary)
    # After a check one more reads the names of the school's children, for the prompts.
    bounds = {"open": 12, "open with errors": 13, "to complete": 10, "who gets it": 10}

    def counted(draft):
        page = f"/consultations/{draft.target_id}"
        post = {**draft.data, "version": [str(draft.version)], "complete": ["1"]}
        return {
            "open": queries(lambda: client.get(f"{page}/edit/")),
            "open with errors": queries(lambda: client.get(f"{page}/edit/?check=1")),
            "to complete": queries(lambda: client.post(f"{page}/edit/", post), 302),
            "who gets it": queries(lambda: client.get(f"{page}/complete/")),
        }

    add(world, 1)
    few = counted(draft_by(world, short_form(world)))
    add(world, MANY)
    many = counted(draft_by(world, long_form(world)))
    for step, most in bounds.items():
        assert len(few[step]) == len(many[step]) <= most, (step, many[step])


def test_saving_a_draft_takes_few_queries_whatever_is_in_it(world, as_):
    """performance.md: at most 12 queries, the first save that makes the draft included."""
    client = as_(world.primary)

    def counted(data):
        data = {**data, "id": [str(uuid.uuid4())]}
        answers = []

        def save(path, version):
            post = {**data, "version": [str(version)]}
            answers.append(client.post(path, post, headers={"X-Autosave": "1"}))
            return answers[-1]

        new = f"/consultations/new/?school={world.oakfield.urn}"
        first = queries(lambda: save(new, 0), 201)
        made = answers[-1].json()
        later = queries(lambda: save(made["draft_url"], made["version"]))
        return len(first), len(later)

    add(world, 1)
    few = counted(short_form(world))
    add(world, MANY)
    assert counted(long_form(world)) == few
    first, later = few
    assert first <= 8
    assert later <= 7


def act(sent):
    """Those of a request's statements that belong to the act, which begins by locking its row."""
    locks = ("FOR UPDATE", 'UPDATE "consultations_consultation"')
    first = next(n for n, sql in enumerate(sent) if any(lock in sql for lock in locks))
    return sent[first:]


def told_about(pk):
    return Message.objects.filter(about_id=str(pk)).count()


@pytest.mark.parametrize("later", [False, True], ids=["shared at once", "shared later"])
def test_completing_takes_as_many_queries_for_twelve_recipients_as_for_three(world, as_, later):
    """performance.md: at most 12 for the whole request, a nurse who took part left aside.

    Eight reads of one row or list each: session, user, scope, consultation, draft, people, link
    workers and what the form offers. Four writes: the record, the draft, the messages, and every
    row that came of the act.
    """
    client = as_(world.primary)
    press = {"how": "here", **({"later": "1"} if later else {})}

    def completed(draft):
        address = f"/consultations/{draft.target_id}/complete/"
        sent = queries(lambda: client.post(address, press), 302)
        return sent, told_about(draft.target_id)

    add(world, 1)
    few, few_told = completed(draft_by(world, short_form(world)))
    add(world, MANY)
    posts(world, people(9, "lead"), ContactRole.DSL)
    many, many_told = completed(draft_by(world, long_form(world)))
    assert (few_told, many_told) == (3, 12)
    assert len(few) == len(many) <= 12, many
    assert len(act(many)) <= 4, act(many)


def test_recipients_of_every_kind_cost_no_query_of_their_own(world, as_):
    """Leads who have not joined, colleagues by name, people of elsewhere who are new to us.

    The first cost an invitation, the second a grant, the third an account: two queries, one and
    four more, however many there are.
    """
    client = as_(world.primary)

    def completed(n):
        newcomers = people(n, "lead")
        User.objects.filter(pk__in=[user.pk for user in newcomers]).update(joined_at=None)
        posts(world, newcomers, ContactRole.DSL)
        colleagues = posts(world, people(n, "colleague"), ContactRole.PASTORAL)
        data = form_with(world, n, 2)
        addresses = [f"{uuid.uuid4().hex}@example.org" for _ in range(n)]
        press = {"how": "here"} | {f"share_contact-{post.pk}": "on" for post in colleagues}
        for number, address in enumerate(addresses):
            data[f"people-{number}-email"] = [address]
            key = f"attendee-{uuid.uuid5(ADDRESSES, address)}"
            press |= {f"share_{key}": "on", f"reason_{key}": "Asked for it"}
        draft = draft_by(world, data)
        page = f"/consultations/{draft.target_id}/complete/"
        return queries(lambda: client.post(page, press), 302), told_about(draft.target_id)

    few, few_told = completed(2)
    many, many_told = completed(12)
    # The two leads who came first are told again.
    assert (few_told, many_told) == (3 + 3 * 2, 3 + 2 + 3 * 12)
    assert len(few) == len(many) <= 19, many


def test_sharing_and_adding_take_as_many_queries_for_twelve_recipients_as_for_three(world, as_):
    client = as_(world.primary)

    def counted(consultation):
        page = f"/consultations/{consultation.pk}"
        share = queries(lambda: client.post(f"{page}/share/", {"how": "here"}), 302)
        shared_with = told_about(consultation.pk)
        addendum = {"text": "The bus pass came.", "audience": "school"}
        added = queries(lambda: client.post(f"{page}/addendum/", addendum), 302)
        assert told_about(consultation.pk) == 2 * shared_with
        return share, added, shared_with

    *few, few_told = counted(world.completed)
    add(world, MANY)
    posts(world, people(9, "lead"), ContactRole.DSL)
    again = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    *many, many_told = counted(again)
    assert (few_told, many_told) == (3, 12)
    # Six of each make its words findable: what the record says is read, and written once more.
    for before, after, most in zip(few, many, (22, 16), strict=True):
        assert len(before) == len(after) <= most, after
    assert len(act(many[0])) <= 12, many[0]


def test_a_nurse_who_took_part_adds_four_queries(world, as_):
    """The term is looked up, its invitation read, linked and recorded; made the first time."""
    client = as_(world.primary)

    def completed():
        draft = draft_by(world, short_form(world) | {"nurse_present": ["on"]})
        page = f"/consultations/{draft.target_id}/complete/"
        return queries(lambda: client.post(page, {"how": "here"}), 302)

    first = completed()
    NurseInvite.objects.update(consultation=None)
    later = completed()
    assert NurseInvite.objects.get().is_held
    assert len(later) <= 16, later
    assert len(first) <= 20, first
