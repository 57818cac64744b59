"""What is sent about a child whose reason has run out is kept, and comes back once it is open."""

import re
from datetime import date
from html import unescape

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import sessions
from accounts.models import StaffRole
from audit.models import Access
from consultations.models import Destination, MadeChronology, RecordingTask
from drafts.models import UnsavedForm
from schools.models import (
    ContactRole,
    Enrolment,
    Involvement,
    Move,
    Opening,
    OwnChildConflict,
    StatusKind,
    Transition,
)
from schools.years import school_year_of
from tests.children import child, children_of
from tests.consultations.about_children import part_about
from tests.drafts.test_unsaved import send_again, sign_in
from tests.world import anew

WORDS = "CANARY what I typed: <b>Ada</b> “came”\r\nlate."


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def ada(children):
    return children.ada


def task_of(world, ada):
    part = part_about(world.completed, ada)
    return RecordingTask.objects.create(
        discussed=part,
        pupil=ada,
        school=world.oakfield,
        hub=world.coast,
        owner=world.primary,
        to=Destination.CED,
        because="No status",
        due_on=timezone.localdate(),
    )


def move_of(world, ada):
    former = ada.enrolments.get()
    former.ends_on = date(2025, 9, 1)
    former.save()
    new = Enrolment.objects.create(pupil=ada, school=world.oakfield, starts_on=former.ends_on)
    return Move.objects.create(
        pupil=ada, former=former, new=new, moved_on=former.ends_on, recorded_by=world.primary
    )


def made_of(world, ada):
    return MadeChronology.objects.create(pupil=ada, title="Chronology", made_by=world.primary)


PAGES = {
    "change": lambda world, ada: (f"/pupils/{ada.pk}/change/", {"surname": WORDS}),
    "identifiers": lambda world, ada: (f"/pupils/{ada.pk}/identifiers/", {"mosaic": WORDS}),
    "status": lambda world, ada: (
        f"/pupils/{ada.pk}/status/add/",
        {"kind": StatusKind.objects.first().pk, "source": WORDS},
    ),
    "move": lambda world, ada: (f"/pupils/{ada.pk}/move/", {"elsewhere": WORDS}),
    "hand-over": lambda world, ada: (
        f"/pupils/{ada.pk}/moves/{move_of(world, ada).pk}/",
        {"note": WORDS},
    ),
    "transition": lambda world, ada: (f"/transition/add/{ada.pk}/", {"why": WORDS}),
    "recording": lambda world, ada: (f"/recording/{task_of(world, ada).pk}/", {"analysis": WORDS}),
    "chronology": lambda world, ada: (
        f"/pupils/{ada.pk}/chronology/{made_of(world, ada).pk}/",
        {"analysis": WORDS},
    ),
}


def text(response):
    return response.content.decode()


def way_to_reason(page):
    """Where the page of a kept form leads that shows nothing of it before the reason is given."""
    shown = text(page)
    assert page.status_code == 200
    assert "give the reason to see it again" in shown
    assert "CANARY" not in shown
    return unescape(re.search(r'<a class="govuk-button" href="([^"]*)"', shown)[1])


def give_reason(client, answer):
    """What follows the reason page that the answer led to."""
    path = answer.url.partition("?")[0]
    assert path.endswith("/reason/")
    assert "CANARY" not in text(client.get(answer.url))
    return client.post(answer.url, {"reason": "concern"}).url


@pytest.mark.parametrize("page", PAGES)
def test_what_is_sent_after_the_reason_ran_out_comes_back_once_it_is_given_again(
    world, as_, ada, page
):
    """rule 001-58; design.md 8: nothing typed is lost."""
    path, typed = PAGES[page](world, ada)
    client = as_(world.primary)
    there = give_reason(client, client.post(path, {**typed, "find-surname": "CANARY-whom"}))
    back = text(client.get(there))
    assert f'action="{path}"' in back
    assert "CANARY what I typed: &lt;b&gt;Ada&lt;/b&gt; “came”" in back
    assert "CANARY-whom" not in back


def test_it_is_saved_from_there_as_it_was_typed_and_kept_no_longer(world, as_, ada):
    client = as_(world.primary)
    path = f"/transition/add/{ada.pk}/"
    typed = {"school_year": school_year_of(timezone.localdate()) + 1, "reasons": "sen", "why": "x"}
    there = give_reason(client, client.post(path, typed))
    send_again(client, client.get(there), path)
    assert Transition.objects.get().why == "x"
    assert not UnsavedForm.objects.exists()


def test_what_cannot_be_saved_comes_back_in_its_form(world, as_, ada):
    client = as_(world.primary)
    path = f"/pupils/{ada.pk}/status/add/"
    there = give_reason(client, client.post(path, {"source": "The DSL", "starts_on": "31/2/26"}))
    answer = text(send_again(client, client.get(there), path))
    assert "31/2/26" in answer
    assert "The DSL" in answer
    assert "There is a problem" in answer


