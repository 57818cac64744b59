"""Where a child's note must go, and that its text is about that child alone."""

import itertools
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Look, Verb
from consultations import recording
from consultations.models import Destination, RecordingTask
from consultations.services import actions as action_services
from consultations.services import recording as services
from schools.models import Involvement, PupilStatus, Route, StatusKind
from tests.children import child, children_of, works_with
from tests.consultations.about_children import action_about, part_about, status_of

PARTS = {
    "support_given": "Advice on mornings",
    "with_whom": "Ada, with Dora Lead",
    "analysis": "She comes when the day starts with art",
    "actions": "Key adult: Dora Lead, 1 December 2026",
}


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def ada(world, children):
    """Ada's part of the completed consultation, with one action, and she on current work."""
    works_with(world, children.ada)
    part = part_about(
        world.completed,
        children.ada,
        advice="A key adult at the gate",
        analysis="Mornings are hard",
    )
    action_about(part, world.primary, "Name a key adult", date(2026, 12, 1))
    return part


@pytest.fixture
def make(world):
    """``make()``: the tasks of the completed consultation, by its author."""
    return lambda: services.make_tasks(world.primary, world.completed)


def days_ago(number):
    return timezone.localdate() - timedelta(days=number)


# --- the table -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([], Destination.CED),
        (["none"], Destination.CED),
        (["ask"], Destination.ASK),
        (["plan"], Destination.MOSAIC),
        (["plan", "ask"], Destination.MOSAIC),
        (["open"], Destination.MOSAIC_CHILD),
        (["ask", "plan", "open", "none"], Destination.MOSAIC_CHILD),
    ],
)
def test_the_weightiest_status_decides_where_a_note_goes(routes, expected):
    """Rule 001-123: one table, with open to social care before a plan before what is to ask."""
    statuses = [
        PupilStatus(kind=StatusKind(name=f"Status {route}", route=Route(route))) for route in routes
    ]
    for order in itertools.permutations(statuses):
        [decision] = recording.decide(order)
        assert decision.to == expected


def test_direct_work_goes_to_the_school_as_well_whatever_the_status():
    """Rule 001-114."""
    for statuses in ([], [PupilStatus(kind=StatusKind(name="CIN", route=Route.OPEN))]):
        places = [decision.to for decision in recording.decide(statuses, kind=recording.DIRECT)]
        assert places[1:] == [Destination.SCHOOL]


def test_a_child_not_born_yet_has_no_record_on_ced():
    [decision] = recording.decide([], is_born=False)
    assert (decision.to, decision.because) == (Destination.ASK, recording.NOT_BORN)


def test_every_status_of_the_list_leads_somewhere(world, children):
    """Rule 001-123: EF, YPP and FIO are asked, for the guidance does not say."""
    wanted = {
        Route.OPEN: Destination.MOSAIC_CHILD,
        Route.PLAN: Destination.MOSAIC,
        Route.ASK: Destination.ASK,
        Route.NONE: Destination.CED,
    }
    for kind in StatusKind.objects.all():
        status = status_of(world, children.ada, kind.name)
        [decision] = recording.decisions_for([children.ada])[children.ada.pk]
        assert decision.to == wanted[kind.route], kind.name
        status.delete()


def test_a_status_that_has_ended_decides_nothing(world, children):
    status_of(world, children.ada, "Child in need", ends_on=days_ago(0), social_worker="Amira")
    [decision] = recording.decisions_for([children.ada])[children.ada.pk]
    assert decision.to == Destination.CED


# --- made with the consultation --------------------------------------------------------------


def test_each_named_child_gets_a_task_within_two_school_days(world, children, ada, make):
    status_of(world, children.ada, "Child in need", social_worker="Amira Khan")
    part_about(world.completed, children.ben, advice="Breakfast club")
    first, second = make()
    assert (first.to, first.because, first.told_whom) == (
        Destination.MOSAIC_CHILD,
        "Child in need",
        "Amira Khan",
    )
    assert (second.pupil, second.to) == (children.ben, Destination.CED)
    assert {first.owner, second.owner} == {world.primary}
    assert first.due_on > timezone.localdate()
    assert (
        recording.calendars_of([world.oakfield.pk])[world.oakfield.pk].school_days_since(
            timezone.localdate(), first.due_on
        )
        == 2
    )


