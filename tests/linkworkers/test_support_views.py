"""The pages on what a school gets: what they say, whom they refuse, what they keep of bad input."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import Role, StaffRole
from audit.models import Access
from govuk.words import long_date
from linkworkers import services
from linkworkers.models import (
    Crisis,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Presence,
    SupportCriterion,
    Visit,
)
from schools.models import HubGrant, OwnChildConflict

SCHOOL = "/schools/900001/"
ONCE = "6b0c1a4e-0000-4000-8000-000000000001"


def text(response):
    """The words of the page's main part, tags and repeated spaces left out."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", main).split()))


def presence(**typed):
    today = long_date(timezone.localdate())
    facts = {"kind": "visits", "frequency": "weekly", "reason": "High need", "agreed_on": today}
    return facts | typed


def enhanced(**typed):
    criterion = SupportCriterion.objects.first()
    review_on = long_date(timezone.localdate() + timedelta(days=60))
    return {"criteria": [criterion.pk], "reason": "Quiet", "review_on": review_on} | typed


def crisis(**typed):
    facts = {"what_happened": "A fight", "happened_on": "yesterday", "happened_time": "9:30am"}
    return facts | typed


def entered(world, by=None):
    return services.enter_crisis(
        by or world.primary, world.oakfield, what_happened="A fight", happened_at=world.now
    )


# --- the school page -------------------------------------------------------------------------


def fill(world):
    """One of everything at the school."""
    today, school = timezone.localdate(), world.oakfield
    services.agree_presence(
        world.manager,
        school,
        kind="visits",
        frequency="weekly",
        reason="CANARY-PRESENCE",
        agreed_on=today,
    )
    services.log_visit(world.primary, school, today)
    services.log_attempt(
        world.primary, school, day=today, how="phone", reached=False, outcome="CANARY-ATTEMPT"
    )
    services.enhance(
        world.manager,
        school,
        criteria=SupportCriterion.objects.all()[:1],
        reason="CANARY-ENHANCED",
        review_on=today + timedelta(days=30),
    )
    services.adjust_focus(world.manager, school, decision="CANARY-FOCUS")
    entered(world)


EVERYTHING = (
    "Enhanced",
    "CANARY-ENHANCED",
    "Visits the school, every week",
    "CANARY-PRESENCE",
    "CANARY-ATTEMPT",
    "CANARY-FOCUS",
    "Crisis response asked for",
    "Worked at the school",
)


@pytest.mark.parametrize("who", ["primary", "secondary", "manager", "service"])
def test_who_works_with_the_school_sees_what_it_gets(world, as_, who):
    """design.md 4."""
    fill(world)
    page = text(as_(getattr(world, who)).get(SCHOOL))
    assert [words for words in EVERYTHING if words not in page] == []


@pytest.mark.parametrize(
    "who", ["dsl", "head", "deputy", "senco", "other_worker", "former", "other_manager", "duty"]
)
def test_nobody_else_sees_any_of_it(world, as_, who):
    """design.md 4: school people never see it, nor council people of other schools."""
    fill(world)
    for address in (SCHOOL, f"{SCHOOL}?show=calls", f"{SCHOOL}?show=changes"):
        page = text(as_(getattr(world, who)).get(address))
        assert [words for words in EVERYTHING if words in page] == []


def test_a_manager_whose_child_attends_sees_none_of_it(world, as_):
    """Rule 001-53."""
    fill(world)
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    page = text(as_(world.manager).get(SCHOOL))
    assert [words for words in EVERYTHING if words in page] == []


def test_only_managers_find_the_acts_that_decide(world, as_):
    """Rules 001-54, 001-71 and 001-76."""
    acts = [f'{SCHOOL}{act}/"' for act in ("presence", "focus", "enhanced-support")]
    for who, finds in (("primary", False), ("manager", True), ("service", True)):
        html = as_(getattr(world, who)).get(SCHOOL).content.decode()
        assert [act in html for act in acts] == [finds] * 3, who
        assert f'{SCHOOL}attempts/"' in html


def test_presence_is_never_told_as_a_target(world, as_):
    """Rules 001-60, 001-74 and 001-76: agreed, and neither measured nor missed."""
    services.agree_presence(
        world.manager,
        world.oakfield,
        kind="visits",
        frequency="weekly",
        reason="High need",
        agreed_on=timezone.localdate() - timedelta(days=100),
    )
    for address in (SCHOOL, f"{SCHOOL}visits/"):
        page = text(as_(world.primary).get(address)).lower()
        # A kind of meeting is called so.
        page = page.replace("targeting support", "")
        for word in ("missed", "overdue", "target", "breach", "%", "of 14"):
            assert word not in page


