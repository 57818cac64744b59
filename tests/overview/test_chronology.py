"""A chronology: every kind of entry the viewer may see, in the order of the events."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from audit.models import Access
from consultations.models import (
    Action,
    AreaDiscussed,
    Consultation,
    Destination,
    PupilDiscussed,
    RecordingTask,
    State,
    Subject,
)
from govuk.paging import Cursor
from interventions.models import Participant, Session
from overview import chronology_entries, chronology_views
from overview.chronology import chronology_of
from overview.chronology_ages import age_at
from overview.chronology_entries import Asked
from schools.models import (
    Enrolment,
    Move,
    OwnChildConflict,
    Pupil,
    PupilStatus,
    StatusKind,
    Transition,
    TransitionTalk,
)
from tests.children import child, children_of, works_with
from tests.interventions.short_work import agreed, session, under_way
from tests.world import anew

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def children(world):
    """Ada and Ben are on the current work of Oakfield's workers."""
    found = children_of(world)
    works_with(world, found.ada)
    works_with(world, found.ben)
    return found


def discussed(world, pupil, day, school=None, consultation=None, **fields):
    """A part about the child in a consultation held at noon on the day."""
    school = school or world.oakfield
    held_at = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    consultation = consultation or Consultation.objects.create(
        school=school,
        hub_id=school.hub_id,
        author=world.primary,
        state=State.COMPLETED,
        held_at=held_at,
        completed_at=held_at,
    )
    return PupilDiscussed.objects.create(
        consultation=consultation, subject=Subject.PUPIL, pupil=pupil, **fields
    )


def address(pupil, query=""):
    return f"/pupils/{pupil.pk}/chronology/{query}"


def page(as_, user, where):
    answer = as_(user).get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def give_reason(as_, user, pupil):
    """The client of ``user``, signed in, to whom the child is open now."""
    client = as_(user)
    answer = client.post(f"/pupils/{pupil.pk}/reason/", {"reason": "cover"})
    assert answer.status_code == 302
    return client


# --- ages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2014, 12, 1), "13 weeks before birth"),
        (date(2015, 2, 25), "in the week before birth"),
        (date(2011, 1, 1), "4 years before birth"),
        (date(2015, 3, 2), "the day of birth"),
        (date(2015, 3, 3), "aged 1 day"),
        (date(2015, 3, 20), "aged 2 weeks"),
        (date(2015, 8, 2), "aged 5 months"),
        (date(2016, 3, 2), "aged 1 year"),
        (date(2024, 7, 2), "aged 9 years 4 months"),
        (date(2024, 7, 1), "aged 9 years 3 months"),
    ],
)
def test_each_row_says_how_old_the_child_was_then(day, words):
    assert age_at(Pupil(born_on=date(2015, 3, 2)), day) == words


def test_before_a_birth_the_date_the_baby_is_due_stands_for_it():
    baby = Pupil(due_on=date(2026, 12, 24))
    assert age_at(baby, date(2026, 11, 26)) == "4 weeks before the due date"
    assert age_at(baby, date(2026, 12, 30)) == ""


def test_a_child_born_on_29_february_has_birthdays():
    assert age_at(Pupil(born_on=date(2016, 2, 29)), date(2025, 3, 1)) == "aged 9 years"


# --- what is in it ------------------------------------------------------------------------------


def back_at_school(world, pupil, headline, **fields):
    """A significant part with all that follows from it, and an action of the school's."""
    part = discussed(
        world,
        pupil,
        date(2025, 5, 6),
        areas=["attendance"],
        is_significant=True,
        headline=headline,
        effect="Sees friends again",
        outcome="Comes every morning",
        **fields,
    )
    Action.objects.create(
        consultation=part.consultation,
        school=world.oakfield,
        hub_id=world.oakfield.hub_id,
        about=part,
        what="Meet at the gate",
        owner_user=world.dsl,
        due_on=date(2025, 5, 20),
    )


def test_every_kind_of_entry_stands_in_the_order_of_the_events(world, children, as_):
    """domain-facts.md 3.4."""
    ada = children.ada
    back_at_school(world, ada, "Back at school after three months", worries="Sleeps little")
    discussed(world, ada, date(2025, 2, 3), areas=["health"], working_well="Likes art")
    PupilStatus.objects.create(
        pupil=ada,
        kind=StatusKind.objects.first(),
        starts_on=date(2025, 3, 1),
        ends_on=date(2025, 6, 1),
        social_worker="Sadia Social",
        recorded_by=world.primary,
    )
    transition = Transition.objects.create(
        pupil=ada,
        school_year=2027,
        school=world.oakfield,
        to=world.elmgate,
        reasons=["sen"],
        added_by=world.primary,
        added_at=datetime(2025, 6, 15, 9, tzinfo=LONDON),
    )
    TransitionTalk.objects.create(
        transition=transition,
        who="lead_worker",
        name="Leo Worker",
        spoken_on=date(2025, 6, 20),
        said="Visits in July",
        logged_by=world.primary,
    )
    html = page(as_, world.primary, address(ada, "?open=all"))
    lines = [
        "Spoke with Leo Worker about the change of school",
        "Put on the transition list: starts at Elmgate School in September 2027",
        f"{StatusKind.objects.first()}: ended",
        "Back at school after three months",
        f"{StatusKind.objects.first()}: started",
        "Likes art",
        "Started at Oakfield Primary School",
    ]
    places = [html.index(line) for line in lines]
    assert places == sorted(places)
    for text in (
        "Sees friends again",
        "Comes every morning",
        "Meet at the gate (Dora Lead, by 20 May 2025)",
        "Sleeps little",
        "Aged 10 years 2 months",
        "Social worker: Sadia Social",
    ):
        assert text in html, text
    oldest_first = page(as_, world.primary, address(ada, "?open=all&order=oldest"))
    places = [oldest_first.index(line) for line in reversed(lines)]
    assert places == sorted(places)


