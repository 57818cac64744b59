"""After a session: recorded, given to the school and stored there, added to, its actions done."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act, Verb
from consultations import chasing, recording
from consultations.models import Action, Destination, RecordingTask
from consultations.services import actions as action_services
from consultations.services import recording as recording_services
from interventions import school_note, session_forms, session_page
from interventions.models import SessionAddendum, SessionPart, ShortIntervention
from interventions.services import sessions as services
from notifications.models import Message
from schools.models import Enrolment, SearchEntry
from tests.consultations.about_children import status_of
from tests.interventions.session_typed import about, typed
from tests.interventions.short_work import day, session, under_way
from tests.interventions.test_session_writing import joins

PARTS = ("support_given", "with_whom", "analysis", "actions")


@pytest.fixture
def made(world):
    """Work under way with Ada and her mother, to which both agreed."""
    return under_way(world, parent="Mary Lovelace")


@pytest.fixture
def complete(world, made):
    """``complete(**changes)``: a session of ``made``, as somebody typed it."""

    def act(by=None, give_now=False, **changes):
        by, pk = by or world.primary, uuid.uuid4()
        work = ShortIntervention.objects.prefetch_related("participants__pupil").get()
        draft = services.start(by, work, pk, day(1), typed(work, **changes))
        sheet = session_forms.sheet_of(by, work, draft.data)
        assert sheet.is_valid()
        held = work.sessions.get(pk=pk)
        return services.complete(by, held, sheet.content(), give_now=give_now)

    return act


def tasks_of(part):
    return {task.to: task for task in RecordingTask.objects.filter(source_id=part.pk)}


def test_what_is_completed_can_be_searched_for_at_the_hour_it_began(world, complete):
    held = complete()
    entry = SearchEntry.objects.get(subject_id=held.pk)
    assert (entry.school, entry.author) == (world.oakfield, world.primary)
    assert not entry.for_school
    assert timezone.localdate(entry.at) == held.held_on


# --- where it is recorded -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (None, Destination.CED),
        ("Early Help Plan", Destination.MOSAIC),
        ("Child in need", Destination.MOSAIC_CHILD),
    ],
)
def test_direct_work_is_recorded_by_the_childs_status_and_goes_to_the_school(
    world, made, complete, status, place
):
    """Rules 001-113 to 001-117 and 001-123"""
    ada = made.participants.first().pupil
    if status:
        status_of(world, ada, status, social_worker="Amira Khan")
    part = complete().parts.get()
    tasks = tasks_of(part)
    assert set(tasks) == {place, Destination.SCHOOL}
    task = tasks[place]
    assert (task.owner, task.pupil, task.happened_on) == (world.primary, ada, day(1))
    assert task.told_whom == ("Amira Khan" if status else "")
    assert recording.missing(task) == {}


def test_the_text_to_record_holds_the_five_parts(world, made, complete):
    """Rules 001-116 and 001-119"""
    ada = made.participants.first().pupil
    status_of(world, ada, "Early Help Plan")
    words = about(ada, childs_words="I like art", seen_alone="yes")
    part = complete(others_present=["Nia Nurse"], **words).parts.get()
    text = recording.text_of(tasks_of(part)[Destination.MOSAIC])
    for said in (
        "Short intervention, ",
        "Support given: Timetable with Ada",
        "The child’s own words: I like art",
        "Seen alone: Yes",
        f"With: {ada.name}, Mary Lovelace (Mother) and Nia Nurse",
        "Analysis: Mornings are hard for Ada",
        "Actions: Ring home. Dora Lead, by 1 December 2030",
    ):
        assert said in text


def test_ced_gets_a_note_only_and_nothing_of_the_family(complete):
    """Rules 001-120 and 001-121"""
    task = tasks_of(complete().parts.get())[Destination.CED]
    text = recording.text_of(task)
    assert "the link worker supported a family" in text
    assert "Ada" not in text


def test_the_note_of_one_child_holds_nothing_of_the_other(world, made, complete):
    """Rule 001-118"""
    ben = joins(world, made, "Ben").pupil
    for pupil in (made.participants.first().pupil, ben):
        status_of(world, pupil, "Early Help Plan")
    held = complete()
    first, second = held.parts.all()
    for part, other in ((first, "Ben"), (second, "Ada")):
        task = tasks_of(part)[Destination.MOSAIC]
        text = recording.text_of(task)
        assert part.pupil.first_names in text
        assert other not in text
        assert recording.others_named(task, text)[0] == []
        assert recording.others_named(task, f"{text} as with {other}")[0] == [other]
        note = school_note.text_of(school_note.note_of(part))
        assert other not in note
        assert "Mornings" not in note


def test_a_missed_appointment_is_recorded_and_a_cancelled_one_is_not(made, complete):
    ada = made.participants.first().pupil
    nothing = about(ada, actions=(), support_given="", analysis="", school_text="")
    missed = complete(attended=["not_brought"], not_held_words=["Rang home"], **nothing)
    [task] = tasks_of(missed.parts.get()).values()
    assert task.support_given == "The child was not brought. Rang home"
    assert task.with_whom == "Nobody was there"
    assert task.actions == services.NO_ACTIONS
    off = complete(attended=["cancelled"], not_held_words=["School trip"], **nothing)
    assert tasks_of(off.parts.get()) == {}


def test_other_contact_says_of_what_kind_it_was(world, made, complete):
    status_of(world, made.participants.first().pupil, "Early Help Plan")
    held = complete(contact=["other"], other_kind=["welfare"])
    assert tasks_of(held.parts.get())[Destination.MOSAIC].support_given.startswith("Welfare check.")


def test_a_note_moves_with_the_childs_status_and_keeps_what_it_is_of(world, made, complete):
    """Rule 001-123"""
    part = complete().parts.get()
    task = tasks_of(part)[Destination.CED]
    status_of(world, part.pupil, "Early Help Plan")
    [instead] = recording_services.refresh_tasks(world.primary, [task])
    assert (instead.to, instead.source_id, instead.happened_on) == (
        Destination.MOSAIC,
        part.pk,
        day(1),
    )
    assert instead.support_given == task.support_given


def test_the_page_of_a_note_leads_back_to_the_session_and_is_ticked(world, made, complete, as_):
    part = complete().parts.get()
    task, back = tasks_of(part)[Destination.CED], f"/interventions/sessions/parts/{part.pk}/"
    client = as_(world.primary)
    page = client.get(f"/recording/{task.pk}/")
    assert back in page.content.decode()
    assert client.get(back).url == part.session.get_absolute_url()
    early = {"done": "1", "done_on": f"{day(2):%d/%m/%Y}"}
    assert (
        "must be after the session"
        in client.post(page.request["PATH_INFO"], early).content.decode()
    )
    done = client.post(page.request["PATH_INFO"], {"done": "1", "done_on": "today"})
    assert done.url == back
    task.refresh_from_db()
    assert task.done_by == world.primary


def test_the_schools_note_is_given_where_it_was_written(world, complete, as_):
    """Rule 001-114"""
    part = complete().parts.get()
    task = tasks_of(part)[Destination.SCHOOL]
    answer = as_(world.primary).get(f"/recording/{task.pk}/")
    assert answer.url == f"/interventions/sessions/parts/{part.pk}/"


def test_a_note_not_given_to_the_school_is_chased(world, complete):
    """Rule 001-114: overdue if not given."""
    part = complete().parts.get()
    RecordingTask.objects.filter(source_id=part.pk).exclude(to=Destination.SCHOOL).delete()
    task = tasks_of(part)[Destination.SCHOOL]
    RecordingTask.objects.update(due_on=day(10))
    morning = timezone.localdate()
    while morning.weekday() > 4:
        morning += timedelta(days=1)
    chasing.chase(morning)
    late = Message.objects.filter(kind=chasing.RECORDING, to=world.primary)
    assert [message.about_id for message in late] == [str(task.pk)]


# --- given and stored --------------------------------------------------------------------------


def test_a_note_is_given_once_and_its_leads_hear_of_it(world, complete):
    """Rule 001-114; nothing personal is in the message."""
    held = complete()
    [part] = services.give(world.primary, held)
    part.refresh_from_db()
    assert part.given_by == world.primary
    task = tasks_of(part)[Destination.SCHOOL]
    assert (task.done_on, task.done_by) == (timezone.localdate(), world.primary)
    told = Message.objects.filter(kind="session_given")
    assert {world.dsl, world.head} <= {message.to for message in told}
    for message in told:
        assert "Oakfield Primary School" in message.subject
        for word in ("Ada", "CANARY", "art", "Lovelace"):
            assert word not in message.subject + message.body
    with pytest.raises(TransitionNotAllowed):
        services.give(world.primary, held)
    assert Act.objects.filter(verb=Verb.SHARE, subject_id=str(held.pk)).count() == 1


def test_a_lead_from_whom_the_work_is_withheld_is_not_told_of_its_notes(world, made, complete):
    """Design.md 6.14"""
    made.consultation = world.shared
    made.save(update_fields=["consultation"])
    services.give(world.primary, complete())
    told = {message.to for message in Message.objects.filter(kind="session_given")}
    assert told == {world.dsl, world.head}


def test_one_childs_note_is_given_by_itself(world, made, complete):
    joins(world, made, "Ben")
    held = complete()
    first, second = held.parts.all()
    services.give(world.primary, held, second.pk)
    assert [p.given_at is not None for p in held.parts.all()] == [False, True]
    services.give(world.primary, held)
    first.refresh_from_db()
    assert first.given_at
    # Of one session somebody hears once a day.
    assert Message.objects.filter(kind="session_given", to=world.dsl).count() == 1


def test_completing_can_give_the_note_in_the_same_act(complete):
    assert complete(give_now=True).parts.get().given_at


def test_a_draft_is_not_given_nor_added_to(world, made):
    draft = session(world, made, completed=False)
    with pytest.raises(TransitionNotAllowed):
        services.give(world.primary, draft)
    with pytest.raises(TransitionNotAllowed):
        services.addendum(world.primary, draft.parts.get(), "More")


def test_the_school_stores_each_childs_note_and_a_second_click_is_calm(world, made, complete, as_):
    """Rules 001-114 and 001-118"""
    joins(world, made, "Ben")
    first, second = complete(give_now=True).parts.all()
    stored = f"/shared/short-work/{made.pk}/parts/{first.pk}/stored/"
    client = as_(world.dsl)
    for _ in range(2):
        assert client.post(stored).url == f"/shared/short-work/{made.pk}/"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stored_on, first.stored_by) == (timezone.localdate(), world.dsl)
    assert second.stored_on is None
    with pytest.raises(TransitionNotAllowed):
        services.stored(world.head, first)
    with pytest.raises(PermissionDenied):
        services.stored(world.primary, second)


def test_the_school_reads_what_was_given_and_nothing_else(world, made, complete, as_):
    """Rule 001-114: never the analysis, risks or the team's words."""
    ada = made.participants.first().pupil
    words = about(ada, analysis="SECRET-analysis", childs_words="SECRET-voice")
    part = complete(
        place=["home"], visit_with=["Dora"], risks=["SECRET-risks"], **words
    ).parts.get()
    page = f"/shared/short-work/{made.pk}/parts/{part.pk}/"
    for user in (world.dsl, world.head, world.senco):
        assert as_(user).get(page).status_code == 404
    services.give(world.primary, part.session)
    answer = as_(world.dsl).get(page)
    assert answer.context["nav"] == "shared_work"
    text = answer.content.decode()
    assert "Ada starts with art" in text
    assert "SECRET" not in text
    assert as_(world.senco).get(page).status_code == 404
    assert as_(world.other_dsl).get(page).status_code == 404
    look = Access.objects.filter(user=world.dsl, child_id=ada.pk, basis="school")
    assert look.count() == 1
    answer = as_(world.dsl).get(f"{page}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert f"note-for-school-{day(1):%Y-%m-%d}.pdf" in answer["Content-Disposition"]


def test_only_what_the_school_took_on_is_in_its_note(world, made, complete):
    ada = made.participants.first().pupil
    rows = f"actions-{ada.pk}"
    own = {
        **about(ada, actions=("Talk with her father", "Meet her at the gate")),
        f"{rows}-0-owner_name": [""],
        f"{rows}-0-owner": [f"user:{world.primary.pk}"],
        f"{rows}-1-owner_name": [""],
        f"{rows}-1-owner": [f"contact:{world.dsl_post.pk}"],
    }
    part = complete(give_now=True, **own).parts.get()
    text = school_note.text_of(school_note.note_of(part))
    assert "Meet her at the gate" in text
    assert "father" not in text


# --- added to ------------------------------------------------------------------------------------


def test_a_completed_session_is_added_to_once_and_not_changed(world, complete, as_):
    held = complete()
    part, once = held.parts.get(), uuid.uuid4()
    data = {"once": str(once), "part": str(part.pk), "text": "She came on Monday"}
    client = as_(world.primary)
    for _ in range(2):
        assert client.post(f"{held.get_absolute_url()}addendum/", data).status_code == 302
    added = SessionAddendum.objects.get()
    assert (added.pk, added.added_by, added.for_school) == (once, world.primary, False)
    assert "She came on Monday" in client.get(held.get_absolute_url()).content.decode()
    assert client.post(f"{held.get_absolute_url()}addendum/", {"part": "x"}).status_code == 200


def test_what_the_school_reads_too_is_to_be_stored_anew(world, made, complete, as_):
    part = complete(give_now=True).parts.get()
    services.stored(world.dsl, part)
    services.addendum(world.primary, part, "She came on Monday", for_school=True)
    part.refresh_from_db()
    assert part.stored_on is None
    assert Message.objects.filter(kind="session_added", to=world.dsl).exists()
    page = f"/shared/short-work/{made.pk}/parts/{part.pk}/"
    assert "She came on Monday" in as_(world.dsl).get(page).content.decode()


# --- who -----------------------------------------------------------------------------------------


def test_a_former_worker_reads_what_they_wrote_and_changes_nothing(world, made, as_):
    """Logged, behind the child's gate (rule 001-58)."""
    held = session(world, made, author=world.former)
    other = session(world, made, ago=6)
    client = as_(world.former)
    assert client.get(other.get_absolute_url()).status_code == 404
    page = client.get(held.get_absolute_url()).content.decode()
    assert "We made a timetable" not in page
    assert "Give a reason" in page
    assert "Ada" not in page
    given = client.post(f"{held.get_absolute_url()}reason/", {"reason": "family_asked"})
    given = (
        given
        if given.status_code == 302
        else client.post(
            f"{held.get_absolute_url()}reason/",
            {"reason": "other", "words": "I wrote this and was asked about it"},
        )
    )
    assert given.url == held.get_absolute_url()
    page = client.get(held.get_absolute_url()).content.decode()
    assert "We made a timetable" in page
    assert "Add to this session" not in page
    looks = Access.objects.filter(user=world.former, child_id=made.participants.first().pupil_id)
    assert looks.filter(subject_id=str(held.pk)).count() == 1
    for act in ("addendum", "give"):
        answer = client.post(f"{held.get_absolute_url()}{act}/", {})
        assert answer.status_code == 403


def test_a_conflict_closes_the_sessions_of_the_school(world, made):
    held = session(world, made, author=world.conflicted)
    elmgate = under_way(world, school=world.elmgate)
    theirs = session(world, elmgate, author=world.conflicted)
    seen = type(held).objects.visible_to(world.conflicted)
    assert held in seen
    assert theirs not in seen


def test_the_record_is_refused_to_who_may_no_longer_work_there(world, made, complete):
    with pytest.raises(PermissionDenied):
        complete(by=world.former)


def test_a_child_closed_meanwhile_holds_the_session_back(world, made):
    pk = uuid.uuid4()
    draft = services.start(world.primary, made, pk, day(1), typed(made))
    sheet = session_forms.sheet_of(world.primary, made, draft.data)
    assert sheet.is_valid()
    Enrolment.objects.all().delete()
    ada = made.participants.first().pupil
    ada.involvements.all().delete()
    with pytest.raises(ValidationError, match="Give a reason to open this child again"):
        services.complete(world.primary, made.sessions.get(pk=pk), sheet.content())


# --- actions -----------------------------------------------------------------------------------


def test_an_action_stands_in_the_list_leads_to_the_session_and_is_done(world, made, complete, as_):
    ada = made.participants.first().pupil
    mine = {f"actions-{ada.pk}-0-owner_name": [""]}
    mine |= {f"actions-{ada.pk}-0-owner": [f"user:{world.primary.pk}"]}
    part = complete(**mine).parts.get()
    action = Action.objects.get(source_id=part.pk)
    assert (action.pupil, action.school, action.owner_user) == (ada, made.school, world.primary)
    page = as_(world.primary).get("/actions/").content.decode()
    assert "Ring home" in page
    assert f"/interventions/sessions/parts/{part.pk}/" in page
    # Its words are held back from whom the child is closed to.
    held_back = as_(world.service).get("/actions/?whose=schools").content.decode()
    assert "About a child" in held_back
    assert "Ring home" not in held_back
    action_services.hand_over(world.primary, action, "I am away", contact=world.dsl_post)
    action_services.done(world.primary, action)
    assert "Done" in as_(world.primary).get(part.session.get_absolute_url()).content.decode()


# --- on the page of the work ---------------------------------------------------------------------


def test_sessions_may_be_counted_against_the_plan(world, made):
    """Rule 001-124 forbids to count consultations; sessions are planned work."""
    made.planned_sessions = 6
    made.save()
    session(world, made)
    session(world, made, ago=6, attended="not_brought", not_held_words="Rang")
    session(world, made, ago=5, contact="other", other_kind="welfare")
    session(world, made, ago=4, completed=False)
    told = session_page.section(world.primary, made)
    assert (told["held"], told["planned"]) == (1, 6)
    assert [line.session.held_on for line in told["lines"]] == [day(4), day(5), day(6), day(7)]
    assert told["lines"][0].session.is_draft
    assert not session_page.section(world.secondary, made)["lines"][0].session.is_draft


def test_the_section_and_the_page_read_as_often_for_many(world, made, as_):
    def reads(act):
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    client = as_(world.primary)
    held = session(world, made)
    client.get(held.get_absolute_url())
    session_page.section(world.primary, made)
    section = lambda: str(session_page.section(world.primary, made)["lines"])  # noqa: E731
    page = lambda: client.get(held.get_absolute_url())  # noqa: E731
    few = reads(section), reads(page)
    for number in range(3):
        joins(world, made, f"Child{number}")
    for ago in range(1, 6):
        session(world, made, ago=ago)
    for person in made.participants.filter(pupil__isnull=False)[1:]:
        SessionPart.objects.create(session=held, pupil=person.pupil, support_given="x")
    assert (reads(section), reads(page)) == few


def test_completing_for_three_children_reads_as_often_as_for_one(world, made, complete):
    def reads():
        with CaptureQueriesContext(connection) as queries:
            complete()
        return len(queries)

    reads()
    one = reads()
    joins(world, made, "Ben")
    joins(world, made, "Cleo")
    assert reads() == one
