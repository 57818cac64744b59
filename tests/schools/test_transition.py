"""The transition list: who puts a child on it, who sees it, and until when."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Look
from linkworkers.models import AllocationKind
from schools import services
from schools.children import Door, door_of, notes_open, open_now
from schools.models import (
    Involvement,
    OwnChildConflict,
    Setting,
    Term,
    Transition,
    TransitionReason,
)
from schools.pupil_list import import_pupils
from schools.transition_list import lists_of, schools_to_think_of
from schools.years import school_year_of
from tests.children import child, works_with
from tests.world import anew

PAGE = "/transition/"
TODAY = timezone.localdate()
YEAR = school_year_of(TODAY) + 1
SUPPORT = "CANARY-900001-transition-support"


@pytest.fixture
def ada(world):
    """At Oakfield, on its current work."""
    pupil = child(world, "Ada")
    works_with(world, pupil)
    return pupil


@pytest.fixture
def entry(world, ada):
    """Ada goes from Oakfield to Beechcroft, in the other hub."""
    return add(world.primary, ada, to=world.beech)


def add(by, pupil, **told):
    told = {"school_year": YEAR, "to": None, "reasons": [TransitionReason.SEN], **told}
    return services.add_to_transition(by, pupil, **told)


def text(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def at_home(pupil):
    pupil.enrolments.update(setting=Setting.HOME, school=None)
    return pupil


# --- acts -----------------------------------------------------------------------------------


def test_an_entry_keeps_the_schools_the_reasons_and_who_added_it(world, ada):
    """rules 001-33, 001-36"""
    entry = add(
        world.primary,
        ada,
        to=world.elmgate,
        reasons=["struggled", "sen"],
        support_in_place=SUPPORT,
    )
    assert (entry.school, entry.to, entry.added_by) == (
        world.oakfield,
        world.elmgate,
        world.primary,
    )
    assert entry.reasons == ["sen", "struggled"]
    assert entry.support_in_place == SUPPORT


def test_a_child_who_is_not_open_to_the_worker_cannot_be_added(world):
    """rule 001-58"""
    ben = child(world, "Ben")
    world.primary.sign_in = "x" * 64
    with pytest.raises(PermissionDenied):
        add(world.primary, ben)
    services.open_children(world.primary, [ben], "transition")
    assert add(world.primary, ben).pupil == ben


def test_a_worker_of_neither_school_cannot_add_a_child(world, ada):
    world.far_worker.sign_in = "x" * 64
    services.open_children(world.far_worker, [ada], "transition")
    with pytest.raises(PermissionDenied):
        add(world.far_worker, ada, to=world.elmgate)


def test_the_worker_of_the_school_to_come_may_add_a_child_they_opened(world, ada):
    world.far_worker.sign_in = "x" * 64
    services.open_children(world.far_worker, [ada], "transition")
    assert add(world.far_worker, ada, to=world.beech).school == world.oakfield


@pytest.fixture
def asked(world):
    """Ben, at Oakfield, asked for by the worker of Beechcroft, who sees who he is."""
    ben = child(world, "Ben")
    give_reason(world.far_worker, ben)
    return add(world.far_worker, ben, to=world.beech)


def give_reason(user, pupil):
    user.sign_in = "x" * 64
    services.open_children(user, [pupil], "transition")


def workers_of(pupil):
    return {row.school for row in Involvement.objects.current().filter(pupil=pupil)}


def test_who_sees_only_who_a_child_is_opens_no_notes_by_putting_them_on_the_list(world, asked):
    """rule 001-58, design.md 4: identity, status and who is involved"""
    assert workers_of(asked.pupil) == {world.oakfield}
    assert door_of(world.far_worker, asked.pupil) is Door.IDENTITY
    assert door_of(anew(world.far_worker), asked.pupil) is Door.REASON
    assert asked.is_asked


def test_the_workers_of_both_schools_see_an_entry_for_which_one_asked(world, asked):
    """rule 001-40"""
    for user in (world.far_worker, world.other_manager, world.primary, world.manager):
        assert Transition.objects.visible_to(user).get() == asked
    assert not Transition.objects.visible_to(world.other_worker).exists()


@pytest.mark.parametrize("to", ["beech", "larkmead"])
def test_who_asked_opens_no_notes_by_changing_the_entry_or_adding_it_again(world, asked, to):
    """rule 001-58"""
    world.allocation(world.larkmead, world.far_worker, "cover", world.yesterday, world.tomorrow)
    by = anew(world.far_worker)
    by.sign_in = world.far_worker.sign_in
    services.change_transition(by, asked, to=getattr(world, to), reasons=["neet"])
    assert workers_of(asked.pupil) == {world.oakfield}
    services.end_transition(by, asked)
    assert not workers_of(asked.pupil)
    again = add(by, asked.pupil, to=world.beech)
    assert workers_of(again.pupil) == {world.oakfield}
    with pytest.raises(PermissionDenied):
        services.move(by, asked.pupil, school=world.beech, moved_on=TODAY)


def test_the_worker_of_the_school_now_shows_the_notes_by_saving_the_entry(world, asked):
    """rule 001-58"""
    services.change_transition(world.primary, asked, to=world.beech, reasons=asked.reasons)
    assert workers_of(asked.pupil) == {world.oakfield, world.beech}
    assert door_of(anew(world.far_worker), asked.pupil) is Door.NOTES
    assert not asked.is_asked
    act = Act.objects.filter(verb="change", subject_id=str(asked.pk)).get()
    assert (act.by, act.detail["fields"]) == (world.primary, ["notes"])


def test_a_child_educated_at_home_for_whom_a_school_asks_is_on_its_list_and_no_notes_open(world):
    """rules 001-37, 001-58"""
    ben = at_home(child(world, "Ben"))
    give_reason(world.far_worker, ben)
    entry = add(world.far_worker, ben, to=world.beech, reasons=["home"])
    assert not workers_of(ben)
    for who, sees in (("far_worker", True), ("other_manager", True), ("primary", False)):
        assert Transition.objects.visible_to(getattr(world, who)).exists() is sees
    services.end_transition(world.far_worker, entry)
    assert not Transition.objects.visible_to(world.far_worker).exists()


def test_the_page_says_that_the_other_school_asked_and_what_saving_shows_it(as_, world, asked):
    """rule 001-58"""
    page = f"{PAGE}{asked.pk}/"
    html = text(as_(world.far_worker).get(page))
    assert "but none of the child’s notes, until a link worker of Oakfield Primary School" in html
    client = as_(world.primary)
    says = "The link workers of Beechcroft Junior School asked for this entry."
    for path, saving in ((page, "Choosing “Change” and saving"), (f"{page}change/", "Saving")):
        html = text(client.get(path))
        assert says in html
        assert f"{saving} the entry shows them the notes" in html
    told = {"to": world.beech.pk, "reasons": ["sen"]}
    html = text(client.post(f"{page}change/", told, follow=True))
    assert "The link workers of Beechcroft Junior School see the child’s notes from now on." in html
    assert says not in text(client.get(page))


def test_the_form_says_whether_the_other_school_will_see_the_notes(as_, world, ada):
    """rule 001-58"""
    assert "what you write and the child’s notes." in text(
        as_(world.primary).get(f"{PAGE}add/{ada.pk}/")
    )
    client = as_(world.far_worker)
    client.post(f"/pupils/{ada.pk}/reason/", {"reason": "transition"})
    html = text(client.get(f"{PAGE}add/{ada.pk}/"))
    assert "they stay closed to you until a link worker of Oakfield Primary School saves" in html


def test_the_previous_setting_may_be_home_education(world, ada):
    """rule 001-37"""
    entry = add(world.primary, at_home(ada), to=world.oakfield, reasons=["home"])
    assert entry.school is None
    assert Involvement.objects.filter(source_id=entry.pk).get().school == world.oakfield


def test_both_schools_work_with_the_child_until_the_autumn_term_of_the_new_year_ends(world, ada):
    for school, last in ((None, date(YEAR, 12, 18)), (world.beech, date(YEAR, 12, 11))):
        for name, days in (
            ("autumn", (date(YEAR, 9, 3), last)),
            ("spring", (date(YEAR + 1, 1, 4), date(YEAR + 1, 3, 25))),
            ("summer", (date(YEAR + 1, 4, 12), date(YEAR + 1, 7, 20))),
        ):
            Term.objects.create(
                school=school, school_year=YEAR, name=name, starts_on=days[0], ends_on=days[1]
            )
    entry = add(world.primary, ada, to=world.beech)
    ends = {row.school: row.ends_at for row in Involvement.objects.filter(source_id=entry.pk)}
    midnight = {
        world.oakfield: date(YEAR, 12, 19),
        world.beech: date(YEAR, 12, 12),
    }
    assert {school: timezone.localtime(at) for school, at in ends.items()} == {
        school: timezone.make_aware(datetime.combine(day, time.min))
        for school, day in midnight.items()
    }


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"school_year": YEAR - 2}, "school_year"),
        ({"school_year": YEAR + 2}, "school_year"),
        ({"to": "oakfield"}, "to"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(world, ada, told, field):
    if "to" in told:
        told = {"to": world.oakfield}
    with pytest.raises(ValidationError) as refused:
        add(world.primary, ada, **told)
    assert list(refused.value.message_dict) == [field]


def test_a_child_of_no_school_needs_one_to_go_to(world, ada):
    with pytest.raises(ValidationError, match="Choose the school the child starts at"):
        add(world.primary, at_home(ada), to=None)


def test_a_child_is_on_the_list_of_a_year_once(world, ada, entry):
    with pytest.raises(ValidationError, match="already"):
        add(world.primary, ada)
    services.end_transition(world.primary, entry)
    assert add(world.primary, ada).ended_at is None


def test_another_school_to_come_takes_the_former_ones_place(world, ada, entry):
    services.change_transition(world.primary, entry, to=world.elmgate, reasons=["sen"])
    current = Involvement.objects.current().filter(source_id=entry.pk)
    assert {row.school for row in current} == {world.oakfield, world.elmgate}
    assert open_now(world.far_worker, [ada.pk])[0] == frozenset()
    assert open_now(world.other_worker, [ada.pk])[0] == {ada.pk}


def test_a_school_that_was_named_by_mistake_has_had_nothing_to_do_with_the_child(world, ada, entry):
    """Rule 001-58: a reason opens to its worker what it opens to anybody's."""
    services.change_transition(world.primary, entry, to=world.elmgate, reasons=["sen"])
    worker = world.far_worker
    worker.sign_in = "x" * 64
    services.open_children(worker, [ada], "concern")
    assert door_of(worker, ada) == Door.IDENTITY
    assert notes_open(worker, [ada.pk]) == frozenset()