def test_a_consultation_that_names_nobody_makes_no_task(world, make):
    assert make() == []
    assert not RecordingTask.objects.exists()


def test_tasks_of_ten_children_take_as_many_queries_as_of_one(
    world, make, django_assert_num_queries
):
    part_about(world.completed, child(world, "One"))
    with django_assert_num_queries(7):
        make()
    RecordingTask.objects.all().delete()
    for number in range(9):
        part_about(world.completed, child(world, f"More{number}"))
    with django_assert_num_queries(7):
        make()


# --- the text ------------------------------------------------------------------------------


def test_the_text_holds_the_five_parts_of_a_case_note(world, ada, make):
    """Rule 001-116: support, with whom, analysis, actions, by whom and by when."""
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    text = recording.text_of(task)
    assert "Support given: A key adult at the gate" in text
    assert (
        f"With: {ada.pupil.name}, discussed with CANARY-900001-completed-attendee (Nurses)" in text
    )
    assert "Analysis: Mornings are hard" in text
    assert "Name a key adult: Priya Primary, by 1 December 2026" in text


def test_ced_gets_the_standard_words_and_nothing_of_the_child(world, ada, make):
    """Rules 001-120, 001-121: a note only, that the link worker supported the school."""
    [task] = make()
    text = recording.text_of(task)
    assert "the link worker supported the school with advice" in text
    assert "Oakfield Primary School" in text
    for word in ("Ada", "key adult", "Mornings"):
        assert word not in text
    assert recording.missing(task) == {}


@pytest.mark.parametrize("field", ["advice", "analysis", "worries", "childs_voice", "third_party"])
@pytest.mark.parametrize("status", [None, "Early Help Plan", "Child in need"])
def test_the_text_of_one_child_holds_nothing_of_the_other(world, children, make, field, status):
    """Rule 001-118, security.md N-04: split per child, siblings in one consultation."""
    for pupil in (children.ada, children.ben):
        part = part_about(world.completed, pupil, **{field: f"SECRET-{pupil.first_names}"})
        action_about(part, world.primary, f"ACTION-{pupil.first_names}")
        if status:
            status_of(world, pupil, status)
    for task, other in zip(make(), (children.ben, children.ada), strict=True):
        text = recording.text_of(task)
        assert other.first_names not in text
        assert other.surname not in text
        assert recording.others_named(task, text)[0] == []


@pytest.mark.parametrize(
    "typed",
    ["Ben was late too", "her brother (ben)", "BEN’s mother", "Ada and Ben,", "“Ben” said"],
)
def test_a_brother_typed_into_the_text_is_pointed_out(world, children, ada, make, typed):
    """Rule 001-118."""
    [task] = make()
    assert recording.others_named(task, typed)[0] == ["Ben"]


def test_a_child_on_record_elsewhere_is_known_by_both_names(world, children, ada, make):
    child(world, "Zoë", "O’Neill-Hart", school=world.beech)
    [task] = make()
    assert recording.others_named(task, "as with Zoe O'Neill last year")[0] == ["Zoe Oneill"]
    assert recording.others_named(task, "as with Zoe last year, at O'Neill House")[0] == []


def test_that_a_name_is_on_record_elsewhere_is_logged_as_a_search_is(
    world, children, ada, make, as_
):
    """Rule 001-58: the page tells so, whoever wrote the name."""
    zoe = child(world, "Zoë", "Hartwell", school=world.beech)
    status_of(world, children.ada, "Child in need")
    [task] = make()
    client = as_(world.primary)
    client.get(f"/recording/{task.pk}/")
    assert not Access.objects.filter(child_id=zoe.pk).exists()
    RecordingTask.objects.filter(pk=task.pk).update(analysis="As with Zoe Hartwell last year")
    assert "Zoe Hartwell" in client.get(f"/recording/{task.pk}/").text
    [look] = Access.objects.filter(child_id=zoe.pk)
    assert (look.user, look.action, look.basis) == (world.primary, Look.SEARCH, "search")


