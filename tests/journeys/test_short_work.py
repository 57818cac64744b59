"""Short work walked in a browser, from the consultation that asks for it to what it changed.

The world of the issue's example: three sessions on a phone, a review, an ending, what the parent
thought by a code, and beside it in *What worked* a case that went elsewhere.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.models import Consultation, RecordingTask, State
from interventions import triage
from interventions.models import Feedback, ShortIntervention
from interventions.services import programmes
from interventions.services.feedback import code_of
from notifications.models import Message
from tests.children import child, works_with
from tests.consultations.about_children import part_about, status_of
from tests.interventions.short_work import day
from tests.interventions.test_programmes import LOOKED_AFTER, YES, answers_to
from tests.journeys.walk import console_errors, let_in, look, sign_out
from tests.world import World

PHONE, DESKTOP = {"width": 375, "height": 800}, {"width": 1280, "height": 900}


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
def ada(world):
    """A child with an Early Help Plan, so on Mosaic, whom a consultation spoke of."""
    pupil = child(world)
    status_of(world, pupil, "Early Help Plan")
    works_with(world, pupil)
    held = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    Consultation.objects.filter(pk=held.pk).update(held_at=timezone.now() - timedelta(days=30))
    part_about(held, pupil)
    return pupil


def ago(days):
    return f"{timezone.localdate() - timedelta(days=days):%d/%m/%Y}"


def redirected_case(world):
    """One that the return-to-school project sends to somebody else."""
    preset = triage.PRESETS["return"]
    scheme = programmes.add_programme(
        world.manager,
        {"name": preset.name, "starts_on": day(30), "pathways": list(preset.pathways)},
        "return",
    )
    case = programmes.ask(
        world.primary,
        scheme,
        child(world, "Ben"),
        world.oakfield,
        asked_on=day(10),
        asked_who="Dora Lead",
    )
    answers = answers_to(scheme, **{f"c{LOOKED_AFTER}": YES})
    programmes.redirect(
        world.manager, case, answers, "The child is looked after", "The allocated social worker"
    )


def request_from_the_consultation(page, world, ada):
    held = Consultation.objects.get(discussed__pupil=ada)
    page.goto(f"/consultations/{held.pk}/")
    page.get_by_role("button", name="Ask for short work").click()
    page.get_by_role("checkbox", name=re.compile(ada.name)).check()
    adults = page.get_by_role("group", name="Parents, carers and other adults")
    adults.get_by_role("textbox", name="Name", exact=True).fill("Pat Parent")
    adults.get_by_role("textbox", name="Who they are to the child").fill("Mother")
    adults.get_by_role("checkbox", name="Has parental responsibility").check()
    page.get_by_role("textbox", name="Asked on").fill(ago(28))
    page.get_by_role("combobox", name="Kind of support").select_option(
        label="Attendance and return to school"
    )
    page.get_by_role("combobox", name="Key area").select_option(label="Attendance")
    page.get_by_role("textbox", name="What is hoped for").fill("Mornings that work")
    page.get_by_role("radio", name="Level 2").check()
    page.get_by_role("radio", name="Our team").check()
    page.get_by_role("textbox", name="Why this level").fill("Late most Mondays")
    page.get_by_role("group", name="Does the family know?").get_by_label("Yes").check()
    look(page, "short-work-ask")
    page.get_by_role("button", name="Ask for short work").click()
    page.get_by_role("heading", name="Short intervention").wait_for()
    look(page, "short-work-asked")
    return ShortIntervention.objects.get()


def allocate(page, world, work):
    page.goto(f"/interventions/{work.pk}/")
    page.get_by_role("button", name="Allocate").first.click()
    page.get_by_role("radio", name=f"With the child: {world.primary.name}").check()
    page.get_by_role("textbox", name="Weekly allocations meeting").fill(ago(26))
    look(page, "short-work-allocate")
    page.get_by_role("button", name="Allocate").click()
    page.wait_for_url(f"**/interventions/{work.pk}/")


def confirm(page, work):
    page.goto("/shared/short-work/")
    look(page, "short-work-of-the-school")
    page.goto(f"/shared/short-work/{work.pk}/consent/")
    page.get_by_role("radio", name="They agreed", exact=True).check()
    for box in (
        page.get_by_role("group", name="Whom is the answer for?").get_by_role("checkbox").all()
    ):
        box.check()
    page.get_by_role("textbox", name="Who answered?").fill("The mother, for both")
    page.get_by_role("textbox", name="Date of the answer").fill(ago(25))
    page.get_by_role("textbox", name="Where does your school keep the answer?").fill("CPOMS")
    look(page, "short-work-agreement")
    page.get_by_role("button", name="Confirm this answer").click()
    page.wait_for_url(f"**/shared/short-work/{work.pk}/")


def hold_a_session(page, work, days_ago):
    page.goto(f"/interventions/{work.pk}/")
    page.get_by_role("button", name="Record a session").first.click()
    page.get_by_role("textbox", name="Date").fill(ago(days_ago))
    page.get_by_role("group", name="Who it was with").get_by_role("checkbox").first.check()
    page.get_by_role("textbox", name="Support given").fill("We drew the morning")
    page.get_by_role("textbox", name="In the child’s own words").fill("I like it by the door")
    page.get_by_role("group", name="Seen alone?").get_by_label("Yes").check()
    page.get_by_role("textbox", name="Our analysis").fill("She sleeps better")
    page.get_by_role("checkbox", name="No actions were agreed").check()
    page.get_by_role("textbox", name="Note for the school").fill("A later start helps her")
    page.get_by_text(re.compile("Draft saved|Saved at")).wait_for()


def complete_the_session(page):
    page.get_by_role("button", name="Check and complete").click()
    page.get_by_role("heading", name="Check and complete").wait_for()
    page.get_by_role("button", name="Complete and give to the school").click()
    page.get_by_text("The text cannot change.").wait_for()


def measure(page, work, point, number, days_ago):
    page.goto(f"/interventions/{work.pk}/")
    page.get_by_role("link", name="Going to school", exact=True).click()
    page.get_by_role("radio", name=point, exact=True).check()
    page.get_by_role("radio", name="The worker", exact=True).check()
    page.get_by_role("group", name="Where things are").get_by_label(
        re.compile(f"^{number}\\b")
    ).check()
    page.get_by_role("textbox", name="Date").fill(ago(days_ago))
    page.get_by_role("button", name="Save").click()
    page.get_by_role("cell", name=f"{number} of 10").wait_for()


def test_short_work_from_the_request_to_what_the_parent_thought(world, ada, page_at):
    redirected_case(world)
    page = page_at()
    errors = console_errors(page)
    let_in(page, world.primary)
    work = request_from_the_consultation(page, world, ada)
    let_in(page, world.manager)
    allocate(page, world, work)
    let_in(page, world.dsl)
    confirm(page, work)

    let_in(page, world.primary)
    page.set_viewport_size(PHONE)
    for days_ago in (21, 14, 7):
        hold_a_session(page, work, days_ago)
        if days_ago == 21:
            look(page, "short-work-session")
        complete_the_session(page)
    page.set_viewport_size(DESKTOP)
    look(page, "short-work-session-completed")
    for task in RecordingTask.objects.open():
        page.goto(f"/recording/{task.pk}/")
        assert "We drew the morning" in page.get_by_role("region", name="The text").inner_text()
        page.get_by_role("button", name="Recorded", exact=True).click()
        page.wait_for_url(lambda url: "/recording/" not in url)
    assert not RecordingTask.objects.open().exists()

    let_in(page, world.dsl)
    page.goto(f"/shared/short-work/{work.pk}/")
    assert "She sleeps better" not in page.content()
    for left in (2, 1, 0):
        page.get_by_role("button", name=re.compile("^Stored")).first.click()
        page.wait_for_function(
            "left => [...document.querySelectorAll('form button')]"
            ".filter(b => b.innerText.startsWith('Stored')).length === left",
            arg=left,
        )
    look(page, "short-work-stored")

    let_in(page, world.primary)
    measure(page, work, "Before", 3, 21)
    measure(page, work, "At the end", 8, 0)
    page.goto(f"/interventions/{work.pk}/")
    page.get_by_role("link", name="Review the work").click()
    page.get_by_role("radio", name="Positive change").check()
    page.get_by_role("textbox", name="What was said").fill("Four mornings of five")
    page.get_by_role("button", name="Record the review").click()
    page.wait_for_url(f"**/interventions/{work.pk}/")
    page.get_by_role("button", name="End the work").click()
    page.get_by_role("radio", name="What was hoped for was reached").check()
    page.get_by_role("textbox", name="How it ended").fill("She comes in by herself")
    page.get_by_role("group", name="Does the family know?").get_by_label("Yes").check()
    page.get_by_role("button", name="End the work").click()
    page.get_by_text("Closed: what was hoped for was reached.").wait_for()
    look(page, "short-work-ended")

    page.get_by_role("link", name="Send a link to Pat Parent").click()
    page.get_by_role("textbox", name="Email address").fill("pat@example.org")
    page.get_by_role("checkbox", name=re.compile("^I asked today")).check()
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Link for Pat Parent").wait_for()
    asked = Feedback.objects.get()
    link = re.search(r"/feedback/[\w-]+/", Message.objects.about(asked).get().body)[0]
    the_parent_answers(page_at(), link, code_of(asked))

    page.goto(f"/interventions/{work.pk}/")
    page.get_by_text("She laughs again").wait_for()
    look(page, "short-work-answered")
    sign_out(page)

    let_in(page, world.manager)
    page.goto("/what-worked/")
    look(page, "what-worked")
    row = page.get_by_role("row", name=re.compile("Going to school"))
    assert "3.0 to 8.0" in row.inner_text()
    elsewhere = page.get_by_role("row", name=re.compile("^Return to school"))
    assert "The allocated social worker: 1" in elsewhere.inner_text()
    assert errors == []


def the_parent_answers(page, link, code):
    errors = console_errors(page)
    page.set_viewport_size(PHONE)
    page.goto(link)
    look(page, "feedback-code")
    page.get_by_role("textbox").fill(code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="A few questions").wait_for()
    look(page, "feedback-questions")
    page.get_by_role("textbox").first.fill("She laughs again")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/feedback/thanks/")
    look(page, "feedback-thanks")
    assert errors == []
    page.go_back()
    page.get_by_role("heading", name="This page is no longer open").wait_for()