def test_taking_a_child_off_the_list_takes_them_off_the_work_it_brought(world, ada, entry):
    services.end_transition(world.far_worker, entry)
    assert open_now(world.far_worker, [ada.pk])[0] == frozenset()
    assert open_now(world.primary, [ada.pk])[0] == {ada.pk}, "by the consultation"
    for act in (
        lambda: services.end_transition(world.primary, entry),
        lambda: services.change_transition(world.primary, entry, to=None, reasons=["sen"]),
        lambda: services.log_talk(
            world.primary, entry, who="careers", name="Cara", spoken_on=TODAY
        ),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()


@pytest.mark.parametrize("who", ["other_worker", "conflicted", "other_dsl", "administrator"])
def test_nobody_else_changes_an_entry(world, entry, who):
    with pytest.raises(PermissionDenied):
        services.end_transition(getattr(world, who), entry)


# --- a move before and at the transition --------------------------------------------------------


def move(by, pupil, school, day=TODAY):
    return services.move(by, pupil, school=school, moved_on=day)


def test_an_entry_follows_a_child_who_changes_school_before_the_year_begins(world, ada, entry):
    """rule 001-40: the workers of the school they leave see it, wherever that is."""
    move(world.primary, ada, world.elmgate)
    entry.refresh_from_db()
    assert (entry.school, entry.to) == (world.elmgate, world.beech)
    for who, sees in (("other_worker", True), ("far_worker", True), ("primary", False)):
        assert Transition.objects.visible_to(anew(getattr(world, who))).exists() is sees
    current = Involvement.objects.current().filter(source_id=entry.pk)
    assert {row.school for row in current} == {world.elmgate, world.beech}
    act = Act.objects.filter(verb="change", subject_id=str(entry.pk)).get()
    assert (act.by, act.detail["fields"]) == (world.primary, ["school"])


@pytest.mark.parametrize("to", [None, "beech"])
def test_where_a_child_starts_with_the_new_year_is_the_school_to_come(world, ada, to, time_machine):
    """rule 001-40: known at last, or another one than was thought."""
    entry = add(world.primary, ada, to=to and world.beech)
    first = date(YEAR, 9, 1)
    time_machine.move_to(datetime.combine(first, time(12), tzinfo=UTC))
    move(anew(world.primary), ada, world.elmgate, first)
    entry.refresh_from_db()
    assert (entry.school, entry.to) == (world.oakfield, world.elmgate)
    current = Involvement.objects.current().filter(source_id=entry.pk)
    assert {row.school for row in current} == {world.oakfield, world.elmgate}
    assert not entry.is_asked
    assert Transition.objects.visible_to(anew(world.other_worker)).get() == entry
    assert not Transition.objects.visible_to(anew(world.far_worker)).exists()


def test_a_child_who_comes_to_the_school_to_come_stays_on_its_list(world, ada, entry):
    move(world.primary, ada, world.beech)
    entry.refresh_from_db()
    assert (entry.school, entry.to) == (world.oakfield, world.beech)


def test_an_entry_stays_with_the_school_when_the_child_leaves_for_none(world, ada, entry):
    services.move(world.primary, ada, setting=Setting.HOME, moved_on=TODAY)
    entry.refresh_from_db()
    assert entry.school == world.oakfield
    assert Transition.objects.visible_to(anew(world.primary)).get() == entry


def test_a_move_opens_no_notes_to_the_school_that_asked_for_the_entry(world, asked):
    """rule 001-58"""
    give_reason(world.primary, asked.pupil)
    move(world.primary, asked.pupil, world.elmgate)
    current = Involvement.objects.current().filter(source_id=asked.pk)
    assert {row.school for row in current} == {world.elmgate}
    asked.refresh_from_db()
    assert asked.is_asked
    assert door_of(anew(world.far_worker), asked.pupil) is Door.REASON


def test_a_file_takes_an_entry_along_and_opens_no_notes_by_it(world, tmp_path):
    """rule 001-58: who brings the file sees none of a child educated at home."""
    ben = at_home(child(world, "Ben"))
    give_reason(world.far_worker, ben)
    entry = add(world.far_worker, ben, to=world.beech, reasons=["home"])
    path = tmp_path / "children.csv"
    path.write_text(
        "URN,UPN,First names,Surname,Date of birth,Starts on\n"
        f"900002,,{ben.first_names},{ben.surname},{ben.born_on},{TODAY}"
    )
    assert import_pupils(path, by=anew(world.other_worker)).changed == 1
    entry.refresh_from_db()
    assert (entry.school, entry.to) == (world.elmgate, world.beech)
    for worker in (world.other_worker, world.far_worker):
        assert Transition.objects.visible_to(anew(worker)).get() == entry
    assert not workers_of(ben)


def test_an_entry_whose_autumn_is_over_stays_as_it_was(world, ada, entry):
    Involvement.objects.filter(source_id=entry.pk).update(ends_at=timezone.now())
    move(world.primary, ada, world.elmgate)
    entry.refresh_from_db()
    assert (entry.school, entry.to) == (world.oakfield, world.beech)


# --- who sees it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        *((who, True) for who in ("primary", "secondary", "cover", "manager")),
        *((who, True) for who in ("far_worker", "other_manager")),
        *((who, False) for who in ("former", "future", "other_worker", "conflicted")),
        *((who, False) for who in ("duty", "service", "coordinator", "administrator")),
    ],
)
def test_the_workers_and_managers_of_both_schools_see_an_entry(world, entry, who, sees):
    """rules 001-34, 001-40"""
    assert Transition.objects.visible_to(getattr(world, who)).exists() is sees


