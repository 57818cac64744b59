"""How many children a theme touches: each once, by county area and term, small groups kept back."""

import csv
import io
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.models import Consultation, State, Theme
from overview import themes
from panels.models import Meeting, MeetingPupil, MeetingSchool
from schools.models import OwnChildConflict, PanelArea
from tests.children import child
from tests.consultations.about_children import part_about
from tests.interventions.short_work import work
from tests.world import anew

pytestmark = pytest.mark.django_db


@pytest.fixture
def exploitation():
    return Theme.objects.get(name="Exploitation")


@pytest.fixture
def this_term():
    return themes.spans(timezone.localdate())[0]


def at(day):
    return timezone.make_aware(datetime.combine(day, time(10)))


def held(world, school, pupils, theme=None, *, areas=(), day=None, kind="caso", **fields):
    """A meeting that was held today about these children of a school."""
    meeting = Meeting.objects.create(
        kind=kind,
        state="held",
        title="Held",
        areas=list(areas),
        starts_at=at(day or timezone.localdate()),
        organiser=world.coordinator,
        held_at=timezone.now(),
        held_by=world.coordinator,
        **fields,
    )
    if theme:
        meeting.themes.add(theme)
    if school:
        MeetingSchool.objects.create(meeting=meeting, school=school, hub_id=school.hub_id)
    for number, pupil in enumerate(pupils, start=1000):
        MeetingPupil.objects.create(
            meeting=meeting,
            pupil=pupil,
            school=school,
            reference=f"P{number}",
            basis="agreed",
            added_by=world.coordinator,
        )
    return meeting


def consulted(world, school, pupils, theme=None, *, areas=(), state=State.COMPLETED):
    """A consultation held today about these children by name."""
    made = Consultation.objects.create(
        school=school,
        hub_id=school.hub_id,
        author=world.primary,
        state=State.DRAFT,
        held_at=timezone.now(),
    )
    for pupil in pupils:
        part_about(made, pupil, areas=list(areas))
    if theme:
        made.themes.add(theme)
    if state == State.COMPLETED:
        Consultation.objects.filter(pk=made.pk).update(state=state, completed_at=timezone.now())
    return made


def group(world, number, school=None):
    return [child(world, f"Child{n}", school=school, upn=None) for n in range(number)]


def number_of(user, topic, span):
    """``children_by`` of one topic in one term, of all areas."""
    found = themes.children_by(anew(user), [span])
    return sum(found.get((span, str(topic)), {}).values())


def told_of(as_, user, name, path="/themes/"):
    page = as_(user).get(path)
    lines = [line for part in ("key_areas", "themes") for line in page.context[part][0]]
    return next(line for line in lines if line.name == name)


def test_a_child_counts_once_whatever_was_held_about_them(world, exploitation, this_term):
    """Rule 001-124: two consultations, a meeting and short work about one child are one child."""
    ada = child(world)
    before = number_of(world.manager, "attendance", this_term)
    for _ in range(2):
        consulted(world, world.oakfield, [ada], exploitation, areas=["attendance"])
    held(world, world.oakfield, [ada], exploitation, areas=["attendance", "neglect"])
    work(world, ada, asked_on=timezone.localdate())
    assert number_of(world.manager, exploitation.pk, this_term) == 1
    assert number_of(world.manager, "attendance", this_term) == before + 1
    assert number_of(world.manager, "neglect", this_term) == 1


def test_a_consultation_about_no_child_is_nowhere(world, exploitation, this_term):
    """Rule 001-124: neither its theme nor its key areas."""
    consulted(world, world.oakfield, [], exploitation, areas=["neglect"])
    held(world, world.oakfield, [], exploitation, areas=["neglect"])
    assert number_of(world.service, exploitation.pk, this_term) == 0
    assert number_of(world.service, "neglect", this_term) == 0


def test_a_draft_and_a_meeting_that_was_not_held_tell_nothing(world, exploitation, this_term):
    ada = child(world)
    consulted(world, world.oakfield, [ada], exploitation, state=State.DRAFT)
    planned = held(world, world.oakfield, [ada], exploitation)
    Meeting.objects.filter(pk=planned.pk).update(state="called", held_at=None, held_by=None)
    assert number_of(world.manager, exploitation.pk, this_term) == 0


def test_each_term_has_its_own_children(world, exploitation):
    this, last = themes.spans(timezone.localdate(), 2)
    ada, ben = child(world, "Ada"), child(world, "Ben")
    held(world, world.oakfield, [ada], exploitation)
    held(world, world.oakfield, [ada, ben], exploitation, day=this.first - timedelta(days=1))
    held(world, world.oakfield, [ben], exploitation, day=last.first - timedelta(days=1))
    assert number_of(world.manager, exploitation.pk, this) == 1
    found = themes.children_by(world.manager, [this, last])
    assert found[last, str(exploitation.pk)] == {world.area.pk: 2}