def test_the_timeline_tells_calls_and_visits_apart_from_decisions(world, as_):
    fill(world)
    calls = text(as_(world.primary).get(f"{SCHOOL}?show=calls")).partition("Timeline")[2]
    changes = text(as_(world.primary).get(f"{SCHOOL}?show=changes")).partition("Timeline")[2]
    for words in ("Worked at the school", "Phone, no answer"):
        assert words in calls
        assert words not in changes
    for words in (
        "Presence agreed: visits the school, every week",
        "Enhanced support decided",
        "Focus adjusted",
        "Crisis response: to decide",
    ):
        assert words in changes
        assert words not in calls


def test_the_timeline_tells_how_enhanced_support_went_on_and_ended(world, as_):
    fill(world)
    support = EnhancedSupport.objects.get()
    again = services.review(
        world.manager,
        support,
        goes_on=True,
        criteria=SupportCriterion.objects.all()[:1],
        reason="CANARY-AGAIN",
        review_on=timezone.localdate() + timedelta(days=60),
    )
    services.review(world.manager, again, goes_on=False, reason="CANARY-END")
    page = text(as_(world.primary).get(f"{SCHOOL}?show=changes")).partition("Timeline")[2]
    for words in (
        "Enhanced support decided CANARY-ENHANCED",
        "Enhanced support goes on CANARY-AGAIN",
        "Enhanced support ended CANARY-END",
    ):
        assert page.count(words) == 1


def test_earlier_leads_through_every_visit_without_repeats(world, as_):
    today = timezone.localdate()
    Visit.objects.bulk_create(
        Visit(school=world.oakfield, hub=world.coast, by=by, day=today - timedelta(days=n))
        for n in range(25)
        for by in (world.primary, world.secondary)
    )
    seen, path = [], f"{SCHOOL}?show=calls"
    while path:
        timeline = as_(world.primary).get(path).context["timeline"]
        seen += [entry.pk for _, entries in timeline.terms for entry in entries]
        older = timeline.older.replace("+", "%2B")
        path = older and f"{SCHOOL}?show=calls&before={older}"
    assert len(seen) == len(set(seen)) == 50


# --- presence and visits ---------------------------------------------------------------------


def test_a_manager_agrees_a_presence_and_finds_the_former_ones(world, as_):
    """Rule 001-76."""
    client = as_(world.manager)
    client.post(f"{SCHOOL}presence/", presence(reason="CANARY-FIRST"))
    response = client.post(f"{SCHOOL}presence/", presence(frequency="termly"), follow=True)
    assert "The agreed presence has been saved." in text(response)
    assert Presence.objects.get(ended_at=None).frequency == "termly"
    assert "CANARY-FIRST" in text(client.get(f"{SCHOOL}presence/"))


def test_an_empty_presence_is_answered_field_by_field(world, as_):
    page = text(as_(world.manager).post(f"{SCHOOL}presence/", {"reason": "Kept"}))
    for sentence in (
        "Select the type of presence",
        "Select how often",
        "Enter the day it was agreed with the school’s leaders",
    ):
        assert sentence in page
    assert "Kept" in page


def test_here_today_takes_one_tap_on_the_school_page_and_undoes_in_another(world, as_):
    """Rule 001-74: two taps with opening the page."""
    client = as_(world.primary)
    assert "I was here today" in text(client.get(SCHOOL))
    for _ in range(2):
        page = text(client.post(f"{SCHOOL}visits/", {"day": "today"}, follow=True))
    assert "You were here today." in page
    assert "I was here today" not in page
    visit = Visit.objects.get()
    for sentence in ("Your visit has been removed.", "This visit has been removed already."):
        page = text(client.post(f"{SCHOOL}visits/{visit.pk}/remove/", follow=True))
        assert sentence in page
    assert "I was here today" in page


def test_an_earlier_day_is_logged_on_the_page_of_days(world, as_):
    client = as_(world.primary)
    day = timezone.localdate() - timedelta(days=9)
    client.post(f"{SCHOOL}visits/", {"day": long_date(day)})
    assert Visit.objects.get().day == day
    page = text(client.get(f"{SCHOOL}visits/"))
    assert f"{day:%A} {day.day} {day:%B} You Remove" in page
    late = long_date(timezone.localdate() - timedelta(days=40))
    page = text(client.post(f"{SCHOOL}visits/", {"day": late}))
    assert "The day must be in the last 4 weeks" in page


