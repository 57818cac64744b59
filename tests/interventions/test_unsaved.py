"""What is sent about a record whose children have closed comes back once they are open again."""

import uuid

import pytest
from django.utils import timezone

from consultations import services as consultations
from consultations.models import Share
from consultations.note_fields import MAX_TEXT
from drafts.models import UnsavedForm
from interventions.models import WorkState
from interventions.services import sessions
from schools.models import Involvement, SchoolGrant
from tests.children import child
from tests.consultations.about_children import part_about
from tests.consultations.children_typed import about
from tests.drafts.test_unsaved import send_again
from tests.interventions import asking
from tests.interventions.session_typed import typed as typed_session
from tests.interventions.short_work import day, session, under_way, work
from tests.schools.test_unsaved import WORDS, give_reason, text

WELFARE = {"contact": "other", "other_kind": "welfare"}


def share_page(world, ada):
    part_about(world.completed, ada)
    contact = f"contact-{world.dsl_post.pk}"
    typed = {"how": "here", f"withhold_{contact}": "on", f"why_{contact}": WORDS}
    return world.primary, f"/consultations/{world.completed.pk}/share/", typed


def complete_page(world, ada):
    pk, data = uuid.uuid4(), about({"who": ada.pk}, school=world.oakfield)
    consultations.start(world.primary, world.oakfield, pk, timezone.now(), data)
    contact = f"contact-{world.dsl_post.pk}"
    typed = {f"withhold_{contact}": "on", f"why_{contact}": WORDS}
    return world.primary, f"/consultations/{pk}/complete/", typed


def too_long_a_comment(world, ada):
    part_about(world.completed, ada)
    address = f"/consultations/{world.completed.pk}/comments/"
    return world.primary, address, {"text": WORDS + "x" * 5_000}


def reply_of_somebody_on_both_sides(world, ada):
    """A link worker with whom a note was shared as well; the reply is too long to be sent."""
    part_about(world.shared, ada)
    for row in (
        SchoolGrant.objects.get(user=world.dsl, permission__codename="view_shared_record"),
        Share.objects.get(user=world.dsl, consultation=world.shared),
    ):
        row.pk, row.user = None, world.primary
        row._state.adding = True
        row.save()
    return world.primary, f"/shared/{world.shared.pk}/reply/", {"text": WORDS + "x" * MAX_TEXT}


def request_from_a_consultation(world, ada):
    part_about(world.completed, ada)
    address = f"/interventions/new/?consultation={world.completed.pk}"
    return world.primary, address, asking.posted(world, ada, hoped_for=WORDS)


def change_of_a_request(world, ada):
    return world.primary, f"/interventions/{work(world, ada).pk}/change/", {"hoped_for": WORDS}


def people_of_the_work(world, ada):
    typed = {"adults-0-name": WORDS, "adults-TOTAL_FORMS": "1", "adults-INITIAL_FORMS": "0"}
    return world.primary, f"/interventions/{work(world, ada).pk}/people/", typed


def allocation_beside_a_social_worker(world, ada):
    made = work(world, ada, level=4)
    return world.manager, f"/interventions/{made.pk}/allocate/", {"level_four_reason": WORDS}


def no_allocation(world, ada):
    return world.manager, f"/interventions/{work(world, ada).pk}/decline/", {"reason": WORDS}


def plan_made_with_the_family(world, ada):
    return world.primary, f"/interventions/{under_way(world, ada).pk}/plan/", {"goal": WORDS}


def session_changed_in_another_tab(world, ada):
    made = under_way(world, ada)
    draft = sessions.start(world.primary, made, uuid.uuid4(), day(1), typed_session(made))
    typed = {**typed_session(made, others_present=[WORDS]), "version": "7"}
    return world.primary, f"/interventions/sessions/{draft.target_id}/edit/", typed


def addendum_about_nobody(world, ada):
    held = session(world, work(world, ada, state=WorkState.ALLOCATED), **WELFARE)
    return world.primary, f"/interventions/sessions/{held.pk}/addendum/", {"text": WORDS}


@pytest.mark.parametrize(
    "page",
    [
        share_page,
        complete_page,
        too_long_a_comment,
        reply_of_somebody_on_both_sides,
        request_from_a_consultation,
        change_of_a_request,
        people_of_the_work,
        allocation_beside_a_social_worker,
        no_allocation,
        plan_made_with_the_family,
        session_changed_in_another_tab,
        addendum_about_nobody,
    ],
)
def test_what_is_sent_about_a_record_with_a_closed_child_is_kept_and_comes_back(world, as_, page):
    """rule 001-58; design.md 8: nothing typed is lost."""
    user, path, typed = page(world, child(world, "Ada"))
    Involvement.objects.all().delete()
    client = as_(user)
    closed = client.post(path, typed)
    assert closed.status_code == 302
    kept = UnsavedForm.objects.get()
    assert f'name="next" value="/unsaved/{kept.pk}/"' in text(client.get(closed.url))
    there = give_reason(client, closed)
    assert there == f"/unsaved/{kept.pk}/"
    back = text(client.get(there))
    assert f'action="{path}"' in back
    assert "CANARY what I typed: &lt;b&gt;Ada&lt;/b&gt; “came”" in back


def test_a_request_that_was_kept_is_changed_as_it_was_typed(world, as_):
    made = work(world, child(world, "Ada"), level=None)
    Involvement.objects.all().delete()
    client, path = as_(world.manager), f"/interventions/{made.pk}/decline/"
    there = give_reason(client, client.post(path, {"reason": "Other support fits better"}))
    send_again(client, client.get(there), path)
    made.refresh_from_db()
    assert made.end_words == "Other support fits better"
    assert not UnsavedForm.objects.exists()
