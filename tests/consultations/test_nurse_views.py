"""The pages of the school nurse's invitation."""

from datetime import date

import pytest
from icalendar import Calendar

from consultations.models import InviteState, NurseInvite
from consultations.services import nurse as nurse_services
from notifications.models import Message
from schools.models import NursingTeam, School
from tests.children import child
from tests.consultations.nurse import THURSDAY, TODAY, at, invited, proposal, school_year, sent
from tests.consultations.writing import typed as written
from tests.world import World

pytestmark = pytest.mark.django_db
INBOX = "nurses.west@example.org"


@pytest.fixture
def autumn(db, time_machine):
    """The world as it is in the second half of an autumn term."""
    time_machine.move_to(TODAY, tick=False)
    world = World()
    school_year()
    School.objects.filter(pk=world.oakfield.pk).update(district="Adur")
    return world


@pytest.fixture
def invite(autumn):
    return proposal(autumn.oakfield)


def typed(invite, **changes):
    return {
        "day": "3 December 2026",
        "at": "10am",
        "minutes": "60",
        "place": "Room 4",
        "version": str(invite.version),
        "inbox": INBOX,
        **changes,
    }


def test_the_page_shows_the_team_its_inbox_and_the_district_before_sending(autumn, invite, as_):
    """Rule 001-73: a wrong region cannot be picked silently; nothing on the page picks one."""
    html = as_(autumn.primary).get(f"/nurse/{invite.pk}/date/").text
    assert "<b>West</b>, nurses.west@example.org" in html
    assert "in Adur" in html
    assert "Dora Lead" in html
    assert "Send the invitation to West" in html
    assert "<select" not in html


def test_sending_invites_everybody_and_says_so(autumn, invite, as_):
    answer = as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", typed(invite), follow=True)
    assert answer.redirect_chain == [(f"/nurse/{invite.pk}/", 302)]
    assert "on its way to the West nursing team" in answer.text
    assert "Thursday 3 December 2026, 10:00am" in answer.text
    assert "Invited, no reply known" in answer.text
    for address in sent(invite):
        assert address in answer.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "Enter the date you agreed with the school"),
        ({"day": "31 February"}, "Date must be a real date"),
        ({"day": "Saturday 5 December 2026"}, "is a Saturday"),
        ({"day": "28 October 2026"}, "must be in the future"),
        ({"day": "25 December 2026"}, "is a bank holiday"),
        ({"day": "22 December 2026"}, "in the school holidays"),
        ({"day": "11 January 2027"}, "is not in the autumn term 2026"),
        ({"at": ""}, "Enter the time it begins"),
        ({"at": "ten"}, "Time must be a time, like 9:30am"),
        ({"minutes": "9"}, "The length must be 10 minutes or more"),
        ({"minutes": "481"}, "The length must be 480 minutes or fewer"),
        ({"minutes": "an hour"}, "The length must be a number of minutes, like 60"),
        ({"place": ""}, "Enter where at the school it is"),
        ({"place": "x" * 201}, "Place must be 200 characters or fewer"),
        ({"place": "Room\x004"}, "Place has a character that cannot be kept"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(autumn, invite, as_, changes, sentence):
    data = typed(invite, **changes)
    answer = as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", data)
    assert answer.status_code == 200
    assert sentence in answer.text
    for name in ("day", "at", "minutes"):
        assert f'value="{data[name]}"' in answer.text or not data[name]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "place",
    [
        "Room 4, about Ada Larkspur",
        "Room 4 (LARKSPUR, Ada)",
        "Room 4, Ada Larkspur’s nurse",
        "Room 4, Ada Larkspurs mum",
        "Posy Larkspur in Room 4",
    ],
)
def test_a_place_that_names_a_child_of_the_school_is_refused(autumn, invite, as_, place):
    """security.md N-30: everybody invited reads it, and their calendars."""
    child(autumn, "Ada Rose", "Larkspur", known_as="Posy")
    answer = as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", typed(invite, place=place))
    assert answer.status_code == 200
    assert 'href="#id_place">Name no child here: everybody invited reads it' in answer.text
    assert f'value="{place}"' in answer.text
    assert 'value="3 December 2026"' in answer.text
    assert not Message.objects.exists()


@pytest.mark.parametrize("place", ["Larkspur Room", "Ada Lovelace Hall", "Shared hall"])
def test_a_place_that_is_called_like_half_a_name_is_none(autumn, invite, as_, place):
    child(autumn, "Ada", "Larkspur")
    child(autumn, "Ed", "Hall")
    as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", typed(invite, place=place))
    invite.refresh_from_db()
    assert invite.place == place