def test_a_manager_has_their_hubs_children_and_the_service_manager_all(
    world, exploitation, this_term
):
    """design.md 4: of one meeting over two hubs, each manager's own children."""
    ada, cleo = child(world), child(world, "Cleo", school=world.beech)
    meeting = held(world, world.oakfield, [ada], exploitation)
    MeetingSchool.objects.create(meeting=meeting, school=world.beech, hub_id=world.beech.hub_id)
    MeetingPupil.objects.create(
        meeting=meeting,
        pupil=cleo,
        school=world.beech,
        reference="P2000",
        basis="agreed",
        added_by=world.service,
    )
    numbers = {
        who.email: number_of(who, exploitation.pk, this_term)
        for who in (world.manager, world.other_manager, world.service)
    }
    assert list(numbers.values()) == [1, 1, 2]


def test_nothing_of_a_school_their_own_child_attends_is_in_a_managers_number(
    world, exploitation, this_term
):
    consulted(world, world.oakfield, group(world, 2), exploitation)
    held(world, world.oakfield, group(world, 2), exploitation)
    OwnChildConflict.objects.create(
        user=world.service, school=world.oakfield, starts_at=world.yesterday
    )
    assert number_of(world.service, exploitation.pk, this_term) == 0
    assert number_of(world.manager, exploitation.pk, this_term) == 4


def test_a_panels_child_without_a_school_is_the_panels(world, exploitation, this_term):
    """Rule 001-94: the panel's county area, and its hub's managers."""
    panel = {"kind": "panel", "panel_area": world.area, "hub": world.coast}
    held(world, None, group(world, 2), exploitation, **panel)
    found = themes.children_by(world.manager, [this_term])
    assert found[this_term, str(exploitation.pk)] == {world.area.pk: 2}
    assert number_of(world.other_manager, exploitation.pk, this_term) == 0


def test_a_small_group_is_kept_back_on_the_page_and_in_the_file(world, exploitation, as_):
    """Rule 004-3: no number under five, and none that follows from the others."""
    other = PanelArea.objects.create(name="Western")
    type(world.elmgate).objects.filter(pk=world.elmgate.pk).update(panel_area=other)
    held(world, world.oakfield, group(world, 6), exploitation)
    held(world, world.elmgate, group(world, 2, world.elmgate), exploitation)
    line = told_of(as_, world.manager, "Exploitation")
    assert line.children == "8"
    # Six of eight would tell of the two.
    assert dict(line.areas) == {"Southern": "Not shown", "Western": "Fewer than 5"}
    few = Theme.objects.create(name="Neglect at home")
    held(world, world.oakfield, group(world, 4), few)
    line = told_of(as_, world.manager, "Neglect at home")
    assert (line.children, line.bar) == ("Fewer than 5", 0)
    assert "4" not in dict(line.areas).values()


def test_a_child_at_two_schools_stands_in_the_county_area_where_it_was_last(
    world, exploitation, this_term
):
    other = PanelArea.objects.create(name="Western")
    type(world.elmgate).objects.filter(pk=world.elmgate.pk).update(panel_area=other)
    ada, today = child(world), timezone.localdate()
    held(world, world.oakfield, [ada], exploitation, day=max(this_term.first, today - timedelta(5)))
    consulted(world, type(world.elmgate).objects.get(pk=world.elmgate.pk), [ada], exploitation)
    found = themes.children_by(world.manager, [this_term])
    assert found[this_term, str(exploitation.pk)] == {other.pk: 1}


def test_the_file_has_the_terms_that_are_over_alone(world, exploitation, as_):
    """Of two files that differ by a day, one could be taken from the other (rule 004-3)."""
    this, last = themes.spans(timezone.localdate(), 2)
    held(world, world.oakfield, group(world, 7), exploitation)
    held(world, world.oakfield, group(world, 6), exploitation, day=last.first)
    answer = as_(world.manager).get("/themes/csv/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Name"] == "Exploitation"]
    assert str(this.term) not in {row["Term"] for row in rows}
    found = {row["County area"]: row["Children"] for row in rows if row["Term"] == str(last.term)}
    assert found == {"All areas": "6", "Southern": "6"}


def test_a_theme_leads_to_a_meeting_about_the_schools_concerned(world, exploitation, as_):
    """Rules 000-13, 000-16; where one child of a school is concerned, it is not named."""
    held(world, world.oakfield, group(world, 5), exploitation)
    held(world, world.elmgate, group(world, 1, world.elmgate), exploitation)
    client = as_(world.manager)
    html = client.get(f"/themes/{exploitation.pk}/").content.decode()
    assert world.oakfield.name in html
    assert world.elmgate.name not in html
    link = f"/meetings/new/?kind=caso&theme={exploitation.pk}&school={world.oakfield.urn}"
    assert link.replace("&", "&amp;") in html
    form = client.get(link).context["form"]
    assert form["school"].initial == world.oakfield.pk
    assert form["themes"].initial == [exploitation]