def test_all_that_is_on_record_of_a_child_is_there_to_be_read(world, children, as_):
    """peers.md U5: none of what was filled in is left out."""
    discussed(
        world,
        children.ada,
        date(2025, 5, 6),
        areas=["neglect"],
        sub_areas=["ebsa"],
        level=2,
        level_reason="WHY-THE-LEVEL",
        level_at_school=3,
        risk_pei=True,
        risk_fpn=True,
        risk_reason="WHY-AT-RISK",
        tools=["neglect"],
        neglect_level=3,
        neglect_review_on=date(2025, 7, 1),
        yes_threshold="met",
        camhs_threshold="not_met",
        shared_text="FOR-THE-RECORD",
        family_told="no",
        family_why="WHY-NOT-TOLD",
        third_party="A neighbour",
        worries="Sleeps little",
        worries_heard="child",
    )
    told = strip_tags(page(as_, world.primary, address(children.ada, "?open=all")))
    for text in (
        "PEI and FPN, WHY-AT-RISK",
        "Emotionally based school avoidance (EBSA)",
        "Neglect toolkit",
        "Level 3, review on 1 July 2025",
        "Youth Emotional Service threshold",
        "CAMHS or CDC threshold",
        "FOR-THE-RECORD",
        "WHY-THE-LEVEL",
        "WHY-NOT-TOLD",
        "A neighbour",
        "Sleeps little (told by the child)",
    ):
        assert text in told, text


def test_a_status_says_who_told_us(world, children, as_):
    """Rule 003-20; a PDF puts “Source” before it."""
    PupilStatus.objects.create(
        pupil=children.ada,
        kind=StatusKind.objects.first(),
        starts_on=date(2025, 3, 1),
        source="The school",
        recorded_by=world.primary,
    )
    html = page(as_, world.primary, address(children.ada))
    assert "Who told us: The school. Recorded by Priya Primary" in html


def test_an_entry_written_down_later_says_so(world, children, as_):
    part = discussed(world, children.ada, date(2025, 5, 6))
    Consultation.objects.filter(pk=part.consultation_id).update(
        completed_at=datetime(2025, 5, 9, 9, tzinfo=LONDON)
    )
    assert "Entered 9 May 2025" in page(as_, world.primary, address(children.ada))


def test_what_the_schools_hand_over_stands_with_the_move(world, children, as_):
    """Rule 003-22."""
    former = children.ada.enrolments.get()
    former.ends_on = date(2025, 9, 1)
    former.save()
    new = Enrolment.objects.create(
        pupil=children.ada, school=world.elmgate, starts_on=date(2025, 9, 1)
    )
    Move.objects.create(
        pupil=children.ada,
        former=former,
        new=new,
        moved_on=date(2025, 9, 1),
        how_told="phone",
        file_sent_on=date(2025, 9, 4),
        recorded_by=world.primary,
    )
    html = page(as_, world.primary, address(children.ada))
    for text in ("Before: Oakfield Primary School", "By telephone", "4 September 2025"):
        assert text in html, text


def test_systems_of_record_show_when_they_are_asked_for(world, children, as_):
    RecordingTask.objects.create(
        discussed=discussed(world, children.ada, date(2025, 5, 6)),
        pupil=children.ada,
        school=world.oakfield,
        hub_id=world.oakfield.hub_id,
        owner=world.primary,
        to=Destination.CED,
        due_on=date(2025, 5, 9),
        done_on=date(2025, 5, 8),
        done_by=world.primary,
    )
    assert "Recorded: CED" not in page(as_, world.primary, address(children.ada))
    assert "Recorded: CED" in page(as_, world.primary, address(children.ada, "?kind=recorded"))


def test_one_consultation_about_two_siblings_is_on_both_and_says_nothing_of_the_other(
    world, children, as_
):
    """peers.md U3; rule 001-118."""
    part = discussed(world, children.ada, date(2025, 5, 6), worries="ADAS-WORRY")
    discussed(
        world,
        children.ben,
        date(2025, 5, 6),
        consultation=part.consultation,
        position=1,
        worries="BENS-WORRY",
    )
    of_ada = page(as_, world.primary, address(children.ada))
    of_ben = page(as_, world.primary, address(children.ben))
    assert "ADAS-WORRY" in of_ada
    assert "BENS-WORRY" in of_ben
    assert "BENS-WORRY" not in of_ada
    assert children.ben.surname not in of_ada
    link = f"/consultations/{part.consultation_id}/"
    assert link in of_ada
    assert link in of_ben