@pytest.mark.parametrize("page", PAGES)
def test_a_kept_text_about_a_child_waits_behind_the_reason_in_the_next_sign_in_too(
    world, client, ada, page
):
    """rule 001-58: neither reading it nor sending it again shows anything while it is closed."""
    path, typed = PAGES[page](world, ada)
    sign_in(client, world.primary)
    client.get(client.post(f"/pupils/{ada.pk}/reason/", {"reason": "concern"}).url)
    client.get(path)
    session = client.session
    session[sessions.SEEN] -= settings.SESSION_IDLE_SECONDS
    session.save()
    client.post(path, typed)
    kept = UnsavedForm.objects.get()
    there = sign_in(client, world.primary).url
    assert there == f"/unsaved/{kept.pk}/?next=%2F"
    closed = client.get(there)
    assert "Ada" not in text(closed)
    ask = way_to_reason(closed)
    assert ask.startswith(f"/pupils/{ada.pk}/reason/")
    assert client.post(ask, {"reason": "concern"}).url == there
    assert "CANARY what I typed" in text(client.get(there))


def test_reading_it_again_is_one_look_at_the_child(world, as_, ada):
    """security.md N-16"""
    client = as_(world.primary)
    path, typed = PAGES["change"](world, ada)
    there = give_reason(client, client.post(path, typed))
    before = set(Access.objects.values_list("pk", flat=True))
    client.get(there)
    look = Access.objects.exclude(pk__in=before).get()
    assert (look.child_id, look.basis) == (ada.pk, "reason")


def test_a_form_that_names_two_children_waits_for_both(world, as_, children):
    client = as_(world.primary)
    path = f"/pupils/{children.ada.pk}/family/{children.cleo.pk}/link/"
    there = give_reason(client, client.post(path, {"kind": "other"}))
    ask = way_to_reason(client.get(there))
    assert client.post(ask, {"reason": "concern"}).url == there
    assert "Save it now" in text(client.get(there))


def test_sent_again_after_the_reason_ran_out_once_more_it_is_still_kept(world, as_, ada):
    client = as_(world.primary)
    path, typed = PAGES["status"](world, ada)
    there = give_reason(client, client.post(path, typed))
    page = client.get(there)
    Opening.objects.update(ends_at=timezone.now())
    again = send_again(client, page, path)
    assert give_reason(client, again) == there
    assert "CANARY what I typed" in text(client.get(there))


def test_nobody_else_finds_it_even_with_the_child_open(world, as_, ada):
    client = as_(world.primary)
    path, typed = PAGES["change"](world, ada)
    client.post(path, typed)
    kept = UnsavedForm.objects.get()
    Involvement.objects.create(
        pupil=ada, school=world.oakfield, source_type="consultation", source_id=world.completed.pk
    )
    assert as_(world.secondary).get(f"/unsaved/{kept.pk}/").status_code == 404
    assert as_(world.primary).get(f"/unsaved/{kept.pk}/").status_code == 200


def test_a_child_whom_no_reason_opens_any_more_keeps_the_text_closed(world, as_, ada):
    """rule 001-53"""
    client = as_(world.duty)
    path, typed = PAGES["change"](world, ada)
    client.post(path, typed)
    OwnChildConflict.objects.create(
        user=world.duty, school=world.oakfield, starts_at=world.yesterday
    )
    here = f"/unsaved/{UnsavedForm.objects.get().pk}/"
    page = client.get(f"{here}?next=/schools/")
    assert "What you sent cannot be shown to you now" in text(page)
    assert not any(said in text(page) for said in ("CANARY", "Ada", world.oakfield.name))
    assert not Access.objects.filter(user=world.duty, child_id=ada.pk).exists()
    assert send_again(client, page, f"{here}discard/").url == "/schools/"
    assert not UnsavedForm.objects.exists()


def test_of_two_children_the_closed_one_is_told_before_a_reason_is_asked_for(world, as_, children):
    """rule 001-53: no reason is asked for a page that would stay closed."""
    open_one, closed_one = sorted((children.ada, child(world, "Ben")), key=lambda pupil: pupil.pk)
    Enrolment.objects.filter(pupil=closed_one).update(school=world.beech)
    OwnChildConflict.objects.create(user=world.duty, school=world.beech, starts_at=world.yesterday)
    kept = UnsavedForm.objects.create(
        user=world.duty,
        path=f"/pupils/{open_one.pk}/change/",
        data={"sibling": [str(closed_one.pk)], "surname": [WORDS]},
    )
    page = as_(world.duty).get(f"/unsaved/{kept.pk}/")
    assert "What you sent cannot be shown to you now" in text(page)


def test_whoever_leaves_it_for_now_goes_on_to_where_they_were_going(world, as_, ada):
    """What they sent may wait; a concern whose address they opened may not."""
    client = as_(world.primary)
    typed = {"source": "The DSL", "starts_on": "31/2/26"}
    client.post(f"/pupils/{ada.pk}/status/add/", typed)
    client.logout()
    going_to = "/concerns/?q=1&page=2"
    at_the_gate = client.get(sign_in(client, world.primary, next=going_to).url)
    leave = '<a class="govuk-link" href="/concerns/?q=1&amp;page=2">Leave it for now</a>'
    assert leave in text(at_the_gate)
    ask = way_to_reason(at_the_gate)
    assert leave in text(client.get(client.post(ask, {"reason": "concern"}).url))