def test_one_child_at_each_school_names_none_of_them(world, exploitation, as_):
    for n, school in enumerate([world.oakfield, world.elmgate] * 3):
        if n < 2:
            held(world, school, group(world, 1, school), exploitation)
    html = as_(world.manager).get(f"/themes/{exploitation.pk}/").content.decode()
    assert "You choose the schools yourself" in html
    assert world.oakfield.name not in html


def test_a_theme_is_added_without_a_release_and_taken_off(world, as_):
    """Rule 001-5."""
    client = as_(world.manager)
    client.post("/themes/list/add/", {"name": "Vaping", "is_offered": "on"})
    again = client.post("/themes/list/add/", {"name": "Vaping", "is_offered": "on"})
    assert "This is on the list already" in again.content.decode()
    vaping = Theme.objects.get(name="Vaping")
    assert "Vaping" in client.get("/themes/").content.decode()
    client.post(f"/themes/list/{vaping.pk}/", {"name": "Vaping"})
    assert "Vaping" not in client.get("/themes/").content.decode()


@pytest.mark.parametrize("term", ["", "2026", "2026-winter", "1999-autumn", "x" * 500, "2026-A"])
def test_a_term_that_is_none_is_not_found(world, as_, term):
    assert as_(world.manager).get("/themes/", {"term": term}).status_code == 404


@pytest.mark.parametrize("theme", ["x", "0" * 400, "5b3d2a52-0000-4000-8000-000000000000"])
def test_a_meeting_proposed_about_nonsense_begins_with_nothing(world, as_, theme):
    asked = {"kind": "caso", "theme": theme, "school": "x" * 400}
    assert as_(world.manager).get("/meetings/new/", asked).status_code == 200


def test_it_costs_the_same_whatever_there_is(world, exploitation, as_):
    client = as_(world.service)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get("/themes/")
        return len(captured)

    cost()
    few = cost()
    for n in range(6):
        held(world, world.oakfield, group(world, 3), Theme.objects.create(name=f"Theme {n}"))
        consulted(world, world.beech, group(world, 2, world.beech), exploitation)
    assert cost() == few <= 12


def test_no_page_of_themes_names_a_child_a_worker_or_a_consultation(world, exploitation, as_):
    consulted(world, world.oakfield, group(world, 6), exploitation, areas=["neglect"])
    client = as_(world.manager)
    for path in ("/themes/", f"/themes/{exploitation.pk}/"):
        html = client.get(path).content.decode()
        for word in ("CANARY", world.primary.name, "/consultations/0", "/pupils/0"):
            assert word not in html


def test_a_school_is_not_named_alone_for_a_few_children(world, exploitation, as_):
    """Rule 004-3: five or more at the schools that are shown, not at others beside them."""
    held(world, world.oakfield, group(world, 2), exploitation)
    held(world, world.elmgate, group(world, 3, world.elmgate), exploitation)
    assert world.oakfield.name in as_(world.manager).get(f"/themes/{exploitation.pk}/").text
    type(world.elmgate).objects.filter(pk=world.elmgate.pk).update(status="closed")
    html = as_(world.manager).get(f"/themes/{exploitation.pk}/").text
    assert world.oakfield.name not in html


# --- a new installation, and who may call a meeting ---------------------------------------------


def test_a_new_installation_begins_with_the_councils_themes_and_managers_keep_them(
    world, as_, settings
):
    """Rules 001-5, 000-13: added and ended without a release."""
    begun_with = set(Theme.objects.values_list("name", flat=True))
    assert begun_with == set(settings.COUNCIL.themes)
    assert "Exploitation" in begun_with
    client = as_(world.manager)
    client.post("/themes/list/add/", {"name": "Night buses", "is_offered": "on"})
    theme = Theme.objects.get(name="Night buses")
    new_meeting = "/meetings/new/?kind=caso"
    assert "Night buses" in client.get(new_meeting).content.decode()
    client.post(f"/themes/list/{theme.pk}/", {"name": "Night buses"})
    assert "Night buses" not in client.get(new_meeting).content.decode()
    assert as_(world.primary).get("/themes/list/").status_code == 403


def test_who_may_not_call_a_caso_meeting_is_told_who_does_and_offered_nothing(
    world, as_, exploitation
):
    """Design.md 4: a service manager sees meetings, and calls none."""
    address = f"/themes/{exploitation.pk}/"
    page = as_(world.service).get(address).content.decode()
    assert "team manager or a coordinator" in page
    assert "/meetings/new/" not in page
    page = as_(world.manager).get(address).content.decode()
    assert "/meetings/new/" in page
    assert "team manager or a coordinator" not in page
    Theme.objects.update(is_offered=False)
    for who in (world.service, world.manager):
        page = as_(who).get(address).content.decode()
        assert "team manager or a coordinator" not in page