def test_the_child_itself_and_namesakes_are_no_other_child(world, children, ada, make):
    part_about(world.completed, child(world, "Ada", "Marlow"))
    task = make()[0]
    assert recording.others_named(task, f"Ada said so. {children.ada.name}")[0] == []
    assert recording.others_named(task, "Ada Marlow")[0] == ["Marlow"]


def test_what_is_missing_is_asked(world, make):
    """Rule 001-116."""
    pupil = child(world, "Nell")
    status_of(world, pupil, "Child in need")
    part = part_about(world.completed, pupil)
    [task] = make()
    assert set(recording.missing(task)) == {"support_given", "analysis", "actions", "told_whom"}
    action_about(part, world.primary, "Ring home")
    task = RecordingTask.objects.get(pk=task.pk)
    assert recording.missing(task)["actions"] == "Enter by when each action is to be done"


# --- done ----------------------------------------------------------------------------------


def test_a_note_for_an_open_child_is_done_once_the_social_worker_is_told(world, ada, make):
    """Rules 001-117, 001-119: shared with the allocated social worker, by name."""
    status_of(world, ada.pupil, "Child in need", social_worker="Amira Khan")
    [task] = make()
    today = timezone.localdate()
    with pytest.raises(ValidationError) as refused:
        services.recorded(world.primary, task, PARTS, today, None, "")
    assert set(refused.value.message_dict) == {"told_on", "told_whom"}
    done = services.recorded(world.primary, task, PARTS, today, today, "Amira Khan")
    assert (done.done_on, done.done_by, done.told_on) == (today, world.primary, today)
    assert Act.objects.get(verb=Verb.DONE).subject_id == str(task.pk)
    with pytest.raises(TransitionNotAllowed):
        services.recorded(world.primary, task, PARTS, today, today, "Amira Khan")


def test_a_part_that_is_missing_keeps_a_note_open(world, ada, make):
    """Rule 001-116."""
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    ada.actions.all().delete()
    for name in PARTS:
        with pytest.raises(ValidationError) as refused:
            services.recorded(world.primary, task, {**PARTS, name: " "}, timezone.localdate())
        assert set(refused.value.message_dict) == {name}
    assert RecordingTask.objects.get().is_open


def test_what_was_recorded_stays_whatever_becomes_of_the_actions(world, ada, make):
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    services.recorded(world.primary, task, {**PARTS, "actions": ""}, timezone.localdate())
    ada.actions.update(what="Something else")
    task = RecordingTask.objects.get()
    assert "Name a key adult" in recording.text_of(task)
    with pytest.raises(TransitionNotAllowed):
        services.keep(world.primary, task, PARTS)


@pytest.mark.parametrize("who", ["manager", "other_worker", "far_worker", "service", "dsl"])
def test_only_its_owner_and_the_link_workers_of_the_school_record_it(world, ada, make, who):
    [task] = make()
    by = User.objects.get(pk=getattr(world, who).pk)
    with pytest.raises(PermissionDenied):
        services.recorded(by, task, {}, timezone.localdate())
    services.recorded(world.secondary, task, {}, timezone.localdate())


def test_who_was_asked_settles_where_the_guidance_does_not_say(world, ada, make):
    status_of(world, ada.pupil, "YPP")
    [task] = make()
    assert task.to == Destination.ASK
    with pytest.raises(TransitionNotAllowed):
        services.recorded(world.primary, task, PARTS, timezone.localdate())
    with pytest.raises(ValidationError):
        services.decide(world.primary, task, Destination.CED, "  ")
    chosen = services.decide(world.primary, task, Destination.CED, "Maya said so")
    assert (chosen.to, chosen.decided_why, chosen.is_open) == ("ced", "Maya said so", True)
    assert not RecordingTask.objects.get(pk=task.pk).is_open
    with pytest.raises(TransitionNotAllowed):
        services.decide(world.primary, task, Destination.MOSAIC, "Twice")
    assert services.refresh_tasks(world.primary, [chosen]) == []


# --- another status -------------------------------------------------------------------------