# --- crisis response -------------------------------------------------------------------------


def test_the_urgent_numbers_stand_above_every_field(world, as_):
    """Rule 001-100."""
    main = as_(world.primary).get(f"{SCHOOL}crisis/").content.decode().partition("<main")[2]
    assert main.index("tel:999") < main.index("<textarea")


def test_a_crisis_is_entered_and_stands_at_the_top_until_it_is_decided(world, as_):
    """Rules 001-77 and 001-78."""
    client = as_(world.primary)
    for _ in range(2):
        page = text(client.post(f"{SCHOOL}crisis/", crisis(), follow=True))
    assert "The managers of Oakfield Primary School have been told." in page
    found = Crisis.objects.get()
    assert page.index("Crisis response asked for") < page.index("Link workers")
    client = as_(world.manager)
    decided = {"needs_more": "yes", "decision": "Two more on Monday"}
    page = text(client.post(f"/crises/{found.pk}/decide/", decided, follow=True))
    assert "Two more on Monday" in page
    assert "Decided by Maya Manager" in page
    assert "Crisis response asked for" not in text(client.get(SCHOOL))
    page = text(client.post(f"/crises/{found.pk}/decide/", decided, follow=True))
    assert "Maya Manager has already decided on this." in page


def test_a_duty_manager_enters_a_crisis_and_sees_no_more_of_the_school(world, as_):
    """Rule 001-77."""
    client = as_(world.duty)
    assert f'{SCHOOL}crisis/"' in client.get(SCHOOL).content.decode()
    page = text(client.post(f"{SCHOOL}crisis/", crisis(), follow=True))
    assert "have been told" in page
    assert "Crisis response asked for" not in page
    assert client.get(f"/crises/{Crisis.objects.get().pk}/").status_code == 404


def test_a_crisis_that_lacks_something_comes_back_as_typed(world, as_):
    page = text(
        as_(world.primary).post(
            f"{SCHOOL}crisis/", crisis(what_happened="CANARY", happened_time="late")
        )
    )
    assert "Time, about must be a time, like 9:30am" in page
    assert "CANARY" in page
    assert not Crisis.objects.exists()


def test_a_link_worker_reads_a_crisis_and_finds_no_form(world, as_):
    """Rule 001-78: managers decide."""
    html = as_(world.primary).get(f"/crises/{entered(world).pk}/").content.decode()
    assert "A fight" in html
    assert "/decide/" not in html


def test_opening_a_crisis_is_written_down(world, as_):
    crisis = entered(world)
    for who, basis in (("primary", "support"), ("manager", "manager"), ("service", "county")):
        user = getattr(world, who)
        as_(user).get(f"/crises/{crisis.pk}/")
        assert Access.objects.get(user=user, subject_id=str(crisis.pk)).basis == basis


# --- enhanced support ------------------------------------------------------------------------


def test_enhanced_support_is_decided_and_reviewed(world, as_):
    """Rule 001-54."""
    client = as_(world.manager)
    page = text(client.post(f"{SCHOOL}enhanced-support/", enhanced(), follow=True))
    assert "Oakfield Primary School gets enhanced support." in page
    page = text(client.post(f"{SCHOOL}enhanced-support/", enhanced(), follow=True))
    assert "has enhanced support already" in page
    review = f"/enhanced-support/{EnhancedSupport.objects.get().pk}/review/"
    client.post(review, enhanced(goes_on="yes", reason="CANARY-AGAIN"))
    assert EnhancedSupport.objects.get(ended_at=None).reason == "CANARY-AGAIN"
    page = text(client.post(review, {"goes_on": "no", "reason": "Over"}, follow=True))
    assert "was reviewed or ended meanwhile" in page


def test_a_review_that_goes_on_needs_criteria_and_a_day(world, as_):
    client = as_(world.manager)
    client.post(f"{SCHOOL}enhanced-support/", enhanced())
    review = f"/enhanced-support/{EnhancedSupport.objects.get().pk}/review/"
    page = text(client.post(review, {"reason": ""}))
    assert "Select whether enhanced support goes on" in page
    page = text(client.post(review, {"goes_on": "yes", "reason": "CANARY-WHY"}))
    assert "Select why the school needs enhanced support" in page
    page = text(client.post(review, enhanced(goes_on="yes", review_on="")))
    assert "Enter the day of the review" in page
    assert EnhancedSupport.objects.get().ended_at is None


