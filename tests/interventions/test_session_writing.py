"""Writing a session: saved as it is typed, whole before it is completed, locked after that."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Access, Act, Verb
from drafts.models import Draft
from interventions.models import Answer, Participant, Session, SessionPart, WorkState
from interventions.services import work as services
from schools.services import involve
from tests.children import child
from tests.interventions.session_typed import about, typed, without
from tests.interventions.short_work import agreed, day, session, under_way, work

AUTOSAVE = {"X-Autosave": "1"}


@pytest.fixture
def made(world):
    """Work under way with Ada and her mother, to which both agreed."""
    return under_way(world, parent="Mary Lovelace")


@pytest.fixture
def as_worker(world, as_):
    return as_(world.primary)


def new(work):
    return f"/interventions/{work.pk}/sessions/new/"


def start(client, work, pk=None, **changes):
    """The first save of a whole form; returns the session."""
    pk = pk or uuid.uuid4()
    answer = client.post(new(work), {**typed(work, **changes), "id": [str(pk)], "save": ["1"]})
    assert answer.status_code == 302, answer.content.decode()
    return Session.objects.get(pk=pk)


def page_of(client, url):
    return client.get(url).content.decode()


def joins(world, work, first):
    """Another child who takes part, and for whom the family agreed."""
    pupil = child(world, first)
    involve([pupil.pk], work, school=work.school)
    joined = Participant.objects.create(
        intervention=work, pupil=pupil, position=work.participants.count()
    )
    for consent in work.consents.all():
        consent.people.add(joined)
    return joined


def completed(client, work, press="", **changes):
    """A session written and completed; returns it with the answer of the last button."""
    held = start(client, work, **changes)
    page = f"/interventions/sessions/{held.pk}/complete/"
    assert client.get(page).status_code == 200
    version = Draft.objects.get(target_id=held.pk).version
    answer = client.post(page, {"version": version, press: "1"} if press else {"version": version})
    held.refresh_from_db()
    return held, answer


def errors_of(client, work, **changes):
    """What the page says is wrong once the form is handed in."""
    pk = uuid.uuid4()
    data = {**typed(work, **changes), "id": [str(pk)], "complete": ["1"]}
    answer = client.post(new(work), data)
    assert answer.status_code == 302
    page = client.get(answer.url)
    sheet = page.context.get("sheet")
    if sheet is None or answer.url.endswith("/complete/"):
        return ""
    found = [sentence for part in sheet.parts for sentence in _sentences(part)]
    return "\n".join(found)


def _sentences(part):
    forms = part.forms if hasattr(part, "management_form") else [part]
    return [s for form in forms for row in form.errors.values() for s in row]


# --- saved as it is typed


def test_nothing_is_made_until_something_is_typed(made, as_worker):
    assert as_worker.get(new(made)).status_code == 200
    assert not Session.objects.exists()


def test_the_first_save_makes_the_session_with_its_date(world, made, as_worker):
    pk = uuid.uuid4()
    data = {"id": str(pk), "held_on": "yesterday", "others_present": "half a sent"}
    answer = as_worker.post(new(made), data, headers=AUTOSAVE)
    assert answer.status_code == 201
    told = answer.json()
    held, draft = Session.objects.get(), Draft.objects.get(form="session")
    assert (held.pk, held.held_on, held.author) == (pk, day(1), world.primary)
    assert held.is_draft
    assert told["page_url"] == f"/interventions/sessions/{pk}/edit/"
    assert told["draft_url"] == f"/drafts/{draft.pk}/"
    more = {**data, "others_present": "half a sentence", "version": "1"}
    again = as_worker.post(told["draft_url"], more, headers=AUTOSAVE)
    assert again.json()["version"] == 2
    assert "half a sentence" in as_worker.get(told["page_url"]).content.decode()


def test_an_impossible_date_is_kept_as_typed_and_the_draft_is_of_today(made, as_worker):
    for text in ("31 February", "32/13/2026", "0/0/0", "tomorrowish", "9" * 500):
        pk = uuid.uuid4()
        data = {"id": str(pk), "held_on": text}
        assert as_worker.post(new(made), data, headers=AUTOSAVE).status_code == 201
        assert Session.objects.get(pk=pk).held_on == day()
        assert Draft.objects.get(target_id=pk).data["held_on"] == [text]
        assert text in as_worker.get(f"/interventions/sessions/{pk}/edit/").content.decode()


def test_a_double_first_save_makes_one_session(made, as_worker):
    data = {"id": str(uuid.uuid4()), "others_present": "Nia"}
    for _ in range(2):
        assert as_worker.post(new(made), data, headers=AUTOSAVE).status_code == 201
    assert Session.objects.count() == 1


def test_a_page_of_somebody_else_in_the_same_browser_saves_nothing(world, made, as_):
    """The page was opened by the primary worker; the secondary has signed in since."""
    data = {"id": str(uuid.uuid4()), "author": str(world.primary.pk), "others_present": "Nia"}
    answer = as_(world.secondary).post(new(made), data, headers=AUTOSAVE)
    assert (answer.status_code, answer.json()["reason"]) == (409, "user")
    assert not Session.objects.exists()


def test_a_stale_tab_is_told_and_its_words_stay_on_the_page(made, as_worker):
    held = start(as_worker, made)
    draft = Draft.objects.get(target_id=held.pk)
    edit = f"/interventions/sessions/{held.pk}/edit/"
    stale = {**typed(made, others_present=["Mine"]), "version": ["7"]}
    answer = as_worker.post(f"/drafts/{draft.pk}/", stale, headers=AUTOSAVE)
    assert (answer.status_code, answer.json()["reason"]) == (409, "version")
    page = as_worker.post(edit, {**stale, "save": ["1"]})
    assert page.status_code == 409
    assert "Mine" in page.content.decode()


def test_only_its_author_saves_a_draft_and_its_manager_reads_it(world, made, as_):
    held = start(as_(world.primary), made, others_present=["Half a sentence"])
    draft = Draft.objects.get(target_id=held.pk)
    page = f"/interventions/sessions/{held.pk}/"
    assert as_(world.secondary).post(f"/drafts/{draft.pk}/", {}).status_code == 404
    assert as_(world.secondary).get(page).status_code == 404
    manager = as_(world.manager)
    assert manager.post(f"{page}edit/", {"version": "1"}).status_code == 403
    text = manager.get(page).content.decode()
    for words in ("Half a sentence", "Timetable with Ada", "only they can edit it"):
        assert words in text


def test_a_draft_is_discarded_with_its_text_by_its_author_alone(world, made, as_):
    held = start(as_(world.primary), made)
    discard = f"/interventions/sessions/{held.pk}/discard/"
    assert as_(world.manager).post(discard).status_code == 403
    assert as_(world.primary).post(discard).status_code == 302
    assert not Session.objects.exists()
    assert not Draft.objects.filter(form="session").exists()
    assert Act.objects.filter(verb=Verb.DISCARD, subject_id=str(held.pk)).exists()


def test_an_action_is_added_without_a_script_and_nothing_typed_is_lost(made, as_worker):
    ada = made.participants.first().pupil
    rows = f"actions-{ada.pk}"
    data = {**typed(made), "id": [str(uuid.uuid4())], "add": [rows]}
    page = as_worker.post(new(made), data)
    text = page.content.decode()
    assert f'name="{rows}-1-what"' in text
    assert "Timetable with Ada" in text
    # A name that is none of the page's sets of rows only saves.
    assert as_worker.post(new(made), {**data, "add": ["people"]}).status_code == 302


# --- whole before it is completed


def test_a_whole_session_is_completed_and_locked(world, made, as_worker):
    held, answer = completed(as_worker, made)
    assert answer.url == held.get_absolute_url()
    assert held.completed_at is not None
    part = held.parts.get()
    assert part.support_given == "Timetable with Ada"
    assert {str(person) for person in held.people.all()} == {
        "Mary Lovelace",
        made.participants.first().pupil.name,
    }
    assert not Draft.objects.filter(form="session").exists()
    edit = as_worker.get(f"/interventions/sessions/{held.pk}/edit/")
    assert edit.url == held.get_absolute_url()
    late = as_worker.post(f"/interventions/sessions/{held.pk}/edit/", {}, headers=AUTOSAVE)
    assert late.status_code == 404


def test_a_second_click_on_complete_is_answered_calmly(made, as_worker):
    held, _ = completed(as_worker, made)
    again = as_worker.post(f"/interventions/sessions/{held.pk}/complete/", {"version": "1"})
    assert again.url == held.get_absolute_url()
    assert SessionPart.objects.count() == 1


def test_a_draft_changed_after_the_check_is_shown_again(made, as_worker):
    held = start(as_worker, made)
    page = f"/interventions/sessions/{held.pk}/complete/"
    answer = as_worker.post(page, {"version": "99"})
    assert answer.status_code == 409
    assert Session.objects.get().is_draft


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("support_given", "Enter the support given to Ada"),
        ("analysis", "Enter your analysis for Ada"),
        ("school_text", "Enter the note for the school about Ada"),
        ("due_on", "Enter by when it will be done"),
        ("owner_name", "Choose who will do it, or enter a name"),
    ],
)
def test_each_of_the_five_parts_is_asked_for(made, as_worker, name, sentence):
    """Rules 001-116 and 001-119: support, with whom, analysis, actions by whom and by when."""
    assert sentence in errors_of(as_worker, made, **without(typed(made), name))


def test_with_whom_and_actions_are_asked_for(made, as_worker):
    """Rule 001-116"""
    ada = made.participants.first().pupil
    assert "Select who the direct work was with" in errors_of(as_worker, made, people=[])
    assert "tick that none were agreed" in errors_of(as_worker, made, **about(ada, actions=()))
    none = about(ada, actions=(), no_actions="on")
    assert errors_of(as_worker, made, **none) == ""
    both = about(ada, no_actions="on")
    assert "Remove the actions" in errors_of(as_worker, made, **both)


def test_no_action_is_due_before_the_session_it_was_agreed_at(made, as_worker):
    """Rule 001-116; it would be past every reminder."""
    due_on = f"actions-{made.participants.first().pupil_id}-0-due_on"
    for early in (day(2), "1 December 2016"):
        sentence = errors_of(as_worker, made, **{due_on: [str(early)]})
        assert "must be the day of the session or later. Check its year" in sentence
    assert errors_of(as_worker, made, **{due_on: [str(day(1))]}) == ""


def test_a_draft_may_hold_less_than_the_five_parts(made, as_worker):
    """Rule 001-116: partial until it is finished."""
    held = start(as_worker, made, **without(typed(made), "support_given", "analysis", "what"))
    assert held.is_draft


def test_who_was_not_brought_needs_none_of_the_parts_but_what_was_done(made, as_worker):
    missed = {"attended": ["not_brought"], **without(typed(made), *PARTS)}
    missed["attended"] = ["not_brought"]
    assert errors_of(as_worker, made, **missed) == "Enter what was done about it"
    held, _ = completed(as_worker, made, **missed | {"not_held_words": ["Rang home"]})
    page = as_worker.get(held.get_absolute_url()).content.decode()
    assert "The child was not brought" in page
    assert "DNA" not in page


PARTS = ("support_given", "analysis", "school_text", "what", "owner_name", "due_on")


def test_a_home_visit_says_with_whom_of_the_school(made, as_worker):
    """Rule 001-31: with school staff, and what to mind."""
    assert "Enter with whom of the school" in errors_of(as_worker, made, place=["home"])
    held, _ = completed(as_worker, made, place=["home"], visit_with=["Dora Lead"], risks=["A dog"])
    page = as_worker.get(held.get_absolute_url()).content.decode()
    assert "Dora Lead" in page
    assert "A dog" in page


def test_a_discussion_of_professionals_without_the_family_says_why(made, as_worker):
    """Rule 001-30"""
    talk = {"contact": ["other"], "other_kind": ["professionals"]}
    assert "Select whether the family was there" in errors_of(as_worker, made, **talk)
    away = {**talk, "family_present": ["no"]}
    assert "Enter why the family was not there" in errors_of(as_worker, made, **away)
    why = {**away, "absent_family_why": ["It could have put her at risk"]}
    held, _ = completed(as_worker, made, **why)
    assert held.family_present is False
    assert "put her at risk" in as_worker.get(held.get_absolute_url()).content.decode()


def test_other_contact_is_of_a_kind(made, as_worker):
    assert "Select what kind of contact" in errors_of(as_worker, made, contact=["other"])


def test_a_line_of_the_chronology_is_asked_for_what_is_significant(made, as_worker):
    ada = made.participants.first().pupil
    found = errors_of(as_worker, made, **about(ada, is_significant="on"))
    assert "Enter one line for the chronology" in found


# --- when direct work may have been


def test_direct_work_before_the_confirmation_names_who_is_not_confirmed(made, as_worker):
    """Rules 001-23 and 001-79"""
    before = f"{day(57):%d/%m/%Y}"
    found = errors_of(as_worker, made, held_on=[before])
    assert "The school has not confirmed that" in found
    assert "Mary Lovelace agreed by" in found
    assert "other contact" in found
    assert errors_of(as_worker, made, held_on=[f"{day(56):%d/%m/%Y}"]) == ""


def test_direct_work_with_one_who_is_not_named_says_who(made, as_worker):
    """Rule 001-79"""
    aunt = Participant.objects.create(intervention=made, name="Aunt Flo", position=3)
    found = errors_of(as_worker, made)
    assert "The school has not confirmed that Aunt Flo agreed" in found
    people = [str(p.pk) for p in made.participants.exclude(pk=aunt.pk)]
    assert errors_of(as_worker, made, people=people) == ""


def test_direct_work_in_the_future_after_the_end_or_before_it_was_asked_is_refused(
    world, made, as_worker
):
    assert "today or in the past" in errors_of(as_worker, made, held_on=["tomorrow"])
    asked = f"{day(71):%d/%m/%Y}"
    assert "The work was asked for on" in errors_of(as_worker, made, held_on=[asked])
    for name, value in (("state", "closed"), ("closed_on", day(3)), ("closed_by", world.primary)):
        setattr(made, name, value)
    made.end_reason = "met"
    made.save()
    assert "The work ended on" in errors_of(as_worker, made, held_on=[f"{day(2):%d/%m/%Y}"])
    assert errors_of(as_worker, made, held_on=[f"{day(3):%d/%m/%Y}"]) == ""


def test_after_a_refusal_only_other_contact_is_offered(world, as_worker):
    """Rule 003-50"""
    made = work(world, state=WorkState.ALLOCATED)
    agreed(world, made, answer=Answer.REFUSED, held_in="")
    page = as_worker.get(new(made)).content.decode()
    assert 'value="direct"' not in page
    assert "has been no since" in errors_of(as_worker, made)
    welfare = {"contact": ["other"], "other_kind": ["welfare"]}
    held, _ = completed(as_worker, made, **welfare)
    assert held.get_other_kind_display() == "Welfare check"
    made.refresh_from_db()
    assert made.state == WorkState.ALLOCATED


def test_after_a_withdrawal_direct_work_is_refused_from_its_day_on(made, as_worker):
    """Rule 003-50"""
    made.consents.update(withdrawn_on=day(5))
    found = errors_of(as_worker, made)
    assert "has been no since" in found
    assert errors_of(as_worker, made, held_on=[f"{day(6):%d/%m/%Y}"]) == ""


DIRECT = 'value="direct"'


def test_once_everybody_withdrew_only_other_contact_is_offered(made, as_worker):
    """Rule 003-50: what was agreed before is no reason to offer it."""
    assert DIRECT in page_of(as_worker, new(made))
    made.consents.update(withdrawn_on=day(5))
    page = page_of(as_worker, new(made))
    assert DIRECT not in page
    assert "enter its date and save" in page


def test_direct_work_on_a_day_on_which_they_agreed_is_offered_late(made, as_worker):
    """Rule 003-50"""
    made.consents.update(withdrawn_on=day(5))
    for ago, is_offered in ((6, True), (5, False)):
        early = {"held_on": [f"{day(ago):%d/%m/%Y}"], "contact": [], "other_kind": []}
        held = start(as_worker, made, **early)
        page = page_of(as_worker, f"/interventions/sessions/{held.pk}/edit/")
        assert (DIRECT in page) == is_offered


def test_direct_work_is_offered_with_those_in_the_session_who_agree(made, as_worker):
    """Rule 001-79: the mother withdrew and Ada did not."""
    ada, mother = made.participants.all()
    made.consents.get().people.set([ada])
    for people, is_offered in (([ada], True), ([mother], False), ([], True)):
        ticked = {"people": [str(p.pk) for p in people], "contact": [], "other_kind": []}
        held = start(as_worker, made, **ticked)
        page = page_of(as_worker, f"/interventions/sessions/{held.pk}/edit/")
        assert (DIRECT in page) == is_offered


def test_direct_work_that_was_typed_stays_with_the_sentence_that_refuses_it(made, as_worker):
    """Rule 003-50: nothing that was typed is lost."""
    held = start(as_worker, made)
    made.consents.update(withdrawn_on=day(5))
    page = page_of(as_worker, f"/interventions/sessions/{held.pk}/edit/?check=1")
    assert DIRECT in page
    assert "has been no since" in page


def test_a_refusal_after_an_agreement_counts(world, made, as_worker):
    """Rule 003-50: the latest answer holds."""
    agreed(world, made, ago=4, answer=Answer.REFUSED, held_in="")
    assert "has been no since" in errors_of(as_worker, made)


def test_work_that_waits_has_no_direct_work(world, as_worker):
    made = work(world)
    agreed(world, made)
    assert DIRECT not in page_of(as_worker, new(made))
    assert "begins once the work is allocated" in errors_of(as_worker, made)


def test_work_that_was_never_allocated_has_no_direct_work(world, as_worker):
    """Rule 001-86"""
    made = work(world)
    agreed(world, made)
    services.decline(world.manager, made, "Another service fits better")
    assert DIRECT not in page_of(as_worker, new(made))
    assert "This work was never allocated" in errors_of(as_worker, made, held_on=["today"])


def test_direct_work_is_not_before_the_meeting_that_allocated_the_work(world, made, as_worker):
    """Rule 001-86: typed in some days later, the meeting still decides."""
    agreed(world, made, ago=66)
    made.meeting_on = day(62)
    made.save()
    early, first = ([f"{day(ago):%d/%m/%Y}"] for ago in (63, 62))
    assert "The work was allocated on" in errors_of(as_worker, made, held_on=early)
    assert errors_of(as_worker, made, held_on=first) == ""


def test_direct_work_from_before_the_work_was_handed_on_is_recorded(world, made, as_worker):
    """Rule 001-86: the first allocation counts, for whoever did it then."""
    services.allocate(world.manager, made, child_worker=world.secondary, meeting_on=day())
    assert errors_of(as_worker, made, held_on=[f"{day(20):%d/%m/%Y}"]) == ""


def test_the_first_direct_work_puts_the_work_under_way(world, as_worker):
    made = work(world, state=WorkState.CONSENTED)
    agreed(world, made)
    missed = {"attended": ["not_attended"], "not_held_words": ["Rang home"]}
    completed(as_worker, made, **missed)
    made.refresh_from_db()
    assert made.state == WorkState.CONSENTED
    completed(as_worker, made)
    made.refresh_from_db()
    assert made.state == WorkState.UNDER_WAY


# --- several children


def test_each_child_has_a_part_of_their_own(world, made, as_worker):
    """Rule 001-118"""
    joins(world, made, "Ben")
    held, _ = completed(as_worker, made)
    assert [part.support_given for part in held.parts.all()] == [
        "Timetable with Ada",
        "Timetable with Ben",
    ]


def test_a_child_who_was_not_there_needs_no_part(world, made, as_worker):
    ben = joins(world, made, "Ben")
    people = [str(p.pk) for p in made.participants.exclude(pk=ben.pk)]
    changes = {**about(ben.pupil, actions=(), support_given="", analysis="", school_text="")}
    held, _ = completed(as_worker, made, people=people, **changes)
    assert [part.pupil.first_names for part in held.parts.all()] == ["Ada"]
    mother = [str(p.pk) for p in made.participants.filter(pupil=None)]
    ada = made.participants.first().pupil
    nobody = changes | about(ada, actions=(), support_given="", analysis="", school_text="")
    found = errors_of(as_worker, made, people=mother, **nobody)
    assert found == "Write about at least one child"


def test_the_name_of_another_child_is_prompted_for(world, made, as_worker):
    """Rule 001-118"""
    joins(world, made, "Ben")
    ada = made.participants.first().pupil
    held = start(as_worker, made, **about(ada, analysis="Ben was late too"))
    page = as_worker.get(f"/interventions/sessions/{held.pk}/complete/").content.decode()
    assert "may name another child: Ben" in page


def test_what_was_not_agreed_to_stands_beside_who_it_was_with_and_is_prompted_for(
    world, made, as_worker
):
    """Rule 001-79: agreement with limits is agreement to what is within them."""
    ada, mother = made.participants.all()
    agreed(world, made, ago=9, answer=Answer.LIMITED, people=[ada], limits="Not at home <b>")
    limits = "Not agreed to: Not at home &lt;b&gt;"
    assert page_of(as_worker, new(made)).count(limits) == 1
    at_home = {"place": ["home"], "visit_with": ["Dora Lead"]}
    with_ada, without_her = (
        start(as_worker, made, people=[str(person.pk)], **at_home) for person in (ada, mother)
    )
    kept_to = "Check that you kept to them. " + limits
    assert kept_to in page_of(as_worker, f"/interventions/sessions/{with_ada.pk}/complete/")
    without_her = page_of(as_worker, f"/interventions/sessions/{without_her.pk}/edit/?check=1")
    assert limits in without_her
    assert kept_to not in without_her


# --- what people type


def test_long_texts_and_odd_characters_come_back_or_are_refused_with_a_reason(made, as_worker):
    ada = made.participants.first().pupil
    long = about(ada, support_given="a" * 200_000)
    found = errors_of(as_worker, made, **long)
    assert "Support given must be 100,000 characters or fewer" in found
    assert Draft.objects.filter(form="session").latest("saved_at").data[
        f"part-{ada.pk}-support_given"
    ] == ["a" * 200_000]
    odd = "\u202eevil <b>x</b> =1+1 \x00 🙂"
    held, _ = completed(as_worker, made, **about(ada, support_given=odd))
    assert held.parts.get().support_given == odd.replace("\x00", "")
    page = as_worker.get(held.get_absolute_url()).content.decode()
    assert "<b>x</b>" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"people": ["nobody", str(uuid.uuid4())]},
        {"contact": ["sideways"]},
        {"minutes": ["-5"]},
        {"minutes": ["forever"]},
        {"starts_at": ["25:99"]},
        {"place": ["x" * 5000]},
        {"family_present": ["perhaps"]},
        {"attended": [""]},
    ],
)
def test_nonsense_is_answered_on_the_page(made, as_worker, changes):
    assert errors_of(as_worker, made, **changes) != ""


def test_a_form_without_its_counts_is_refused_and_kept(made, as_worker):
    data = {k: v for k, v in typed(made).items() if "_FORMS" not in k}
    answer = as_worker.post(new(made), {**data, "complete": ["1"], "id": [str(uuid.uuid4())]})
    assert as_worker.get(answer.url).status_code == 200
    assert Draft.objects.filter(form="session").exists()


# --- how much it reads


def test_the_form_of_three_children_reads_as_often_as_of_one(world, made, as_worker):
    def reads():
        with CaptureQueriesContext(connection) as queries:
            assert as_worker.get(new(made)).status_code == 200
        return len(queries)

    reads()
    one = reads()
    for name in ("Ben", "Cleo"):
        joins(world, made, name)
    assert reads() == one


def test_a_look_at_the_form_is_logged_once_for_each_child(world, made, as_worker):
    as_worker.get(new(made))
    looks = Access.objects.filter(user=world.primary, child_id__isnull=False)
    assert [look.child_id for look in looks] == [made.participants.first().pupil_id]


def test_a_session_of_the_other_school_is_not_there(world, made, as_):
    session(world, made)
    assert as_(world.far_worker).get(new(made)).status_code == 404


@pytest.mark.parametrize(("asked", "begins"), [("", "direct"), ("?contact=other", "other")])
def test_a_session_begins_as_other_contact_where_the_link_says_so(made, as_worker, asked, begins):
    page = as_worker.get(f"{new(made)}{asked}")
    assert page.context["form"]["contact"].value() == begins
    assert (page.context["nav"], page.status_code) == ("interventions", 200)
