"""Gentle prompts: what to look at again, and nothing that stands in the way."""

import uuid

import pytest

from consultations import forms
from consultations.models import Consultation
from consultations.prompts import prompts_for
from consultations.recipients import contacts_of
from drafts.models import Draft
from schools.models import FamilyLink
from tests.children import child, children_of, works_with
from tests.consultations.children_typed import about


@pytest.fixture
def children(world):
    found = children_of(world)
    works_with(world, found.ada)
    works_with(world, found.ben)
    return found


def prompts(world, *parts, **changes):
    sheet = forms.sheet(
        world.primary,
        world.oakfield,
        contacts_of(world.oakfield),
        forms.post_of(about(*parts, school=world.oakfield, **changes)),
    )
    return "\n".join(prompts_for(world.primary, sheet))


def test_a_name_of_a_child_on_record_is_met_however_it_is_written(world):
    child(world, "Zoë Anne", "O’Neill-Hart")
    for text in (
        "ZOE ANNE ONEILL HART was in",
        "Zoë O'Neill-Hart.",
        "Spoke about Zoe O’Neill Hart’s plan",
        "(zoë anne o'neill-hart)",
        "O’Neill-Hart, Zoë",
        "ONEILL HART Zoe Anne: in on Monday",
    ):
        found = prompts(world, naming="no_names", internal_notes=[text])
        assert "The name of a child on record at the school is in “internal notes”" in found
        assert "recorded without names: take it out" in found
        assert "Zo" not in found
    assert prompts(world, internal_notes=["Zoe went to Hart and O’Neill"]) == ""


def test_every_text_is_looked_at_in_a_consultation_without_names(world):
    child(world, "Ada", "Sparrow")
    part = {
        "who": "unnamed",
        "year_group": "5",
        **dict.fromkeys(("worries", "advice", "tried", "shared_text", "analysis"), "Ada Sparrow"),
    }
    found = prompts(world, part, naming="no_names", updates_given=["Ada Sparrow"])
    for box in ("what are we worried about", "advice you gave", "our analysis"):
        assert f": {box}”" in found
    assert "“a child without a name" in found
    assert "“news you gave the school”" in found


def test_in_a_named_consultation_a_child_belongs_in_their_own_part(world, children):
    own = {"who": children.ada.pk, "worries": f"{children.ada.name} is tired"}
    other = {"who": children.ben.pk, "worries": f"So is {children.ada.name}"}
    assert "own part" not in prompts(world, own, {"who": children.ben.pk})
    assert "own part" in prompts(world, own, other)


def test_initials_opinions_and_a_missing_date_are_prompted_for(world):
    """peers.md U34"""
    found = prompts(world, internal_notes=["J.S. is lazy and manipulative"])
    assert "Initials (“J.S.”)" in found
    assert "“lazy” and “manipulative”" in found
    assert "no date" not in found
    changes = {"actions-0-due_on": [""], "internal_notes": ["DSL and SENCO met. YES was asked."]}
    found = prompts(world, **changes)
    assert "An action has no date" in found
    assert "Initials" not in found


def test_a_brother_or_sister_who_is_left_out_is_asked_about(world, children):
    """peers.md U35"""
    found = prompts(world, {"who": children.ada.pk})
    assert f"{children.ada.name} has a brother or sister on record" in found
    assert children.ben.name not in found
    assert "brother" not in prompts(world, {"who": children.ada.pk}, {"who": children.ben.pk})


def test_a_sibling_in_a_linked_consultation_is_not_asked_about(world, children):
    """security.md N-04"""
    held, beside = world.draft, world.completed
    sheet = forms.sheet(
        world.primary,
        world.oakfield,
        contacts_of(world.oakfield),
        forms.post_of(about({"who": children.ada.pk}, school=world.oakfield)),
    )

    def asks():
        return "brother or sister" in str(prompts_for(world.primary, sheet, held))

    held.linked.add(beside)
    assert asks()
    part = beside.discussed.create(subject="pupil", pupil=children.ben)
    assert not asks()
    part.delete()
    data = {"children-0-who": [str(children.ben.pk), "unnamed"]}
    draft = Draft.objects.create(
        user=world.primary, form="consultation", target_id=beside.pk, data=data
    )
    assert not asks()
    draft.data = {**data, "children-0-DELETE": ["on"]}
    draft.save()
    assert asks()
    draft.data = data
    draft.save()
    held.linked.clear()
    assert asks()


def test_the_initials_of_a_child_in_the_note_are_met_without_dots(world, children):
    initials = f"{children.ada.first_names[0]}{children.ada.surname[0]}"
    text = {"internal_notes": [f"{initials} met with his mum, the DSL and the TA"]}
    assert f"Initials (“{initials}”)" in prompts(world, {"who": children.ada.pk}, **text)
    assert "Initials" not in prompts(world, **text)


def test_relatives_who_are_no_siblings_are_not_asked_about(world, children):
    FamilyLink.objects.update(kind="household")
    assert "brother" not in prompts(world, {"who": children.ada.pk})


def test_prompts_stand_on_the_page_that_says_who_gets_it_and_never_block(world, as_, children):
    client = as_(world.primary)
    data = about({"who": children.ada.pk}, school=world.oakfield, internal_notes=["He is lazy"])
    data |= {"id": [str(uuid.uuid4())], "complete": ["1"]}
    answer = client.post("/consultations/new/?school=900001", data)
    page = client.get(answer.url).content.decode()
    for sentence in ("Worth another look", "“lazy”", "has a brother or sister on record"):
        assert sentence in page
    assert client.post(answer.url, {"how": "here"}).status_code == 302
    data |= {"id": [str(uuid.uuid4())], "shared_text": [""]}
    page = client.post("/consultations/new/?school=900001", data).content.decode()
    assert "Enter the text the school will read" in page
    assert "Worth another look" in page


# --- added later ----------------------------------------------------------------------------


def add(client, held, text, **more):
    data = {"text": text, "audience": "school", **more}
    return client.post(f"/consultations/{held.pk}/addendum/", data)


def test_an_addendum_without_names_is_looked_at_once_before_the_school_reads_it(world, as_):
    child(world, "Ada", "Sparrow")
    held, client = world.shared, as_(world.primary)
    Consultation.objects.filter(pk=held.pk).update(naming="no_names")
    before = held.addenda.count()
    page = add(client, held, "Ada Sparrow came twice")
    html = page.content.decode()
    assert "recorded without names: take it out" in html
    assert "not added yet" in html
    assert ">Ada Sparrow came twice</textarea>" in html.replace("\r\n", "").replace("\n", "")
    assert held.addenda.count() == before
    mark = page.context["looked_at"]
    assert "lazy" in add(client, held, "Ada Sparrow is lazy", looked_at=mark).content.decode()
    assert held.addenda.count() == before
    assert add(client, held, "Ada Sparrow came twice", looked_at=mark).status_code == 302
    assert held.addenda.count() == before + 1


def test_initials_and_opinions_are_prompted_for_in_any_addendum(world, as_, children):
    """A child may be named in one where children are: it is in no child's own part."""
    client = as_(world.primary)
    html = add(client, world.shared, "J.S. is manipulative", audience="team").content.decode()
    assert "Initials (“J.S.”)" in html
    assert "“manipulative”" in html
    assert add(client, world.shared, f"{children.ada.name} came twice").status_code == 302