def test_a_review_of_what_has_ended_leads_back_to_the_school(world, as_):
    client = as_(world.manager)
    client.post(f"{SCHOOL}enhanced-support/", enhanced())
    support = EnhancedSupport.objects.get()
    services.review(world.service, support, goes_on=False, reason="Over")
    response = client.get(f"/enhanced-support/{support.pk}/review/", follow=True)
    assert "was reviewed or ended meanwhile" in text(response)


# --- take-up ---------------------------------------------------------------------------------


def test_an_attempt_is_logged_in_few_fields_and_once(world, as_):
    """Rule 001-61."""
    client = as_(world.primary)
    assert long_date(timezone.localdate()) in client.get(f"{SCHOOL}attempts/").content.decode()
    typed = {"once": ONCE, "how": "phone", "reached": "no", "day": "today", "outcome": "Rang out"}
    for _ in range(2):
        page = text(client.post(f"{SCHOOL}attempts/", typed, follow=True))
    assert "phone, no answer. Rang out" in page
    assert EngagementAttempt.objects.count() == 1


def test_an_empty_attempt_is_answered_field_by_field(world, as_):
    page = text(as_(world.primary).post(f"{SCHOOL}attempts/", {"outcome": "Kept"}))
    for sentence in ("Select how", "Select whether the school answered", "Enter the day you tried"):
        assert sentence in page


def test_a_managers_decision_shows_on_the_school_page_and_among_those_before(world, as_):
    """Rule 001-71."""
    client = as_(world.manager)
    for decision in ("CANARY-ONE", "CANARY-TWO"):
        client.post(f"{SCHOOL}focus/", {"decision": decision})
    assert Focus.objects.count() == 2
    page = text(client.get(SCHOOL))
    assert "Focus Adjust focus CANARY-TWO" in page
    page = text(client.get(f"{SCHOOL}focus/"))
    assert page.index("CANARY-TWO") < page.index("CANARY-ONE")


# --- criteria --------------------------------------------------------------------------------


def test_the_criteria_say_when_they_are_suggested(world, as_):
    """Rule 001-54."""
    page = text(as_(world.administrator).get("/support-criteria/"))
    assert "at least 30% of pupils with free school meals" in page
    assert "permanent exclusions Not suggested: only people can see it" in page


def test_a_criterion_is_added_raised_and_retired(world, as_):
    client = as_(world.administrator)
    client.post("/support-criteria/add/", {"name": "A new head"})
    added = SupportCriterion.objects.get(name="A new head")
    places = list(SupportCriterion.objects.values_list("pk", flat=True))
    seen_at = places.index(added.pk)
    assert f'name="place" value="{seen_at}"' in client.get("/support-criteria/").text
    for place in (seen_at, seen_at, "nonsense\0", ""):
        response = client.post(f"/support-criteria/{added.pk}/raise/", {"place": place})
        assert response.status_code == 302
    moved = list(SupportCriterion.objects.values_list("pk", flat=True))
    assert moved == [*places[: seen_at - 1], added.pk, places[seen_at - 1]]
    client.post(f"/support-criteria/{added.pk}/", {"name": "A new head teacher"})
    page = text(client.get("/support-criteria/"))
    assert "A new head teacher No longer used" in page
    html = as_(world.manager).get(f"{SCHOOL}enhanced-support/").content.decode()
    assert "A new head teacher" not in html


def test_a_criterion_without_a_name_or_with_one_that_is_there_is_refused(world, as_):
    client = as_(world.administrator)
    assert "Enter the criterion" in text(client.post("/support-criteria/add/", {"name": " "}))
    page = text(client.post("/support-criteria/add/", {"name": "Something else"}))
    assert "This criterion is in the list already" in page


def test_who_enters_a_crisis_that_reaches_nobody_is_told_to_ring(world, as_):
    """Rule 001-77: at once, so a message that nobody gets must not read like one that was sent."""
    entered = {"what_happened": "A fire", "happened_on": "today", "happened_time": "0:00"}
    address = f"/schools/{world.oakfield.urn}/crisis/"
    told = as_(world.primary).post(address, entered, follow=True).text
    assert "have been told" in told
    HubGrant.objects.filter(content_object=world.coast).delete()
    StaffRole.objects.filter(role=Role.SERVICE_MANAGER).delete()
    entered["what_happened"] = "A flood"
    told = as_(world.primary).post(address, entered, follow=True).text
    assert "have been told" not in told
    assert "ring a manager" in told