def test_whoever_is_asked_for_a_reason_can_throw_it_away_without_giving_one(world, as_, ada):
    client = as_(world.primary)
    path, typed = PAGES["change"](world, ada)
    client.post(path, typed)
    here = f"/unsaved/{UnsavedForm.objects.get().pk}/"
    page = client.get(f"{here}?next=/schools/")
    assert "Do not keep it" in text(page)
    assert send_again(client, page, f"{here}discard/").url == "/schools/"
    assert not UnsavedForm.objects.exists()
    assert not Opening.objects.exists()


def test_it_leads_to_no_other_site(world, as_):
    kept = UnsavedForm.objects.create(user=world.primary, path="/x/", data={"decision": ["x"]})
    there = "https://elsewhere.example.org/"
    client = as_(world.primary)
    page = client.get(f"/unsaved/{kept.pk}/?next={there}")
    assert "elsewhere" not in text(page)
    assert client.post(f"/unsaved/{kept.pk}/discard/", {"next": there}).url == "/"


@pytest.mark.parametrize(
    "sent",
    [
        {"password": "x"},
        {"file": SimpleUploadedFile("a.csv", b"x"), "surname": WORDS},
        {"find-surname": WORDS},
        {},
    ],
)
def test_no_password_no_file_no_search_and_no_mere_press_of_a_button_is_kept(world, as_, ada, sent):
    answer = as_(world.primary).post(f"/pupils/{ada.pk}/change/", sent)
    assert not UnsavedForm.objects.exists()
    assert give_reason(as_(world.primary), answer) == ada.get_absolute_url()


@pytest.mark.parametrize("page", ["/pupils/find/", "/search/"])
def test_whom_somebody_looked_for_is_not_kept(world, client, ada, page):
    """rule 001-58"""
    sign_in(client, world.primary)
    typed = {"surname": "CANARY-whom", "words": "CANARY-whom", "born_on_day": "1"}
    client.post(f"/pupils/{ada.pk}/family/", typed)
    session = client.session
    session[sessions.SEEN] -= settings.SESSION_IDLE_SECONDS
    session.save()
    client.post(page, typed)
    assert not UnsavedForm.objects.exists()


def test_a_form_about_no_child_needs_no_reason(world, as_):
    child(world, "Ada")
    UnsavedForm.objects.create(
        user=world.primary, path=f"/schools/{world.oakfield.urn}/focus/", data={"decision": ["x"]}
    )
    kept = UnsavedForm.objects.get()
    assert as_(world.primary).get(f"/unsaved/{kept.pk}/").status_code == 200
    assert not Access.objects.exclude(child_id=None).exists()


def test_what_a_coordinator_wrote_is_closed_where_their_own_child_attends(world, as_, ada):
    """rule 001-53: nothing about the school, though they look nobody up and give no reason."""
    kept = UnsavedForm.objects.create(
        user=world.coordinator, path=f"/pupils/{ada.pk}/change/", data={"surname": [WORDS]}
    )
    here = f"/unsaved/{kept.pk}/"
    assert "CANARY" in text(as_(world.coordinator).get(here))
    OwnChildConflict.objects.create(
        user=world.coordinator, school=world.oakfield, starts_at=world.yesterday
    )
    assert "CANARY" not in text(as_(world.coordinator).get(here))


def left_for_school(world, user, school):
    """The user's staff roles have ended, and they lead safeguarding at this school."""
    StaffRole.objects.filter(user=user).update(ends_at=world.yesterday)
    world.post(school, user, ContactRole.DSL)


def test_what_was_written_at_the_council_is_closed_to_whoever_left_it_for_a_school(
    world, as_, children
):
    """rule 001-58: a post at a school opens none of what the council wrote of other children."""
    of_ada, of_cleo = (
        UnsavedForm.objects.create(
            user=world.primary, path=f"/pupils/{pupil.pk}/change/", data={"surname": [WORDS]}
        )
        for pupil in (children.ada, children.cleo)
    )
    left_for_school(world, world.primary, world.oakfield)
    client = as_(anew(world.primary))
    page = client.get(f"/unsaved/{of_cleo.pk}/")
    assert "What you sent cannot be shown to you now" in text(page)
    assert "CANARY" not in text(page)
    assert not Access.objects.filter(child_id=children.cleo.pk).exists()
    assert "CANARY what I typed" in text(client.get(f"/unsaved/{of_ada.pk}/"))
    assert Access.objects.get(child_id=children.ada.pk).basis == "school"


def test_what_a_school_wrote_of_a_child_who_has_left_it_comes_back(world, as_, children):
    """What was shared with a school has no gate, and what its people answer has none."""
    kept = UnsavedForm.objects.create(
        user=world.dsl, path="/shared/", data={"child": [str(children.cleo.pk)], "text": [WORDS]}
    )
    assert "CANARY what I typed" in text(as_(world.dsl).get(f"/unsaved/{kept.pk}/"))