def test_before_it_is_added_the_other_school_sees_nothing(world, ada):
    assert not Transition.objects.visible_to(world.far_worker).exists()
    assert open_now(world.far_worker, [ada.pk])[0] == frozenset()


def test_a_worker_whose_own_child_attends_one_of_the_schools_sees_nothing(world, entry):
    """rule 001-53, security.md N-08"""
    OwnChildConflict.objects.create(user=world.manager, school=world.beech)
    assert not Transition.objects.visible_to(world.manager).exists()
    with pytest.raises(PermissionDenied):
        services.end_transition(world.manager, entry)


def test_the_list_ends_with_the_autumn_term(world, entry):
    Involvement.objects.filter(source_id=entry.pk).update(ends_at=timezone.now())
    assert not Transition.objects.visible_to(world.primary).exists()


def test_an_entry_made_after_the_autumn_of_its_year_is_listed_until_the_year_ends(
    world, ada, time_machine
):
    """rule 001-40: it puts nobody on any work, and can be found and taken off all the same."""
    today = timezone.localdate()
    spring = date(today.year + (today >= date(today.year, 3, 2)), 3, 2)
    time_machine.move_to(datetime.combine(spring, time(12), tzinfo=UTC))
    entry = add(anew(world.primary), ada, to=world.beech, school_year=spring.year - 1)
    assert not Involvement.objects.filter(source_id=entry.pk).exists()
    for worker in (world.primary, world.far_worker):
        assert Transition.objects.visible_to(anew(worker)).get() == entry
    time_machine.move_to(datetime.combine(spring.replace(month=9), time(12), tzinfo=UTC))
    assert not Transition.objects.visible_to(anew(world.primary)).exists()


