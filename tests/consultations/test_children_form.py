"""Children in the form: picked, found, unnamed or in a group; what is kept of each."""

import uuid
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Access
from consultations import forms, services
from consultations.models import Consultation, PupilDiscussed, Theme, Vulnerability
from consultations.recipients import contacts_of
from consultations.services.children import link
from drafts.models import Draft
from schools.models import Agency, AttendanceWeek, Involvement, Opening, Setting
from tests.children import child, children_of, works_with
from tests.consultations.children_typed import about, opened
from tests.consultations.writing import plan_for

NEW = "/consultations/new/?school=900001"
REFUSED = "Give a reason to open this child again"


@pytest.fixture
def children(world):
    return children_of(world)


def sheet_of(user, school, data):
    return forms.sheet(user, school, contacts_of(school), forms.post_of(data))


def content_of(user, school, data):
    sheet = sheet_of(user, school, data)
    assert sheet.is_valid(), [part.errors for part in sheet.parts]
    return sheet.content()


def errors_of(user, school, data):
    sheet = sheet_of(user, school, data)
    sheet.is_valid()
    return str([part.errors for part in sheet.parts])


def completed(user, school, data):
    """The consultation that this form makes."""
    pk = uuid.uuid4()
    services.start(user, school, pk, timezone.now(), data)
    held = Consultation.objects.select_related("school").get(pk=pk)
    content = content_of(user, school, data)
    services.complete(user, held, content, plan_for(school, content))
    return held


def posted(data, **more):
    return {**data, "id": [str(uuid.uuid4())], **{name: [value] for name, value in more.items()}}


def page_of(client, data, **press):
    return client.post(NEW, posted(data, **press)).content.decode()


# --- who ------------------------------------------------------------------------------------


def test_the_form_offers_the_children_of_the_school_who_are_open_to_the_writer(
    world, as_, children
):
    """rule 001-58: on current work, or opened for a reason; no list of the school's children."""
    works_with(world, children.ada)
    html = as_(world.primary).get(NEW).content.decode()
    assert children.ada.name in html
    assert children.ben.name not in html
    assert children.cleo.name not in html


def test_a_form_begins_with_the_children_it_is_opened_for(world, as_, children):
    works_with(world, children.ada)
    address = f"{NEW}&discuss={children.ada.pk}&discuss={children.ben.pk}&discuss=nonsense"
    html = as_(world.primary).get(address).content.decode()
    assert f'<option value="{children.ada.pk}" selected>' in html
    assert f'<option value="{children.ben.pk}"' not in html


def test_a_child_nobody_opened_is_refused_without_a_word_about_them(world, as_, children):
    """security.md N-15: an id alone, of this school or another, opens nothing."""
    for pupil in (children.ben, children.cleo):
        data = about({"who": pupil.pk, "worries": "Tired"}, school=world.oakfield)
        html = page_of(as_(world.primary), data, complete="1")
        assert REFUSED in html
        assert pupil.surname not in html
        assert pupil.first_names not in html
    stranger = about({"who": uuid.uuid4()}, school=world.oakfield)
    assert REFUSED in page_of(as_(world.primary), stranger, complete="1")


def test_who_is_the_only_thing_asked_of_a_part(world, children):
    works_with(world, children.ada)
    assert "Choose who was discussed" in errors_of(
        world.primary, world.oakfield, about({"worries": "Tired"}, school=world.oakfield)
    )
    content = content_of(
        world.primary, world.oakfield, about({"who": children.ada.pk}, school=world.oakfield)
    )
    assert [part.row.pupil for part in content.children] == [children.ada]


def test_a_consultation_may_be_about_no_child_or_about_a_group(world):
    """rules 001-13 and 001-9: a cohort or a theme has no named child."""
    nobody = completed(world.primary, world.oakfield, about(school=world.oakfield))
    assert not nobody.discussed.exists()
    data = about(
        {"who": "cohort", "cohort": "Year 5 after half-term", "areas": ["attendance"]},
        school=world.oakfield,
    )
    part = completed(world.primary, world.oakfield, data).discussed.get()
    assert (part.subject, part.cohort, part.pupil) == ("cohort", "Year 5 after half-term", None)
    assert "Enter which group of children was discussed" in errors_of(
        world.primary, world.oakfield, about({"who": "cohort"}, school=world.oakfield)
    )