def test_a_draft_is_no_entry(world, children, as_):
    PupilDiscussed.objects.create(
        consultation=world.draft, subject=Subject.PUPIL, pupil=children.ada, worries="NOT-YET"
    )
    assert "NOT-YET" not in page(as_, world.primary, address(children.ada))


# --- filters, pages -----------------------------------------------------------------------------


def test_filters_in_the_address_narrow_it(world, children, as_):
    """peers.md U26."""
    ada = children.ada
    discussed(world, ada, date(2025, 1, 6), areas=["neglect"], worries="ABOUT-NEGLECT")
    discussed(world, ada, date(2025, 1, 7), areas=["send"], worries="ABOUT-SEND")
    discussed(world, ada, date(2025, 1, 8), is_significant=True, headline="SIGNIFICANT-ONE")
    discussed(world, ada, date(2025, 1, 9), school=world.elmgate, worries="AT-ELMGATE")
    everything = {"ABOUT-NEGLECT", "ABOUT-SEND", "SIGNIFICANT-ONE", "AT-ELMGATE", "Started at"}
    for query, shown in (
        ("", everything),
        ("?area=neglect", {"ABOUT-NEGLECT"}),
        ("?significant=1", {"SIGNIFICANT-ONE"}),
        ("?school=900002", {"AT-ELMGATE"}),
        ("?kind=consultations", everything - {"Started at"}),
        ("?kind=schools", {"Started at"}),
        ("?kind=nonsense&area=nonsense&school=x&before=x&order=x", everything),
    ):
        html = page(as_, world.primary, address(ada, query))
        assert {text for text in everything if text in html} == shown, query


def sent(client, where, **typed):
    """The page that the filters, as somebody types them, lead to."""
    answer = client.post(where, typed)
    assert answer.status_code == 302
    return client.get(answer.url), answer.url


def test_days_and_an_author_narrow_it(world, children, as_):
    """peers.md F57 and U5."""
    ada = children.ada
    early = discussed(world, ada, date(2025, 1, 6), worries="IN-WINTER")
    discussed(world, ada, date(2025, 7, 1), worries="IN-SUMMER")
    Consultation.objects.filter(pk=early.consultation_id).update(author=world.secondary)
    PupilStatus.objects.create(
        pupil=ada,
        kind=StatusKind.objects.first(),
        starts_on=date(2025, 3, 1),
        social_worker="STATUS-IN-SPRING",
        recorded_by=world.manager,
    )
    everything = {"IN-WINTER", "IN-SUMMER", "STATUS-IN-SPRING", "Started at"}
    for typed, shown in (
        ({}, everything),
        ({"since": "6 January 2025"}, everything - {"Started at"}),
        ({"until": "6/1/2025"}, {"IN-WINTER", "Started at"}),
        ({"since": "7 Jan 2025", "until": "1 March 2025"}, {"STATUS-IN-SPRING"}),
        ({"author": str(world.secondary.pk)}, {"IN-WINTER"}),
        ({"author": str(world.manager.pk)}, {"STATUS-IN-SPRING"}),
        ({"author": str(world.primary.pk), "until": "1 March 2025"}, set()),
    ):
        answer, _ = sent(as_(world.primary), address(ada), **typed)
        html = answer.content.decode()
        assert {text for text in everything if text in html} == shown, typed
        assert ("Clear the filters" in html) == bool(typed)


def test_who_wrote_only_what_is_closed_to_the_viewer_is_no_author_to_choose(world, children, as_):
    """Design.md 6.14."""
    ada = children.ada
    discussed(world, ada, date(2025, 1, 6))
    part = discussed(world, ada, date(2025, 1, 9), school=world.beech)
    Consultation.objects.filter(pk=part.consultation_id).update(author=world.far_worker)
    option = f'value="{world.far_worker.pk}"'
    assert option in page(as_, world.manager, address(ada))
    OwnChildConflict.objects.create(user=world.manager, school=world.beech)
    html = page(as_, anew(world.manager), address(ada))
    assert option not in html
    assert f'value="{world.primary.pk}"' in html


def test_a_word_is_found_in_all_that_is_shown_and_stands_in_no_address(world, children, as_):
    """peers.md U5; security.md 14.2.1."""
    ada, client = children.ada, as_(world.primary)
    discussed(world, ada, date(2025, 1, 6), worries="Meets a Stranger")
    discussed(world, ada, date(2025, 1, 7), worries="Sleeps little")
    answer, url = sent(client, address(ada), word="stranger", since="1 January 2025")
    html = answer.content.decode()
    assert "Meets a Stranger" in html
    assert "Sleeps little" not in html
    assert "With the word “stranger”" in html
    assert "stranger" not in url
    assert not [link for link in html.split('href="')[1:] if "stranger" in link.split('"')[0]]
    html = sent(client, address(ada), word="nowhere")[0].content.decode()
    assert "There is no such entry." in html