@pytest.mark.parametrize(
    "place",
    ["Room 4\r\nATTENDEE:mailto:b@example.org", "😀; a,b\\c", "=1+1", "<b>Hall</b>", "\u202eHall"],
)
def test_any_place_is_kept_as_typed_and_stays_in_its_line_of_the_calendar(
    autumn, invite, as_, place
):
    answer = as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", typed(invite, place=place))
    if answer.status_code == 200:
        pytest.fail(answer.text)
    invite.refresh_from_db()
    assert invite.place == place
    data = bytes(Message.objects.about(invite).get(address=INBOX).calendar)
    event = Calendar.from_ical(data).walk("VEVENT")[0]
    assert len(event["ATTENDEE"]) == 4
    assert str(event["LOCATION"]).replace("\n", "").startswith(place.replace("\r\n", ""))
    assert "<b>Hall</b>" not in as_(autumn.primary).get(f"/nurse/{invite.pk}/").text


@pytest.mark.parametrize("version", ["", "7", "x", "-1"])
def test_a_page_of_another_version_is_answered_409_or_asked_again(autumn, invite, as_, version):
    invited(autumn.secondary, invite)
    answer = as_(autumn.primary).post(
        f"/nurse/{invite.pk}/date/", typed(invite, day="4 December 2026", version=version)
    )
    assert answer.status_code in (200, 409)
    assert 'value="4 December 2026"' in answer.text
    invite.refresh_from_db()
    assert invite.starts_at == at(THURSDAY)


def test_after_a_colleague_s_change_the_page_shows_theirs_and_keeps_one_s_own(autumn, invite, as_):
    stale = typed(invite, day="4 December 2026")
    invited(autumn.secondary, invite)
    client = as_(autumn.primary)
    answer = client.post(f"/nurse/{invite.pk}/date/", stale)
    assert answer.status_code == 409
    assert "Somebody has changed this invitation meanwhile" in answer.text
    assert "It stands at Thursday 3 December 2026" in answer.text
    again = {**stale, "version": "1"}
    assert 'name="version" value="1"' in answer.text
    assert client.post(f"/nurse/{invite.pk}/date/", again).status_code == 302
    invite.refresh_from_db()
    assert (invite.sequence, invite.starts_at) == (1, at(date(2026, 12, 4)))


def test_a_team_that_changed_meanwhile_is_shown_before_anything_is_sent(autumn, invite, as_):
    """Rule 001-73."""
    east = NursingTeam.objects.create(name="East", inbox="nurses.east@example.org")
    School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=east)
    answer = as_(autumn.primary).post(f"/nurse/{invite.pk}/date/", typed(invite))
    assert answer.status_code == 409
    assert "<b>East</b>, nurses.east@example.org" in answer.text
    assert 'name="inbox" value="nurses.east@example.org"' in answer.text
    assert not Message.objects.exists()


@pytest.mark.parametrize(("who", "link"), [("primary", "/schools/900001/"), ("manager", "change/")])
def test_a_school_without_a_team_says_who_chooses_it(autumn, invite, as_, who, link):
    School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=None)
    user = getattr(autumn, who)
    html = as_(user).get(f"/nurse/{invite.pk}/date/").text
    assert "This school has no nursing team yet" in html
    assert "hoose the nursing team" in html
    assert f'{link}"' in html
    assert as_(user).post(f"/nurse/{invite.pk}/date/", typed(invite)).status_code == 200
    assert not Message.objects.exists()


def test_the_appointment_can_be_downloaded_as_it_was_sent(autumn, invite, as_):
    client = as_(autumn.primary)
    assert client.get(f"/nurse/{invite.pk}/invite.ics").status_code == 404
    invited(autumn.primary, invite)
    answer = client.get(f"/nurse/{invite.pk}/invite.ics")
    data = b"".join(answer.streaming_content)
    assert data == bytes(Message.objects.about(invite).get(address=INBOX).calendar)
    assert answer["Content-Type"].startswith("text/calendar")
    assert 'filename="invite.ics"' in answer["Content-Disposition"]


def test_the_nurse_is_confirmed_and_the_appointment_recorded(autumn, invite, as_):
    invited(autumn.primary, invite)
    client = as_(autumn.primary)
    page = f"/nurse/{invite.pk}/"
    answer = client.post(f"{page}confirm/", {"on": "tomorrow"})
    assert "The day the team confirmed must be today or in the past" in answer.text
    answer = client.post(f"{page}confirm/", {"on": "today"}, follow=True)
    assert "Confirmed on 20 November 2026" in answer.text
    assert f"/consultations/new/?school=900001&amp;nurse={invite.pk}" in answer.text


