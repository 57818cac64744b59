"""The pages of meetings: preparing and calling one, both sides of it, and the wrong person."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.models import Theme
from drafts.models import UnsavedForm
from govuk.words import long_date
from notifications.models import Message
from panels import meeting_views
from panels.models import Meeting, MeetingKind, MeetingState
from panels.services import meetings, people
from referrals.models import SupportRequest
from referrals.services import request_answers
from schools.models import OwnChildConflict
from tests.children import child, children_of, works_with
from tests.panels.meetings import (
    about,
    begun,
    called,
    family_meeting,
    invite,
    panel_series,
    police,
    prepared,
    school_day,
    themed,
    with_agency,
)
from tests.referrals.support_requests import asked as ask_for_support
from tests.schools.test_unsaved import way_to_reason
from tests.world import anew

pytestmark = pytest.mark.django_db
NEW_CASO = "/meetings/new/?kind=caso"


def text(answer):
    return unescape(answer.content.decode())


def url(meeting, act=""):
    return f"{meeting.get_absolute_url()}{act}"


def caso(world, **changes):
    """What the form of a new CASO meeting is sent with."""
    return {
        "how_many": "several",
        "school": str(world.oakfield.pk),
        "title": "Vaping at the bus station",
        "our_part": "chair",
        "areas": ["health"],
        **changes,
    }


def call_form(meeting, **changes):
    return {
        "day": long_date(school_day()),
        "at": "9:30am",
        "minutes": "90",
        "place": "Room 4",
        "online_url": "",
        "version": Meeting.objects.get(pk=meeting.pk).version,
        **changes,
    }


# --- preparing -----------------------------------------------------------------------------------


def test_a_request_becomes_a_called_meeting_that_its_school_finds(world, as_):
    """Rules 000-15 and 000-13: from the school's request to both schools' invitations."""
    asked = ask_for_support(world, wanted="caso")
    request_answers.call_meeting(anew(world.coordinator), asked)
    client = as_(world.coordinator)
    assert f"/meetings/new/?request={asked.pk}" in text(client.get(f"/requests/{asked.pk}/"))
    theme = Theme.objects.create(name="Vaping")
    pk = uuid.uuid4()
    answer = client.post(
        f"/meetings/new/?request={asked.pk}", caso(world, themes=[theme.pk], id=pk), follow=True
    )
    assert answer.redirect_chain == [(f"/meetings/{pk}/", 302)]
    meeting = Meeting.objects.get(pk=pk)
    assert (meeting.request, list(meeting.themes.all())) == (asked, [theme])
    client.post(url(meeting, "schools/add/"), {"school": str(world.beech.pk)})
    page = text(client.get(url(meeting, "people/")))
    assert "Otto Otherlead" in page
    contacts = [world.dsl_post.pk, world.other_dsl_post.pk]
    client.post(url(meeting, "people/"), {"users": [world.primary.pk], "contacts": contacts})
    _, contact = police()
    client.post(url(meeting, "agencies/add/"), {"who": contact.pk, "role": "Advice"})
    answer = client.post(url(meeting, "call/"), call_form(meeting), follow=True)
    assert "The invitations are on their way" in text(answer)
    assert Message.objects.filter(kind="meeting_called").count() == 4
    assert SupportRequest.objects.get(pk=asked.pk).outcome == "called"
    for lead in (world.dsl, world.other_dsl):
        assert "Vaping at the bus station" in text(as_(lead).get("/shared/meetings/"))
    assert "A CASO meeting is called" in text(as_(world.dsl).get(f"/requests/{asked.pk}/"))


def test_a_second_click_prepares_one_meeting(world, as_):
    client, sent = as_(world.coordinator), caso(world, id=uuid.uuid4())
    client.post(NEW_CASO, sent)
    assert "prepared already" in text(client.post(NEW_CASO, sent, follow=True))
    assert Meeting.objects.count() == 1


def test_an_issue_of_one_child_is_pointed_to_a_consultation_first(world, as_):
    """Rule 000-12."""
    client = as_(world.coordinator)
    answer = client.post(NEW_CASO, caso(world, how_many="one"))
    assert "Hold an Early help consultation about one child first" in text(answer)
    assert "Vaping at the bus station" in text(answer)
    assert not Meeting.objects.exists()
    client.post(NEW_CASO, caso(world, how_many="consulted"))
    assert Meeting.objects.count() == 1


def test_a_link_worker_is_not_offered_a_caso_meeting_and_cannot_send_one(world, as_):
    client = as_(world.primary)
    page = text(client.get(NEW_CASO))
    assert "What kind of meeting is it?" in page
    assert "CASO" not in page
    client.post(NEW_CASO, caso(world))
    assert not Meeting.objects.exists()


def test_a_school_that_is_not_ones_own_is_refused_in_the_form(world, as_):
    client = as_(world.primary)
    sent = {"school": str(world.elmgate.pk), "title": "A family", "our_part": "chair"}
    answer = client.post("/meetings/new/?kind=family", sent)
    assert "Choose the school, or the first of the schools" in text(answer)
    assert not Meeting.objects.exists()


def test_a_forum_prompts_for_no_child(world, as_):
    """Rule 001-95."""
    forum = prepared(world, world.manager, kind="forum", schools=[world.oakfield])
    client = as_(world.manager)
    page = text(client.get(url(forum)))
    assert "Add a child" not in page
    assert "no child is discussed" in page
    assert client.get(url(forum, "children/add/")).status_code == 404


@pytest.mark.parametrize(
    "hostile",
    [
        {"title": "a\x00b"},
        {"title": "x" * 151},
        {"school": "not-an-id"},
        {"themes": ["[]"]},
        {"areas": ["elsewhere"]},
        {"our_part": "x"},
        {"id": "9" * 500},
        {"purpose": "y" * 5001},
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(world, as_, hostile):
    client = as_(world.coordinator)
    answer = client.post(NEW_CASO, caso(world, **hostile), follow=True)
    assert answer.status_code == 200
    if "id" not in hostile:
        assert "There is a problem" in text(answer)
        assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "Enter the date of the meeting"),
        ({"day": "31 February"}, "Date must be a real date"),
        ({"at": "2:15"}, "Time must say am or pm"),
        ({"minutes": "9999"}, "Minutes must be 480 or fewer"),
        ({"minutes": ""}, "Enter how many minutes it takes"),
        ({"place": "", "online_url": ""}, "Enter where it is, or the link to join online"),
        ({"online_url": "ftp://files.example.org"}, "Enter the whole link"),
        ({"online_url": "javascript:alert(1)"}, "Enter the whole link"),
        ({"place": "Room\r\nBcc: x@example.org\x00"}, "character that cannot be kept"),
    ],
)
def test_a_date_or_place_that_cannot_be_is_refused_with_what_to_do(world, as_, changes, sentence):
    meeting = prepared(world)
    answer = as_(world.coordinator).post(url(meeting, "call/"), call_form(meeting, **changes))
    assert sentence in text(answer)
    assert Meeting.objects.get().state == MeetingState.ASKED


def test_a_page_that_somebody_overtook_is_answered_409_and_keeps_what_was_typed(world, as_):
    meeting = prepared(world)
    sent = call_form(meeting, place="Room 9")
    called(meeting)
    answer = as_(world.coordinator).post(url(meeting, "call/"), sent)
    assert answer.status_code == 409
    assert "Room 9" in text(answer)
    again = re.search(r'name="version" value="([^"]*)"', text(answer))[1]
    assert again == Meeting.objects.get().version


# --- children ------------------------------------------------------------------------------------


def child_form(pupil, school, **changes):
    return {
        "school": str(school.pk),
        "surname": pupil.surname,
        "born_on_day": str(pupil.born_on.day),
        "born_on_month": str(pupil.born_on.month),
        "born_on_year": str(pupil.born_on.year),
        "basis": "agreed",
        "basis_words": "Both parents on Monday",
        **changes,
    }


def test_a_link_worker_gives_a_reason_first_and_comes_back_to_what_they_typed(world, as_):
    """Rule 001-58: the gate keeps the form."""
    meeting = family_meeting(world)
    hidden = child(world, "Hidden")
    answer = as_(world.primary).post(
        url(meeting, "children/add/"), child_form(hidden, world.oakfield)
    )
    assert answer.url.startswith(f"/pupils/{hidden.pk}/reason/")
    assert UnsavedForm.objects.filter(user=world.primary).exists()
    assert not meeting.pupils.exists()


def test_the_coordinator_names_the_child_and_sees_it_from_then_on(world, as_):
    meeting, ada = prepared(world), child(world)
    client = as_(world.coordinator)
    wrong = client.post(
        url(meeting, "children/add/"), child_form(ada, world.oakfield, born_on_year="2014")
    )
    assert "No child of this school has that surname and date of birth" in text(wrong)
    client.post(url(meeting, "children/add/"), child_form(ada, world.oakfield))
    assert ada.surname in text(client.get(url(meeting)))


def test_a_child_closed_to_the_viewer_has_no_name_on_the_page(world, as_):
    """Rule 001-58: an invited worker of one school reads no child of the other."""
    ada, _, cleo = children_of(world)
    meeting = themed(world, ada, cleo)
    invite(world, meeting, users=[world.primary])
    page = text(as_(world.primary).get(url(meeting)))
    assert ada.surname in page
    assert cleo.surname not in page
    assert "A child of Beechcroft Junior School" in page


def test_each_school_finds_its_own_child_and_never_the_others(world, as_):
    """Issue 7, part 6: another school's child never appears to a school."""
    ada, _, cleo = children_of(world)
    meeting = themed(world, ada, cleo)
    address = f"/shared/meetings/{meeting.pk}/"
    for lead, own, other in ((world.dsl, ada, cleo), (world.other_dsl, cleo, ada)):
        page = text(as_(lead).get(address))
        assert own.surname in page
        assert other.surname not in page
        assert other.first_names not in page