def test_the_same_child_has_one_part(world, children):
    works_with(world, children.ada)
    twice = about({"who": children.ada.pk}, {"who": children.ada.pk}, school=world.oakfield)
    assert "has a part above" in errors_of(world.primary, world.oakfield, twice)


def test_a_child_without_a_school_or_on_the_school_s_current_work_may_be_discussed(world, children):
    """rule 001-37: educated at home; and one who moved while the school works with them."""
    home = child(world, "Hope", upn=None)
    home.enrolments.update(setting="home", school=None)
    works_with(world, children.cleo)
    worker = opened(world.primary, home)
    data = about({"who": home.pk}, {"who": children.cleo.pk}, school=world.oakfield)
    content = content_of(worker, world.oakfield, data)
    assert [part.row.pupil for part in content.children] == [home, children.cleo]


def test_a_child_of_another_school_belongs_in_a_linked_consultation(world, children):
    """security.md N-04"""
    worker = opened(world.primary, children.cleo)
    data = about({"who": children.cleo.pk}, school=world.oakfield)
    assert "taught at another school" in errors_of(worker, world.oakfield, data)


# --- without names --------------------------------------------------------------------------


def test_without_names_the_form_offers_no_name_and_no_way_to_one(world, as_, children):
    works_with(world, children.ada)
    data = about({"who": "unnamed", "year_group": "5"}, school=world.oakfield, naming="no_names")
    html = page_of(as_(world.primary), data, show="names")
    assert children.ada.surname not in html
    assert "Date of birth" not in html
    assert "Find a child who is not on the list" not in html
    assert "A child without a name, Year 5" in html


def test_two_children_without_a_name_are_told_apart(world, as_):
    child = {"who": "unnamed", "year_group": "5", "worries": "Tired"}
    gone = {**child, "DELETE": "on"}
    data = about(child, gone, child, {"who": "unnamed"}, school=world.oakfield, naming="no_names")
    html = page_of(as_(world.primary), data, show="names")
    assert html.count(">A child without a name, Year 5 (1)<") >= 1
    assert html.count(">A child without a name, Year 5 (2)<") >= 1
    assert "Year 5 (3)" not in html
    assert "A child without a name (" not in html
    held = completed(world.primary, world.oakfield, data)
    page = as_(world.primary).get(f"/consultations/{held.pk}/").content.decode()
    assert ">A child without a name, Year 5 (2)<" in page


def test_without_names_a_named_child_is_kept_on_the_page_and_not_completed(world, as_, children):
    works_with(world, children.ada)
    data = about(
        {"who": children.ada.pk, "worries": "Tired on Mondays"},
        school=world.oakfield,
        naming="no_names",
    )
    html = page_of(as_(world.primary), data, complete="1")
    assert "This consultation is recorded without names" in html
    assert "Tired on Mondays" in html
    assert f'<option value="{children.ada.pk}" selected>' in html


def test_no_name_slips_into_a_consultation_without_names_by_the_back_door(world, children):
    works_with(world, children.ada)
    data = about({"who": children.ada.pk}, school=world.oakfield)
    pk = uuid.uuid4()
    services.start(world.primary, world.oakfield, pk, timezone.now(), data)
    held = Consultation.objects.select_related("school").get(pk=pk)
    content = content_of(world.primary, world.oakfield, data)
    content.fields["naming"] = "no_names"
    with pytest.raises(ValidationError, match="without names"):
        services.complete(world.primary, held, content, plan_for(world.oakfield, content))


def test_without_names_only_year_group_and_what_was_said_are_kept(world):
    data = about(
        {"who": "unnamed", "year_group": "5", "areas": ["send"], "worries": "Loud places"},
        school=world.oakfield,
        naming="no_names",
    )
    held = completed(world.primary, world.oakfield, data)
    part = held.discussed.get()
    assert held.naming == "no_names"
    assert (part.pupil, part.year_group, part.areas) == (None, 5, ["send"])
    assert not Involvement.objects.filter(source_id=held.pk).exists()


# --- what is kept of each -------------------------------------------------------------------


