"""Children on record: added once, changed by who reads their notes, linked and moved."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from notifications import kinds
from notifications.models import Message
from schools import services
from schools.children import Door, door_of
from schools.models import (
    FamilyLink,
    IdentifierKind,
    Involvement,
    Move,
    OwnChildConflict,
    Pupil,
    SchoolGrant,
    Setting,
    StatusKind,
)
from schools.services import DuplicateChild
from tests.children import child, children_of, valid_upn, works_with
from tests.world import anew

TODAY = timezone.localdate
FACTS = {"first_names": "Mia", "surname": "Lovage", "born_on": date(2015, 4, 23)}


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture(autouse=True)
def _signed_in(world):
    """Everybody is in a sign-in, as in a request."""
    for key in ("primary", "manager", "duty", "service", "far_worker", "former", "coordinator"):
        getattr(world, key).sign_in = "x" * 64


@pytest.fixture
def add(world):
    """``add(key, **facts)``: a child as somebody adds it, at Oakfield unless said otherwise."""

    def add(key="primary", **facts):
        told = {"school": world.oakfield, "reason": "consultation", **FACTS, **facts}
        return services.add_pupil(getattr(world, key), **told)

    return add


# --- adding ----------------------------------------------------------------------------------


def test_a_worker_adds_a_child_at_their_school_and_has_it_open(world, add):
    mia = add(identifiers={"upn": valid_upn(7).lower()}, starts_on=date(2024, 9, 3))
    assert mia.folded == "mia lovage"
    assert mia.enrolments.get().school == world.oakfield
    assert mia.identifiers.get().value == valid_upn(7)
    assert door_of(world.primary, mia) == Door.NOTES
    assert Act.objects.filter(verb=Verb.ADD, subject_id=str(mia.pk), by=world.primary).exists()


@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("manager", True),
        ("duty", True),
        ("service", True),
        ("far_worker", False),
        ("former", False),
        ("coordinator", False),
    ],
)
def test_a_child_is_added_by_who_supports_or_manages_the_school_and_on_duty(add, key, may):
    if may:
        assert add(key).pk
    else:
        with pytest.raises(PermissionDenied):
            add(key)


def test_the_duty_manager_sees_who_it_is_and_no_notes(world, add):
    assert door_of(world.duty, add("duty")) == Door.IDENTITY


@pytest.mark.parametrize(
    "facts",
    [{}, {"surname": "LOVAGE", "first_names": "Maria"}, {"surname": "Lovagge"}],
)
def test_a_child_with_a_surname_like_it_and_its_date_of_birth_is_asked_about_first(add, facts):
    held = add()
    with pytest.raises(DuplicateChild) as met:
        add(**facts)
    assert met.value.candidates == [held]
    assert add(**facts, anyway=True) != held


def test_a_child_with_day_and_month_of_birth_the_other_way_round_is_asked_about(world, add):
    first = child(world, "Adalyn", "Sorrel", date(2015, 5, 3))
    with pytest.raises(DuplicateChild) as met:
        add(first_names="Adalyn", surname="Sorrel", born_on=date(2015, 3, 5))
    assert met.value.candidates == [first]


@pytest.mark.parametrize(
    ("held", "typed"), [("Smith", "Smyth"), ("Thornaby", "Thorneby"), ("Khan", "Kahn")]
)
def test_a_child_whose_surname_is_misspelt_is_asked_about(add, held, typed):
    first = add(surname=held)
    with pytest.raises(DuplicateChild) as met:
        add(surname=typed)
    assert met.value.candidates == [first]
    assert add(surname="Sorrel").pk


def test_a_child_with_the_same_identifier_is_asked_about_and_never_made_twice(add):
    held = add(identifiers={"mosaic": "M123"})
    other = {"first_names": "Noa", "surname": "Sorrel", "identifiers": {"mosaic": "m 123"}}
    with pytest.raises(DuplicateChild) as met:
        add(**other)
    assert met.value.candidates == [held]
    with pytest.raises(ValidationError) as refused:
        add(**other, anyway=True)
    assert "Lovage" not in str(refused.value)


def test_a_duplicate_at_a_school_closed_to_the_user_is_not_shown(world, add):
    """rule 001-53"""
    child(world, "Mia", "Lovage", FACTS["born_on"], school=world.beech)
    OwnChildConflict.objects.create(
        user=world.primary, school=world.beech, starts_at=world.yesterday
    )
    assert add().pk


def test_an_unborn_child_has_a_date_it_is_due_and_gets_its_name_at_birth(world, add):
    """rule 003-43"""
    due = TODAY() + timedelta(days=60)
    baby = add(first_names="", born_on=None, due_on=due, school=None, setting=Setting.NONE)
    assert (baby.name, baby.year_text) == ("Baby Lovage", "not born yet")
    born = services.change_pupil(world.primary, baby, first_names="Noa", born_on=TODAY())
    assert (born.name, born.due_on, born.folded) == ("Noa Lovage", None, "noa lovage")


def test_a_child_at_no_school_is_on_the_work_of_who_added_it_for_some_weeks(world, add):
    """rule 001-37"""
    home = add(school=None, setting=Setting.HOME)
    assert door_of(world.primary, home) == Door.NOTES
    held = Involvement.objects.get(pupil=home, user=world.primary)
    assert held.ends_at - timezone.now() < timedelta(days=29)


def test_a_child_may_have_been_educated_at_home_before(add):
    """rule 001-37"""
    mia = add(home_before=True, starts_on=date(2025, 9, 3))
    before = mia.enrolments.get(setting=Setting.HOME)
    assert (before.ends_on, before.where) == (date(2025, 9, 3), "educated at home")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"surname": "  "}, "surname"),
        ({"surname": "👩🏽‍🏫"}, "surname"),
        ({"surname": "a\u202eb"}, "surname"),
        ({"surname": "a\u200bb"}, "surname"),
        ({"first_names": ""}, "first_names"),
        ({"born_on": None}, "born_on"),
        ({"born_on": date(2090, 1, 1)}, "born_on"),
        ({"born_on": date(1980, 1, 1)}, "born_on"),
        ({"born_on": None, "due_on": date(2020, 1, 1)}, "due_on"),
        ({"starts_on": date(2014, 1, 1)}, "starts_on"),
        ({"identifiers": {"upn": "X938400124001"[::-1]}}, "upn"),
    ],
)
def test_what_no_child_can_have_is_refused_beside_its_field(add, facts, field):
    with pytest.raises(ValidationError) as refused:
        add(**facts)
    assert list(refused.value.message_dict) == [field]


# --- changing --------------------------------------------------------------------------------


def test_who_sees_only_identity_changes_nothing(world, children):
    """security.md N-29"""
    services.open_children(world.duty, [children.ada], "concern")
    services.open_children(world.far_worker, [children.ada], "concern")
    kind = StatusKind.objects.get(name="Early Help Plan")
    for by in (world.duty, world.far_worker):
        assert door_of(by, children.ada) == Door.IDENTITY
        for act in (
            lambda by: services.change_pupil(by, children.ada, surname="Other"),
            lambda by: services.set_identifiers(by, children.ada, {"ced": "C1"}),
            lambda by: services.record_status(by, children.ada, kind, starts_on=TODAY()),
            lambda by: services.link_family(by, children.ada, children.cleo, "sibling"),
            lambda by: services.move(by, children.ada, school=world.elmgate, moved_on=TODAY()),
        ):
            with pytest.raises(PermissionDenied):
                act(by)


def test_a_former_worker_changes_nothing_even_on_current_work(world, children):
    Involvement.objects.create(
        pupil=children.ada, user=world.former, source_type="x", source_id=world.completed.pk
    )
    assert door_of(world.former, children.ada) == Door.NOTES
    with pytest.raises(PermissionDenied):
        services.change_pupil(world.former, children.ada, surname="Other")


def test_names_are_kept_on_one_line_and_folded_for_the_search(world, children):
    works_with(world, children.ada)
    ada = services.change_pupil(
        world.primary, children.ada, first_names="Ada  María", known_as=" Mimi ", ahead=1
    )
    assert (ada.first_names, ada.known_as, ada.ahead) == ("Ada María", "Mimi", 1)
    assert ada.folded.startswith("ada maria mimi ")
    act = Act.objects.filter(verb=Verb.CHANGE).get()
    assert act.detail == {"fields": ["first_names", "known_as", "ahead"]}


def test_a_replaced_upn_is_kept_as_a_former_one_and_still_finds_the_child(world, children):
    works_with(world, children.ada)
    first = children.ada.identifiers.get().value
    temporary = valid_upn(77, temporary=True)
    services.set_identifiers(world.primary, children.ada, {"upn": temporary})
    services.set_identifiers(world.primary, children.ada, {"upn": first})
    held = dict(children.ada.identifiers.values_list("value", "kind"))
    assert held == {first: IdentifierKind.UPN, temporary: IdentifierKind.FORMER_UPN}


def test_one_upn_is_one_childs_and_the_refusal_names_nobody(world, children):
    works_with(world, children.ada)
    taken = children.ben.identifiers.get().value
    with pytest.raises(ValidationError) as refused:
        services.set_identifiers(world.primary, children.ada, {"upn": taken})
    assert refused.value.message_dict == {
        "upn": ["UPN is on record for another child. Check each character"]
    }


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("A123", "must have 13 characters"),
        ("I938400124001", "cannot have the letters I, O or S"),
        ("X93840O124001", "cannot have the letters I, O or S"),
        ("A938400124001", "has a first letter that does not fit"),
        ("X999400124001", "names no local authority"),
        ("X9384A0124001", "must be a letter and 12 digits"),
        ("Ｘ938400124001", "has a first letter that does not fit"),
    ],
)
def test_a_upn_that_cannot_be_is_refused_with_what_is_wrong(world, children, written, sentence):
    works_with(world, children.ada)
    with pytest.raises(ValidationError) as refused:
        services.set_identifiers(world.primary, children.ada, {"upn": written})
    assert sentence in refused.value.message_dict["upn"][0]


# --- statuses --------------------------------------------------------------------------------


def status(world, pupil, name, **told):
    kind = StatusKind.objects.get(name=name)
    return services.record_status(world.primary, pupil, kind, **{"starts_on": TODAY(), **told})


def test_a_child_open_to_social_care_has_a_named_social_worker(world, children):
    """rule 001-117"""
    works_with(world, children.ada)
    with pytest.raises(ValidationError) as refused:
        status(world, children.ada, "Child protection plan", social_worker=" ")
    assert "social_worker" in refused.value.message_dict
    held = status(world, children.ada, "Child protection plan", social_worker="Nora Hale")
    assert held.social_worker == "Nora Hale"


def test_an_ehcp_needs_no_social_worker_and_has_its_date(world, children):
    """rule 001-46"""
    works_with(world, children.ada)
    held = status(world, children.ada, "Education, health and care plan (EHCP)")
    assert (held.starts_on, held.social_worker) == (TODAY(), "")


def test_a_status_said_again_changes_and_two_clicks_make_one(world, children):
    works_with(world, children.ada)
    first = status(world, children.ada, "Child in need", social_worker="Nora Hale")
    again = status(world, children.ada, "Child in need", social_worker="Nora Hale")
    other = status(world, children.ada, "Child in need", social_worker="Ian Marsh")
    assert first == again == other
    assert children.ada.statuses.get().social_worker == "Ian Marsh"


def periods(pupil):
    rows = pupil.statuses.order_by("starts_on")
    return list(rows.values_list("starts_on", "ends_on", "social_worker"))


def test_another_social_worker_from_a_later_day_on_begins_another_period(world, children):
    """rules 001-117, 001-123: whom the notes were shared with before stays on record."""
    works_with(world, children.ada)
    began, later = TODAY() - timedelta(days=90), TODAY() - timedelta(days=2)
    first = {"starts_on": began, "social_worker": "Nora Hale"}
    held = status(world, children.ada, "Child protection plan", **first)
    second = {"starts_on": later, "social_worker": "Ian Marsh"}
    now = status(world, children.ada, "Child protection plan", **second)
    assert status(world, children.ada, "Child protection plan", **second) == now != held
    assert periods(children.ada) == [(began, later, "Nora Hale"), (later, None, "Ian Marsh")]
    acts = Act.objects.filter(subject_type="schools.pupilstatus")
    assert {(act.verb, act.subject_id) for act in acts} == {
        ("add", str(held.pk)),
        ("end", str(held.pk)),
        ("add", str(now.pk)),
    }


def test_a_status_that_began_earlier_is_corrected_unless_another_social_worker_would_be_lost(
    world, children
):
    works_with(world, children.ada)
    began, earlier = TODAY() - timedelta(days=9), TODAY() - timedelta(days=20)
    plan = "Child protection plan"
    status(world, children.ada, plan, starts_on=began, social_worker="Nora Hale")
    with pytest.raises(ValidationError, match="Enter that day to correct who it is"):
        status(world, children.ada, plan, starts_on=earlier, social_worker="Ian Marsh")
    status(world, children.ada, plan, starts_on=earlier, social_worker="Nora Hale")
    assert periods(children.ada) == [(earlier, None, "Nora Hale")]


def test_a_status_ends_once_and_stays_in_the_history(world, children):
    works_with(world, children.ada)
    held = status(world, children.ada, "Early Help Plan", starts_on=TODAY() - timedelta(days=9))
    with pytest.raises(ValidationError):
        services.end_status(world.primary, held, TODAY() - timedelta(days=10))
    assert services.end_status(world.primary, held, TODAY()).ends_on == TODAY()
    with pytest.raises(TransitionNotAllowed):
        services.end_status(world.primary, held, TODAY())
    assert status(world, children.ada, "Early Help Plan") != held


# --- family ----------------------------------------------------------------------------------


def test_two_children_are_linked_once_and_unlinked_once(world, children):
    for pupil in children:
        works_with(world, pupil)
    link = services.link_family(world.primary, children.ada, children.cleo, "sibling")
    again = services.link_family(world.primary, children.ada, children.cleo, "household")
    assert link == again
    assert link.one_id < link.other_id
    assert again.kind == "household"
    services.unlink_family(world.primary, children.ada, link)
    with pytest.raises(TransitionNotAllowed):
        services.unlink_family(world.primary, children.ada, link)


def test_a_child_that_is_not_open_is_linked_to_nobody(world, children):
    """rule 001-58: a guessed id shows no name."""
    works_with(world, children.ada)
    with pytest.raises(PermissionDenied):
        services.link_family(world.primary, children.ada, children.cleo, "sibling")
    assert FamilyLink.objects.count() == 1


# --- moves -----------------------------------------------------------------------------------


@pytest.fixture
def moved(world, children):
    works_with(world, children.ada)
    return services.move(world.primary, children.ada, school=world.beech, moved_on=TODAY())


def test_a_move_ends_one_stay_and_begins_the_next(world, children, moved):
    """rule 003-22"""
    assert (moved.former.school, moved.new.school) == (world.oakfield, world.beech)
    assert (moved.former.ends_on, moved.new.starts_on) == (TODAY(), TODAY())
    assert list(Pupil.objects.at(world.beech)) == [children.ada, children.cleo]
    assert Act.objects.filter(verb=Verb.MOVE, subject_id=str(children.ada.pk)).exists()


def test_the_workers_of_both_schools_are_told_once_each_and_no_name(world, children, moved):
    """rules 003-22, 003-1; security.md N-30"""
    messages = {message.to: message for message in Message.objects.all()}
    assert set(messages) == {world.secondary, world.cover, world.far_worker}
    for message in messages.values():
        assert message.kind == "child_moved"
        assert "CANARY" not in message.subject + message.body
        assert "Ada" not in message.subject + message.body


def test_a_child_who_moved_is_on_the_work_of_the_new_schools_workers(world, children, moved):
    """design.md 6.2: a notice about a child opens it at once."""
    assert door_of(world.far_worker, children.ada) == Door.NOTES
    assert door_of(world.other_worker, children.ada) == Door.REASON


def test_workers_of_both_schools_note_what_is_handed_over_at_least_the_file(world, moved):
    """rule 003-23"""
    told = {"how_told": "file", "told_on": TODAY(), "file_sent_on": TODAY(), "note": ""}
    move = services.hand_over(world.secondary, moved, **told, file_received_on=None)
    assert not move.is_handed_over
    assert services.hand_over(world.far_worker, move, **told, file_received_on=TODAY())
    move = Move.objects.get()
    assert move.is_handed_over
    left = [i.ends_at - timezone.now() for i in Involvement.objects.filter(source_id=move.pk)]
    assert len(left) == 2
    assert all(timedelta(days=27) < time < timedelta(days=29) for time in left)
    with pytest.raises(PermissionDenied):
        services.hand_over(world.other_worker, move, **told, file_received_on=None)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"how_told": "phone"}, "told_on"),
        ({"told_on": date(2026, 1, 5)}, "how_told"),
        ({"file_received_on": date(2026, 1, 5)}, "file_sent_on"),
        (
            {"file_sent_on": date(2026, 1, 6), "file_received_on": date(2026, 1, 5)},
            "file_received_on",
        ),
    ],
)
def test_what_is_handed_over_follows_in_order(world, moved, told, field):
    nothing = {"how_told": "", "told_on": None, "file_sent_on": None, "file_received_on": None}
    with pytest.raises(ValidationError) as refused:
        services.hand_over(world.secondary, moved, **{**nothing, "note": "", **told})
    assert list(refused.value.message_dict) == [field]


def test_a_move_to_where_the_child_is_or_before_they_came_is_refused(world, children):
    works_with(world, children.ada)
    for told in (
        {"school": world.oakfield, "moved_on": TODAY()},
        {"school": world.beech, "moved_on": date(2020, 1, 1)},
        {"school": world.beech, "moved_on": TODAY() + timedelta(days=1)},
    ):
        with pytest.raises(ValidationError):
            services.move(world.primary, children.ada, **told)
    assert not Move.objects.exists()


def test_the_second_of_two_clicks_finds_the_move_of_the_first(world, children, moved):
    """The child is at the other school by then, where the first click brought them."""
    told = Message.objects.count()
    again = services.move(anew(world.primary), children.ada, school=world.beech, moved_on=TODAY())
    assert again == moved
    assert Message.objects.count() == told
    with pytest.raises(PermissionDenied):
        services.move(world.primary, children.ada, school=world.elmgate, moved_on=TODAY())
    with pytest.raises(PermissionDenied):
        services.move(world.secondary, children.ada, school=world.beech, moved_on=TODAY())


def test_a_child_leaves_for_home_education_and_comes_back(world, children):
    """rule 001-37"""
    works_with(world, children.ada)
    day = TODAY() - timedelta(days=20)
    services.move(world.primary, children.ada, setting=Setting.HOME, moved_on=day)
    back = services.move(world.primary, children.ada, school=world.oakfield, moved_on=TODAY())
    assert back.former.where == "educated at home"


# --- the list of statuses --------------------------------------------------------------------


def test_the_administrator_keeps_the_list_of_statuses(world):
    kinds = list(StatusKind.objects.all())
    services.raise_status_kind(world.administrator, kinds[2], 2)
    services.raise_status_kind(world.administrator, kinds[2], 2)
    assert list(StatusKind.objects.all())[:3] == [kinds[0], kinds[2], kinds[1]]
    added = services.add_status_kind(world.administrator, name="Young carer", route="none")
    assert StatusKind.objects.last() == added
    with pytest.raises(ValidationError):
        services.change_status_kind(
            world.administrator, added, name="EARLY  help plan", route="plan", is_offered=True
        )
    with pytest.raises(PermissionDenied):
        services.add_status_kind(world.manager, name="Other", route="none")


def test_a_move_is_not_told_to_who_works_with_neither_school_any_more(world, children):
    """security.md N-05: a queued message is held back."""
    works_with(world, children.ada)
    services.move(world.primary, children.ada, school=world.elmgate, moved_on=TODAY())
    kind = kinds.get("child_moved")

    def may_receive():
        return kind.may_receive(Message.objects.get(kind="child_moved", to=world.secondary))

    assert may_receive()
    SchoolGrant.objects.filter(user=world.secondary).update(ends_at=timezone.now())
    assert not may_receive()


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("Looked after", "open"),
        ("Child in need", "open"),
        ("Early Help Plan", "plan"),
        ("EF", "ask"),
        ("YPP", "ask"),
        ("FIO", "ask"),
        ("Education, health and care plan (EHCP)", "none"),
        ("Assessment for an EHCP in progress (EHCNA)", "none"),
    ],
)
def test_a_council_begins_with_the_statuses_of_its_rules(db, name, route):
    """Rules 001-46 and 002-19 to 002-22."""
    assert StatusKind.objects.get(name=name).route == route