def test_who_is_invited_and_leads_nothing_reads_of_no_child(world, as_):
    ada, _, cleo = children_of(world)
    meeting = themed(world, ada, cleo)
    page = text(as_(world.senco).get(f"/shared/meetings/{meeting.pk}/"))
    assert meeting.title in page
    assert "CANARY" not in page


@pytest.mark.parametrize("who", ["head", "left_lead", "unconfirmed", "attendee", "primary", "duty"])
def test_nobody_uninvited_finds_the_schools_page(world, as_, who):
    ada, _, cleo = children_of(world)
    meeting = themed(world, ada, cleo)
    assert as_(getattr(world, who)).get(f"/shared/meetings/{meeting.pk}/").status_code == 404


def test_a_conflict_declared_later_closes_the_page(world, as_):
    meeting = called(invite(world, prepared(world), users=[world.primary]))
    OwnChildConflict.objects.create(
        user=world.primary, school=world.beech, starts_at=world.yesterday
    )
    assert as_(world.primary).get(url(meeting)).status_code == 404


def test_a_panels_record_is_kept_on_its_page(world, as_):
    panel, ada = panel_series(world).meetings.first(), child(world)
    works_with(world, ada)
    row = about(panel, ada, None)
    client = as_(world.manager)
    sent = {"category": "refused", "agreed_on": "today", "decision": "Oakfield asked"}
    client.post(url(panel, f"children/{row.pk}/panel/"), sent)
    page = text(client.get(url(panel)))
    assert "A place is to be found by" in page
    assert "Oakfield asked" in page
    bad = client.post(
        url(panel, f"children/{row.pk}/panel/"), {"category": "refused", "placed_on": "today"}
    )
    assert "Choose the school the child starts at" in text(bad)