def whole_part(pupil):
    """A part in which everything is filled in."""
    return {
        "who": pupil.pk,
        "areas": ["attendance"],
        "sub_areas": ["managed_move"],
        "attendance": "87.5%",
        "worries": "Tired",
        "worries_heard": "seen",
        "working_well": "Art",
        "working_well_heard": "child",
        "needs_to_happen": "A plan",
        "needs_to_happen_heard": "reported",
        "childs_voice": "I like art",
        "lived_experience": "Up at six",
        "family_view": "Mornings are the worst",
        "tried": "A later start",
        "vulnerabilities": [str(Vulnerability.objects.first().pk)],
        "level": "2",
        "level_reason": "Two needs",
        "level_at_school": "3",
        "risk_pei": "on",
        "risk_reason": "Unauthorised",
        "tools": ["ebsa", "day"],
        "neglect_level": "2",
        "neglect_review_on": "1 February 2027",
        "yes_threshold": "not_met",
        "camhs_threshold": "not_known",
        "advice": "Pages 6 to 9",
        "analysis": "School is the safe place",
        "shared_text": "For her record",
        "family_told": "no",
        "family_why": "School rings tonight",
        "third_party": "A neighbour",
        "third_party_advised": "on",
        "is_significant": "on",
        "headline": "Attendance fell",
        "effect": "Lonely",
        "outcome": "Plan agreed",
        "signpost_how_0": "referred",
        "signpost_to_0": "find it out",
        "signpost_how_1": "signposted",
        "signpost_to_1": "A club nobody lists",
    }


def test_an_agency_that_is_offered_no_more_stays_the_one_a_draft_named(world, as_, children):
    """Rules 003-8 and 003-16: what was typed and whom it names outlast the list."""
    works_with(world, children.ada)
    agency = Agency.objects.create(name="Find It Out")
    data = about(whole_part(children.ada), school=world.oakfield)
    client, pk = as_(world.primary), str(uuid.uuid4())
    client.post(NEW, {**data, "id": pk, "save": "1"})
    Agency.objects.update(is_offered=False)
    where = f"/consultations/{pk}/edit/"
    page = client.get(where)
    assert "Find It Out" not in page.context["sheet"].agencies
    assert page.context["sheet"].children.forms[0]["signpost_to_0"].value() == "find it out"
    client.post(where, {**data, "version": "1", "save": "1"})
    page = client.post(where, {**data, "version": "2", "complete": "1"})
    client.post(page.url, {"how": "here"})
    signs = Consultation.objects.get(pk=pk).discussed.get().signposts.order_by("how")
    assert [(sign.how, sign.to, sign.agency) for sign in signs] == [
        ("referred", "Find It Out", agency),
        ("signposted", "A club nobody lists", None),
    ]


def test_everything_said_of_a_child_is_kept(world, children):
    """rules 001-12, 001-15, 001-17, 001-19, 001-26, 001-29, 003-8 to 003-10, 003-16, 003-46,
    003-53, 003-63
    """
    works_with(world, children.ada)
    Agency.objects.create(name="Find It Out")
    held = completed(
        world.primary, world.oakfield, about(whole_part(children.ada), school=world.oakfield)
    )
    part = held.discussed.get()
    assert part.pupil == children.ada
    assert part.year_group == children.ada.year_group_on(timezone.localdate())
    # What is narrower than an area says the area too.
    assert part.areas == ["attendance", "neglect", "transition"]
    assert part.attendance == Decimal("87.5")
    assert (part.level, part.level_at_school, part.neglect_level) == (2, 3, 2)
    assert part.neglect_review_on == date(2027, 2, 1)
    assert (part.worries_heard, part.needs_to_happen_heard) == ("seen", "reported")
    assert (part.risk_pei, part.risk_fpn, part.tools) == (True, False, ["ebsa", "day"])
    assert part.vulnerabilities.count() == 1
    assert {(sign.how, sign.to, bool(sign.agency)) for sign in part.signposts.all()} == {
        ("referred", "Find It Out", True),
        ("signposted", "A club nobody lists", False),
    }
    for name in (
        "childs_voice",
        "lived_experience",
        "family_view",
        "tried",
        "analysis",
        "shared_text",
        "outcome",
    ):
        assert getattr(part, name) == whole_part(children.ada)[name]
    assert part.third_party_advised


