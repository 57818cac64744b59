"""The pages on which copies are looked at and sent, and where it shows who opened them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from govuk.words import long_date
from notifications.models import Message
from panels.models import Distribution, MeetingAgency, MinutedAction, MinutesVersion
from panels.services import distribution, minutes
from schools.models import AgencyContact, Involvement
from tests.kept import kept
from tests.panels.distribution import AT_OAKFIELD, NAMES, READ_BY, SENCO, Themed, opened, texts_in
from tests.panels.minutes import again, item_of, taker, write
from tests.world import PASSWORD, anew

pytestmark = pytest.mark.django_db


@kept
def made(world):
    return Themed(world)


@pytest.fixture
def coordinator(world, client):
    """A browser in which the coordinator has just entered the password."""
    client.post("/sign-in/", {"login": world.coordinator.email, "password": PASSWORD})
    return client


def page_of(client, made, reader):
    answer = client.get(f"/meetings/{made.meeting.pk}/copies/{reader}/")
    assert answer.status_code == 200
    return answer.text


def paper(page):
    """The paper alone, without the notes beside it and the form."""
    return page.partition('class="lb-paper')[2].partition("</section>")[0]


def send_data(made, rows, **changes):
    data = {
        "seen": minutes.seen_of(minutes.Minutes(made.meeting)),
        "recipients": [
            f"{'agency' if isinstance(row, MeetingAgency) else 'person'}-{row.pk}" for row in rows
        ],
        "minutes_on": long_date(timezone.localdate()),
        "no_actions_why": "",
        **changes,
    }
    return {key: value for key, value in data.items() if value is not None}


# --- before sending -------------------------------------------------------------------------------


def test_the_preview_is_what_is_sent(made, coordinator):
    """rule 000-18"""
    readers = {name: f"agency-{made.agency[name].pk}" for name in NAMES}
    shown = {name: texts_in(paper(page_of(coordinator, made, readers[name]))) for name in NAMES}
    assert shown == READ_BY
    oakfield = f"school-{made.world.oakfield.pk}"
    assert texts_in(paper(page_of(coordinator, made, oakfield))) == AT_OAKFIELD
    assert texts_in(paper(page_of(coordinator, made, f"{oakfield}-others"))) == SENCO
    page = page_of(coordinator, made, readers["Youth justice"])
    assert "This is what Youth justice will see" in page
    assert "Left out of this copy" in page
    assert "part of item" in page
    assert "Learner engagement, SENSS, School nursing, Youth justice" in page
    assert Access.objects.filter(child_id=made.child["ada"].pupil_id).exists()
    assert "/copies/agency-" in coordinator.get(f"/meetings/{made.meeting.pk}/copies/").url
    absent = coordinator.get(f"/meetings/{made.meeting.pk}/copies/agency-nobody/")
    assert absent.status_code == 404


def test_a_child_who_is_closed_to_the_viewer_is_opened_first(made, world, as_):
    """rule 001-58"""
    Involvement.objects.all().delete()
    client = as_(world.manager)
    shut = page_of(client, made, f"agency-{made.agency['Police'].pk}")
    assert "Say why you open" in shut
    assert not texts_in(shut)
    open_to_all = page_of(client, made, f"agency-{made.agency['SENSS'].pk}")
    assert texts_in(paper(open_to_all)) == READ_BY["SENSS"]


def test_what_stands_in_the_way_of_sending_is_said_before(made, coordinator):
    """security.md 6.5: an agency without an address, a contact that left or moved."""
    MeetingAgency.objects.filter(pk=made.row["SENSS"].pk).update(email="")
    made.contact["Police"].delete()
    contact = AgencyContact.objects.filter(pk=made.contact["Youth justice"].pk)
    contact.update(email="new@example.org")
    MeetingAgency.objects.filter(pk=made.row["School nursing"].pk).update(email="a, b@x.org")
    page = page_of(coordinator, made, f"agency-{made.agency['Police'].pk}")
    for words in (
        "no address, so nothing can be sent",
        "is not in the directory of agencies",
        "another address in the directory now",
        "not one that a message can go to",
    ):
        assert words in page
    assert f'value="agency-{made.row["SENSS"].pk}"' not in page


# --- sending --------------------------------------------------------------------------------------


def test_it_is_made_final_and_sent_in_one(made, coordinator):
    place = f"/meetings/{made.meeting.pk}/send/"
    rows = [made.row["Police"], made.row["SENSS"]]
    answer = coordinator.post(place, send_data(made, rows))
    assert answer.status_code == 302, answer.text
    assert answer.url == f"/meetings/{made.meeting.pk}/sent/"
    assert MinutesVersion.objects.count() == 1
    assert Distribution.objects.count() == 2
    twice = coordinator.post(place, send_data(made, rows))
    assert twice.url == f"/meetings/{made.meeting.pk}/sent/"
    assert Distribution.objects.count() == 2
    assert Message.objects.filter(kind="minutes_sent").count() == 2


def test_nothing_is_final_when_it_cannot_be_sent(made, coordinator):
    place = f"/meetings/{made.meeting.pk}/send/"
    yesterday = long_date(timezone.localdate() - timedelta(days=1))
    for changes in ({"recipients": []}, {"minutes_on": yesterday}, {"minutes_on": "soon"}):
        answer = coordinator.post(place, send_data(made, [made.row["Police"]], **changes))
        assert answer.status_code == 200
        assert "There is a problem" in answer.text
    assert not MinutesVersion.objects.exists()
    assert not Distribution.objects.exists()


def test_a_stale_page_sends_nothing_and_loses_no_reason(made, coordinator):
    data = send_data(made, [made.row["Police"]])
    MinutedAction.objects.update(what="Something else")
    answer = coordinator.post(f"/meetings/{made.meeting.pk}/send/", data)
    assert answer.status_code == 302
    assert not Distribution.objects.exists()


def test_minutes_that_somebody_else_made_final_are_looked_at_before_they_go(made, coordinator):
    """rule 000-18: what is sent was shown; words typed on the stale page are kept."""
    place, why = f"/meetings/{made.meeting.pk}/send/", "The families were away"
    data = send_data(made, [made.row["Police"]], no_actions_why=why)
    write(item_of(made.meeting, "Travel"), "What nobody has seen in a copy")
    made.final()
    answer = coordinator.post(place, data, follow=True)
    assert not Distribution.objects.exists()
    assert why in answer.text
    made.meeting = again(made.meeting)
    assert coordinator.post(place, send_data(made, [made.row["Police"]])).status_code == 302
    assert Distribution.objects.count() == 1


def test_who_may_read_of_a_child_is_part_of_what_was_shown(made, coordinator):
    data = send_data(made, [made.row["SENSS"]])
    made.child["ada"].shared_with.add(made.agency["SENSS"])
    coordinator.post(f"/meetings/{made.meeting.pk}/send/", data)
    assert not Distribution.objects.exists()


def test_a_double_click_on_a_correction_leads_on_with_nothing_left_over(made, coordinator):
    made.final()
    minutes.correct(taker(made.meeting), again(made.meeting))
    made.meeting = again(made.meeting)
    data = send_data(made, [made.row["Police"]], what_changed="A name")
    place = f"/meetings/{made.meeting.pk}/"
    for _ in range(2):
        assert coordinator.post(f"{place}send/", data).url == f"{place}sent/"
    assert Distribution.objects.count() == 1


def test_the_titles_beside_a_copy_name_no_child_who_is_closed_to_the_viewer(made, as_):
    """rule 001-58"""
    item = item_of(made.meeting, "CANARY-title of Ada")
    write(item, "She is well", agencies=[made.agency["Police"]])
    Involvement.objects.all().delete()
    page = page_of(as_(made.world.manager), made, f"agency-{made.agency['SENSS'].pk}")
    assert "CANARY-title" not in page


def test_full_minutes_of_a_version_that_was_replaced_are_not_offered(made, coordinator):
    made.final()
    made.send([made.row["Police"]], timezone.localdate() + timedelta(days=9))
    place = f"/meetings/{made.meeting.pk}/sent/"
    assert "Send the full minutes now" in coordinator.get(place).text
    minutes.correct(taker(made.meeting), again(made.meeting))
    assert "Send the full minutes now" not in coordinator.get(place).text
    coordinator.post(f"{place}minutes/")
    assert not Distribution.objects.filter(minutes_sent_at__isnull=False).exists()


def test_the_password_is_asked_again_before_anything_leaves(made, coordinator, time_machine):
    """security.md 2.7, 7.5.3"""
    now = timezone.now()
    time_machine.move_to(now + timedelta(minutes=6))
    place = f"/meetings/{made.meeting.pk}/send/"
    answer = coordinator.post(place, send_data(made, [made.row["Police"]]))
    assert answer.url.startswith("/reauthenticate/")
    assert not Distribution.objects.exists()
    done = coordinator.post(answer.url, {"password": PASSWORD, "next": place})
    assert done.status_code == 302
    assert Distribution.objects.count() == 1


def test_who_has_a_version_is_not_offered_it_again(made, coordinator):
    made.final()
    police = made.row["Police"]
    made.send([police])
    page = page_of(coordinator, made, f"agency-{police.agency_id}")
    assert page.count("Has this version") == 1
    box = page.partition(f'value="agency-{police.pk}"')[2].partition(">")[0]
    assert "checked" not in box
    assert "Send actions now" in page
    made.send()
    page = page_of(coordinator, made, f"agency-{police.agency_id}")
    assert "Everybody who can be sent these minutes has them." in page
    assert "Send actions now" not in page


def test_a_correction_asks_before_it_goes_a_second_time(made, coordinator):
    made.final()
    made.send([made.row["Police"]])
    minutes.correct(taker(made.meeting), again(made.meeting))
    made.meeting = again(made.meeting)
    place = f"/meetings/{made.meeting.pk}/send/"
    data = send_data(made, [made.row["Police"]], what_changed="A name")
    answer = coordinator.post(place, data)
    assert "Tick that they get the minutes a second time" in answer.text
    assert MinutesVersion.objects.count() == 1
    assert coordinator.post(place, {**data, "again": "on"}).status_code == 302
    assert Distribution.objects.count() == 2


def test_only_who_runs_it_comes_here(made, world, as_):
    for user, status in ((world.primary, 403), (world.dsl, 404), (world.far_worker, 404)):
        client = as_(user)
        for place in ("copies/", f"copies/agency-{made.agency['Police'].pk}/", "sent/"):
            assert client.get(f"/meetings/{made.meeting.pk}/{place}").status_code == status
        answer = client.post(f"/meetings/{made.meeting.pk}/send/", {})
        assert answer.status_code == status


# --- after ----------------------------------------------------------------------------------------


def test_it_shows_who_opened_it_and_a_copy_is_called_back(made, coordinator):
    made.final()
    made.send([made.row["Police"], made.row["SENSS"]])
    browser, path = opened("police@example.org")
    browser.get(path)
    place = f"/meetings/{made.meeting.pk}/"
    for page in (coordinator.get(place).text, coordinator.get(f"{place}sent/").text):
        assert page.count("Not opened yet") == 1
        assert page.count("Opened ") == 1
    row = Distribution.objects.get(agency=made.row["Police"])
    assert "Enter why" in coordinator.post(f"{place}sent/{row.pk}/revoke/", {"why": ""}).text
    done = coordinator.post(f"{place}sent/{row.pk}/revoke/", {"why": "The wrong desk"})
    assert done.url == f"{place}sent/"
    assert "The wrong desk" in coordinator.get(f"{place}sent/").text
    assert browser.get(path).status_code == 404
    coordinator.post(f"{place}sent/{row.pk}/resend/")
    assert Message.objects.filter(kind="minutes_sent", address="police@example.org").count() == 1


def test_the_full_minutes_are_sent_before_their_day(made, coordinator):
    made.final()
    made.send([made.row["Police"]], timezone.localdate() + timedelta(days=9))
    place = f"/meetings/{made.meeting.pk}/sent/"
    assert "Full minutes follow on" in coordinator.get(place).text
    assert coordinator.post(f"{place}minutes/").url == place
    assert "Full minutes sent" in coordinator.get(place).text


def test_a_page_of_copies_asks_the_same_however_many(
    made, coordinator, django_assert_max_num_queries
):
    made.final()
    made.send()
    for place in (f"copies/agency-{made.agency['Police'].pk}/", "sent/"):
        with django_assert_max_num_queries(40):
            coordinator.get(f"/meetings/{made.meeting.pk}/{place}")


def test_thirty_copies_of_long_minutes_are_sent_in_one_go(made, django_assert_max_num_queries):
    """Rows and messages in one transaction; the files are the worker's."""
    made.final()
    by = anew(made.meeting.organiser)
    police = made.row["Police"]
    rows = MeetingAgency.objects.bulk_create(
        MeetingAgency(
            meeting=made.meeting,
            agency=police.agency,
            name=f"Desk {number}",
            email=f"desk{number}@example.org",
            attended=True,
        )
        for number in range(30)
    )
    with django_assert_max_num_queries(40):
        distribution.send(by, made.version, rows, timezone.localdate())
    assert Message.objects.filter(kind="minutes_sent").count() == 30