# --- answers, the day, the lists ------------------------------------------------------------------


def test_a_school_sends_apologies_and_the_organiser_notes_an_agencys(world, as_):
    meeting = invite(world, prepared(world), contacts=[world.dsl_post])
    invited = with_agency(meeting, *police())
    called(meeting)
    as_(world.dsl).post(f"/shared/meetings/{meeting.pk}/answer/", {"reply": "apologies"})
    person = meeting.people.get()
    assert person.reply == "apologies"
    sent = {f"reply-{person.pk}": "apologies", f"reply-{invited.pk}": "coming"}
    client = as_(world.coordinator)
    client.post(url(meeting, "replies/"), sent)
    page = text(client.get(url(meeting)))
    assert "Apologies" in page
    assert meeting.agencies.get().reply == "coming"


def test_a_meeting_is_marked_as_held_with_who_was_there(world, as_):
    meeting = begun(called(invite(world, family_meeting(world), contacts=[world.dsl_post])))
    client, person = as_(world.primary), meeting.people.get()
    missing = client.post(url(meeting, "held/"), {"people": [person.pk]})
    assert "Select yes if the family was there" in text(missing)
    client.post(url(meeting, "held/"), {"people": [person.pk], "family_present": "yes"})
    page = text(client.get(url(meeting)))
    assert "The family was there" in page
    assert "Was there" in page