def test_a_tick_that_is_sent_twice_counts_once(world, children):
    works_with(world, children.ada)
    theme, vulnerability = Theme.objects.create(name="Vaping"), Vulnerability.objects.first()
    part = {"who": children.ada.pk, "vulnerabilities": [str(vulnerability.pk)] * 2}
    data = about(part, school=world.oakfield, themes=[str(theme.pk)] * 2)
    consultation = completed(world.primary, world.oakfield, data)
    assert list(consultation.themes.all()) == [theme]
    assert list(consultation.discussed.get().vulnerabilities.all()) == [vulnerability]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"level": "4"}, "Enter why you judge it to be this level"),
        ({"is_significant": "on"}, "Enter one line for the chronology"),
        ({"family_told": "no"}, "Enter why the family is not told"),
        ({"risk_fpn": "on"}, "Enter why they are at risk of it"),
        ({"attendance": "lots"}, "Attendance must be a number from 0 to 100"),
        ({"attendance": "101"}, "Attendance must be 100 or less"),
        ({"attendance": "87.55"}, "one decimal place at most"),
        ({"neglect_review_on": "31 February"}, "must be a real date"),
        ({"areas": ["weather"]}, "Choose key areas from the list"),
    ],
)
def test_what_does_not_go_together_says_what_to_do(world, children, said, sentence):
    works_with(world, children.ada)
    data = about({"who": children.ada.pk, **said}, school=world.oakfield)
    assert sentence in errors_of(world.primary, world.oakfield, data)


def test_an_action_may_be_about_one_child_or_the_whole_school(world, children):
    works_with(world, children.ada)
    works_with(world, children.ben)
    data = about({"who": children.ada.pk}, {"who": children.ben.pk}, school=world.oakfield)
    data["actions-TOTAL_FORMS"] = ["2"]
    data["actions-0-about"] = ["1"]
    data["actions-1-what"], data["actions-1-owner_name"] = ["Ring the club"], ["The school"]
    held = completed(world.primary, world.oakfield, data)
    subjects = {row.what: row.about and row.about.pupil for row in held.actions.all()}
    assert subjects == {"Send the guidance": children.ben, "Ring the club": None}
    data["actions-0-about"] = ["7"]
    assert "Choose about from the list" in errors_of(world.primary, world.oakfield, data)


def test_a_part_that_was_removed_is_not_kept(world, children):
    works_with(world, children.ada)
    data = about(
        {"who": children.ada.pk, "DELETE": "on"}, {"who": "unnamed"}, school=world.oakfield
    )
    held = completed(world.primary, world.oakfield, data)
    assert [part.subject for part in held.discussed.all()] == ["unnamed"]


def test_attendance_never_sets_preselects_or_suggests_a_level(world, as_, children):
    """rule 004-5: the figure stands beside the form as a fact, and fills in nothing."""
    works_with(world, children.ada)
    AttendanceWeek.objects.create(
        pupil=children.ada, school=world.oakfield, week=_last_monday(), possible=10, missed=9
    )
    client = as_(world.primary)
    story = client.get(f"/consultations/child-story/{children.ada.pk}/").content.decode()
    assert "Attendance this term: 10.0%" in story
    assert "evel" not in story
    form = client.get(f"{NEW}&discuss={children.ada.pk}").content.decode()
    assert "10.0%" not in form
    assert 'name="children-0-attendance" class' in form or "children-0-attendance" in form
    for level in "1234":
        assert f'<option value="{level}" selected>' not in form
    data = about({"who": children.ada.pk, "attendance": "10"}, school=world.oakfield)
    html = page_of(client, data, add="children")
    for level in "1234":
        assert f'<option value="{level}" selected>' not in html
    assert content_of(world.primary, world.oakfield, data).children[0].row.level is None


def _last_monday():
    today = timezone.localdate()
    return date.fromordinal(today.toordinal() - today.weekday())


# --- current work ---------------------------------------------------------------------------


def test_those_named_are_on_the_school_s_current_work_until_the_end_of_the_next_term(
    world, children
):
    worker = opened(world.primary, children.ada, children.ben)
    data = about({"who": children.ada.pk}, {"who": children.ben.pk}, school=world.oakfield)
    held = completed(worker, world.oakfield, data)
    found = Involvement.objects.filter(source_type="consultation", source_id=held.pk)
    assert {row.pupil for row in found} == {children.ada, children.ben}
    assert {row.school for row in found} == {world.oakfield}
    # Nobody entered the terms of these years: they go by the month.
    ends = {timezone.localtime(row.ends_at) for row in found}
    assert all(isinstance(end, datetime) and end > timezone.now() for end in ends)
    assert len(ends) == 1


