"""Several in a row at one school: the day, the place and the people are kept (peers.md U4)."""

import pytest
from django.utils import timezone

from consultations.models import Consultation, Place, State
from tests.consultations.writing import typed


@pytest.fixture
def earlier(world):
    """Held in the morning by telephone, with the DSL and somebody from elsewhere."""
    held = world.completed
    Consultation.objects.filter(pk=held.pk).update(place=Place.PHONE, minutes=25)
    held.attendees.create(contact=world.dsl_post, name="Dora Lead", role_text="DSL")
    return Consultation.objects.get(pk=held.pk)


def new(client, world, after):
    return client.get(f"/consultations/new/?school={world.oakfield.urn}&after={after}")


def test_another_at_the_school_begins_with_the_day_the_place_and_the_people(world, earlier, as_):
    page = new(as_(world.primary), world, earlier.pk)
    form, people = page.context["sheet"].form, page.context["sheet"].people
    assert form.initial["held_on"] == timezone.localdate(earlier.held_at)
    assert (form["place"].value(), form["minutes"].value()) == (Place.PHONE, 25)
    assert form["contacts"].value() == [str(world.dsl_post.pk)]
    assert people.forms[0]["name"].value() == world.canary(world.oakfield, "completed", "attendee")
    html = page.content.decode()
    for field in ("shared", "internal", "updates", "training", "resource", "area", "action"):
        assert world.canary(world.oakfield, "completed", field) not in html.partition("<aside")[0]


def test_people_who_were_kept_are_saved_with_the_new_one(world, earlier, as_):
    client = as_(world.primary)
    html = new(client, world, earlier.pk).content.decode()
    assert 'name="people-INITIAL_FORMS" value="1"' in html
    form = {**typed(world.oakfield), "people-INITIAL_FORMS": ["1"], "complete": ["1"]}
    client.post(f"/consultations/new/?school={world.oakfield.urn}", form)
    made = Consultation.objects.filter(state=State.DRAFT).exclude(pk=world.draft.pk).get()
    client.post(f"/consultations/{made.pk}/complete/", {"how": "here", "later": "1"})
    made.refresh_from_db()
    assert made.state == State.COMPLETED
    assert {person.name for person in made.attendees.all()} == {"Dora Lead", "Nia Nurse"}


@pytest.mark.parametrize("after", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_begins_an_ordinary_one(world, as_, after):
    page = new(as_(world.primary), world, after)
    assert page.status_code == 200
    assert page.context["sheet"].form["minutes"].value() is None


def test_another_school_and_a_draft_give_nothing_away(world, as_):
    world.allocation(world.larkmead, world.primary, "primary")
    Consultation.objects.update(minutes=77)
    client = as_(world.primary)
    for after in (world.far_shared.pk, world.elmgate_shared.pk, world.draft.pk):
        assert new(client, world, after).context["sheet"].form["minutes"].value() is None


def test_the_button_is_on_a_record_of_ones_own(world, as_):
    path = f"/consultations/{world.completed.pk}/"
    link = f"?school={world.oakfield.urn}&amp;after={world.completed.pk}"
    assert link in as_(world.primary).get(path).content.decode()
    assert link not in as_(world.secondary).get(path).content.decode()