def test_a_series_is_planned_in_the_form_and_says_what_is_missing(world, as_):
    panel_series(world)
    client = as_(world.manager)
    first_on = Meeting.objects.first().series.first_on
    sent = {
        "kind": "panel",
        "title": "Second panel",
        "hub": str(world.coast.pk),
        "panel_area": "",
        "first_on": long_date(first_on),
        "at": "1pm",
        "minutes": "60",
        "every_weeks": "4",
    }
    assert "Choose the area of the panel" in text(client.post("/meetings/series/new/", sent))
    sent |= {"panel_area": str(world.area.pk), "hub": str(world.downs.pk)}
    assert "Choose a team that you manage" in text(client.post("/meetings/series/new/", sent))
    sent |= {"hub": str(world.coast.pk), "id": str(uuid.uuid4())}
    answer = client.post("/meetings/series/new/", sent, follow=True)
    assert answer.redirect_chain == [(f"/meetings/series/{sent['id']}/", 302)]
    again = client.post("/meetings/series/new/", sent, follow=True)
    assert "planned already" in text(again)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("show", ["ahead", "prepared", "past"])
def test_the_lists_cost_the_same_for_few_and_many(world, as_, show):
    def one_more(title):
        meeting = prepared(world, title=title)
        if show != "prepared":
            meeting = called(meeting)
        return begun(meeting) if show == "past" else meeting

    client, address = as_(world.coordinator), f"/meetings/?show={show}"
    one_more("First of them")
    client.get(address)
    few = queries_of(client, address)
    for number in range(4):
        one_more(f"Number {number} of them")
    assert queries_of(client, address) == few
    assert "of them" in text(client.get(address))


def test_the_page_costs_the_same_for_few_children_and_many(world, as_):
    meeting = prepared(world)
    about(meeting, child(world, "First"), world.oakfield)
    client = as_(world.coordinator)
    client.get(url(meeting))
    few = queries_of(client, url(meeting))
    for name in ("Second", "Third", "Fourth"):
        about(meeting, child(world, name), world.oakfield)
    assert queries_of(client, url(meeting)) == few


def test_my_work_shows_the_meetings_of_this_week_to_who_is_invited(world, as_):
    meeting = called(invite(world, prepared(world), users=[world.primary]))
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() + timedelta(days=2))
    assert "Meetings this week" in text(as_(world.primary).get("/"))
    assert "Meetings this week" in text(as_(world.coordinator).get("/"))
    assert "Meetings this week" not in text(as_(world.secondary).get("/"))


def test_the_calendar_file_names_no_child_and_not_the_meeting(world, as_):
    ada, _, cleo = children_of(world)
    meeting = themed(world, ada, cleo)
    for user, address in (
        (world.coordinator, url(meeting, "invite.ics")),
        (world.dsl, f"/shared/meetings/{meeting.pk}/invite.ics"),
    ):
        found = b"".join(as_(user).get(address).streaming_content).decode()
        assert "CANARY" not in found
        assert "Exploitation" not in found
        assert meeting.reference in found


# --- stale pages and words that come too late -----------------------------------------------------


def test_whoever_was_invited_since_the_page_was_opened_stays(world, as_):
    meeting = called(invite(world, prepared(world), contacts=[world.dsl_post]))
    client = as_(world.coordinator)
    shown = seen_on(client.get(url(meeting, "people/")))
    invite(world, meeting, contacts=[world.dsl_post, world.other_dsl_post])
    sent = {"contacts": [world.senco_post.pk], "seen": shown}
    for _twice in range(2):
        assert client.post(url(meeting, "people/"), sent).status_code == 302
        there = meeting.people.filter(removed_at=None).values_list("contact", flat=True)
        assert set(there) == {world.senco_post.pk, world.other_dsl_post.pk}


def seen_on(answer):
    return re.search(r'name="seen" value="([^"]*)"', text(answer))[1]


def test_a_stale_page_of_the_answers_takes_back_nobodys_own(world, as_):
    meeting = called(
        invite(world, prepared(world), users=[world.primary], contacts=[world.dsl_post])
    )
    mine, hers = meeting.people.get(user=world.primary), meeting.people.get(user=world.dsl)
    client = as_(world.coordinator)
    page = text(client.get(url(meeting, "replies/")))
    sent = dict(re.findall(r'type="hidden" name="(was-[^"]*)" value="([^"]*)"', page))
    people.answer(anew(world.primary), meeting, "apologies")
    client.post(
        url(meeting, "replies/"), {**sent, f"reply-{mine.pk}": "", f"reply-{hers.pk}": "coming"}
    )
    mine.refresh_from_db()
    hers.refresh_from_db()
    assert (mine.reply, hers.reply) == ("apologies", "coming")