def test_who_was_opened_for_a_reason_must_be_open_still_when_it_is_completed(world, children):
    """security.md N-15: the reason has run out."""
    worker = opened(world.primary, children.ada)
    data = about({"who": children.ada.pk}, school=world.oakfield)
    pk = uuid.uuid4()
    services.start(worker, world.oakfield, pk, timezone.now(), data)
    content = content_of(worker, world.oakfield, data)
    Opening.objects.update(ends_at=timezone.now())
    held = Consultation.objects.select_related("school").get(pk=pk)
    with pytest.raises(ValidationError, match="Give a reason to open this child again"):
        services.complete(worker, held, content, plan_for(world.oakfield, content))
    assert not PupilDiscussed.objects.filter(consultation=held).exists()


# --- finding one, and the other school ------------------------------------------------------


def find(client, data, pupil, page=NEW, **more):
    asked = {
        "find-surname": pupil.surname,
        "find-born_on_day": str(pupil.born_on.day),
        "find-born_on_month": str(pupil.born_on.month),
        "find-born_on_year": str(pupil.born_on.year),
        **more,
    }
    return client.post(page, posted(data, **asked))


def test_a_child_is_found_opened_with_a_reason_and_added_without_leaving_the_form(
    world, as_, children
):
    client = as_(world.primary)
    data = about({"who": "unnamed", "worries": "Kept as typed"}, school=world.oakfield)
    html = find(client, data, children.ada, find="1").content.decode()
    assert children.ada.name in html
    assert "Kept as typed" in html
    assert Access.objects.filter(action="search", user=world.primary).exists()
    refused = find(client, data, children.ada, open=str(children.ada.pk)).content.decode()
    assert "Select the reason" in refused
    assert not Opening.objects.exists()
    reason = {"find-reason": "consultation"}
    html = find(client, data, children.ada, open=str(children.ada.pk), **reason).content.decode()
    assert f'<option value="{children.ada.pk}" selected>' in html
    assert "Kept as typed" in html
    assert Opening.objects.get().pupil == children.ada


def test_what_was_typed_to_find_a_child_is_kept_nowhere(world, as_, children):
    data = about(school=world.oakfield)
    find(as_(world.primary), data, children.ada, find="1")
    draft = Draft.objects.latest("saved_at")
    assert children.ada.surname not in str(draft.data)
    assert not any(name.startswith("find-") for name in draft.data)


def test_the_same_is_recorded_for_a_brother_at_another_school_in_a_linked_consultation(
    world, as_, children
):
    """security.md N-04: two linked consultations, neither of which shows the other's child."""
    world.allocation(world.beech, world.primary, "secondary")
    client = as_(world.primary)
    works_with(world, children.ada)
    data = about({"who": children.ada.pk, "worries": "CANARY-ada-worry"}, school=world.oakfield)
    found = find(client, data, children.cleo, find="1").content.decode()
    assert "Record the same for Beechcroft Junior School" in found
    answer = find(
        client, data, children.cleo, link=str(children.cleo.pk), **{"find-reason": "consultation"}
    )
    other = Consultation.objects.get(school=world.beech, author=world.primary)
    assert answer.url == f"/consultations/{other.pk}/edit/#main-content"
    html = client.get(answer.url).content.decode()
    assert children.cleo.name in html
    assert children.ada.name not in html
    assert "CANARY-ada-worry" not in html
    first = other.linked.get()
    html = client.get(f"/consultations/{first.pk}/edit/").content.decode()
    assert children.ada.name in html
    assert children.cleo.name not in html