def test_the_list_is_by_year_and_school_and_an_inner_move_stands_on_both_sides(world, ada):
    """rule 001-33"""
    entry = add(world.primary, ada, to=world.elmgate)
    told = [(one.school, one.leaving, one.arriving) for one in lists_of(world.manager, YEAR)]
    assert told == [(world.elmgate, [], [entry]), (world.oakfield, [entry], [])]
    assert [one.school for one in lists_of(world.other_worker, YEAR)] == [world.elmgate]
    assert lists_of(world.manager, YEAR + 1) == []


# --- pages ------------------------------------------------------------------------------------


def shown_year(client):
    return text(client.get(f"{PAGE}?year={YEAR}"))


def test_the_list_shows_where_from_and_why_and_is_one_look(as_, world, entry):
    html = shown_year(as_(world.far_worker))
    assert "CANARY-900001-ada" in html
    assert "Arriving" in html
    assert "Comes from Oakfield Primary School. Special educational needs." in html
    look = Access.objects.get(user=world.far_worker)
    assert (look.action, look.subject_type) == (Look.LIST, "schools.transition")


def test_an_entry_says_what_is_in_place_and_is_one_look_at_the_child(as_, world, entry):
    """rule 001-39"""
    services.change_transition(
        world.primary, entry, to=world.beech, reasons=["sen"], support_in_place=SUPPORT
    )
    html = text(as_(world.far_worker).get(f"{PAGE}{entry.pk}/"))
    assert SUPPORT in html
    assert "<title>Child in transition – Linkbook</title>" in html
    assert Access.objects.get(user=world.far_worker).child_id == entry.pupil_id


