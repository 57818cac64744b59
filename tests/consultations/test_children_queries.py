"""How many queries the form takes with two children in it: the same as with ten."""

import uuid

import pytest

from consultations.models import PupilDiscussed, Share
from consultations.recipients import ADDRESSES
from tests.children import child, works_with
from tests.consultations.children_typed import about
from tests.consultations.test_children_form import whole_part
from tests.consultations.test_queries import act, as_, draft_by, queries

__all__ = ["as_"]


def form_about(world, n):
    """A filled-in form about ``n`` children, everything said of each."""
    pupils = [child(world, f"Child {number}") for number in range(n)]
    for pupil in pupils:
        works_with(world, pupil)
    return about(*map(whole_part, pupils), school=world.oakfield)


def test_the_form_with_children_opens_and_saves_in_twelve_queries(world, as_):
    """performance.md: at most 12 to open the form and to save it, two children or ten."""
    client = as_(world.primary)

    def counted(n):
        data = form_about(world, n)
        draft = draft_by(world, data)
        page = f"/consultations/{draft.target_id}"
        post = {**data, "version": [str(draft.version)]}
        new = {**data, "id": [str(uuid.uuid4())]}
        autosave = {"headers": {"X-Autosave": "1"}}
        return {
            "open": len(queries(lambda: client.get(f"{page}/edit/"))),
            "first save": len(
                queries(
                    lambda: client.post("/consultations/new/?school=900001", new, **autosave), 201
                )
            ),
            "save": len(queries(lambda: client.post(f"/drafts/{draft.pk}/", post, **autosave))),
        }

    few = counted(2)
    assert counted(10) == few
    assert few["open"] <= 12
    assert few["first save"] <= 8
    assert few["save"] <= 7


def test_who_gets_it_takes_as_many_queries_for_ten_children_as_for_two(world, as_):
    client = as_(world.primary)

    def counted(n):
        draft = draft_by(world, form_about(world, n))
        return queries(lambda: client.get(f"/consultations/{draft.target_id}/complete/"))

    few, many = counted(2), counted(10)
    assert len(few) == len(many) <= 13, many


@pytest.mark.parametrize("later", [False, True], ids=["shared at once", "shared later"])
def test_completing_takes_as_many_queries_for_five_children_as_for_one(world, as_, later):
    """Five more than about no child: who may be picked, twice, the terms, the statuses, the work.

    Who is open to the writer is asked by the form, and once more by the act itself.
    """
    client = as_(world.primary)
    press = {"how": "here", **({"later": "1"} if later else {})}

    def counted(n):
        draft = draft_by(world, form_about(world, n))
        page = f"/consultations/{draft.target_id}/complete/"
        sent = queries(lambda: client.post(page, press), 302)
        kept = PupilDiscussed.objects.filter(consultation=draft.target_id)
        assert kept.filter(recording_tasks__isnull=False).count() == n
        return sent

    few, many = counted(1), counted(5)
    assert len(few) == len(many) <= 17, many
    assert len(act(many)) <= 7, act(many)


def test_a_copy_for_an_outsider_costs_no_query_for_its_children(world, as_):
    """Each child's part ticked for somebody elsewhere is a row of the same statement."""
    client = as_(world.primary)

    def counted(n):
        data = form_about(world, n)
        draft = draft_by(world, data)
        key = f"attendee-{uuid.uuid5(ADDRESSES, data['people-0-email'][0])}"
        ticked = {f"children_{key}": [str(index) for index in range(n)]}
        press = {"how": "here", f"share_{key}": "on", f"reason_{key}": "Asked for it"} | ticked
        page = f"/consultations/{draft.target_id}/complete/"
        sent = queries(lambda: client.post(page, press), 302)
        outsider = Share.objects.get(consultation=draft.target_id, from_school=False)
        assert outsider.children.count() == n
        return sent

    # The first time the outsider gets an account.
    counted(1)
    assert len(counted(1)) == len(counted(5))
