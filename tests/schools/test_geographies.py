"""Moving many schools to a hub, panel area or nursing team: looked at first, then done."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.grants import drift
from accounts.models import User
from audit.models import Act, Verb
from consultations.models import Consultation
from linkworkers.models import Allocation
from schools import services
from schools.models import (
    NursingTeam,
    OwnChildConflict,
    PanelArea,
    School,
    SchoolStatus,
    SchoolType,
)

PAGE = "/schools/geographies/assign/"


@pytest.fixture
def places(world):
    """Districts and postcodes for the four schools; Oakfield and Elmgate are in Adur."""
    for school, district, postcode in (
        (world.oakfield, "Adur", "BN43 5AA"),
        (world.elmgate, "Adur", "BN15 8AA"),
        (world.beech, "Horsham", "BN4 3AB"),
        (world.larkmead, "Horsham", "RH20 4AA"),
    ):
        School.objects.filter(pk=school.pk).update(district=district, postcode=postcode)
    return world


def look(client, **asked):
    return client.get(PAGE, asked)


def names(response):
    preview = response.context["preview"]
    return [move.school.name for move in preview.moves] if preview else None


def move(client, looked, urns=None):
    """Press the button of the page ``looked``, with these schools ticked or all of them."""
    seen = re.search('name="seen" value="([0-9a-f]+)"', looked.content.decode())[1]
    urns = urns or [each.school.urn for each in looked.context["preview"].moves]
    address = f"{PAGE}?{looked.wsgi_request.META['QUERY_STRING']}"
    return client.post(address, {"seen": seen, "school": urns})


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"districts": ["Adur"]}, ["Elmgate School", "Oakfield Primary School"]),
        ({"postcodes": "BN43"}, ["Oakfield Primary School"]),
        ({"postcodes": "bn4"}, ["Beechcroft Junior School"]),
        ({"postcodes": "BN43 5\nRH20 4"}, ["Larkmead College", "Oakfield Primary School"]),
        ({"postcodes": "RH"}, ["Larkmead College"]),
        ({"schools": "900003\nOAKFIELD primary school"}, ["Beechcroft", "Oakfield"]),
        ({"postcodes": "RH20", "districts": ["Adur"]}, ["Elmgate", "Larkmead", "Oakfield"]),
    ],
)
def test_schools_are_chosen_by_district_postcode_or_name(as_, places, asked, found):
    north = PanelArea.objects.create(name="Northern")
    looked = look(as_(places.administrator), panel_area=north.pk, **asked)
    assert len(names(looked)) == len(found)
    assert all(name.startswith(start) for name, start in zip(names(looked), found, strict=True))


def test_what_is_there_already_is_not_listed(as_, places):
    looked = look(as_(places.administrator), districts=["Adur"], hub=places.coast.pk)
    assert names(looked) == []
    assert "Nothing would change" in looked.content.decode()


def test_they_can_be_narrowed_to_one_hub_and_closed_ones_included(as_, places):
    School.objects.filter(pk=places.larkmead.pk).update(status=SchoolStatus.CLOSED)
    client = as_(places.administrator)
    asked = {"now_in": places.downs.pk, "hub": places.coast.pk}
    assert names(look(client, **asked)) == ["Beechcroft Junior School"]
    assert names(look(client, closed="on", **asked)) == [
        "Beechcroft Junior School",
        "Larkmead College",
    ]


def test_the_ticked_ones_move_with_their_record_and_their_link_workers_stay(as_, places):
    world = places
    client = as_(world.administrator)
    looked = look(client, districts=["Adur"], hub=world.downs.pk)
    assert "Hub: Coast" in looked.content.decode()
    done = move(client, looked, urns=[world.oakfield.urn])
    assert told(done) == ["1 school has been moved."]
    world.oakfield.refresh_from_db()
    world.elmgate.refresh_from_db()
    assert (world.oakfield.hub, world.elmgate.hub) == (world.downs, world.coast)
    for model in (Consultation, Allocation):
        assert set(
            model.objects.filter(school=world.oakfield).values_list("hub_id", flat=True)
        ) == {world.downs.pk}
    assert list(drift()) == []
    held = f"/consultations/{world.completed.pk}/"
    assert as_(world.other_manager).get(held).status_code == 200
    assert as_(world.manager).get(held).status_code == 404
    assert as_(world.primary).get(held).status_code == 200


def test_a_move_is_written_down_for_each_school(places):
    world = places
    team = NursingTeam.objects.create(name="East")
    services.assign_geographies(
        world.administrator, [world.oakfield, world.elmgate], hub=world.coast, nursing_team=team
    )
    acts = Act.objects.filter(verb=Verb.CHANGE, by=world.administrator)
    assert {(act.school_id, tuple(act.detail["fields"])) for act in acts} == {
        (world.oakfield.pk, ("nursing_team",)),
        (world.elmgate.pk, ("nursing_team",)),
    }


def test_a_preview_that_is_out_of_date_is_caught(as_, places):
    world = places
    client = as_(world.administrator)
    looked = look(client, districts=["Adur"], hub=world.downs.pk)
    services.change_school(world.manager, world.elmgate, hub=world.downs)
    late = move(client, looked)
    assert late.status_code == 409
    assert "have been changed since you looked" in late.content.decode()
    world.oakfield.refresh_from_db()
    assert world.oakfield.hub == world.coast
    assert names(late) == ["Oakfield Primary School"]


def test_a_change_in_the_very_moment_is_caught_too(places):
    seen = [School.objects.get(pk=places.oakfield.pk)]
    School.objects.filter(pk=places.oakfield.pk).update(panel_area=None)
    with pytest.raises(services.StaleSchools):
        services.assign_geographies(places.administrator, seen, hub=places.downs)


def test_a_second_press_moves_nothing_again(as_, places):
    client = as_(places.administrator)
    looked = look(client, districts=["Adur"], hub=places.downs.pk)
    assert move(client, looked).status_code == 302
    assert move(client, looked).status_code == 409
    assert Act.objects.filter(verb=Verb.CHANGE).count() == 2


def test_without_a_tick_nothing_moves_and_nothing_chosen_is_lost(as_, places):
    client = as_(places.administrator)
    looked = look(client, districts=["Adur"], hub=places.downs.pk)
    page = move(client, looked, urns=["900003", "x"])
    assert "Tick at least one school to move" in page.content.decode()
    assert names(page) == names(looked)
    assert not Act.objects.filter(verb=Verb.CHANGE).exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"hub": "coast"}, "Choose districts, or enter postcodes or schools"),
        ({"districts": ["Adur"]}, "Choose where the schools go"),
        ({"districts": ["Mordor"], "hub": "coast"}, "Choose districts from the list"),
        ({"postcodes": "Shoreham", "hub": "coast"}, "is not the beginning of a postcode"),
        ({"postcodes": "BN 5", "hub": "coast"}, "is not the beginning of a postcode"),
        ({"schools": "Hogwarts", "hub": "coast"}, "No school here is “Hogwarts”"),
        ({"districts": ["Adur"], "hub": "x"}, "Choose the hub from the list"),
        ({"postcodes": "B" * 501, "hub": "coast"}, "Postcodes must be 500 characters or fewer"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(as_, places, asked, says):
    if asked.get("hub") == "coast":
        asked = {**asked, "hub": places.coast.pk}
    response = look(as_(places.administrator), **asked)
    assert response.status_code == 200
    assert says in response.content.decode()


def test_a_service_manager_moves_hubs_and_nothing_else(as_, places):
    world = places
    client = as_(world.service)
    area = PanelArea.objects.create(name="Northern")
    looked = look(client, districts=["Adur"], hub=world.downs.pk, panel_area=area.pk)
    assert "Panel area" not in looked.content.decode()
    move(client, looked)
    world.oakfield.refresh_from_db()
    assert (world.oakfield.hub, world.oakfield.panel_area) == (world.downs, world.area)
    with pytest.raises(PermissionDenied):
        services.assign_geographies(world.service, [world.oakfield], panel_area=area)
    with pytest.raises(PermissionDenied):
        services.assign_geographies(world.manager, [world.oakfield], hub=world.coast)


def test_a_declared_conflict_keeps_the_school_out(as_, places):
    """rule 001-53"""
    OwnChildConflict.objects.create(user=places.administrator, school=places.oakfield)
    looked = look(as_(places.administrator), districts=["Adur"], hub=places.downs.pk)
    assert names(looked) == ["Elmgate School"]
    with pytest.raises(PermissionDenied):
        services.assign_geographies(places.administrator, [places.oakfield], hub=places.downs)


def more_schools(world, count):
    School.objects.bulk_create(
        School(
            urn=f"{100_000 + number}",
            name=f"School {number:03}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
            district="Arun",
        )
        for number in range(count)
    )
    return list(School.objects.filter(district="Arun"))


def test_it_takes_as_many_queries_for_a_hundred_schools_as_for_two(places):
    def cost(schools):
        by = User.objects.get(pk=places.administrator.pk)
        with CaptureQueriesContext(connection) as captured:
            services.assign_geographies(by, schools, hub=places.downs)
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    few = cost([places.oakfield, places.elmgate])
    assert cost(more_schools(places, 100)) == few


def test_the_page_takes_as_many_queries_for_a_hundred_schools_as_for_two(as_, places):
    client = as_(places.administrator)
    asked = {"districts": ["Adur", "Arun"], "hub": places.downs.pk}

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert look(client, **asked).status_code == 200
        return len(captured)

    more_schools(places, 1)
    cost()
    few = cost()
    School.objects.filter(district="Arun").delete()
    more_schools(places, 100)
    assert cost() == few


def test_too_many_at_once_are_refused(as_, places):
    more_schools(places, 501)
    looked = look(as_(places.administrator), districts=["Arun"], hub=places.downs.pk)
    assert "more than 500 schools" in looked.content.decode()
    assert 'name="seen"' not in looked.content.decode()
