"""How many queries a page takes: the same for a few rows as for sixty (performance.md).

The sign-in and scope of a page take four: session, user, grants and roles.
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
    Reply,
    Share,
    State,
    Theme,
    Withholding,
)
from consultations.recipients import contacts_of
from drafts.models import Draft
from notifications.models import Message
from schools.models import ContactRole, SchoolContact
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
    """A filled-in form with so many rows, and every contact and theme there is.

    Actions are by turns the link worker's and a contact's.
    """
    contacts = contacts_of(world.oakfield)
    owners = [f"user:{world.primary.pk}", *(f"contact:{contact.pk}" for contact in contacts)]
    data = typed(world.oakfield)
    data["contacts"] = [str(contact.pk) for contact in contacts]
    data["themes"] = [str(pk) for pk in Theme.objects.values_list("pk", flat=True)]
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
        (world.primary, f"/consultations/{world.shared.pk}/"): 16,
        (world.primary, f"/consultations/{to_share}/share/"): 13,
        (world.dsl, "/shared/"): 8,
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
    """performance.md: at most 12 to open the form and to reach the page that completes it."""
    client = as_(world.primary)
    bounds = {"open": 12, "to complete": 12}
    # One more: since when the writer has held the school; the names of who does an action.
    bounds |= {"open with errors": 13, "who gets it": 13}

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
    assert first <= 9
    assert later <= 8


@pytest.mark.parametrize("later", [False, True], ids=["shared at once", "shared later"])
def test_completing_takes_a_fixed_number_of_queries_and_two_for_each_recipient(world, as_, later):
    """The act itself is more than 12: sign-in and scope, the draft, then each table it fills.

    What it costs beyond that is one message a recipient, written and read back.
    """
    client = as_(world.primary)
    press = {"how": "here", **({"later": "1"} if later else {})}

    def counted(draft):
        address = f"/consultations/{draft.target_id}/complete/"
        sent = queries(lambda: client.post(address, press), 302)
        told = Message.objects.filter(about_id=str(draft.target_id)).count()
        return len(sent), told, sent

    add(world, 1)
    few, few_told, _ = counted(draft_by(world, short_form(world)))
    add(world, MANY)
    posts(world, people(MANY, "lead"), ContactRole.DSL)
    many, many_told, sent = counted(draft_by(world, long_form(world)))
    assert (few_told, many_told) == (3, 3 + MANY)
    assert many - 2 * many_told == few - 2 * few_told, sent
    assert few - 2 * few_told <= 23, sent


def test_sharing_and_adding_take_a_fixed_number_and_two_for_each_recipient(world, as_):
    client = as_(world.primary)

    def counted(consultation):
        page, about = f"/consultations/{consultation.pk}", str(consultation.pk)
        share = queries(lambda: client.post(f"{page}/share/", {"how": "here"}), 302)
        shared_with = Message.objects.filter(about_id=about).count()
        addendum = {"text": "The bus pass came.", "audience": "school"}
        add = queries(lambda: client.post(f"{page}/addendum/", addendum), 302)
        return len(share) - 2 * shared_with, len(add) - 2 * shared_with

    few = counted(world.completed)
    add(world, MANY)
    posts(world, people(MANY, "lead"), ContactRole.DSL)
    again = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    assert counted(again) == few
    share, addendum = few
    assert share <= 18
    assert addendum <= 11