def test_more_meetings_to_come_than_fit_on_a_page_are_found_on_the_next(world, as_, monkeypatch):
    monkeypatch.setattr(meeting_views, "PAGE", 2)
    for week in range(2, 7):
        called(prepared(world, title=f"In {week} weeks"), school_day(week))
    client = as_(world.coordinator)
    first = text(client.get("/meetings/"))
    assert "In 2 weeks" in first
    assert "In 4 weeks" not in first
    onwards = re.search(r'href="(\?[^"]*after=[^"]*)"', first)[1]
    second = text(client.get(f"/meetings/{onwards}"))
    assert "In 4 weeks" in second
    assert "In 2 weeks" not in second
    back = re.search(r'href="(\?[^"]*before=[^"]*)"', second)[1]
    assert "In 2 weeks" in text(client.get(f"/meetings/{back}"))


@pytest.mark.parametrize("act", ["change", "cancel"])
def test_words_that_come_after_the_meeting_was_cancelled_are_kept(world, as_, act):
    meeting = called(prepared(world))
    meetings.cancel(anew(world.coordinator), meeting, "Nobody can come")
    sent = {"purpose": "CANARY-late", "title": "A title", "our_part": "chair", "why": "CANARY-late"}
    answer = as_(world.coordinator).post(url(meeting, f"{act}/"), sent, follow=True)
    assert "CANARY-late" in text(answer)


def test_what_the_meeting_was_for_is_proposed_for_the_next(world, as_):
    meeting = called(prepared(world, purpose="To keep the line safe"))
    page = text(as_(world.coordinator).get(f"/meetings/new/?previous={meeting.pk}"))
    assert "To keep the line safe" in page


# --- too late, or twice --------------------------------------------------------------------------


def kept_words():
    """What is kept of the forms that came too late."""
    return " ".join(
        word for kept in UnsavedForm.objects.all() for words in kept.data.values() for word in words
    )


def a_child(pupil, **changes):
    """What the form of a child is sent with."""
    return {
        "school": pupil.enrolments.get().school_id,
        "surname": pupil.surname,
        "born_on_day": pupil.born_on.day,
        "born_on_month": pupil.born_on.month,
        "born_on_year": pupil.born_on.year,
        "basis": "agreed",
        "basis_words": "CANARY, the mother at the gate",
        **changes,
    }


@pytest.mark.parametrize("act", ["child", "change", "agency", "call", "held"])
def test_words_that_come_after_the_meeting_was_cancelled_stay_their_writers(world, as_, act):
    found = children_of(world)
    meeting = prepared(world)
    about(meeting, found.cleo, world.beech)
    meeting = begun(called(meeting))
    _, contact = police()
    row = meeting.pupils.get()
    path, sent = {
        "child": ("children/add/", a_child(found.ada)),
        "change": (f"children/{row.pk}/", {"basis": "agreed", "basis_words": "CANARY"}),
        "agency": ("agencies/add/", {"who": contact.pk, "role": "CANARY advice"}),
        "call": ("call/", call_form(meeting, place="CANARY hall")),
        "held": ("held/", {"family_why": "CANARY"}),
    }[act]
    if act == "held":
        Meeting.objects.filter(pk=meeting.pk).update(kind="professionals")
        sent["family_present"] = "no"
    meetings.cancel(anew(world.coordinator), meeting, "The hall is flooded")
    page = text(as_(world.coordinator).post(url(meeting, path), sent, follow=True))
    assert "any more" in page
    assert "CANARY" in page


@pytest.mark.parametrize("path", ["", "panel/"])
def test_words_about_a_child_who_was_taken_off_meanwhile_stay_their_writers(world, as_, path):
    panel = panel_series(world, world.coordinator).meetings.last()
    row = about(panel, child(world), None)
    client = as_(world.coordinator)
    client.post(url(panel, f"children/{row.pk}/remove/"))
    sent = {"basis": "agreed", "basis_words": "CANARY", "category": "carer", "decision": "CANARY"}
    answer = client.post(url(panel, f"children/{row.pk}/{path}"), sent, follow=True)
    assert "taken off the meeting already" in text(answer)
    assert "CANARY" in kept_words()


