"""Pages about one child: found, added, changed, linked and moved, and what each leaves behind."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.models import Access
from schools import services
from schools.models import FamilyLink, Move, Opening, OwnChildConflict, Pupil, School, StatusKind
from schools.pupil_forms import school_field
from tests.children import child, children_of, valid_upn, works_with

BORN = {"born_on_day": "23", "born_on_month": "4", "born_on_year": "2015"}


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def worker(world, as_, children):
    """Oakfield's link worker, at work with Ada."""
    works_with(world, children.ada)
    return as_(world.primary)


@pytest.fixture
def mia(world):
    """What somebody types to add Mia."""
    return {
        **BORN,
        "surname": "Lovage",
        "first_names": "Mia",
        "setting": "school",
        "school": world.oakfield.pk,
        "ahead": "0",
        "reason": "consultation",
    }


def page(pupil, end=""):
    return f"/pupils/{pupil.pk}/{end}"


def text(response):
    return response.content.decode()


def test_two_schools_of_the_same_name_are_told_apart_by_their_town(world, as_):
    School.objects.filter(pk=world.oakfield.pk).update(name="St Mary’s", town="Margate")
    School.objects.filter(pk=world.elmgate.pk).update(name="St Mary’s", town="Deal")
    labels = [label for _, label in school_field().choices]
    assert {"St Mary’s, Margate", "St Mary’s, Deal"} <= set(labels)


def test_what_was_typed_to_find_a_child_is_carried_over_to_adding_it(world, as_):
    client = as_(world.primary)
    typed = {**BORN, "surname": "Lovage", "first_names": "", "number": ""}
    answer = client.post("/pupils/find/", typed, follow=True)
    assert "No child on record matches" in text(answer)
    begun = client.post("/pupils/add/", {"start": "1", **dict(answer.context["typed"])})
    assert begun.context["form"].initial["surname"] == "Lovage"
    assert begun.context["form"].initial["born_on"] == date(2015, 4, 23)
    assert "There is a problem" not in text(begun)


def test_an_added_child_opens_at_once_for_who_added_it(world, as_, mia):
    client = as_(world.primary)
    answer = client.post("/pupils/add/", mia)
    added = Pupil.objects.get(surname="Lovage")
    assert answer.url == page(added)
    assert Opening.objects.get().pupil == added
    assert client.get(page(added, "change/")).status_code == 200


def test_a_child_like_one_on_record_is_asked_about_with_nothing_typed_lost(world, as_, mia):
    """issue 4: asks before it makes a duplicate; each child shown is written down."""
    held = child(world, "Maria", "Lovage", date(2015, 4, 23))
    client = as_(world.primary)
    answer = client.post("/pupils/add/", mia)
    assert "Is it one of these?" in text(answer)
    assert f'href="/pupils/{held.pk}/reason/"' in text(answer)
    assert 'value="Mia"' in text(answer)
    assert Access.objects.get(child_id=held.pk).basis == "search"
    assert Pupil.objects.count() == 1
    client.post("/pupils/add/", {**mia, "anyway": "1"})
    assert Pupil.objects.count() == 2


def test_a_child_added_anyway_is_added_once_however_often_the_button_is_pressed(world, as_, mia):
    held = child(world, "Maria", "Lovage", date(2015, 4, 23))
    client = as_(world.primary)
    begun = client.get("/pupils/add/").context["pk"]
    asked = client.post("/pupils/add/", {**mia, "id": begun})
    assert f'name="id" value="{begun}"' in text(asked)
    anyway = {**mia, "id": begun, "anyway": "1"}
    first = client.post("/pupils/add/", anyway)
    again = client.post("/pupils/add/", anyway)
    assert first.url == again.url == page(Pupil.objects.exclude(pk=held.pk).get())
    assert "You have added this child already" in text(client.get(again.url, follow=True))
    assert Opening.objects.count() == 1


def test_a_child_added_by_two_clicks_is_not_asked_about(world, as_, mia):
    client = as_(world.primary)
    sent = {**mia, "id": client.get("/pupils/add/").context["pk"]}
    urls = {client.post("/pupils/add/", sent).url for _ in range(2)}
    assert urls == {page(Pupil.objects.get())}


def test_a_twin_typed_over_the_page_of_the_first_is_added_as_well(world, as_, mia):
    client = as_(world.primary)
    sent = {**mia, "id": client.get("/pupils/add/").context["pk"]}
    client.post("/pupils/add/", sent)
    twin = {**sent, "first_names": "Noa"}
    asked = client.post("/pupils/add/", twin)
    assert "Is it one of these?" in text(asked)
    for _ in range(2):
        client.post("/pupils/add/", {**twin, "id": asked.context["pk"], "anyway": "1"})
    assert Pupil.objects.count() == 2
    assert set(Pupil.objects.values_list("first_names", flat=True)) == {"Mia", "Noa"}