def test_a_change_of_status_asks_again(world, ada, make):
    """Rule 001-123: an open task that no longer fits is replaced, with what was typed."""
    [task] = make()
    services.keep(world.primary, task, {"analysis": "Typed meanwhile"})
    status_of(world, ada.pupil, "Child in need", social_worker="Amira Khan")
    [made] = services.refresh_tasks(world.secondary, [RecordingTask.objects.get()])
    assert (made.to, made.told_whom, made.owner) == ("mosaic_child", "Amira Khan", world.primary)
    assert made.analysis == "Typed meanwhile"
    assert services.refresh_tasks(world.secondary, [made]) == []
    assert services.refresh_tasks(world.secondary, [RecordingTask.objects.get(pk=task.pk)]) == []
    assert RecordingTask.objects.open().get() == made


def test_every_list_says_where_the_status_of_today_sends_the_note(world, ada, make, as_):
    """Rule 001-123: whoever looks need not wait for the morning, and a look moves nothing."""
    [task] = make()
    status_of(world, ada.pupil, social_care(), social_worker="Amira Khan")
    for path in ("/", f"/pupils/{ada.pupil.pk}/", f"/consultations/{world.completed.pk}/"):
        html = as_(world.primary).get(path).content.decode()
        assert "Mosaic case note" in html, path
        assert "CED, add note only" not in html, path
    assert "Tell Amira Khan, social worker." in html
    assert RecordingTask.objects.get() == task
    assert RecordingTask.objects.get().to == Destination.CED


def test_a_note_that_is_recorded_stays_where_it_went(world, ada, make):
    [task] = make()
    services.recorded(world.primary, task, {}, timezone.localdate())
    status_of(world, ada.pupil, "Child in need", social_worker="Amira Khan")
    assert services.refresh_tasks(world.primary, [RecordingTask.objects.get()]) == []


# --- current work ----------------------------------------------------------------------------


def test_a_child_leaves_current_work_with_the_last_action_and_the_last_note(world, ada, make):
    """design.md 3: a consultation's involvement ends when its last action is done."""
    [task] = make()
    for action in world.completed.actions.all():
        action_services.done(world.primary, action)
    assert Involvement.objects.current().filter(pupil=ada.pupil).exists()
    services.recorded(world.primary, task, {}, timezone.localdate())
    assert not Involvement.objects.current().filter(pupil=ada.pupil).exists()


# --- the page -------------------------------------------------------------------------------


def test_the_page_has_the_text_to_copy_and_leaves_one_access_row(world, ada, make, as_):
    """security.md N-16."""
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    before = Access.objects.count()
    html = as_(world.primary).get(f"/recording/{task.pk}/").content.decode()
    assert "Support given: A key adult at the gate" in html
    assert 'data-copy="text"' in html
    assert "data-ask" not in html
    assert "<title>Record a note" in html
    row = Access.objects.latest("at")
    assert Access.objects.count() == before + 1
    assert (row.child_id, row.basis) == (ada.pupil_id, "current work")


