"""How many queries the form takes with two children in it: the same as with ten."""

import uuid

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


def test_completing_takes_as_many_queries_for_ten_children_as_for_two(world, as_):
    """Every table is written in one statement, however many children there are."""
    client = as_(world.primary)

    def counted(n):
        draft = draft_by(world, form_about(world, n))
        address = f"/consultations/{draft.target_id}/complete/"
        seen = queries(lambda: client.get(address))
        return seen, queries(lambda: client.post(address, {"how": "here", "later": "1"}), 302)

    few_seen, few = counted(2)
    many_seen, many = counted(10)
    assert len(few_seen) == len(many_seen) <= 13, many_seen
    assert len(act(few)) == len(act(many)), many
    written = [sql for sql in act(many) if "INSERT" in sql]
    assert len(written) == len(set(map(table, written))), written


def table(sql):
    return sql.partition("INSERT INTO ")[2].split(" ", 1)[0]
