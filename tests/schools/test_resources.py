"""The resources library and the log of training: who keeps them, and what is refused."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from schools.models import Resource, Training
from schools.services import resources
from tests.world import anew

pytestmark = pytest.mark.django_db
GUIDE = {
    "title": "Neglect toolkit",
    "url": "https://example.org/neglect",
    "source": "Safeguarding partnership",
    "is_recommended": "on",
}


def text(answer):
    return unescape(answer.content.decode())


def training(world, **changes):
    return {
        "held_on": "yesterday",
        "topic": "Spotting neglect early",
        "school": str(world.oakfield.pk),
        "given_by": "Priya Primary",
        "for_whom": "Teaching assistants",
        **changes,
    }


def test_a_resource_says_who_publishes_it_and_that_the_board_recommends_it(world, as_):
    """Rule 003-41."""
    as_(world.coordinator).post("/resources/add/", GUIDE)
    page = text(as_(world.primary).get("/resources/"))
    assert "From Safeguarding partnership" in page
    assert "Recommended by the partnership" in page
    assert "/resources/add/" not in page
    as_(world.coordinator).post(f"/resources/{Resource.objects.get().pk}/remove/")
    assert not Resource.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "javascript:alert(1)"}, "Enter the whole link"),
        ({"url": "ftp://example.org"}, "Enter the whole link"),
        ({"source": ""}, "Enter who publishes it"),
        ({"title": "x" * 151}, "Title must be 150 characters or fewer"),
        ({"title": "a\x00b"}, "character that cannot be kept"),
    ],
)
def test_a_resource_that_cannot_be_kept_says_what_to_do(world, as_, changes, sentence):
    answer = as_(world.manager).post("/resources/add/", {**GUIDE, **changes})
    assert sentence in text(answer)
    assert not Resource.objects.exists()


def test_one_title_is_in_the_library_once(world, as_):
    client = as_(world.manager)
    client.post("/resources/add/", GUIDE)
    again = client.post("/resources/add/", {**GUIDE, "title": "NEGLECT toolkit"})
    assert "is in the library already" in text(again)
    assert Resource.objects.count() == 1


def test_training_is_logged_once_for_a_school(world, as_):
    """Rules 000-10 and 003-42."""
    client, sent = as_(world.primary), training(world, id=str(uuid.uuid4()))
    client.post("/training/add/", sent)
    assert "logged already" in text(client.post("/training/add/", sent, follow=True))
    assert Training.objects.count() == 1
    page = text(client.get("/training/"))
    assert "Oakfield Primary School" in page
    assert "For Teaching assistants" in page


def test_training_is_for_a_school_or_a_group_and_not_ahead(world, as_):
    client = as_(world.primary)
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%-d %B %Y}"
    for changes, sentence in (
        ({"school": ""}, "Choose a school, or name the group"),
        ({"group": "The coast’s leads"}, "Choose a school, or name the group"),
        ({"held_on": tomorrow}, "The date must be today or in the past"),
        ({"school": str(world.elmgate.pk)}, "Choose the school"),
    ):
        assert sentence in text(client.post("/training/add/", training(world, **changes)))
    assert not Training.objects.exists()
    client.post("/training/add/", training(world, school="", group="The coast’s leads"))
    assert Training.objects.get().where == "The coast’s leads"


@pytest.mark.parametrize("who", ["service", "duty", "governance", "dsl"])
def test_nobody_else_logs_training(world, who):
    facts = {
        "held_on": timezone.localdate(),
        "topic": "Neglect",
        "school": world.oakfield,
        "given_by": "Somebody",
        "for_whom": "Staff",
    }
    with pytest.raises(PermissionDenied):
        resources.log_training(anew(getattr(world, who)), facts, pk=uuid.uuid4())