def test_without_a_reason_nothing_of_the_child_is_answered(world, ada, make, as_):
    """Rule 001-58, security.md N-14."""
    [task] = make()
    Involvement.objects.all().delete()
    for answer in (
        as_(world.primary).get(f"/recording/{task.pk}/"),
        as_(world.manager).post(f"/recording/{task.pk}/", {"done": "1", "done_on": "today"}),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith(f"/pupils/{ada.pupil_id}/reason/")
        assert "Ada" not in answer.content.decode()
    assert RecordingTask.objects.get().is_open


def test_a_text_that_names_a_brother_warns_and_asks_before_it_is_copied(world, ada, make, as_):
    """Rule 001-118."""
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    client = as_(world.primary)
    client.post(f"/recording/{task.pk}/", {**PARTS, "analysis": "Like her brother Ben"})
    html = client.get(f"/recording/{task.pk}/").content.decode()
    assert "This text may name another child: Ben." in html
    assert "data-ask" in html


def test_recording_without_a_part_says_so_and_keeps_what_was_typed(world, ada, make, as_):
    status_of(world, ada.pupil, "Child in need")
    [task] = make()
    posted = {**PARTS, "support_given": "", "done": "1", "done_on": "today", "told_on": "31/2"}
    html = as_(world.primary).post(f"/recording/{task.pk}/", posted).content.decode()
    assert "Enter the name of the social worker" in html
    assert "must be a real date" in html
    assert PARTS["analysis"] in html
    answer = as_(world.primary).post(
        f"/recording/{task.pk}/",
        {**posted, "told_on": "today", "told_whom": "Amira Khan"},
    )
    assert "Enter the support that was given" in answer.content.decode()


def test_a_note_is_recorded_from_its_page(world, ada, make, as_):
    [task] = make()
    html = as_(world.primary).get(f"/recording/{task.pk}/").content.decode()
    assert "Change nothing else on CED" in html
    assert "amend" not in html.lower()
    too_early = as_(world.primary).post(
        f"/recording/{task.pk}/", {"done": "1", "done_on": "1 January 2020"}
    )
    assert "must be after the consultation" in too_early.content.decode()
    answer = as_(world.primary).post(f"/recording/{task.pk}/", {"done": "1", "done_on": "today"})
    assert answer.url == f"/consultations/{world.completed.pk}/"
    assert RecordingTask.objects.get().done_on == timezone.localdate()


def test_a_look_at_a_note_shows_where_it_goes_today_and_writes_nothing(world, ada, make, as_):
    """Rule 001-123; whoever only reads it moves nothing."""
    [task] = make()
    status_of(world, ada.pupil, "Early Help Plan")
    for user in (world.primary, world.manager):
        html = as_(user).get(f"/recording/{task.pk}/").content.decode()
        assert "Mosaic case note" in html
        assert "<dd>Early Help Plan</dd>" in html
    assert RecordingTask.objects.get().to == Destination.CED
    assert as_(world.manager).post(f"/recording/{task.pk}/", PARTS).status_code == 403
    assert RecordingTask.objects.get().to == Destination.CED


def test_what_is_recorded_from_a_page_that_showed_the_new_place_is_recorded_there(
    world, ada, make, as_
):
    [task] = make()
    status_of(world, ada.pupil, "Early Help Plan")
    client, path = as_(world.primary), f"/recording/{task.pk}/"
    shown = re.search('name="shown" value="([a-z_]+)"', client.get(path).content.decode())[1]
    typed = {**PARTS, "shown": shown, "done": "1", "done_on": "today"}
    assert client.post(path, typed).url == f"/consultations/{world.completed.pk}/"
    made = RecordingTask.objects.get(replaced_at=None)
    assert (made.to, made.done_on) == (Destination.MOSAIC, timezone.localdate())
    assert made.analysis == PARTS["analysis"]


def test_the_page_of_a_replaced_task_leads_to_the_one_instead(world, ada, make, as_):
    [task] = make()
    status_of(world, ada.pupil, "Early Help Plan")
    client, path = as_(world.primary), f"/recording/{task.pk}/"
    first = client.post(path, {})
    made = RecordingTask.objects.open().get()
    assert first.url == f"/recording/{made.pk}/"
    assert client.get(path).url == f"/recording/{made.pk}/"
    assert client.post(path, {}).url == f"/recording/{made.pk}/"


def test_a_choice_of_the_place_that_comes_too_late_empties_no_text(world, ada, make, as_):
    status_of(world, ada.pupil, "FIO")
    [task] = make()
    status_of(world, ada.pupil, "Early Help Plan")
    as_(world.primary).post(f"/recording/{task.pk}/", {"to": "ced", "why": "Maya"})
    made = RecordingTask.objects.open().get()
    assert (made.to, made.analysis) == (Destination.MOSAIC, "Mornings are hard")


def test_where_nobody_says_the_page_asks(world, ada, make, as_):
    status_of(world, ada.pupil, "FIO")
    [task] = make()
    html = as_(world.primary).get(f"/recording/{task.pk}/").content.decode()
    assert "Ask your team manager" in html
    assert "data-copy" not in html
    wrong = as_(world.primary).post(f"/recording/{task.pk}/", {"to": "ced"}).content.decode()
    assert "Enter who said so, or why" in wrong
    answer = as_(world.primary).post(f"/recording/{task.pk}/", {"to": "mosaic", "why": "Maya"})
    chosen = RecordingTask.objects.open().get()
    assert answer.url == f"/recording/{chosen.pk}/"
    assert "<b>Why here:</b> Maya" in as_(world.primary).get(answer.url).content.decode()


def test_strange_text_comes_back_as_typed_or_is_refused_in_words(world, ada, make, as_):
    """security.md 6.1."""
    status_of(world, ada.pupil, "Early Help Plan")
    [task] = make()
    client = as_(world.primary)
    strange = "<b>=1+1</b> \u202eevil\u202c"
    assert client.post(f"/recording/{task.pk}/", {**PARTS, "analysis": strange}).status_code == 302
    assert RecordingTask.objects.get().analysis == strange
    for wrong in ("a\x00b", "x" * 1_000_000):
        answer = client.post(f"/recording/{task.pk}/", {**PARTS, "analysis": wrong})
        assert answer.status_code == 200
        assert "govuk-error-summary" in answer.content.decode()


def test_my_work_names_the_school_and_the_place_and_no_child(world, ada, make, as_):
    RecordingTask.objects.filter(pk=make()[0].pk).update(due_on=days_ago(1))
    html = as_(world.primary).get("/").content.decode()
    overdue = html.partition(">Overdue<")[2].partition("</ul>")[0]
    assert "CED, add note only" in overdue
    assert "Was due yesterday" in overdue
    assert "Ada" not in html
    assert ada.pupil.surname not in html


def test_the_desk_names_a_school_once_with_whoever_is_late(world, ada, make, as_):
    part_about(world.completed, child(world, "Nell"))
    make()
    RecordingTask.objects.update(due_on=days_ago(3))
    html = as_(world.manager).get("/").content.decode()
    block = html.partition('id="not-recorded"')[2].partition("</section>")[0]
    assert block.count("Oakfield Primary School") == 1
    assert "Priya Primary" in block
    assert "Ada" not in html
    other = as_(world.other_manager).get("/").content.decode()
    assert "Every note that was to be recorded by now is recorded." in other
    assert 'id="not-recorded"' not in as_(world.service).get("/").content.decode()


# --- typed at the wrong moment ---------------------------------------------------------------


def test_what_was_typed_goes_on_with_the_note_when_the_status_changes(
    world, as_, children, ada, make
):
    [task] = make()
    status_of(world, children.ada, plan())
    services.refresh_tasks(world.primary, [task])
    task = RecordingTask.objects.open().get()
    status_of(world, children.ada, social_care(), social_worker="Sue Worker")
    answer = as_(world.primary).post(f"/recording/{task.pk}/", PARTS)
    instead = RecordingTask.objects.open().get()
    assert (answer.url, instead.to) == (f"/recording/{instead.pk}/", Destination.MOSAIC_CHILD)
    assert {name: getattr(instead, name) for name in PARTS} == PARTS


def test_a_colleagues_text_is_not_overwritten_from_a_page_opened_before(
    world, as_, children, ada, make
):
    status_of(world, children.ada, plan())
    [task] = make()
    client, path = as_(world.primary), f"/recording/{task.pk}/"
    seen = client.get(path).context["form"].seen
    services.keep(world.secondary, task, {"analysis": "Sam wrote this"})
    answer = client.post(path, {**PARTS, "seen": seen})
    assert answer.status_code == 409
    assert PARTS["analysis"] in answer.content.decode()
    task.refresh_from_db()
    assert task.analysis == "Sam wrote this"


def test_the_social_worker_is_not_told_before_the_consultation_was_held(
    world, as_, children, ada, make
):
    status_of(world, children.ada, social_care(), social_worker="Sue Worker")
    [task] = make()
    typed = {**PARTS, "done": "1", "done_on": "today", "told_whom": "Sue", "told_on": "3/1/2026"}
    answer = as_(world.primary).post(f"/recording/{task.pk}/", typed)
    assert "told must be after the consultation" in answer.content.decode()
    task.refresh_from_db()
    assert task.is_open


def test_a_very_long_text_of_capitals_is_read_for_names_without_delay(
    world, ada, make, django_assert_max_num_queries
):
    """Its pairs of words are too many to ask for; those at its beginning are asked for."""
    [task] = make()
    other = child(world, "Mabel", "Quennell")
    many = " ".join(f"W{number}" for number in range(40_000))
    with django_assert_max_num_queries(2):
        assert recording.others_named(task, f"{other.name}. {many}")[0] == [other.name]


def plan():
    return StatusKind.objects.filter(route=Route.PLAN).first().name


def social_care():
    return StatusKind.objects.filter(route=Route.OPEN).first().name
