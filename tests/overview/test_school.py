"""A school's page: facts for everybody who may open it, the record for who works with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Action, Consultation, Kind, State
from linkworkers.models import AllocationKind, Crisis, EngagementAttempt, Visit
from schools.models import OwnChildConflict, School, SchoolLink, SchoolType
from tests.children import child, works_with
from tests.consultations.about_children import part_about
from tests.overview.test_home import section, text_of

OAKFIELD = "/schools/900001/"
NEVER_HERE = ("internal", "area", "updates", "training", "team-addendum", "withheld-why", "reply")


def record_of(world):
    """The addresses by which the school's record would show."""
    return [f"/{held.pk}/" for held in (world.draft, world.completed, world.shared)]


# --- who sees what ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["primary", "manager"])
def test_who_works_with_the_school_sees_its_record(world, page_of, who):
    html = text_of(page_of(getattr(world, who), OAKFIELD))
    for address in record_of(world):
        assert f"/consultations{address}" in html
    assert world.canary(world.oakfield, "completed", "action") in html
    assert "Draft" in html
    assert "Not shared yet" in html


@pytest.mark.parametrize("who", ["secondary", "service"])
def test_the_draft_of_a_colleague_does_not_show(world, page_of, who):
    html = text_of(page_of(getattr(world, who), OAKFIELD))
    assert f"/consultations/{world.completed.pk}/" in html
    assert str(world.draft.pk) not in html


@pytest.mark.parametrize(
    "who",
    [
        "other_worker",
        "far_worker",
        "other_manager",
        "future",
        "coordinator",
        "duty",
        "administrator",
    ],
)
def test_other_council_people_see_the_register_facts_only(world, page_of, who):
    html = text_of(page_of(getattr(world, who), OAKFIELD))
    assert "Oakfield Primary School" in html
    assert "Priya Primary" in html
    assert "Dora Lead" in html
    assert "Timeline" not in html
    assert "Open actions" not in html
    assert "CANARY" not in html
    for address in record_of(world):
        assert address not in html
    for button in ("Record a consultation", "Ad hoc advice", "Mark done"):
        assert button not in html


def test_a_council_person_in_post_at_a_school_reads_it_as_the_school_does(world, page_of):
    world.post(world.oakfield, world.duty, "dsl")
    html = text_of(page_of(world.duty, OAKFIELD))
    assert f"/shared/{world.shared.pk}/" in html
    assert str(world.completed.pk) not in html
    assert world.canary(world.oakfield, "completed", "action") not in html


def test_local_knowledge_is_for_who_works_with_the_school(world, page_of):
    world.oakfield.good_to_know = "GOOD-TO-KNOW"
    world.oakfield.save()
    world.oakfield.agreed_attendees.add(world.senco_post)
    for who, knows, comes in (
        (world.primary, True, True),
        (world.dsl, False, True),
        (world.other_worker, False, False),
        (world.administrator, False, False),
    ):
        html = text_of(page_of(who, OAKFIELD))
        assert ("GOOD-TO-KNOW" in html) is knows, who
        assert ("Comes to consultations:" in html) is comes, who


def test_a_former_worker_reads_only_what_they_wrote(world, page_of):
    html = text_of(page_of(world.former, OAKFIELD))
    assert f"/consultations/{world.shared.pk}/" in html
    assert str(world.completed.pk) not in html
    assert str(world.draft.pk) not in html
    assert world.canary(world.oakfield, "completed", "action") not in html
    assert "Record a consultation" not in html


def test_a_conflict_closes_the_record_to_a_link_worker_and_to_a_manager(world, page_of):
    """Rule 001-53, on a page that stays open as part of the register."""
    OwnChildConflict.objects.create(user=world.manager, school=world.elmgate)
    for who in (world.conflicted, world.manager):
        html = text_of(page_of(who, "/schools/900002/"))
        assert "CANARY" not in html
        assert str(world.elmgate_shared.pk) not in html
        assert "Timeline" not in html