def test_no_word_finds_what_the_viewer_may_not_read(world, with_both, as_):
    """Rules 001-58, 001-118: what is said of the whole work waits until all are open."""
    client = as_(world.primary)
    assert "Short work" in client.get(address(with_both.ada)).content.decode()
    html = sent(client, address(with_both.ada), word="hoped-for-ben")[0].content.decode()
    assert "There is no such entry." in html


def test_a_word_is_looked_for_further_down_page_by_page(world, children, as_, monkeypatch):
    monkeypatch.setattr(chronology_entries, "MOST", 3)
    for n in range(8):
        discussed(world, children.ada, date(2025, 1, 6) + timedelta(days=n), worries=f"Worry-{n}.")
    world.primary.sign_in = "x" * 64
    met, asked = [], Asked(word="worry-1.")
    while True:
        found = chronology_of(world.primary, children.ada, asked, size=3)
        met.append(len(found.entries))
        if not found.more:
            break
        asked = Asked(word="worry-1.", cursor=Cursor.read(found.more))
    assert met == [0, 0, 1]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"since": "32 May"}, "From must be a real date"),
        ({"until": "x" * 400}, "To must be a real date"),
        (
            {"since": "2 January 2025", "until": "1 January 2025"},
            "The last day must not be before the",
        ),
        ({"author": "nobody"}, "Choose recorded by from the list"),
        ({"word": "w" * 101}, "Word must be 100 characters or fewer"),
    ],
)
@pytest.mark.parametrize("how", ["get", "post"])
def test_a_filter_that_cannot_be_is_answered_by_a_message(world, children, as_, how, typed, words):
    discussed(world, children.ada, date(2025, 1, 6), worries="A-WORRY")
    for where in (address(children.ada), SCHOOL):
        answer = getattr(as_(world.primary), how)(where, typed)
        assert answer.status_code == 200
        html = answer.content.decode()
        if how == "post" or "word" not in typed:
            assert words in html
            assert "Error: " in html
        assert "A-WORRY" in html


def test_what_is_printed_is_all_that_the_filters_keep(world, children, as_):
    """peers.md U5."""
    for n in range(57):
        discussed(world, children.ada, date(2025, 1, 6) + timedelta(days=n), worries=f"Worry-{n}.")
    first = page(as_, world.primary, address(children.ada, "?since=7+January+2025"))
    assert "Worry-1." not in first
    assert "print=all" in first
    printed = page(as_, world.primary, address(children.ada, "?since=7+January+2025&print=all"))
    assert all(f"Worry-{n}." in printed for n in range(1, 57))
    assert "Worry-0." not in printed
    assert "Narrowed to: From 7 January 2025" in printed
    assert "one print holds" not in printed
    looks = Access.objects.filter(user=world.primary, child_id=children.ada.pk)
    assert looks.filter(action="print").count() == 1


def test_a_schools_print_is_all_of_it_too(world, children, as_):
    """peers.md U5."""
    for n in range(57):
        discussed(world, children.ada, date(2025, 1, 6) + timedelta(days=n), worries=f"Worry-{n}.")
    assert "Worry-1." not in page(as_, world.primary, SCHOOL)
    printed = page(as_, world.primary, f"{SCHOOL}?print=all")
    assert all(f"Worry-{n}." in printed for n in range(57))
    looks = Access.objects.filter(user=world.primary, child_id=children.ada.pk)
    assert looks.filter(action="view").count() == 2
    assert Access.objects.filter(user=world.primary, action="print").count() == 1


def test_a_print_that_is_cut_says_so(world, children, as_, monkeypatch):
    monkeypatch.setattr(chronology_views, "MOST", 3)
    for n in range(5):
        discussed(world, children.ada, date(2025, 1, 6) + timedelta(days=n))
    printed = page(as_, world.primary, address(children.ada, "?print=all"))
    assert "as much as one print holds, to 8 January 2025" in printed


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_follow_each_other_without_a_gap_or_a_double(world, children, oldest_first):
    ada = children.ada
    days = [date(2025, 1, 6) + timedelta(days=n % 4) for n in range(13)]
    parts = {discussed(world, ada, day).pk for day in days}
    kind = StatusKind.objects.first()
    for day in days[:4]:
        PupilStatus.objects.create(
            pupil=ada, kind=kind, starts_on=day, ends_on=day, recorded_by=world.primary
        )
    met, asked = [], Asked(oldest_first=oldest_first)
    world.primary.sign_in = "x" * 64
    while True:
        found = chronology_of(world.primary, ada, asked, size=3)
        met += found.entries
        if not found.more:
            break
        asked = Asked(oldest_first=oldest_first, cursor=Cursor.read(found.more))
    keys = [entry.key for entry in met]
    assert len(keys) == len(set(keys)) == 13 + 8 + 1
    assert parts <= {entry.pk for entry in met}
    order = [(entry.at, entry.pk) for entry in met]
    assert order == sorted(order, reverse=not oldest_first)


def test_a_page_says_no_number_of_entries(world, children, as_):
    """Rule 001-124."""
    for n in range(57):
        discussed(world, children.ada, date(2025, 1, 6) + timedelta(days=n))
    html = page(as_, world.primary, address(children.ada))
    assert 'rel="next"' in html
    words = strip_tags(html)
    for total in ("57", "58", "Page 1", "results"):
        assert total not in words