# --- an agency without an address ----------------------------------------------------------------


def without_address(made):
    """The nurses' row as invited by nobody in particular, with the minutes final."""
    row = made.row["School nursing"]
    MeetingAgency.objects.filter(pk=row.pk).update(email="", contact=None, name="School nursing")
    made.final()
    return row, f"/meetings/{made.meeting.pk}/agencies/{row.pk}/address/"


def test_an_agency_is_given_its_address_once_minutes_are_final_and_gets_its_copy(
    world, made, coordinator
):
    """Rule 000-18: the minutes stay as they are."""
    row, address = without_address(made)
    before = made.version.content
    copies = f"/meetings/{made.meeting.pk}/copies/"
    assert address in coordinator.get(copies, follow=True).text
    answer = coordinator.post(address, {"email": "nurses@example.org"}, follow=True)
    assert answer.redirect_chain[0][0] == f"/meetings/{made.meeting.pk}/copies/"
    assert "nothing can be sent" not in answer.text
    assert MinutesVersion.objects.get(pk=made.version.pk).content == before
    row.refresh_from_db()
    assert (row.name, row.email) == ("School nursing", "nurses@example.org")
    made.send([row])
    assert Message.objects.filter(kind="minutes_sent", address="nurses@example.org").exists()


def test_the_address_is_one_of_the_directory_or_typed_and_nothing_else(world, made, coordinator):
    row, address = without_address(made)
    contact = AgencyContact.objects.get(agency=row.agency)
    other = AgencyContact.objects.get(agency=made.agency["Police"])
    for sent, said in (
        ({}, "Choose one of its people, or enter an email address"),
        ({"email": "two@example.org, three@example.org"}, "Enter an email address"),
        ({"contact": other.pk}, "Choose one of its people from the list"),
        ({"contact": contact.pk, "email": "two@example.org"}, "not both"),
    ):
        answer = coordinator.post(address, sent)
        assert said in answer.text
        assert sent.get("email", "") in answer.text
    row.refresh_from_db()
    assert row.email == ""
    coordinator.post(address, {"contact": contact.pk})
    row.refresh_from_db()
    assert (row.contact, row.email) == (contact, contact.email)


def test_an_address_that_is_known_is_not_given_another_one(world, made, coordinator):
    row, address = without_address(made)
    coordinator.post(address, {"email": "nurses@example.org"})
    answer = coordinator.post(address, {"email": "others@example.org"}, follow=True)
    assert "has an address already" in answer.text
    assert "others@example.org" in answer.text
    row.refresh_from_db()
    assert row.email == "nurses@example.org"


def test_before_the_meeting_an_agency_is_invited_by_its_address(world, made, coordinator):
    row = made.row["School nursing"]
    MeetingAgency.objects.filter(pk=row.pk).update(email="")
    made.meeting.state = "called"
    made.meeting.held_at = made.meeting.held_by = None
    made.meeting.save()
    address = f"/meetings/{made.meeting.pk}/agencies/{row.pk}/address/"
    answer = coordinator.post(address, {"email": "nurses@example.org"}, follow=True)
    assert "Invite the agency by its address" in answer.text


def test_of_an_address_that_was_given_it_is_not_said_that_somebody_left(world, made, coordinator):
    _, address = without_address(made)
    page = coordinator.post(address, {"email": "nurses@example.org"}, follow=True).text
    assert "no longer" not in page
    assert "School nursing: is not in the directory of agencies" in page