@pytest.mark.parametrize("who", ["dsl", "head", "deputy"])
def test_the_schools_leads_see_what_was_shared_and_nothing_else(world, page_of, who):
    html = text_of(page_of(getattr(world, who), OAKFIELD))
    assert f"/shared/{world.shared.pk}/" in html
    assert "/consultations/" not in html
    assert str(world.completed.pk) not in html
    assert str(world.draft.pk) not in html
    assert "CANARY" not in html.replace(world.canary(world.oakfield, "shared", "attendee"), "")
    assert "This is not a referral" in html


def test_a_withheld_person_finds_no_trace(world, page_of):
    html = text_of(page_of(world.withheld, f"{OAKFIELD}?show=consultations"))
    assert str(world.shared.pk) not in html
    assert "CANARY" not in html
    assert "Nothing has been shared with you yet." in html


def test_a_senco_in_post_sees_the_one_they_attended(world, page_of):
    second = world.consultation(world.oakfield, world.primary, State.SHARED)
    html = text_of(page_of(world.senco, OAKFIELD))
    assert f"/shared/{world.shared.pk}/" in html
    assert str(second.pk) not in html


@pytest.mark.parametrize(
    "who",
    ["attendee", "unconfirmed", "left_lead", "governance"],
)
def test_people_without_a_post_that_counts_find_no_page(world, page_of, who):
    assert page_of(getattr(world, who), OAKFIELD).status_code == 404


@pytest.mark.parametrize("who", ["other_dsl", "head_and_dsl"])
def test_who_has_a_post_elsewhere_sees_what_the_public_register_says(world, page_of, who):
    html = page_of(getattr(world, who), OAKFIELD).content.decode()
    assert "Oakfield Primary School" in html
    for name in ("CANARY", "Priya Primary", "Dora Lead"):
        assert name not in html


def test_an_unknown_school_is_not_found(world, page_of):
    assert page_of(world.manager, "/schools/999999/").status_code == 404


def test_no_text_of_a_consultation_is_on_the_page(world, page_of):
    html = page_of(world.primary, OAKFIELD).content.decode()
    for state in ("draft", "completed", "shared"):
        for field in NEVER_HERE:
            assert world.canary(world.oakfield, state, field) not in html
        assert f"{world.canary(world.oakfield, state, 'shared')}<" not in html


def test_a_conflict_is_never_on_the_page_of_who_may_not_know(world, page_of):
    """Rule 001-53: a suspension shows to those who manage the school, to nobody else."""
    for who in (world.other_worker, world.head_and_dsl, world.administrator):
        html = text_of(page_of(who, "/schools/900002/")).replace("Connie Conflicted", "").lower()
        assert "conflict" not in html
        assert "suspended" not in html
    assert "suspended" in text_of(page_of(world.manager, "/schools/900002/")).lower()


# --- what can be done ----------------------------------------------------------------------------


def test_who_may_record_finds_the_buttons(world, page_of):
    for who in (world.primary, world.manager):
        html = text_of(page_of(who, OAKFIELD))
        assert "/consultations/new/?school=900001" in html
        assert "kind=ad_hoc" in html
    assert "/consultations/new/" not in text_of(page_of(world.service, OAKFIELD))


def test_marking_done_comes_back_to_the_school(world, page_of, client):
    action = Action.objects.get(consultation=world.completed)
    html = text_of(page_of(world.primary, OAKFIELD))
    assert f'action="/actions/{action.pk}/done/"' in html
    response = client.post(f"/actions/{action.pk}/done/", {"back": "school"})
    assert response.headers["Location"] == OAKFIELD
    action.refresh_from_db()
    assert action.done_by == world.primary


def test_people_at_the_school_can_be_changed_by_who_may(world, page_of):
    for who in (world.primary, world.manager, world.administrator, world.dsl):
        assert "/contacts/add/" in text_of(page_of(who, OAKFIELD)), who
    for who in (world.other_worker, world.deputy, world.coordinator):
        assert "/contacts/add/" not in text_of(page_of(who, OAKFIELD)), who


def test_the_strip_answers_for_who_works_there(world, page_of):
    html = text_of(page_of(world.primary, OAKFIELD))
    strip = html.partition('<dl class="lb-strip">')[2].partition("</dl>")[0]
    assert "Last contact" in strip
    assert "You, Sam Secondary and Cole Cover" in strip
    assert f"/consultations/{world.draft.pk}/" in strip
    assert "lb-strip" not in text_of(page_of(world.dsl, OAKFIELD))
    assert "lb-strip" not in text_of(page_of(world.administrator, OAKFIELD))