def test_the_id_of_a_child_whom_somebody_else_added_leads_to_a_child_of_its_own(world, as_, mia):
    held = child(world, "Mia", "Lovage", date(2015, 4, 23))
    Pupil.objects.filter(pk=held.pk).update(added_by=world.far_worker)
    sent = {**mia, "id": held.pk, "anyway": "1"}
    answer = as_(world.primary).post("/pupils/add/", sent)
    assert answer.url == page(Pupil.objects.exclude(pk=held.pk).get())
    assert Pupil.objects.get(pk=held.pk).added_by == world.far_worker


@pytest.mark.parametrize("nonsense", ["", "1", "x" * 36, "\x00", "⁵" * 32])
def test_an_id_that_is_none_loses_nothing_of_a_new_child(world, as_, mia, nonsense):
    assert as_(world.primary).post("/pupils/add/", {**mia, "id": nonsense}).status_code == 302
    assert Pupil.objects.get().first_names == "Mia"


def test_a_child_who_may_be_another_with_day_and_month_swapped_is_shown_as_such(world, as_, mia):
    child(world, "Maria", "Lovage", date(2015, 5, 3))
    upn = child(world, "Ned", "Sorrel", date(2011, 1, 1)).identifiers.get().value
    swapped = {**BORN, "born_on_day": "5", "born_on_month": "3"}
    answer = as_(world.primary).post("/pupils/add/", {**mia, **swapped, "upn": upn})
    told = {one.pupil.surname: one.is_swapped for one in answer.context["alike"]}
    assert told == {"Lovage": True, "Sorrel": False}
    assert "Born 3 May 2015 (day and month the other way round)" in text(answer)


def test_a_worker_is_offered_their_own_schools_to_add_to_and_the_duty_manager_all(world, as_):
    offered = as_(world.primary).get("/pupils/add/").context["form"].fields["school"].queryset
    assert list(offered) == [world.oakfield]
    offered = as_(world.duty).get("/pupils/add/").context["form"].fields["school"].queryset
    assert set(offered) == set(world.schools)


def test_each_form_saves_and_goes_back_to_the_child(world, worker, children):
    kind = StatusKind.objects.get(name="Early Help Plan")
    for end, data in (
        ("change/", {**BORN, "first_names": "Ada", "surname": "Larkspur", "ahead": "1"}),
        ("identifiers/", {"upn": valid_upn(88), "mosaic": "m1", "ced": ""}),
        ("status/add/", {"kind": kind.pk, "starts_on": "today"}),
    ):
        answer = worker.post(page(children.ada, end), data)
        assert (answer.status_code, answer.url) == (302, page(children.ada)), end
    ada = Pupil.objects.get(pk=children.ada.pk)
    assert (ada.surname, ada.ahead) == ("Larkspur", 1)
    assert set(ada.identifiers.values_list("kind", flat=True)) == {"upn", "former_upn", "mosaic"}
    status = ada.statuses.get()
    assert "Early Help Plan" in text(worker.get(page(ada, "status/add/")))
    worker.post(page(ada, f"status/{status.pk}/end/"), {"ends_on": "today"})
    assert ada.statuses.filter(ends_on=None).count() == 0


def test_a_page_opened_before_somebody_elses_change_saves_nothing(worker, children):
    """design.md 4: a stale version is 409."""
    seen = worker.get(page(children.ada, "change/")).context["seen"]
    Pupil.objects.filter(pk=children.ada.pk).update(known_as="Adie")
    data = {**BORN, "first_names": "Ada", "surname": "Larkspur", "ahead": "0", "seen": seen}
    answer = worker.post(page(children.ada, "change/"), data)
    assert answer.status_code == 409
    assert 'value="Larkspur"' in text(answer)
    assert Pupil.objects.get(pk=children.ada.pk).known_as == "Adie"


def test_a_sibling_is_found_opened_and_linked(world, worker, children):
    cleo = children.cleo
    typed = {
        "surname": cleo.surname,
        "first_names": "",
        "number": "",
        "born_on_day": "8",
        "born_on_month": "6",
        "born_on_year": "2014",
    }
    family = page(children.ada, "family/")
    assert f"/pupils/{cleo.pk}/reason/?next={family}" in text(worker.post(family, typed))
    link = f"{family}{cleo.pk}/link/"
    assert worker.post(link, {"kind": "household"}).url.startswith(page(cleo, "reason/"))
    worker.post(page(cleo, "reason/"), {"reason": "concern"})
    assert "Live in the same home" in text(worker.post(family, typed))
    assert worker.post(link, {"kind": "household"}).url == family
    assert cleo.name in text(worker.get(family))


