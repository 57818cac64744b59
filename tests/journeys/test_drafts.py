"""Writing a consultation: not a word is lost, and nothing is left behind in the browser."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, expect

from accounts import sessions
from consultations.models import Consultation, State
from drafts.models import Draft
from tests.journeys.walk import let_in, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

STATUS = "#save-status"
TEXT = "#id_shared_text"
SIGNED_OUT = (
    "Not saved. You have been signed out. Keep this page open, sign in again in a new tab, "
    "and we will save your work."
)
UNREACHABLE = "Not saved. We cannot reach the service. Keep this page open: we will keep trying."
SOMEBODY_ELSE = (
    "Not saved. Somebody else is signed in in this browser. Your text is still on this page: "
    "sign in as yourself in a new tab to save it."
)
GONE = (
    "Not saved. This draft was completed or discarded in another window. Copy your text before "
    "you leave this page."
)
TOO_LONG = (
    "Not saved. The text is too long to save in one go. Shorten it, or complete it and add the "
    "rest as an addendum."
)


@pytest.fixture
def browser_tab(page_at):
    """A new tab. No script may fail in it, nor meet the Content Security Policy."""
    page = page_at()
    faults = []
    page.context.on("weberror", lambda fault: faults.append(str(fault.error)))
    page.context.on(
        "console",
        lambda said: "Content Security Policy" in said.text and faults.append(said.text),
    )
    yield page
    assert faults == []


@pytest.fixture
def writing(browser_tab, world):
    """A new consultation's page, open in front of the school's link worker."""
    Draft.objects.all().delete()
    let_in(browser_tab, world.primary)
    browser_tab.goto(f"/consultations/new/?school={world.oakfield.urn}")
    return browser_tab


def end_session(page):
    """As when it ends on the server: the page hears nothing of it."""
    page.context.clear_cookies(name="sessionid")


def type_more(page, text, into=TEXT):
    page.locator(into).press("Control+End")
    page.locator(into).press_sequentially(text)


def save_now(page):
    page.keyboard.press("Control+s")


def type_and_save(page, text, version):
    """As ``type_more``, without the wait for the page to save by itself."""
    type_more(page, text)
    save_now(page)
    expect_saved(page, version)


def expect_saved(page, version):
    """Wait until the server has answered the save that made ``version``."""
    expect(page.locator("form[data-draft]")).to_have_attribute(
        "data-version", str(version), timeout=15_000
    )
    expect(page.locator(STATUS)).to_contain_text(re.compile(r"Draft saved \d+:\d\d[ap]m"))


def kept(field="shared_text"):
    """What the server holds of the one draft there is."""
    return Draft.objects.get().data[field][0]


def fill_in(page):
    """Everything that *Complete* asks for."""
    page.get_by_label("Dora Lead, ").check()
    page.locator("#id_areas_0").check()
    page.locator(TEXT).fill("We talked about attendance.")


# --- saved while typing -------------------------------------------------------------------


def test_what_is_typed_is_on_the_server_seconds_later(writing, world):
    type_more(writing, "Lowest in Year 5.")
    expect_saved(writing, 1)
    assert kept() == "Lowest in Year 5."
    started = Consultation.objects.get(pk=Draft.objects.get().target_id)
    assert (started.author, started.school) == (world.primary, world.oakfield)
    expect(writing).to_have_url(re.compile(rf"/consultations/{started.pk}/edit/$"))
    type_more(writing, " And rising.")
    expect_saved(writing, 2)
    assert kept() == "Lowest in Year 5. And rising."


def test_an_untouched_page_makes_no_draft(writing):
    writing.goto("/urgent/")
    assert not Draft.objects.exists()


def test_a_killed_browser_costs_at_most_ten_seconds_of_steady_typing(writing):
    """The page's clock only moves with the typing, one word in half a second."""
    writing.clock.install(time="2026-01-05T10:00:00")
    writing.reload()
    writing.clock.pause_at("2026-01-05T10:01:00")
    words = [f"word{n} " for n in range(20)]
    with writing.expect_response(lambda answer: answer.request.method == "POST"):
        for word in words:
            type_more(writing, word)
            writing.clock.run_for(500)
    kill(writing)
    assert kept().startswith("".join(words[:15]))