def test_the_facts_name_a_closed_school_and_a_college_of_the_county(world, page_of):
    School.objects.create(
        urn="900006",
        name="Old APC",
        type_group=SchoolType.APC,
        hub=world.coast,
        status="closed",
        pupils=186,
        street="1 High Street",
        town="Shoreham",
        postcode="BN43 1AA",
        phone="01632 960 441",
    )
    html = text_of(page_of(world.manager, "/schools/900006/"))
    for fact in ("Closed</strong>", "APC</strong>", "186", "1 High Street, Shoreham BN43 1AA"):
        assert fact in html
    assert 'href="tel:01632960441"' in html


def test_a_school_that_became_another_is_linked_both_ways(world, page_of):
    old = School.objects.create(
        urn="900007", name="Oakfield Infants", type_group="primary", hub=world.coast
    )
    SchoolLink.objects.create(predecessor=old, successor=world.oakfield, kind="merged")
    assert "/schools/900007/" in text_of(page_of(world.manager, OAKFIELD))
    assert "/schools/900001/" in text_of(page_of(world.manager, "/schools/900007/"))


def test_the_history_of_a_predecessor_reads_under_its_successor(world, page_of):
    old = School.objects.create(
        urn="900007", name="Oakfield Infants", type_group="primary", hub=world.coast
    )
    SchoolLink.objects.create(predecessor=old, successor=world.oakfield, kind="merged")
    earlier = world.consultation(old, world.former, State.SHARED)
    html = text_of(page_of(world.manager, OAKFIELD))
    assert f"/consultations/{earlier.pk}/" in html
    assert "Held at Oakfield Infants." in html


# --- the timeline --------------------------------------------------------------------------------


def test_the_timeline_can_be_narrowed(world, page_of):
    everything = section(text_of(page_of(world.primary, OAKFIELD)), "timeline")
    consultations = section(
        text_of(page_of(world.primary, f"{OAKFIELD}?show=consultations")), "timeline"
    )
    changes = section(text_of(page_of(world.primary, f"{OAKFIELD}?show=changes")), "timeline")
    shared, became = f"/consultations/{world.shared.pk}/", "Priya Primary became primary"
    assert shared in everything
    assert became in everything
    assert shared in consultations
    assert became not in consultations
    assert shared not in changes
    assert became in changes
    assert "Fay Former is no longer primary link worker" in changes
    assert "Lena Left left" in changes


def test_a_former_worker_has_no_filters_to_lose_their_notes_behind(world, page_of):
    html = text_of(page_of(world.former, f"{OAKFIELD}?show=changes"))
    assert f"/consultations/{world.shared.pk}/" in html
    assert "Filter the timeline" not in html


def test_changes_to_come_are_no_history_yet(world, page_of):
    changes = text_of(page_of(world.other_manager, "/schools/900004/?show=changes"))
    assert "Finn Future became" not in changes


def test_the_timeline_names_areas_people_and_kind_for_the_team(world, page_of):
    Consultation.objects.filter(pk=world.completed.pk).update(kind=Kind.AD_HOC)
    timeline = section(text_of(page_of(world.primary, OAKFIELD)), "timeline")
    assert "Attendance" in timeline
    assert "Ad hoc advice." in timeline
    assert "Fay Former, with" in timeline
    assert "Attendance" not in section(text_of(page_of(world.dsl, OAKFIELD)), "timeline")