# --- who sees it --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["primary", "secondary", "cover", "manager"])
def test_who_has_the_child_on_current_work_reads_it_at_once(world, children, as_, who):
    discussed(world, children.ada, date(2025, 5, 6), worries="A-WORRY")
    user = getattr(world, who)
    assert "A-WORRY" in page(as_, user, address(children.ada))
    look = Access.objects.get(user=user, child_id=children.ada.pk)
    assert (look.basis, look.action) == ("current work", "view")


def test_without_a_reason_there_are_no_bytes_of_the_child(world, as_):
    """Rule 001-58; security.md N-14."""
    ada = child(world)
    discussed(world, ada, date(2025, 5, 6), worries="A-WORRY")
    client = as_(world.primary)
    for where in (
        address(ada),
        address(ada, "?open=all"),
        address(ada, "new/"),
        f"/pupils/{ada.pk}/",
    ):
        answer = client.get(where)
        assert answer.status_code == 302
        assert f"/pupils/{ada.pk}/reason/?next=" in answer.url
        assert b"CANARY" not in answer.content
        assert client.head(where).status_code in (302, 405)
    assert not Access.objects.filter(child_id=ada.pk).exists()


def test_a_reason_opens_it_and_is_written_down(world, as_):
    """Rule 001-58; security.md N-16."""
    ada = child(world)
    discussed(world, ada, date(2025, 5, 6), worries="A-WORRY")
    client = give_reason(as_, world.primary, ada)
    given = Access.objects.filter(child_id=ada.pk).count()
    assert "A-WORRY" in client.get(address(ada)).content.decode()
    looks = Access.objects.filter(child_id=ada.pk).order_by("-at")
    assert looks.count() == given + 1
    assert looks[0].basis == "reason"
    assert "Covering for a colleague" in looks[0].reason


def test_who_sees_no_more_than_who_the_child_is_reads_no_chronology(world, as_):
    ada = child(world)
    client = give_reason(as_, world.far_worker, ada)
    assert client.get(address(ada)).status_code == 403


def test_a_school_that_is_closed_to_the_viewer_leaves_no_trace(world, children, as_):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.beech)
    discussed(world, children.ada, date(2025, 1, 9), school=world.beech, worries="AT-BEECH")
    Enrolment.objects.create(
        pupil=children.ada,
        school=world.beech,
        starts_on=date(2020, 9, 1),
        ends_on=date(2021, 9, 1),
    )
    html = page(as_, world.manager, address(children.ada))
    assert "AT-BEECH" not in html
    assert "Beechcroft" not in html
    assert "AT-BEECH" in page(as_, world.primary, address(children.ada))


def test_a_part_of_another_school_is_read_without_a_link_to_the_whole(world, children, as_):
    """design.md 4: the child's own part, not the whole consultation."""
    part = discussed(world, children.ada, date(2025, 1, 9), school=world.beech, worries="AT-BEECH")
    Consultation.objects.filter(pk=part.consultation_id).update(author=world.far_worker)
    html = page(as_, world.primary, address(children.ada))
    assert "AT-BEECH" in html
    assert f"/consultations/{part.consultation_id}/" not in html


@pytest.mark.parametrize("who", ["dsl", "head", "coordinator", "governance", "administrator"])
def test_there_is_no_chronology_for_who_may_not_ask(world, children, as_, who):
    """security.md N-13 and N-17."""
    assert as_(getattr(world, who)).get(address(children.ada)).status_code == 404


# --- beside a form ------------------------------------------------------------------------------


def beside(pupil):
    return f"/consultations/child-story/{pupil.pk}/"


def test_the_latest_entries_of_every_kind_stand_beside_the_form(world, children, as_):
    """Rule 003-58, peers.md U25: families tell their story once."""
    ada = children.ada
    made = under_way(world, ada)
    session(world, made, ago=3, texts={"support_given": "Drew a timetable"})
    PupilStatus.objects.create(
        pupil=ada,
        kind=StatusKind.objects.first(),
        starts_on=timezone.localdate() - timedelta(days=5),
        recorded_by=world.primary,
    )
    discussed(world, ada, date(2025, 5, 6), worries="Sleeps little")
    html = page(as_, world.primary, beside(ada))
    for text in (
        "Direct work",
        "Drew a timetable",
        "Short work asked for",
        f"{StatusKind.objects.first()}: started",
        "Early help consultation",
        "Sleeps little",
        "Started at Oakfield Primary School",
    ):
        assert text in html, text
    assert f'href="{address(ada)}" target="_blank"' in html
    assert "Nothing has been recorded" not in html
    assert Access.objects.filter(child_id=ada.pk, basis="current work").count() == 1


def test_beside_the_form_stand_the_latest_few(world, children, as_):
    for n in range(9):
        discussed(world, children.ada, date(2025, 1, 1 + n), worries=f"Worry-{n}.")
    html = page(as_, world.primary, beside(children.ada))
    assert [n for n in range(9) if f"Worry-{n}." in html] == [4, 5, 6, 7, 8]