def test_who_was_spoken_to_is_logged(as_, world, entry):
    """rules 001-34, 001-35"""
    page = f"{PAGE}{entry.pk}/"
    client = as_(world.far_worker)
    told = {"who": "careers", "name": "Cara Reers", "spoken_on": "yesterday", "said": "Meets her"}
    assert client.post(page, told).url == page
    html = text(client.get(page))
    assert "<b>Cara Reers</b>, careers adviser" in html
    assert "logged by Farah Farhub" in html
    assert "careers adviser" in shown_year(client)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"who": "", "name": "X", "spoken_on": "today"}, "Select who you spoke to"),
        ({"who": "vicar", "name": "X", "spoken_on": "today"}, "Choose who you spoke to"),
        ({"who": "other", "name": "", "spoken_on": "today"}, "Enter the name of the person"),
        ({"who": "other", "name": "X", "spoken_on": ""}, "Enter the day you spoke"),
        ({"who": "other", "name": "X", "spoken_on": "tomorrow"}, "must be today or in the past"),
        ({"who": "other", "name": "a\0b", "spoken_on": "today"}, "cannot be kept"),
        ({"who": "other", "name": "X", "spoken_on": "today", "said": "y" * 501}, "500 characters"),
    ],
)
def test_a_talk_that_is_not_told_well_comes_back_with_a_sentence(as_, world, entry, told, says):
    html = text(as_(world.primary).post(f"{PAGE}{entry.pk}/", told))
    assert "There is a problem" in html
    assert says in html
    assert not entry.talks.exists()


