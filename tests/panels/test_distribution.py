"""Minutes are sent to whom they are relevant to, each a copy of their own (rule 000-18)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Access, Act
from documents.pdf import PdfFailed
from notifications import kinds
from notifications.models import Message
from panels import tasks
from panels.copies import AGENCY, Minutes, Reader, read
from panels.mentions import Mentions
from panels.models import Distribution, Meeting, MeetingAgency, MinutesLink
from panels.services import actions, distribution, minutes
from schools.models import SchoolContact, SchoolGrant
from tests.kept import kept
from tests.panels.distribution import (
    AT_BEECH,
    AT_OAKFIELD,
    NAMES,
    READ_BY,
    SENCO,
    TEXTS,
    Themed,
    copy_of,
    opened,
    paths_to,
    text_of,
    texts_in,
)
from tests.panels.minutes import again, agreed, corrected, final, item_of, taker, write
from tests.world import anew

pytestmark = pytest.mark.django_db


@kept
def made(world):
    found = Themed(world)
    found.final()
    return found


# --- each copy ------------------------------------------------------------------------------------


def test_each_agency_reads_what_is_for_it_on_the_page_and_in_the_pdf(made):
    """rule 000-18; security.md 5.4 N-11 and N-12"""
    made.send()
    tasks.make_copy_files(str(made.version.pk))
    for name in NAMES:
        client, path = opened(made.row[name].email)
        page = client.get(path).text
        file = client.get(f"{path}pdf/")
        for seen in (page, text_of(file)):
            assert texts_in(seen) == READ_BY[name], name
            assert ("Among us" in seen, "After school" in seen) == (False, "stop" in READ_BY[name])
            names = {key for key, row in made.child.items() if row.reference in seen}
            assert names == {"ada", "ben", "cleo"} & READ_BY[name], name
        assert file["Content-Disposition"].split("filename=")[1].startswith('"minutes-m-')
        copy = copy_of(made.row[name])
        looks = Access.objects.filter(subject_id=str(copy.pk), basis="partner")
        children = {made.child[key].pupil_id for key in {"ada", "ben", "cleo"} & READ_BY[name]}
        assert set(looks.values_list("child_id", flat=True)) == {None, *children}
        assert copy.opened_at


def test_each_school_reads_its_own_parts_and_no_other_schools_child(world, made, as_):
    """rules 000-16 and 000-18, design.md 4"""
    made.send()
    address = f"/shared/meetings/{made.meeting.pk}/minutes/"
    for user, expected in (
        (world.dsl, AT_OAKFIELD),
        (world.other_dsl, AT_BEECH),
        (world.senco, SENCO),
    ):
        client = as_(user)
        page = client.get(address).text
        assert texts_in(page) == expected, user.name
        copy = Distribution.objects.get(person__user=user)
        file = client.get(f"{address}{copy.pk}/pdf/")
        assert texts_in(text_of(file)) == expected, user.name
    others = Distribution.objects.get(person__user=world.other_dsl)
    assert as_(world.dsl).get(f"{address}{others.pk}/pdf/").status_code == 404
    assert as_(world.head).get(address).status_code == 404


def test_nobody_of_a_school_reads_drafts_or_what_was_not_sent(world, as_):
    made = Themed(world)
    address = f"/shared/meetings/{made.meeting.pk}/minutes/"
    assert as_(world.dsl).get(address).status_code == 404
    made.final()
    made.send(made.agency_rows)
    assert as_(world.dsl).get(address).status_code == 404


def test_who_is_no_lead_any_more_reads_of_no_child(world, made, as_):
    """security.md 5.4 N-21"""
    made.send()
    SchoolContact.objects.filter(pk=world.dsl_post.pk).update(roles=["other"], confirmed_at=None)
    SchoolGrant.objects.filter(user=world.dsl).update(ends_at=timezone.now())
    address = f"/shared/meetings/{made.meeting.pk}/minutes/"
    assert as_(world.dsl).get(address).status_code == 404


def test_a_colleague_reads_them_in_the_system_and_that_shows(world, made, as_):
    person = made.meeting.people.get(user=world.primary)
    made.send([person])
    message = Message.objects.get(kind="minutes_sent")
    assert f"/meetings/{made.meeting.pk}/minutes/" in message.body
    assert not message.is_secret
    assert as_(world.primary).get(f"/meetings/{made.meeting.pk}/minutes/").status_code == 200
    assert copy_of(person).opened_at


def test_no_message_says_a_word_of_the_minutes(made):
    """security.md 5.4 N-12 and N-30"""
    made.send()
    sent = list(Message.objects.filter(kind="minutes_sent"))
    assert {message.address for message in sent} >= {row.email for row in made.agency_rows}
    for message in sent:
        text = message.subject + message.body
        assert not texts_in(text)
        assert "CANARY" not in text
        assert made.meeting.title not in text
        assert not [row for row in made.child.values() if row.reference in text]
        assert made.meeting.reference in message.subject


@pytest.mark.parametrize(
    "text",
    [
        "P4172’s mother rang",
        "p-4172 was there",
        "TS's mother",
        "T S and others",
        "t.s. said",
        "T.J.S. said",
        "R.K. T.S. left",
        "A TS report",
        "Bell was seen",
        "Tom was seen",
        "THE SMITH-BELL FAMILY",
    ],
)
def test_a_child_is_found_however_it_is_written(text):
    """rule 000-16: a doubt goes against showing."""

    class Row:
        pk, reference = 1, "P4172"

        class pupil:
            first_names, known_as, surname, initials = "Tom James", "", "Smith-Bell", "T.S."

    assert Mentions([Row]).in_text(text) == {1}
    assert Mentions([Row]).in_text("It is so in 2026, said the bell tower team") == set()


def test_what_goes_on_about_a_child_is_left_out_with_what_named_the_child(world):
    """rule 000-16: his brother, a sentence over two lines, and his mother in an action."""
    made = Themed(world)
    ada = made.child["ada"]
    item = item_of(made.meeting, "Travel")
    said = f"{TEXTS['all']}\n{made.ref('ada')} was seen\nby CANARY-nurse\nHis CANARY-brother too"
    write(item, said, "She is CANARY-referred")
    agreed(item, "Ring her CANARY-mother", owner=made.people[0])
    copies = Minutes(again(made.meeting))
    words = {"CANARY-nurse", "CANARY-brother", "CANARY-referred", "CANARY-mother"}

    def held(name):
        copy = copies.copy_for(Reader(AGENCY, made.agency[name].pk, name))
        return {word for word in words if word in str(copy.as_json)}, copy.children

    assert held("Police")[0] == words
    assert held("SENSS") == (set(), [])
    assert str(ada.pupil_id) in held("Police")[1]


def test_a_title_or_place_that_speaks_of_a_child_stands_in_no_copy_but_theirs(world):
    """rule 000-16"""
    made = Themed(world)
    words = f"At home with {made.ref('ada')}"
    Meeting.objects.filter(pk=made.meeting.pk).update(title=words, place=words)
    copies = Minutes(again(made.meeting))
    for name, reads in (("Police", True), ("SENSS", False)):
        copy = copies.copy_for(Reader(AGENCY, made.agency[name].pk, name))
        assert (words in copy.title, words in copy.where) == (reads, reads)
        assert copy.title


# --- sending --------------------------------------------------------------------------------------


def test_only_who_runs_the_meeting_sends_it(world, made):
    rows = made.agency_rows
    for user in (world.primary, world.dsl, world.duty):
        with pytest.raises(PermissionDenied):
            distribution.send(anew(user), made.version, rows, timezone.localdate())
    assert not Distribution.objects.exists()


def test_recipients_are_chosen_and_all_or_none_is_sent(made):
    with pytest.raises(ValidationError) as refused:
        made.send([])
    assert "recipients" in refused.value.message_dict
    bare = made.row["SENSS"]
    MeetingAgency.objects.filter(pk=bare.pk).update(email="")
    with pytest.raises(ValidationError) as refused:
        made.send(made.agency_rows)
    assert "SENSS" in str(refused.value)
    assert not Message.objects.filter(kind="minutes_sent").exists()
    made.send([made.row["Police"]])
    assert [row.name for row in Distribution.objects.all()] == ["Police duty desk, Police"]


def test_sent_twice_it_goes_once(made):
    made.send([made.row["Police"]])
    with pytest.raises(TransitionNotAllowed):
        made.send([made.row["Police"]])
    made.send([made.row["Police"], made.row["SENSS"]])
    assert Distribution.objects.count() == 2
    assert Message.objects.filter(kind="minutes_sent").count() == 2


def test_a_correction_is_sent_again_only_on_purpose(made):
    made.send([made.row["Police"]])
    old = paths_to("police@example.org")[0]
    made.version = corrected(made.meeting)
    with pytest.raises(ValidationError) as refused:
        made.send([made.row["Police"]])
    assert "again" in refused.value.message_dict
    made.send([made.row["Police"]], again=True)
    browser, _ = opened("police@example.org", old)
    page = browser.get(old)
    assert "There is a newer copy" in page.text
    assert not texts_in(page.text)
    assert browser.get(f"{old}pdf/").status_code == 404


def test_calling_back_a_correction_opens_nothing_that_it_replaced(made):
    made.send([made.row["Police"]])
    old = paths_to("police@example.org")[0]
    browser, _ = opened("police@example.org", old)
    made.version = corrected(made.meeting)
    [row] = made.send([made.row["Police"]], again=True)
    distribution.revoke(anew(made.meeting.organiser), row, "The wrong desk")
    for place in (old, f"{old}pdf/"):
        answer = browser.get(place)
        assert answer.status_code == 404
        assert not texts_in(answer.text)


def test_full_minutes_that_are_being_corrected_do_not_go_out_on_their_day(made):
    later = timezone.localdate() + timedelta(days=14)
    made.send([made.row["Police"]], later)
    Distribution.objects.update(minutes_on=timezone.localdate())
    minutes.correct(taker(made.meeting), again(made.meeting))
    distribution.send_due_minutes()
    assert Message.objects.filter(kind="minutes_sent").count() == 1
    made.version = final(made.meeting, what_changed="A name was wrong")
    distribution.send_due_minutes()
    assert Message.objects.filter(kind="minutes_sent").count() == 1
    made.send([made.row["Police"]], later, again=True)
    Distribution.objects.update(minutes_on=timezone.localdate())
    distribution.send_due_minutes()
    distribution.send_due_minutes()
    assert Message.objects.filter(kind="minutes_sent").count() == 3


def test_an_older_version_and_one_being_corrected_are_not_sent(made):
    minutes.correct(taker(made.meeting), again(made.meeting))
    with pytest.raises(TransitionNotAllowed):
        made.send()


def test_somebody_in_two_agencies_gets_one_message_with_both_links(world):
    """rule 003-1"""
    made = Themed(world, same_address=True)
    made.final()
    made.send(made.agency_rows)
    message = Message.objects.get(kind="minutes_sent", address="one@example.org")
    assert "Police:" in message.body
    assert "Youth justice:" in message.body
    first, second = paths_to("one@example.org")
    seen = {}
    for path in (first, second):
        browser, _ = opened("one@example.org", path)
        seen[path] = texts_in(browser.get(path).text)
    assert sorted(map(sorted, seen.values())) == sorted(
        map(sorted, (READ_BY["Police"], READ_BY["Youth justice"]))
    )


def test_actions_go_first_and_the_full_minutes_on_their_day_once(made):
    later = timezone.localdate() + timedelta(days=14)
    made.send([made.row["Police"], made.people[0]], later)
    browser, path = opened("police@example.org")
    page = browser.get(path).text
    assert texts_in(page) == {"patrol"}
    assert texts_in(text_of(browser.get(f"{path}pdf/"))) == {"patrol"}
    distribution.send_due_minutes()
    assert Message.objects.filter(kind="minutes_sent").count() == 2
    Distribution.objects.update(minutes_on=timezone.localdate())
    distribution.send_due_minutes()
    distribution.send_due_minutes()
    assert Message.objects.filter(kind="minutes_sent").count() == 4
    assert texts_in(browser.get(path).text) == READ_BY["Police"]
    assert texts_in(text_of(browser.get(f"{path}pdf/"))) == READ_BY["Police"]


def test_the_full_minutes_follow_ten_school_days_later_unless_said(made):
    [row] = made.send([made.row["Police"]], distribution.minutes_day())
    assert timezone.localdate() + timedelta(days=10) <= row.minutes_on
    assert row.minutes_sent_at is None
    with pytest.raises(ValidationError):
        made.send([made.row["SENSS"]], timezone.localdate() - timedelta(days=1))


def test_what_is_called_back_opens_no_more(made):
    [row] = made.send([made.row["Police"]])
    browser, path = opened("police@example.org")
    by = anew(made.meeting.organiser)
    with pytest.raises(ValidationError):
        distribution.revoke(by, row, " ")
    tasks.make_copy_files()
    distribution.revoke(by, row, "It went to the wrong desk")
    for place in (path, f"{path}pdf/"):
        assert browser.get(place).status_code == 404
    with pytest.raises(TransitionNotAllowed):
        distribution.resend(by, row)
    assert not hasattr(Distribution.objects.get(pk=row.pk), "file")


def test_a_message_for_a_copy_called_back_is_held_back(made):
    [row] = made.send([made.row["Police"]])
    distribution.revoke(anew(made.meeting.organiser), row, "It went to the wrong desk")
    sent = Message.objects.get(kind="minutes_sent")
    assert sent.is_secret
    assert not kinds.get("minutes_sent").still_due(sent)


def test_a_link_is_sent_again_and_both_open(made):
    [row] = made.send([made.row["Police"]])
    by = anew(made.meeting.organiser)
    distribution.resend(by, row)
    first, second = paths_to("police@example.org")
    assert first != second
    for path in (first, second):
        browser, _ = opened("police@example.org", path)
        assert browser.get(path).status_code == 200


def test_agencies_are_reminded_of_each_action_once_by_a_link_to_it_alone(made):
    made.send(made.agency_rows)
    distribution.remind()
    assert not Message.objects.filter(kind="minutes_reminder").exists()
    Distribution.objects.update(actions_sent_at=timezone.now() - timedelta(days=5, minutes=1))
    distribution.remind()
    distribution.remind()
    [message] = Message.objects.filter(kind="minutes_reminder")
    assert message.address == "police@example.org"
    assert [row.agency.email for row in Distribution.objects.exclude(reminded_at=None)] == [
        "police@example.org"
    ]
    assert not texts_in(message.subject + message.body)
    [path] = paths_to("police@example.org", "minutes_reminder")
    assert MinutesLink.objects.exclude(action=None).get().action == made.patrol
    browser, _ = opened("police@example.org", path)
    assert texts_in(browser.get(path).text) == {"patrol"}
    assert browser.get(f"{path}pdf/").status_code == 404


def test_an_action_that_is_ticked_is_not_reminded_of(made):
    made.send(made.agency_rows)
    browser, path = opened("police@example.org")
    browser.post(f"{path}actions/{made.patrol.pk}/tick/")
    Distribution.objects.update(actions_sent_at=timezone.now() - timedelta(days=6))
    distribution.remind()
    assert not Message.objects.filter(kind="minutes_reminder").exists()


def test_nobody_is_reminded_of_what_somebody_else_has_taken_on(made):
    made.send(made.agency_rows)
    actions.hand_over(
        anew(made.meeting.organiser), made.patrol, "Their patch", made.row["Youth justice"]
    )
    Distribution.objects.update(actions_sent_at=timezone.now() - timedelta(days=6))
    distribution.remind()
    assert "police@example.org" not in reminded()


def reminded():
    return set(Message.objects.filter(kind="minutes_reminder").values_list("address", flat=True))


def test_who_takes_an_action_on_after_the_copies_went_is_sent_a_link_to_it_alone(made):
    """A copy stays as it was sent; the action is ticked off by the link."""
    made.send(made.agency_rows)
    by, row = anew(made.meeting.organiser), made.row["Youth justice"]
    actions.hand_over(by, made.patrol, "Their patch", row)
    assert reminded() == {"youth.justice@example.org"}
    [path] = paths_to("youth.justice@example.org", "minutes_reminder")
    browser, _ = opened("youth.justice@example.org", path)
    assert texts_in(browser.get(path).text) == {"patrol"}
    assert browser.post(f"{path}actions/{made.patrol.pk}/tick/").status_code == 302
    made.patrol.action.refresh_from_db()
    assert made.patrol.action.done_by_name == "Youth justice duty desk, Youth justice"
    actions_of_others = f"{path}actions/{made.call.pk}/tick/"
    assert browser.post(actions_of_others).status_code == 404


# --- files ----------------------------------------------------------------------------------------


def test_what_cannot_be_made_is_said_and_not_tried_for_ever(made, monkeypatch):
    made.send([made.row["Police"]])
    tries = []

    def fail(html, *, title):
        tries.append(title)
        raise PdfFailed

    monkeypatch.setattr("panels.copy_file.pdf", fail)
    tasks.make_copy_files()
    tasks.make_copy_files()
    assert len(tries) == 1
    browser, path = opened("police@example.org")
    answer = browser.get(f"{path}pdf/")
    assert "The PDF could not be made" in answer.text
    assert len(tries) == 1


def test_minutes_of_five_hundred_paragraphs_make_a_pdf(world):
    made = Themed(world)
    lines = "\n".join(f"{n}. What the driver of the 3:25pm bus reported." for n in range(500))
    write(item_of(made.meeting, "The bus"), lines)
    made.final()
    made.send([made.row["SENSS"]])
    tasks.make_copy_files()
    browser, path = opened("senss@example.org")
    text = text_of(browser.get(f"{path}pdf/"))
    assert "499. What the driver" in text


def test_sending_is_recorded_without_a_name(made):
    made.send([made.row["Police"]])
    act = Act.objects.get(subject_type="panels.minutesversion", verb="share")
    assert act.by == made.meeting.organiser
    assert "Police" not in str(act.detail)
    assert read(copy_of(made.row["Police"]).copy).left_out == []