def test_a_child_who_is_added_twice_is_said_to_be_there_and_nothing_is_kept(world, as_):
    found = children_of(world)
    meeting = prepared(world)
    client = as_(world.coordinator)
    for said in ("The child is on the meeting.", "This child is on the meeting already."):
        answer = client.post(url(meeting, "children/add/"), a_child(found.ada), follow=True)
        assert said in text(answer)
        assert answer.redirect_chain == [(url(meeting), 302)]
    assert not UnsavedForm.objects.exists()
    other = a_child(found.ada, basis_words="CANARY, the father too")
    assert "CANARY, the father too" in text(
        client.post(url(meeting, "children/add/"), other, follow=True)
    )


def test_a_request_that_led_nowhere_meanwhile_leaves_the_words_of_the_meeting(world, as_):
    asked = ask_for_support(world, wanted="caso")
    request_answers.call_meeting(anew(world.coordinator), asked)
    facts = {"title": "Vaping", "our_part": "chair"}
    by, schools = anew(world.coordinator), [world.oakfield]
    called(meetings.prepare(by, MeetingKind.CASO, schools, facts, asked=asked))
    sent = caso(world, purpose="CANARY purpose", id=uuid.uuid4())
    address = f"/meetings/new/?request={asked.pk}"
    page = text(as_(world.coordinator).post(address, sent, follow=True))
    assert "is not to be a meeting" in page
    assert "CANARY purpose" in page


@pytest.mark.parametrize("what", ["child", "school", "agency"])
def test_a_second_take_off_says_so_and_goes_where_the_first_went(world, as_, what):
    found = children_of(world)
    meeting = prepared(world)
    agency, contact = police()
    path = {
        "child": lambda: f"children/{about(meeting, found.ada, world.oakfield).pk}/remove/",
        "school": lambda: f"schools/{world.beech.urn}/remove/",
        "agency": lambda: f"agencies/{with_agency(meeting, agency, contact).pk}/remove/",
    }[what]()
    client = as_(world.coordinator)
    first, second = (client.post(url(meeting, path), follow=True) for _ in range(2))
    assert first.redirect_chain == second.redirect_chain == [(url(meeting), 302)]
    assert "taken off the meeting already" not in text(first)
    assert "taken off the meeting already" in text(second)


def test_of_a_child_who_is_added_too_late_the_words_are_kept_and_not_whom_one_looked_for(
    world, as_
):
    """Rule 001-58."""
    meeting, ada = prepared(world), child(world, surname="Lookedfor")
    meetings.cancel(anew(world.coordinator), meeting, "The hall is flooded")
    sent = a_child(ada)
    page = text(as_(world.coordinator).post(url(meeting, "children/add/"), sent, follow=True))
    assert "the mother at the gate" in page
    assert ada.surname not in page + kept_words()
    assert not {name for kept in UnsavedForm.objects.all() for name in kept.data if "born" in name}


def test_what_is_kept_of_a_child_who_was_not_opened_waits_behind_its_reason(world, as_):
    """Rule 001-58: who was looked for is read by nobody who has not said why."""
    meeting, hidden = family_meeting(world), child(world, "Hidden")
    client = as_(world.primary)
    client.post(url(meeting, "children/add/"), child_form(hidden, world.oakfield))
    kept = UnsavedForm.objects.get()
    ask = way_to_reason(client.get(f"/unsaved/{kept.pk}/"))
    assert ask.startswith(f"/pupils/{hidden.pk}/reason/")
    there = client.post(ask, {"reason": "concern"}).url
    assert "Both parents on Monday" in text(client.get(there))
    sent = {name: values[0] for name, values in kept.data.items()}
    client.post(url(meeting, "children/add/"), sent | {"unsaved_form": kept.pk})
    assert meeting.pupils.get().pupil == hidden


def test_a_meeting_that_a_second_click_finds_made_is_where_both_lead(world, as_, monkeypatch):
    """The first may be over only once the second has begun."""
    sent, make = caso(world, id=uuid.uuid4()), meeting_views.services.prepare

    def made_meanwhile(by, kind, schools, facts, **told):
        make(by, kind, schools, facts, pk=told["pk"])
        return make(by, kind, schools, facts, **told)

    monkeypatch.setattr(meeting_views.services, "prepare", made_meanwhile)
    answer = as_(world.coordinator).post(NEW_CASO, sent)
    assert answer.url == f"/meetings/{sent['id']}/"