def kill(page):
    """End the tab's process: no event reaches the page any more."""
    with pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")


def test_the_last_words_are_saved_when_the_page_is_left_at_once(writing):
    type_more(writing, "Said in passing.")
    writing.on("dialog", lambda dialog: dialog.accept())
    writing.goto("/urgent/")
    wait_until(Draft.objects.exists)
    assert kept() == "Said in passing."


def wait_until(condition, seconds=10):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not come true in time"


def test_the_browser_asks_before_unsaved_text_is_left_and_not_after(writing):
    asked = []
    writing.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    type_more(writing, "Half a sent")
    writing.close(run_before_unload=True)
    wait_until(lambda: writing.evaluate("1") and asked)
    assert asked == ["beforeunload"]
    save_now(writing)
    expect_saved(writing, 1)
    writing.goto("/urgent/")
    assert asked == ["beforeunload"]


def test_ctrl_s_and_enter_in_a_short_box_save_and_stay_on_the_page(writing):
    type_more(writing, "Now.")
    save_now(writing)
    expect_saved(writing, 1)
    type_more(writing, "0", into="#id_minutes")
    writing.locator("#id_minutes").press("Enter")
    expect_saved(writing, 2)
    expect(writing).to_have_url(re.compile("/edit/$"))


def test_nothing_is_kept_in_the_browser(writing):
    type_and_save(writing, "A child's name.", 1)
    stored = writing.evaluate(
        "async () => [localStorage.length, sessionStorage.length, "
        "(await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    assert stored == [0, 0, 0, 0]


# --- signed out, offline ------------------------------------------------------------------


def test_text_typed_after_the_session_ended_is_saved_once_signed_in_in_another_tab(writing, world):
    type_and_save(writing, "First.", 1)
    end_session(writing)
    type_more(writing, " Second.")
    expect(writing.locator(STATUS)).to_have_text(SIGNED_OUT)
    assert kept() == "First."
    with writing.context.expect_page() as opened:
        writing.get_by_role("link", name="sign in again in a new tab").click()
    sign_in(opened.value, world.primary)
    expect_saved(writing, 2)
    assert kept() == "First. Second."


def test_a_button_pressed_while_signed_out_loses_nothing_and_works_afterwards(writing, world):
    fill_in(writing)
    end_session(writing)
    complete = writing.get_by_role("button", name="Complete and share")
    complete.click()
    expect(writing.locator(STATUS)).to_have_text(SIGNED_OUT)
    expect(writing.locator(STATUS)).to_be_focused()
    assert writing.locator(TEXT).input_value() == "We talked about attendance."
    sign_in(writing.context.new_page(), world.primary)
    expect_saved(writing, 1)
    complete.click()
    expect(writing).to_have_url(re.compile("/complete/$"))


def test_text_typed_offline_is_saved_when_the_network_is_back(writing):
    type_and_save(writing, "First.", 1)
    writing.context.set_offline(True)
    type_more(writing, " Second.")
    expect(writing.locator(STATUS)).to_have_text(UNREACHABLE)
    writing.context.set_offline(False)
    expect_saved(writing, 2)
    assert kept() == "First. Second."


def test_a_broken_service_is_tried_again_until_it_saves(writing):
    writing.route("**/consultations/new/**", lambda route: route.fulfill(status=503))
    type_more(writing, "Kept.")
    expect(writing.locator(STATUS)).to_have_text(UNREACHABLE)
    writing.unroute("**/consultations/new/**")
    expect_saved(writing, 1)
    assert kept() == "Kept."


def test_a_lost_answer_is_not_taken_for_another_window(writing):
    type_and_save(writing, "First.", 1)

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    writing.route("**/drafts/**", lose_the_answer, times=1)
    type_more(writing, " Second.")
    expect(writing.locator(STATUS)).to_have_text(UNREACHABLE)
    type_more(writing, " Third.")
    expect_saved(writing, 3)
    assert kept() == "First. Second. Third."


# --- other tabs, other people -------------------------------------------------------------


@pytest.fixture
def changed_elsewhere(writing):
    """The draft's page, on which more was typed after another tab saved its own."""
    type_and_save(writing, "Mine.", 1)
    other = writing.context.new_page()
    other.goto(writing.url)
    type_and_save(other, " Theirs.", 2)
    type_more(writing, " Still mine.")
    expect(writing.locator(STATUS)).to_contain_text(
        re.compile(r"This draft was changed in another tab or window at \d+:\d\d[ap]m\.")
    )
    assert kept() == "Mine. Theirs."
    return writing


def test_two_tabs_choose_to_keep_what_is_on_the_page(changed_elsewhere):
    changed_elsewhere.get_by_role("button", name="Keep what is on this page").click()
    expect_saved(changed_elsewhere, 3)
    assert kept() == "Mine. Still mine."


def test_two_tabs_choose_the_other_version(changed_elsewhere):
    asked = []
    changed_elsewhere.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with changed_elsewhere.expect_navigation():
        changed_elsewhere.get_by_role("button", name="Use the other version").click()
    expect(changed_elsewhere.locator(TEXT)).to_have_value("Mine. Theirs.")
    assert asked == []
    assert kept() == "Mine. Theirs."
    type_more(changed_elsewhere, " Both.")
    expect_saved(changed_elsewhere, 3)


def test_text_is_never_saved_under_the_name_of_who_signed_in_since(writing, world):
    type_and_save(writing, "Priya's.", 1)
    end_session(writing)
    other = writing.context.new_page()
    sign_in(other, world.secondary)
    type_more(writing, " More of Priya's.")
    expect(writing.locator(STATUS)).to_have_text(SOMEBODY_ELSE)
    assert kept() == "Priya's."
    end_session(writing)
    sign_in(other, world.primary)
    expect_saved(writing, 2)
    assert kept() == "Priya's. More of Priya's."
    assert Draft.objects.get().user == world.primary


def test_a_first_save_is_not_made_under_the_name_of_who_signed_in_since(writing, world):
    end_session(writing)
    sign_in(writing.context.new_page(), world.secondary)
    type_more(writing, "Priya's.")
    expect(writing.locator(STATUS)).to_have_text(SOMEBODY_ELSE)
    assert not Draft.objects.exists()


def test_a_draft_discarded_in_another_window_says_so(writing):
    type_and_save(writing, "First.", 1)
    Draft.objects.all().delete()
    type_more(writing, " Second.")
    expect(writing.locator(STATUS)).to_have_text(GONE)
    assert not Draft.objects.exists()


def test_more_text_than_one_save_takes_is_refused_with_a_way_out(writing):
    writing.locator(TEXT).evaluate(
        """box => {
            box.value = 'a'.repeat(3_500_000);
            box.dispatchEvent(new Event('input', {bubbles: true}));
        }"""
    )
    expect(writing.locator(STATUS)).to_have_text(TOO_LONG)
    writing.locator(TEXT).fill("Shorter.")
    expect_saved(writing, 1)
    assert kept() == "Shorter."


# --- buttons and rows ---------------------------------------------------------------------


def test_a_double_click_on_complete_makes_one_record(writing, world):
    before = Consultation.objects.count()
    fill_in(writing)
    writing.get_by_role("button", name="Complete and share").dblclick()
    expect(writing).to_have_url(re.compile("/complete/$"))
    made = Consultation.objects.get(pk=Draft.objects.get().target_id)
    writing.get_by_role("button", name="Complete and share").dblclick()
    expect(writing).to_have_url(re.compile(reverse("consultation", args=[made.pk]) + "$"))
    made.refresh_from_db()
    assert made.state == State.SHARED
    assert Consultation.objects.count() == before + 1
    assert made.shares.filter(user=world.dsl).count() == 1


def test_a_double_click_that_the_browser_lets_through_posts_once(writing):
    fill_in(writing)
    save_now(writing)
    expect_saved(writing, 1)
    posts = []
    writing.on(
        "request",
        lambda request: (
            posts.append(request)
            if request.method == "POST" and request.is_navigation_request()
            else None
        ),
    )
    writing.evaluate(
        """() => {
            const form = document.querySelector('form[data-draft]');
            const complete = form.querySelector('[name="complete"]');
            form.requestSubmit(complete);
            form.requestSubmit(complete);
        }"""
    )
    expect(writing).to_have_url(re.compile("/complete/$"))
    assert len(posts) == 1


def test_rows_are_added_and_removed_on_the_page_and_saved(writing):
    add = writing.get_by_role("button", name="Add somebody else who took part")
    add.click()
    expect(writing.locator("#id_people-0-name")).to_be_focused()
    writing.keyboard.type("Nia Nurse")
    add.click()
    writing.keyboard.type("Wrong Person")
    expect_saved(writing, 1)
    saved = Draft.objects.get().data
    assert saved["people-TOTAL_FORMS"] == ["2"]
    assert saved["people-0-name"] == ["Nia Nurse"]
    assert saved["people-1-name"] == ["Wrong Person"]
    writing.locator("[data-rows='people'] [data-remove-row]").nth(1).click()
    expect(writing.locator("#id_people-1-name")).to_be_hidden()
    expect(add).to_be_focused()
    expect_saved(writing, 2)
    assert Draft.objects.get().data["people-1-DELETE"] == ["on"]
    writing.reload()
    expect(writing.locator("#id_people-0-name")).to_have_value("Nia Nurse")
    expect(writing.locator("#id_people-1-name")).to_be_hidden()


# --- the session's end --------------------------------------------------------------------


def idle_for(user, minutes):
    """Set the server's note of when the user was last there back by ``minutes``."""
    for row in sessions.of(user):
        stored = Session.objects.get(session_key=row.session_key)
        data = stored.get_decoded()
        data[sessions.SEEN] = timezone.now().timestamp() - minutes * 60
        stored.session_data = Session.get_session_store_class()().encode(data)
        stored.save()


@pytest.fixture
def reading(browser_tab, world):
    """A note in front of the school's safeguarding lead, on a clock the test drives."""
    let_in(browser_tab, world.dsl)
    browser_tab.clock.install()
    browser_tab.goto(f"/shared/{world.shared.pk}/")
    return browser_tab


def test_a_warning_comes_before_the_session_ends_and_can_extend_it(reading, world):
    idle_for(world.dsl, 25.5)
    reading.clock.fast_forward("25:30")
    warning = reading.get_by_role("dialog", name="You will be signed out in 5 minutes")
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    stored = Session.objects.get(session_key=sessions.of(world.dsl)[0].session_key)
    assert sessions.seconds_left(stored.get_decoded()) > 29 * 60


def test_the_warning_stays_away_while_another_tab_is_used(reading):
    with reading.expect_response("**/session/"):
        reading.clock.fast_forward("26:00")
    expect(reading.get_by_role("dialog")).to_be_hidden()


def test_a_session_that_ended_leads_to_sign_in_and_back_to_the_page(reading, world):
    idle_for(world.dsl, 31)
    reading.clock.fast_forward("31:00")
    expect(reading).to_have_url(re.compile(rf"/sign-in/\?next=%2Fshared%2F{world.shared.pk}%2F$"))


def test_a_reply_being_typed_stays_on_the_page_when_the_session_ends(reading, world):
    reading.get_by_label("Your reply").fill("We have told the parents.")
    idle_for(world.dsl, 31)
    reading.clock.fast_forward("31:00")
    ended = reading.get_by_role("dialog", name="You have been signed out")
    ended.get_by_role("button", name="Close").click()
    expect(reading.get_by_label("Your reply")).to_have_value("We have told the parents.")


def test_who_is_typing_is_there_and_who_only_autosaves_is_not(writing, world):
    writing.clock.install()
    writing.reload()
    idle_for(world.primary, 20)
    writing.clock.fast_forward("20:00")
    with writing.expect_response("**/session/") as extended:
        type_more(writing, "B")
    assert extended.value.request.method == "POST"
    assert extended.value.json()["expires_in"] > 29 * 60


def test_a_reply_kept_on_the_page_is_sent_after_signing_in_again(reading, world):
    reading.get_by_label("Your reply").fill("We have told the parents.")
    idle_for(world.dsl, 31)
    reading.clock.fast_forward("31:00")
    ended = reading.get_by_role("dialog", name="You have been signed out")
    ended.get_by_role("button", name="Close").click()
    sign_in(reading.context.new_page(), world.dsl)
    with reading.expect_response("**/session/"):
        reading.clock.fast_forward("00:15")
    reading.get_by_role("button", name="Send reply").click()
    expect(reading.locator("body")).to_contain_text("We have told the parents.")
    assert world.shared.replies.filter(text="We have told the parents.").count() == 1