def test_cancelling_asks_first(autumn, invite, as_):
    invited(autumn.primary, invite)
    client = as_(autumn.primary)
    assert "Cancel the invitation?" in client.get(f"/nurse/{invite.pk}/cancel/").text
    answer = client.post(f"/nurse/{invite.pk}/cancel/", follow=True)
    assert "Everybody who has it is told" in answer.text
    invite.refresh_from_db()
    assert invite.state == InviteState.CANCELLED
    again = client.post(f"/nurse/{invite.pk}/cancel/", follow=True)
    assert "There is no date to cancel" in again.text


def test_a_school_leads_to_its_term_s_invitation_or_proposes_it(autumn, as_):
    client = as_(autumn.primary)
    page = "/schools/900001/nurse/"
    assert "Plan this term’s" in client.get(page).text
    assert not NurseInvite.objects.exists()
    answer = client.post(page)
    invite = NurseInvite.objects.get()
    assert answer.url == f"/nurse/{invite.pk}/date/"
    assert client.get(page).url == f"/nurse/{invite.pk}/"


def test_at_a_school_without_a_nurse_there_is_nothing_to_plan(autumn, as_):
    School.objects.filter(pk=autumn.oakfield.pk).update(type_group="nursery")
    client = as_(autumn.primary)
    assert "No school nurse is invited" in client.get("/schools/900001/nurse/").text
    answer = client.post("/schools/900001/nurse/", follow=True)
    assert "No school nurse is invited to Oakfield Primary School" in answer.text


@pytest.mark.parametrize("who", ["other_worker", "former", "service", "dsl", "administrator"])
def test_for_anybody_else_it_does_not_exist(autumn, invite, as_, who):
    invited(autumn.primary, invite)
    client = as_(getattr(autumn, who))
    for path in ("", "date/", "cancel/", "invite.ics"):
        assert client.get(f"/nurse/{invite.pk}/{path}").status_code == 404
    for path in ("date/", "cancel/", "confirm/"):
        assert client.post(f"/nurse/{invite.pk}/{path}").status_code == 404


def test_a_held_one_can_no_longer_be_changed(autumn, invite, as_):
    held = autumn.consultation(autumn.oakfield, autumn.primary, "completed", at(THURSDAY))
    held.nurse_present = True
    held.save()
    nurse_services.held(autumn.primary, held)
    client = as_(autumn.primary)
    assert client.get(f"/nurse/{invite.pk}/date/").url == f"/nurse/{invite.pk}/"
    html = client.get(f"/nurse/{invite.pk}/").text
    assert f"/consultations/{held.pk}/" in html
    assert "Change the date" not in html


def test_recorded_from_the_appointment_the_form_knows_when_it_was_and_with_whom(
    autumn, invite, as_, time_machine
):
    invited(autumn.primary, invite)
    time_machine.move_to("2026-12-04T09:00:00Z", tick=False)
    client = as_(autumn.primary)
    page = f"/consultations/new/?school=900001&nurse={invite.pk}"
    form = client.get(page).context["form"]
    assert form["nurse_present"].value() is True
    assert (form["held_on"].value(), form["minutes"].value()) == ("3 December 2026", 60)
    for other in ("x", "", "00000000-0000-4000-8000-000000000000"):
        form = client.get(f"/consultations/new/?school=900001&nurse={other}").context["form"]
        assert not form["nurse_present"].value()


def test_an_appointment_that_no_nurse_came_to_is_arranged_anew(autumn, invite, as_, time_machine):
    """Rule 001-72: the form carries the appointment it was begun from to the end."""
    invited(autumn.primary, invite)
    time_machine.move_to("2026-12-04T09:00:00Z", tick=False)
    client = as_(autumn.primary)
    page = f"/consultations/new/?school=900001&nurse={invite.pk}"
    html = client.get(page).text
    assert f'name="nurse" value="{invite.pk}"' in html
    form = {**written(autumn.oakfield), "nurse": [str(invite.pk)], "complete": ["1"]}
    who_gets_it = client.post(page, form).url
    client.post(who_gets_it, {"how": "here"})
    invite.refresh_from_db()
    assert invite.state == InviteState.PROPOSED
    assert invite.consultation.state == "shared"