def test_a_closed_child_is_asked_for_a_reason_before_the_form(as_, world):
    """security.md N-14: nothing of the child is on the way."""
    ben = child(world, "Ben")
    answer = as_(world.primary).get(f"{PAGE}add/{ben.pk}/")
    assert answer.status_code == 302
    assert answer.url.startswith(f"/pupils/{ben.pk}/reason/?next=")


def test_the_schools_that_this_one_feeds_are_offered_first(as_, world, ada):
    """rule 001-40"""
    world.elmgate.feeders.add(world.oakfield)
    html = text(as_(world.primary).get(f"{PAGE}add/{ada.pk}/"))
    usual = html.partition('label="Where children usually go from here"')[2].partition(
        "</optgroup>"
    )
    assert "Elmgate School, Lancing" in usual[0]
    assert "Beechcroft Junior School, Steyning" in usual[2]
    assert "Oakfield Primary School, Shoreham" not in html


def test_a_child_is_added_on_the_page_and_what_was_typed_comes_back(as_, world, ada):
    client = as_(world.primary)
    page = f"{PAGE}add/{ada.pk}/"
    told = {
        "school_year": YEAR,
        "to": world.beech.pk,
        "why": "<b>x</b>\u202e",
        "support_in_place": SUPPORT,
    }
    html = text(client.post(page, told))
    assert "Select why more support is needed" in html
    assert SUPPORT in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    answer = client.post(page, {**told, "reasons": ["supported", "neet"]})
    entry = Transition.objects.get()
    assert answer.url == f"{PAGE}{entry.pk}/"
    assert (entry.to, entry.reasons) == (world.beech, ["supported", "neet"])


@pytest.mark.parametrize("to", ["x", "900001", "\0", "00000000-0000-0000-0000-000000000000"])
def test_a_school_that_is_none_is_refused(as_, world, ada, to):
    told = {"school_year": YEAR, "to": to, "reasons": ["sen"]}
    html = text(as_(world.primary).post(f"{PAGE}add/{ada.pk}/", told))
    assert "There is a problem" in html
    assert not Transition.objects.exists()


def test_home_education_is_a_reason_that_is_known(as_, world, ada):
    html = text(as_(world.primary).get(f"{PAGE}add/{at_home(ada).pk}/"))
    ticked = [tag for tag in re.findall("<input[^>]+>", html) if " checked" in tag]
    assert len(ticked) == 1
    assert 'value="home"' in ticked[0]


def test_support_in_place_is_changed_on_the_page(as_, world, entry):
    page = f"{PAGE}{entry.pk}/change/"
    client = as_(world.far_worker)
    assert "school_year" not in text(client.get(page))
    told = {"to": world.beech.pk, "reasons": ["sen"], "support_in_place": SUPPORT}
    assert client.post(page, told).url == PAGE
    entry.refresh_from_db()
    assert entry.support_in_place == SUPPORT