def test_earlier_leads_through_the_whole_timeline_without_repeats(world, page_of):
    now = world.now
    Consultation.objects.bulk_create(
        Consultation(
            school=world.oakfield,
            hub=world.coast,
            author=world.primary,
            state=State.COMPLETED,
            # Two at each instant: the page's edge must not lose one of them.
            held_at=now - timedelta(days=5 + 7 * (n // 2)),
            completed_at=now,
        )
        for n in range(61)
    )
    seen, path = [], f"{OAKFIELD}?show=consultations"
    while path:
        timeline = page_of(world.primary, path).context["timeline"]
        seen += [entry.pk for _, entries in timeline.terms for entry in entries]
        path = timeline.older and f"{OAKFIELD}?show=consultations&before={timeline.older}".replace(
            "+", "%2B"
        )
    assert len(seen) == len(set(seen))
    assert set(seen) == set(
        Consultation.objects.filter(school=world.oakfield).values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    "before", ["x", "2026-01-01~x", "~", "2026-01-01T00:00:00Z~1", "9999999~%F0"]
)
@pytest.mark.parametrize("show", ["", "nonsense", "%F0%9F"])
def test_a_nonsense_address_shows_a_page(world, page_of, before, show):
    path = f"{OAKFIELD}?before={before}&show={show}"
    assert page_of(world.primary, path).status_code == 200


def test_terms_head_the_timeline(world, page_of):
    Consultation.objects.filter(pk=world.shared.pk).update(
        held_at=timezone.make_aware(timezone.datetime(2025, 11, 3, 9, 0))
    )
    html = text_of(page_of(world.primary, f"{OAKFIELD}?show=consultations"))
    assert "Autumn term 2025" in html


# --- the access log, and size ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "basis"),
    [
        ("primary", "support"),
        ("manager", "manager"),
        ("service", "county"),
        ("dsl", "school"),
        ("other_worker", "register"),
        ("administrator", "register"),
    ],
)
def test_opening_the_page_is_written_down_once(world, page_of, who, basis):
    user = getattr(world, who)
    page_of(user, OAKFIELD)
    access = Access.objects.get(user=user, subject_type="schools.school")
    assert (access.basis, access.school_id) == (basis, world.oakfield.pk)


def crowd(world):
    """Many more of everything at one school."""
    for _ in range(10):
        for state in (State.DRAFT, State.COMPLETED, State.SHARED):
            held = world.consultation(world.oakfield, world.primary, state)
            if state == State.SHARED:
                world.share(held, world.dsl, "DSL")
    Consultation.objects.bulk_create(
        Consultation(
            school=world.oakfield,
            hub=world.coast,
            author=world.primary,
            state=State.SHARED,
            version=1,
            held_at=world.now - timedelta(days=n),
            completed_at=world.now,
            shared_at=world.now,
        )
        for n in range(100)
    )
    for number in range(20):
        world.post(world.oakfield, world.person(f"p{number}", f"Person {number}"), "pastoral")
    for number in range(20):
        began = world.long_ago - timedelta(days=2 + number)
        world.allocation(
            world.oakfield,
            world.other_worker,
            AllocationKind.PRIMARY,
            began,
            began + timedelta(hours=8),
        )
    for number in range(100):
        day = world.now.date() - timedelta(days=number)
        of_school = {"school": world.oakfield, "hub": world.coast}
        Visit.objects.create(by=world.primary, day=day, **of_school)
        EngagementAttempt.objects.create(
            by=world.primary, day=day, how="phone", reached=True, **of_school
        )
        Crisis.objects.create(
            what_happened="More", happened_at=world.now, entered_by=world.primary, **of_school
        )


@pytest.mark.parametrize("who", ["primary", "manager", "service", "dsl", "administrator"])
def test_the_page_takes_as_many_queries_for_a_hundred_rows_as_for_one(world, queries_of, who):
    user = getattr(world, who)
    few = queries_of(user, OAKFIELD)
    crowd(world)
    many = queries_of(user, OAKFIELD)
    assert len(many) == len(few), "\n".join(many)
    # Among them two for what the school gets, what holds now and its part of the timeline, and two
    # for the nurse: which term it is there, and how it stands.
    assert len(many) <= 20, "\n".join(many)
    assert not [sql for sql in many if "count(" in sql.lower()]


def test_the_words_of_an_action_are_held_back_until_its_child_is_open(world, page_of):
    """Rule 001-58, security.md N-14: what is about nobody in particular is a text of its note."""
    ada = child(world)
    action = world.completed.actions.get()
    part = part_about(world.completed, ada)
    for about in (part, None):
        action.about = about
        action.save()
        assert action.what not in text_of(page_of(world.primary, OAKFIELD)), about
    works_with(world, ada)
    assert action.what in text_of(page_of(world.primary, OAKFIELD))