# --- how much it asks of the database ----------------------------------------------------------


def test_a_thousand_entries_take_as_many_queries_as_one(world, children, as_):
    """performance.md."""
    ada = children.ada
    discussed(world, ada, date(2020, 1, 1), areas=["send"])
    client = as_(world.primary)
    client.get(address(ada))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(ada)).status_code == 200
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    few = queries()
    many_entries(world, ada)
    many = queries()
    assert len(many) == len(few)
    assert len(many) <= 30


def many_entries(world, pupil, most=1000):
    held = Consultation.objects.bulk_create(
        Consultation(
            school=world.oakfield,
            hub_id=world.oakfield.hub_id,
            author=world.primary,
            state=State.COMPLETED,
            held_at=world.now - timedelta(days=n),
            completed_at=world.now - timedelta(days=n),
        )
        for n in range(most)
    )
    PupilDiscussed.objects.bulk_create(
        PupilDiscussed(
            consultation=consultation, subject=Subject.PUPIL, pupil=pupil, worries="Worries"
        )
        for consultation in held
    )


def test_a_page_reads_little_more_than_the_childs_own_rows(world, children):
    """performance.md: buffers of one page at 1,000 entries among those of other children."""
    many_entries(world, children.ada)
    many_entries(world, children.ben)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE consultations_pupildiscussed, consultations_consultation")
    with CaptureQueriesContext(connection) as captured:
        assert len(chronology_of(world.primary, children.ada, Asked()).entries) == 50
    [main] = [
        query["sql"]
        for query in captured
        if query["sql"].startswith('SELECT "consultations_pupildiscussed"')
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {main}")
        [[[plan]]] = cursor.fetchall()
    touched = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    assert touched <= 4_500, touched


# --- the school's --------------------------------------------------------------------------------

SCHOOL = "/schools/900001/chronology/"


def test_a_schools_chronology_names_open_children_only(world, as_):
    """Rule 001-58."""
    found = children_of(world)
    works_with(world, found.ada)
    part = discussed(world, found.ada, timezone.localdate(), worries="ADAS-WORRY")
    discussed(
        world,
        found.ben,
        timezone.localdate(),
        consultation=part.consultation,
        position=1,
        worries="BENS-WORRY",
    )
    PupilDiscussed.objects.create(
        consultation=part.consultation,
        position=2,
        subject=Subject.COHORT,
        cohort="Boys of Year 8",
        worries="COHORT-WORRY",
    )
    AreaDiscussed.objects.create(consultation=part.consultation, area="neglect")
    discussed(world, found.ada, date(2025, 1, 1))
    html = page(as_, world.primary, SCHOOL)
    for text in ("ADAS-WORRY", found.ada.surname, "Boys of Year 8", "COHORT-WORRY", "Neglect"):
        assert text in html, text
    assert "A child who is not on your current work" in html
    for text in ("BENS-WORRY", found.ben.surname, str(found.ben.pk)):
        assert text not in html, text
    looks = Access.objects.filter(user=world.primary)
    assert looks.filter(child_id=found.ada.pk, basis="current work").count() == 1
    assert looks.filter(school_id=world.oakfield.pk, action="list").count() == 1
    assert not looks.filter(child_id=found.ben.pk).exists()


def test_a_schools_chronology_has_who_came_and_its_filters(world, as_):
    html = page(as_, world.manager, SCHOOL)
    assert "became primary link worker" in html
    assert f"/consultations/{world.shared.pk}/" in html
    assert str(world.draft.pk) not in html
    html = page(as_, world.manager, f"{SCHOOL}?kind=changes")
    assert "became primary link worker" in html
    assert f"/consultations/{world.shared.pk}/" not in html


def test_a_significant_part_says_so_with_its_consequences(world, children, as_):
    """domain-facts.md 3.4."""
    back_at_school(world, children.ada, "Back at school")
    html = page(as_, world.primary, f"{SCHOOL}?kind=consultations&since=1+May+2025")
    for text in (
        f", {age_at(children.ada, date(2025, 5, 6))}: ",
        "Back at school. Attendance",
        ">Significant</strong>",
        "Sees friends again",
        "Meet at the gate",
        "Comes every morning",
    ):
        assert text in html, text


def test_a_schools_chronology_has_its_short_work_and_sessions(world, with_both, as_):
    """Rules 001-58, 001-118: Ada is open to the link worker, and Ben is not."""
    held = Session.objects.get()
    for pupil, text in ((with_both.ada, "FOR-ADA"), (with_both.ben, "FOR-BEN")):
        held.parts.filter(pupil=pupil).update(support_given=text)
    html = page(as_, world.primary, f"{SCHOOL}?open=all")
    for text in (
        "Short work asked for",
        "Short work ended",
        "Direct work. They did not attend",
        with_both.ada.name,
        "FOR-ADA",
        "A child who is not on your current work",
        held.get_absolute_url(),
    ):
        assert text in html, text
    for text in ("FOR-BEN", with_both.ben.surname, str(with_both.ben.pk), *OF_THE_WHOLE):
        assert text not in html, text
    looks = Access.objects.filter(user=world.primary)
    assert looks.filter(child_id=with_both.ada.pk, basis="current work").exists()
    assert not looks.filter(child_id=with_both.ben.pk).exists()
    works_with(world, with_both.ben)
    html = page(as_, world.primary, f"{SCHOOL}?open=all")
    for text in ("FOR-BEN", with_both.ben.name, *OF_THE_WHOLE):
        assert text in html, text


def test_short_work_of_another_school_is_in_no_schools_chronology_but_its_own(world, as_):
    pupil = children_of(world).ada
    session(world, under_way(world, pupil, school=world.elmgate), ago=3)
    html = page(as_, world.manager, SCHOOL)
    assert "Short work asked for" not in html
    assert "Direct work" not in html
    html = page(as_, world.manager, "/schools/900002/chronology/?kind=sessions")
    assert "Direct work" in html
    assert "Short work asked for" not in html


def test_significant_entries_of_a_school_are_those_with_an_open_childs(world, as_):
    """Rule 001-58: that a closed child's part is significant is not told."""
    found = children_of(world)
    works_with(world, found.ada)
    part = discussed(world, found.ada, date(2025, 5, 6), is_significant=True, headline="ADAS-LINE")
    discussed(world, found.ben, date(2025, 5, 6), consultation=part.consultation, position=1)
    discussed(world, found.ada, date(2025, 5, 7), worries="NOT-SIGNIFICANT")
    closed = discussed(world, found.ben, date(2025, 5, 8), is_significant=True, headline="BENS")
    made = under_way(world, found.ada)
    session(world, made, ago=3, texts={"support_given": "PLAIN"})
    session(world, made, ago=2, texts={"is_significant": True, "headline": "SESSION-LINE"})
    html = page(as_, world.primary, f"{SCHOOL}?significant=1&open=all")
    for text in ("ADAS-LINE", "SESSION-LINE"):
        assert text in html, text
    closed_link = f"/consultations/{closed.consultation_id}/"
    for text in ("NOT-SIGNIFICANT", "PLAIN", closed_link, "not on your current", "became primary"):
        assert text not in html, text


def test_all_of_a_consultation_is_read_where_all_its_children_are_open(world, as_):
    """Rule 001-118."""
    found = children_of(world)
    works_with(world, found.ada)
    part = discussed(world, found.ada, timezone.localdate())
    discussed(world, found.ben, timezone.localdate(), consultation=part.consultation, position=1)
    Consultation.objects.filter(pk=part.consultation_id).update(
        shared_text="THE-NOTE", internal_notes="OUR-NOTES"
    )
    AreaDiscussed.objects.create(consultation=part.consultation, area="neglect", notes="AREA-NOTES")
    texts = {"THE-NOTE", "OUR-NOTES", "AREA-NOTES"}
    html = page(as_, world.primary, f"{SCHOOL}?open=all")
    assert not [text for text in texts if text in html]
    works_with(world, found.ben)
    html = page(as_, world.primary, f"{SCHOOL}?open=all")
    assert [text for text in texts if text not in html] == []


def test_days_an_author_and_a_word_narrow_a_schools_chronology_too(world, as_):
    """peers.md F57."""
    found = children_of(world)
    works_with(world, found.ada)
    discussed(world, found.ada, date(2025, 1, 6), worries="IN-WINTER")
    summer = discussed(world, found.ada, date(2025, 7, 1), worries="IN-SUMMER")
    Consultation.objects.filter(pk=summer.consultation_id).update(author=world.secondary)
    everything = {"IN-WINTER", "IN-SUMMER", "became primary link worker"}
    for typed, shown in (
        ({}, everything),
        ({"since": "7 January 2025", "until": "1 July 2025"}, {"IN-SUMMER"}),
        ({"until": "6 January 2025"}, {"IN-WINTER"}),
        ({"author": str(world.secondary.pk)}, {"IN-SUMMER"}),
        ({"word": "in-winter"}, {"IN-WINTER"}),
        ({"word": "became primary"}, {"became primary link worker"}),
    ):
        html = sent(as_(world.primary), SCHOOL, **typed)[0].content.decode()
        assert {text for text in everything if text in html} == shown, typed


@pytest.mark.parametrize(
    "who", ["dsl", "head", "deputy", "senco", "other_worker", "far_worker", "other_manager", "duty"]
)
def test_a_schools_chronology_is_for_who_works_with_it(world, as_, who):
    assert as_(getattr(world, who)).get(SCHOOL).status_code == 404


def test_a_schools_chronology_takes_as_many_queries_for_many_as_for_few(world, as_):
    found = children_of(world)
    works_with(world, found.ada)
    discussed(world, found.ada, date(2025, 1, 1))
    client = as_(world.primary)
    client.get(SCHOOL)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(SCHOOL).status_code == 200
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    made = under_way(world, found.ada)
    session(world, made, ago=3)
    few = len(queries())
    many_entries(world, found.ada, most=40)
    for ago in range(4, 12):
        session(world, under_way(world, found.ada), ago=ago)
    assert len(queries()) == few
    assert few <= 45


# --- short work -----------------------------------------------------------------------------


def test_a_session_stands_in_the_chronology_of_its_child_alone(world):
    """rule 001-118"""
    children = children_of(world)
    made = under_way(world, children.ada)
    Participant.objects.create(intervention=made, pupil=children.ben, position=1)
    agreed(world, made)
    held = session(world, made, ago=3, texts={"support_given": "Both of them"})
    part = held.parts.get(pupil=children.ben)
    part.support_given = "For Ben alone"
    part.save()
    shown = str(chronology_of(world.primary, children.ada, Asked()).entries)
    assert "Both of them" in shown
    assert "For Ben alone" not in shown


def test_short_work_tells_when_it_was_asked_for_and_how_it_ended(world):
    pupil = children_of(world).ada
    made = under_way(world, pupil)
    made.state, made.closed_by = "closed", world.primary
    made.closed_on = timezone.localdate()
    made.end_reason, made.end_words = "met", "She walks in with a friend"
    made.save()
    entries = chronology_of(world.primary, pupil, Asked(kind="short_work")).entries
    assert [entry.line.split(":")[0] for entry in entries] == [
        "Short work ended",
        "Short work asked for",
    ]
    assert "She walks in with a friend" in str(entries)


@pytest.fixture
def with_both(world):
    """Work with Ada and Ben that ended, and a visit in it on which nobody was there."""
    children = children_of(world)
    made = under_way(world, children.ada, hoped_for="HOPED-FOR-BEN", work_type=None)
    Participant.objects.create(intervention=made, pupil=children.ben, position=1)
    agreed(world, made)
    session(world, made, ago=3, attended="not_attended", not_held_words="RANG-BENS-FATHER")
    made.state, made.closed_by, made.closed_on = "closed", world.primary, timezone.localdate()
    made.end_reason, made.end_words = "met", "ENDED-FOR-BEN"
    made.childs_view, made.parents_view = "BENS-VIEW", "BENS-MOTHERS-VIEW"
    made.save()
    return children


OF_THE_WHOLE = (
    "HOPED-FOR-BEN",
    "They agreed on",
    "RANG-BENS-FATHER",
    "ENDED-FOR-BEN",
    "BENS-VIEW",
    "BENS-MOTHERS-VIEW",
)


def told_of(user, pupil):
    """Every entry of a child's chronology with what opens below it, as one text."""
    return str(chronology_of(anew(user), pupil, Asked()).entries)


def test_what_is_said_of_the_whole_work_waits_until_all_its_children_are_open(world, with_both):
    """Rules 001-58, 001-118: Ada is on current work here, and Ben is not."""
    told = told_of(world.primary, with_both.ada)
    for text in OF_THE_WHOLE:
        assert text not in told, text
    for text in ("Short work asked for", "Short work ended", "What was hoped for was reached"):
        assert text in told, text
    works_with(world, with_both.ben)
    told = told_of(world.primary, with_both.ada)
    for text in OF_THE_WHOLE:
        assert text in told, text


def test_readers_of_another_school_have_the_childs_own_part_of_work_and_no_link_to_it(
    world, with_both
):
    """Design.md 4; rule 001-118."""
    for pupil in (with_both.ada, with_both.ben):
        works_with(world, pupil, world.beech)
    told = told_of(world.far_worker, with_both.ada)
    assert "We made a timetable" in told
    assert "Short work ended" in told
    for text in (*OF_THE_WHOLE, "/interventions/"):
        assert text not in told, text


def test_the_queries_of_short_work_do_not_grow(world, django_assert_max_num_queries):
    pupil = children_of(world).ada
    under_way(world, pupil)
    reader = anew(world.primary)
    chronology_of(reader, pupil, Asked(kind="short_work"))
    with CaptureQueriesContext(connection) as few:
        chronology_of(reader, pupil, Asked(kind="short_work"))
    for _ in range(5):
        under_way(world, pupil)
    with django_assert_max_num_queries(len(few)):
        chronology_of(reader, pupil, Asked(kind="short_work"))


def test_sessions_at_a_school_that_is_closed_to_the_reader_are_left_out(world):
    """rule 001-53"""
    pupil = children_of(world).ada
    session(world, under_way(world, pupil, school=world.elmgate), ago=3)
    assert chronology_of(world.primary, pupil, Asked(kind="sessions")).entries
    OwnChildConflict.objects.create(user=world.primary, school=world.elmgate)
    again = type(world.primary).objects.get(pk=world.primary.pk)
    assert not chronology_of(again, pupil, Asked(kind="sessions")).entries


def test_the_queries_of_sessions_do_not_grow(world, django_assert_max_num_queries):
    pupil = children_of(world).ada
    made = under_way(world, pupil)
    for ago in (3, 4):
        session(world, made, ago=ago)
    with CaptureQueriesContext(connection) as few:
        chronology_of(world.primary, pupil, Asked(kind="sessions"))
    for ago in range(5, 25):
        session(world, made, ago=ago)
    with django_assert_max_num_queries(len(few)):
        chronology_of(world.primary, pupil, Asked(kind="sessions"))