def test_a_stale_page_of_an_ended_entry_is_gone(as_, world, entry):
    client = as_(world.primary)
    assert client.post(f"{PAGE}{entry.pk}/end/").url == PAGE
    for method, page in (("get", ""), ("post", ""), ("post", "end/"), ("post", "change/")):
        assert getattr(client, method)(f"{PAGE}{entry.pk}/{page}").status_code == 404


@pytest.mark.parametrize("year", ["", "x", "1", "99999999999", "２０２７"])
def test_a_year_that_nobody_has_is_the_coming_one(as_, world, year):
    html = text(as_(world.primary).get(PAGE, {"year": year}))
    assert f"<title>Transition {YEAR}/" in html


def test_the_queries_do_not_grow_with_the_children(as_, world, entry):
    client = as_(world.primary)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            shown_year(client)
        return len(captured)

    queries()
    one = queries()
    for n in range(30):
        pupil = child(world, f"P{n}")
        works_with(world, pupil)
        more = add(world.primary, pupil, to=world.elmgate)
        services.log_talk(world.primary, more, who="other", name="X", spoken_on=TODAY)
    assert queries() == one


# --- the prompt -------------------------------------------------------------------------------


def test_in_the_summer_term_a_worker_is_asked_of_each_school_that_has_nobody_on_the_list(
    world, ada
):
    """rule 001-38"""
    summer = date(YEAR, 6, 3)
    cover = (AllocationKind.COVER, world.yesterday, world.tomorrow)
    world.allocation(world.elmgate, world.primary, *cover)
    worker = anew(world.primary)
    assert schools_to_think_of(worker, summer) == [world.elmgate, world.oakfield]
    assert schools_to_think_of(worker, date(YEAR, 2, 3)) == []
    assert schools_to_think_of(world.service, summer) == []
    entry = add(world.primary, ada, to=world.beech)
    assert schools_to_think_of(worker, summer) == [world.elmgate]
    services.change_transition(world.primary, entry, to=world.elmgate, reasons=["sen"])
    assert schools_to_think_of(worker, summer) == []


def test_my_work_names_the_schools_with_nobody_on_the_list(as_, world, ada, time_machine):
    """rule 001-38"""
    cover = (AllocationKind.COVER, world.yesterday, world.tomorrow + timedelta(days=800))
    world.allocation(world.elmgate, world.primary, *cover)
    time_machine.move_to(datetime.combine(date(YEAR, 6, 3), time(12), tzinfo=UTC))
    html = text(as_(anew(world.primary)).get("/"))
    assert f"Nobody at Elmgate School and Oakfield Primary School is on the list of {YEAR}/" in html
    add(anew(world.primary), ada)
    assert "Nobody at Elmgate School is on the list" in text(as_(anew(world.primary)).get("/"))


def test_two_clicks_log_a_talk_once(world, entry):
    told = {"who": "other", "name": "Jo Bell", "spoken_on": TODAY, "said": "Ring in June"}
    first = services.log_talk(world.primary, entry, **told)
    assert services.log_talk(world.primary, entry, **told) == first
    services.log_talk(world.primary, entry, **{**told, "said": "Ring in July"})
    assert entry.talks.count() == 2


def test_an_entry_changed_meanwhile_is_not_overwritten_from_a_page_opened_before(world, as_, entry):
    client, path = as_(world.primary), f"{PAGE}{entry.pk}/change/"
    seen = client.get(path).context["seen"]
    services.change_transition(
        world.secondary, entry, to=world.beech, reasons=entry.reasons, support_in_place=SUPPORT
    )
    typed = {"to": world.beech.pk, "reasons": entry.reasons, "why": "A new sibling", "seen": seen}
    answer = client.post(path, typed)
    assert answer.status_code == 409
    assert "A new sibling" in answer.content.decode()
    entry.refresh_from_db()
    assert entry.support_in_place == SUPPORT