def test_a_move_is_recorded_and_its_hand_over_noted(world, worker, children):
    """rules 003-22, 003-23"""
    data = {"setting": "school", "school": world.beech.pk, "elsewhere": "", "moved_on": "today"}
    answer = worker.post(page(children.ada, "move/"), data)
    move = Move.objects.get()
    assert answer.url == page(children.ada, f"moves/{move.pk}/")
    told = {"how_told": "meeting", "told_on": "today", "file_sent_on": "today"}
    worker.post(answer.url, {**told, "file_received_on": "today", "note": ""})
    assert "has confirmed that it has the file" in text(worker.get(answer.url))


def test_no_title_and_no_address_has_a_name(worker, children):
    """security.md N-31"""
    for end in ("change/", "identifiers/", "status/add/", "family/", "move/"):
        head = text(worker.get(page(children.ada, end))).partition("</title>")[0]
        assert "CANARY" not in head, end
        assert "Ada" not in head, end


def test_each_page_of_a_child_leaves_one_row(worker, children):
    """security.md N-16"""
    ends = ("change/", "identifiers/", "status/add/", "family/", "move/")
    for end in ends:
        worker.get(page(children.ada, end))
    rows = Access.objects.filter(child_id=children.ada.pk)
    assert [row.basis for row in rows] == ["current work"] * len(ends)


def test_children_are_brought_in_from_a_file_after_a_look_at_it(world, as_):
    content = (
        "URN,UPN,First names,Surname,Date of birth\n"
        f"900001,{valid_upn(501)},Zoë,Lovage,23/04/2015\n"
        f"900003,{valid_upn(502)},Noa,Sorrel,23/04/2015\n"
    ).encode()
    client = as_(world.primary)
    looked = client.post("/pupils/import/", {"file": SimpleUploadedFile("children.csv", content)})
    assert "1 added, 0 changed, 0 unchanged, 1 rejected" in text(looked)
    assert not Pupil.objects.exists()
    client.post("/pupils/import/", {"content": looked.context["content"]})
    added = Pupil.objects.get()
    assert added.surname == "Lovage"
    again = client.post("/pupils/import/", {"content": looked.context["content"]})
    assert "0 added, 0 changed, 1 unchanged, 1 rejected" in text(again)
    assert Pupil.objects.get() == added


def test_the_list_of_statuses_is_kept_on_its_page(world, as_):
    client = as_(world.administrator)
    client.post("/status-kinds/add/", {"name": "Young carer", "route": "none", "is_offered": "on"})
    kind = StatusKind.objects.get(name="Young carer")
    client.post(f"/status-kinds/{kind.pk}/", {"name": "Young carer", "route": "plan"})
    kind.refresh_from_db()
    assert (kind.route, kind.is_offered) == ("plan", False)
    place = list(StatusKind.objects.all()).index(kind)
    client.post(f"/status-kinds/{kind.pk}/raise/", {"place": place})
    assert list(StatusKind.objects.all()).index(kind) == place - 1
    again = client.post("/status-kinds/add/", {"name": "young  carer", "route": "none"})
    assert "This status is in the list already" in text(again)


def test_a_closed_brother_or_sister_has_no_name_on_the_family_page(world, worker, children):
    """rule 001-58: who they are is behind a reason of its own."""
    family = page(children.ada, "family/")
    answer = text(worker.get(family))
    assert children.ben.name not in answer
    assert f"/pupils/{children.ben.pk}/reason/?next={family}" in answer
    works_with(world, children.ben)
    assert children.ben.name in text(worker.get(family))


def test_a_link_to_a_child_at_a_school_closed_to_the_viewer_is_not_there(world, worker, children):
    """security.md N-08"""
    one, other = sorted((children.ada, children.cleo), key=lambda pupil: pupil.pk)
    link = FamilyLink.objects.create(one=one, other=other, added_by=world.manager)
    OwnChildConflict.objects.create(user=world.primary, school=world.beech)
    answer = worker.post(page(children.ada, f"family/{link.pk}/remove/"))
    assert answer.status_code == 404
    assert FamilyLink.objects.filter(pk=link.pk).exists()


def test_what_the_other_school_ticked_is_not_undone_from_a_page_opened_before(
    world, worker, children
):
    today = timezone.localdate()
    moved = services.move(world.primary, children.ada, school=world.elmgate, moved_on=today)
    path = page(children.ada, f"moves/{moved.pk}/")
    seen = worker.get(path).context["seen"]
    told = {"how_told": "file", "told_on": today, "note": ""}
    sent = {"file_sent_on": today, "file_received_on": today}
    services.hand_over(world.secondary, moved, **told, **sent)
    answer = worker.post(path, {"note": "Ask the office", "seen": seen})
    assert answer.status_code == 409
    assert "Ask the office" in text(answer)
    moved.refresh_from_db()
    assert moved.is_handed_over
    again = worker.post(path, {"note": "Ask the office", "seen": answer.context["seen"]})
    assert again.status_code == 302