@pytest.mark.parametrize(
    ("moves_to", "says"),
    [
        ("oakfield", "Children at one school have their parts in one consultation."),
        (None, "This child is taught at no school of the register."),
    ],
)
def test_a_child_who_is_at_no_other_school_by_then_gets_no_linked_consultation(
    world, as_, children, moves_to, says
):
    """A page opened before the child moved: it comes back as it was typed, with a sentence."""
    world.allocation(world.beech, world.primary, "secondary")
    client = as_(world.primary)
    data = about(school=world.oakfield, shared_text="CANARY-typed")
    find(client, data, children.cleo, find="1")
    school = getattr(world, moves_to) if moves_to else None
    setting = Setting.SCHOOL if school else Setting.HOME
    children.cleo.enrolments.update(school=school, setting=setting)
    link_to = {"link": str(children.cleo.pk), "find-reason": "consultation"}
    before = Consultation.objects.count()
    answer = find(client, data, children.cleo, **link_to)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert says in html
    assert "CANARY-typed" in html
    assert f'value="{children.cleo.surname}"' in html
    assert Consultation.objects.count() == before + 1, "the draft that was typed, and no other"


def test_nobody_links_a_school_they_record_nothing_at(world, as_, children):
    client = as_(world.primary)
    data = about(school=world.oakfield)
    found = find(client, data, children.cleo, find="1").content.decode()
    assert "Record the same" not in found
    reason = {"find-reason": "consultation"}
    answer = find(client, data, children.cleo, link=str(children.cleo.pk), **reason)
    assert answer.status_code == 403
    first = Consultation.objects.filter(author=world.primary, state="draft").first()
    with pytest.raises(PermissionDenied):
        link(world.primary, first, world.far_shared)


def test_a_child_at_the_school_of_one_s_own_child_is_neither_found_nor_opened(world, as_):
    """security.md N-08"""
    there = child(world, "Zed", school=world.elmgate)
    works_with(world, there)
    world.allocation(world.beech, world.conflicted, "secondary")
    client, page = as_(world.conflicted), "/consultations/new/?school=900003"
    assert there.name not in client.get(f"{page}&discuss={there.pk}").content.decode()
    data = about(school=world.beech)
    assert there.name not in find(client, data, there, page, find="1").content.decode()
    reason = {"find-reason": "consultation"}
    assert find(client, data, there, page, open=str(there.pk), **reason).status_code == 404
    assert client.get(f"/consultations/child-story/{there.pk}/").status_code == 404


# --- hostile and broken input ---------------------------------------------------------------


@pytest.mark.parametrize("count", ["-1", "x", "9" * 400, "1000", ""])
def test_nonsense_row_counts_of_children_break_nothing(world, as_, count):
    data = about({"who": "unnamed", "worries": "Kept"}, school=world.oakfield)
    data["children-TOTAL_FORMS"] = [count]
    for press in ({"complete": "1"}, {"add": "children"}, {"find": "1"}):
        answer = as_(world.primary).post(NEW, posted(data, **press))
        assert answer.status_code in (200, 302)


def test_more_children_than_a_consultation_holds_are_refused_in_words(world):
    data = about(*[{"who": "unnamed"}] * 21, school=world.oakfield)
    sheet = sheet_of(world.primary, world.oakfield, data)
    assert not sheet.is_valid()
    assert "at most 20 children" in str(sheet.children.non_form_errors())


def test_a_megabyte_about_a_child_is_refused_with_a_reason_and_kept(world, as_, children):
    works_with(world, children.ada)
    data = about({"who": children.ada.pk, "worries": "a" * 1_000_000}, school=world.oakfield)
    client = as_(world.primary)
    answer = client.post(NEW, posted(data, complete="1"))
    assert "must be 100,000 characters or fewer" in answer.content.decode()
    draft = Draft.objects.latest("saved_at")
    assert len(draft.data["children-0-worries"][0]) == 1_000_000


def test_nul_and_right_to_left_come_back_as_typed(world, as_, children):
    works_with(world, children.ada)
    text = "\u202eright to left <b> =1+1"
    data = about({"who": children.ada.pk, "worries": f"{text}\x00"}, school=world.oakfield)
    html = page_of(as_(world.primary), data, add="children")
    assert text.replace("<", "&lt;").replace(">", "&gt;") in html


def test_an_action_about_a_part_that_was_removed_is_asked_about_again(world, children):
    """rule 001-118: it does not become one about the whole school by itself."""
    opened(world.primary, children.ada, children.ben)
    parts = {"who": children.ada.pk}, {"who": children.ben.pk, "DELETE": "on"}
    data = about(*parts, school=world.oakfield, **{"actions-0-about": ["1"]})
    assert "Choose who the action is about: that child was taken out" in errors_of(
        world.primary, world.oakfield, data
    )
