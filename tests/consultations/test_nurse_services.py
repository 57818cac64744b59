"""The invitation of the school nurse: proposed by the calendar, sent, moved and cancelled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.models import User
from audit.errors import TransitionNotAllowed
from audit.models import Act
from consultations import nurse, tasks
from consultations.models import InviteState, NurseInvite, State
from consultations.services import nurse as nurse_services
from notifications.models import Message
from notifications.models import State as Delivery
from notifications.services import drain
from schools.models import InsetDay, NursingTeam, School, SchoolLink, SchoolType
from schools.roles import ContactRole
from tests.consultations.nurse import (
    THURSDAY,
    TODAY,
    at,
    days_later,
    invited,
    proposal,
    school_year,
    sent,
    term,
)
from tests.world import World, anew

pytestmark = pytest.mark.django_db
INBOX = "nurses.west@example.org"
CANCELLED = "nurse_cancelled"


@pytest.fixture
def autumn(db, time_machine):
    """The world as it is in the second half of an autumn term."""
    time_machine.move_to(TODAY, tick=False)
    return World()


@pytest.fixture
def year(autumn):
    school_year()


@pytest.fixture
def invite(autumn, year):
    return proposal(autumn.oakfield)


@pytest.fixture
def calendar_user(db):
    return User.objects.system("calendar")


def event_in(message):
    calendar = Calendar.from_ical(bytes(message.calendar))
    return str(calendar["METHOD"]), calendar.walk("VEVENT")[0]


def move_inbox(team, address):
    NursingTeam.objects.filter(pk=team.pk).update(inbox=address)


# --- proposed by the calendar -----------------------------------------------------------------


def test_each_open_school_with_a_nurse_is_proposed_once_a_term(autumn, year, calendar_user):
    """Rule 001-72: once per school per term, nurseries and closed schools left out."""
    nursery = School.objects.create(
        urn="900010", name="Acorns Nursery", type_group=SchoolType.NURSERY, hub=autumn.coast
    )
    School.objects.filter(pk=autumn.elmgate.pk).update(status="closed")
    tasks.propose_nurse_consultations()
    proposed = NurseInvite.objects.all()
    assert {invite.school for invite in proposed} == {
        autumn.oakfield,
        autumn.beech,
        autumn.larkmead,
    }
    assert {(i.school_year, i.term, i.state, i.sequence) for i in proposed} == {
        (2026, "autumn", InviteState.PROPOSED, 0)
    }
    assert not proposed.filter(school=nursery).exists()
    assert Act.objects.filter(verb="propose", by=calendar_user).count() == 3
    assert not Message.objects.exists()


def test_the_job_run_twice_proposes_nothing_twice(autumn, year):
    tasks.propose_nurse_consultations()
    before = set(NurseInvite.objects.values_list("pk", flat=True))
    tasks.propose_nurse_consultations()
    assert set(NurseInvite.objects.values_list("pk", flat=True)) == before
    assert Act.objects.filter(verb="propose").count() == len(before)


def queries_of(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def school_more(autumn, number):
    School.objects.bulk_create(
        School(urn=str(500000 + n), name=f"School {n}", type_group="primary", hub=autumn.coast)
        for n in range(number)
    )


def test_the_job_costs_the_same_for_few_and_for_many_schools(autumn, year, calendar_user):
    few = queries_of(lambda: nurse_services.propose(calendar_user))
    nothing_new = queries_of(lambda: nurse_services.propose(calendar_user))
    school_more(autumn, 100)
    assert queries_of(lambda: nurse_services.propose(calendar_user)) == few
    assert queries_of(lambda: nurse_services.propose(calendar_user)) == nothing_new < few


@pytest.mark.parametrize(
    ("now", "term_name"),
    [
        ("2026-09-01T08:00:00Z", None),
        ("2026-09-02T08:00:00Z", "autumn"),
        ("2026-12-18T08:00:00Z", "autumn"),
        ("2026-12-21T08:00:00Z", None),
        ("2027-01-03T23:59:00Z", None),
        ("2027-01-04T05:00:00Z", "spring"),
        ("2027-04-11T22:59:00Z", None),
        ("2027-04-11T23:30:00Z", "summer"),
        ("2027-07-22T08:00:00Z", "summer"),
        ("2027-07-23T08:00:00Z", None),
    ],
)
def test_a_term_is_proposed_from_its_first_day_to_its_last_by_the_clocks_of_london(
    autumn, year, time_machine, now, term_name
):
    time_machine.move_to(now, tick=False)
    tasks.propose_nurse_consultations()
    found = set(NurseInvite.objects.values_list("term", flat=True))
    assert found == ({term_name} if term_name else set())


def test_a_school_with_dates_of_its_own_is_proposed_by_them(autumn, year, time_machine):
    term(
        "spring",
        (date(2027, 1, 11), date(2027, 3, 25), date(2027, 2, 15), date(2027, 2, 19)),
        school=autumn.elmgate,
    )
    time_machine.move_to("2027-01-05T08:00:00Z", tick=False)
    tasks.propose_nurse_consultations()
    assert not NurseInvite.objects.filter(school=autumn.elmgate).exists()
    time_machine.move_to("2027-01-11T08:00:00Z", tick=False)
    tasks.propose_nurse_consultations()
    assert NurseInvite.objects.get(school=autumn.elmgate).term == "spring"


@pytest.fixture
def academy(autumn):
    """Oakfield closed in the term, and Beech alone followed it."""
    School.objects.filter(pk=autumn.oakfield.pk).update(status="closed")
    SchoolLink.objects.create(predecessor=autumn.oakfield, successor=autumn.beech, kind="merged")
    return autumn.beech


def test_what_was_arranged_or_held_goes_on_at_the_academy(autumn, invite, academy, calendar_user):
    """Rule 001-72: once per school per term, whatever the school is called by its end."""
    tasks.propose_nurse_consultations()
    invite.refresh_from_db()
    assert (invite.school, invite.hub) == (academy, academy.hub)
    assert NurseInvite.objects.filter(school__in=[academy, autumn.oakfield]).count() == 1
    assert nurse.standings([academy])[academy.pk].invite == invite


def test_of_two_schools_that_became_one_the_consultation_that_was_held_counts(
    autumn, invite, academy
):
    other = proposal(autumn.elmgate)
    School.objects.filter(pk=autumn.elmgate.pk).update(status="closed")
    SchoolLink.objects.create(predecessor=autumn.elmgate, successor=academy, kind="merged")
    autumn.completed.nurse_present = True
    autumn.completed.save()
    NurseInvite.objects.filter(pk=other.pk).update(consultation=autumn.completed)
    tasks.propose_nurse_consultations()
    assert nurse.standings([academy])[academy.pk].is_held


def test_a_worker_who_proposes_at_the_academy_finds_what_was_arranged(autumn, invite, academy):
    assert nurse_services.propose_at(anew(autumn.other_manager), academy) == invite


@pytest.mark.parametrize(("now", "expected"), [("2026-08-20", False), ("2026-09-01", True)])
def test_without_dates_terms_go_by_the_month_and_august_is_nobody_s(
    autumn, time_machine, now, expected
):
    time_machine.move_to(f"{now}T08:00:00Z", tick=False)
    tasks.propose_nurse_consultations()
    assert NurseInvite.objects.filter(school=autumn.oakfield).exists() == expected


def test_the_types_of_school_with_a_nurse_are_the_council_s_to_say(autumn, year, settings):
    from dataclasses import replace

    settings.COUNCIL = replace(settings.COUNCIL, nurse_types=("secondary",))
    tasks.propose_nurse_consultations()
    assert NurseInvite.objects.get().school == autumn.elmgate


def test_a_worker_can_propose_before_the_calendar_does(autumn, year):
    first = nurse_services.propose_at(autumn.primary, autumn.oakfield)
    again = nurse_services.propose_at(autumn.secondary, autumn.oakfield)
    assert first == again
    tasks.propose_nurse_consultations()
    assert NurseInvite.objects.filter(school=autumn.oakfield).get() == first


@pytest.mark.parametrize("who", ["other_worker", "far_worker", "service", "administrator", "dsl"])
def test_nobody_else_proposes(autumn, year, who):
    with pytest.raises(PermissionDenied):
        nurse_services.propose_at(getattr(autumn, who), autumn.oakfield)


def test_between_terms_nothing_can_be_proposed(autumn, year, time_machine):
    time_machine.move_to("2026-12-28T08:00:00Z", tick=False)
    with pytest.raises(TransitionNotAllowed, match="no term now"):
        nurse_services.propose_at(autumn.primary, autumn.oakfield)


# --- sent -------------------------------------------------------------------------------------


def test_the_duty_inbox_the_worker_and_the_lead_get_one_message_each(autumn, invite):
    """Rules 001-73 and 003-1: one message per person, to the team's inbox as an address."""
    invited(autumn.primary, invite)
    assert sent(invite) == ["dsl@example.org", INBOX, "primary@example.org", "withheld@example.org"]
    to_inbox = Message.objects.about(invite).get(address=INBOX)
    assert to_inbox.to is None
    assert not User.objects.filter(email=INBOX).exists()
    assert Act.objects.filter(verb="invite", by=autumn.primary).exists()


def test_the_invitation_names_no_child_and_no_theme(autumn, invite):
    """Rule 001-73: a date, a place and a link behind sign-in, and nothing else."""
    invited(autumn.primary, invite)
    for message in Message.objects.about(invite):
        method, event = event_in(message)
        everything = f"{message.subject}{message.body}{bytes(message.calendar).decode()}"
        assert "CANARY" not in everything
        for word in ("attendance", "neglect", "pupil", "Primary Priya", autumn.dsl.name):
            assert word not in everything
        assert method == "REQUEST"
        assert (event["UID"], event["SEQUENCE"], event["CLASS"]) == (str(invite.pk), 0, "PRIVATE")
        assert event.start == at(THURSDAY)
        assert str(event["LOCATION"]).startswith("Room 4, Oakfield Primary School")
        assert event["ORGANIZER"] == "mailto:schools.team@example.org"


def test_only_the_worker_is_led_to_the_page(autumn, invite):
    invited(autumn.primary, invite)
    led = {m.address for m in Message.objects.about(invite) if f"/nurse/{invite.pk}/" in m.body}
    assert led == {"primary@example.org"}


def test_everybody_s_entry_lists_everybody_by_what_they_are(autumn, invite):
    invited(autumn.primary, invite)
    _, event = event_in(Message.objects.about(invite).get(address=INBOX))
    found = {str(a).removeprefix("mailto:"): a.params["CN"] for a in event["ATTENDEE"]}
    assert found == {
        INBOX: "School nursing team West",
        "primary@example.org": "Link worker",
        "dsl@example.org": "Designated safeguarding lead",
        "withheld@example.org": "Designated safeguarding lead",
    }


def test_addresses_that_differ_in_capitals_are_one(autumn, invite):
    """Tension 15 of rules.md: an inbox is printed Sc-tr and sc-tr; nobody is told twice."""
    move_inbox(autumn.nurses, "DSL@Example.org")
    invited(autumn.primary, invite)
    assert sent(invite) == ["DSL@Example.org", "primary@example.org", "withheld@example.org"]


def test_a_manager_s_date_goes_to_who_answers_for_the_school(autumn, invite):
    invited(autumn.manager, invite)
    assert "primary@example.org" in sent(invite)
    assert "manager@example.org" not in sent(invite)


def test_a_secondary_who_sets_the_date_gets_it_beside_the_primary(autumn, invite):
    invited(autumn.secondary, invite)
    assert {"primary@example.org", "secondary@example.org"} <= set(sent(invite))


def test_a_lead_whose_post_has_ended_or_waits_gets_nothing(autumn, invite):
    autumn.post(autumn.oakfield, autumn.attendee, ContactRole.DSL, confirmed=False)
    invited(autumn.primary, invite)
    assert {"attendee@example.org", "left_lead@example.org", "head@example.org"}.isdisjoint(
        sent(invite)
    )


@pytest.mark.parametrize("who", ["other_worker", "former", "service", "administrator", "dsl"])
def test_nobody_else_invites_cancels_or_confirms(autumn, invite, who):
    user = getattr(autumn, who)
    with pytest.raises(PermissionDenied):
        invited(user, invite)
    invited(autumn.primary, invite)
    with pytest.raises(PermissionDenied):
        nurse_services.cancel(user, invite)
    with pytest.raises(PermissionDenied):
        nurse_services.confirm(user, invite, date(2026, 11, 20))


def test_a_worker_whose_own_child_attends_arranges_nothing(autumn, year):
    """Rule 001-53."""
    with pytest.raises(PermissionDenied):
        invited(autumn.conflicted, proposal(autumn.elmgate))


# --- the date agreed with the school ----------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 11, 19), "must be in the future"),
        (date(2026, 12, 5), "5 December 2026 is a Saturday"),
        (date(2026, 12, 10), "10 December 2026 is an INSET day"),
        (date(2026, 12, 21), "21 December 2026 is in the school holidays"),
        (date(2026, 12, 25), "25 December 2026 is a bank holiday"),
        (date(2027, 1, 5), "is not in the autumn term 2026, which is from 2 September 2026 to"),
        (date(2027, 2, 16), "16 February 2027 is in half-term"),
        (date(2027, 5, 3), "3 May 2027 is a bank holiday"),
    ],
)
def test_the_date_must_be_a_school_day_of_this_school_in_the_term(autumn, invite, day, sentence):
    InsetDay.objects.create(school=autumn.oakfield, day=date(2026, 12, 10))
    with pytest.raises(ValidationError) as refused:
        invited(autumn.primary, invite, day)
    assert sentence in refused.value.message_dict["day"][0]
    assert not Message.objects.exists()
    invite.refresh_from_db()
    assert invite.state == InviteState.PROPOSED


def test_an_inset_day_of_another_school_does_not_matter(autumn, invite):
    InsetDay.objects.create(school=autumn.elmgate, day=THURSDAY)
    assert invited(autumn.primary, invite).starts_at == at(THURSDAY)


def test_today_is_possible_while_the_time_has_not_come(autumn, invite):
    friday = date(2026, 11, 20)
    with pytest.raises(ValidationError):
        invited(autumn.primary, invite, starts_at=at(friday, 9))
    assert invited(autumn.primary, invite, starts_at=at(friday, 9, 1))


def test_a_school_s_own_half_term_is_its_own(autumn, year):
    term(
        "spring",
        (date(2027, 1, 4), date(2027, 3, 25), date(2027, 2, 8), date(2027, 2, 12)),
        school=autumn.elmgate,
    )
    theirs = proposal(autumn.elmgate, "spring")
    assert invited(autumn.other_worker, theirs, date(2027, 2, 16)).is_invited
    with pytest.raises(ValidationError, match="half-term"):
        invited(autumn.other_worker, theirs, date(2027, 2, 9))


@pytest.mark.parametrize(
    ("name", "day", "utc_hour"),
    [("spring", date(2027, 3, 25), 10), ("summer", date(2027, 4, 12), 9)],
)
def test_ten_o_clock_stays_ten_o_clock_across_the_change_of_clocks(
    autumn, year, name, day, utc_hour
):
    """The clocks go forward on 28 March 2027, between two terms."""
    row = invited(autumn.primary, proposal(autumn.oakfield, name), day)
    row.refresh_from_db()
    assert row.starts_at.hour == utc_hour
    _, event = event_in(Message.objects.about(row).first())
    assert event.start.strftime("%H:%M") == "10:00"


# --- changed ------------------------------------------------------------------------------------


def test_another_date_raises_the_sequence_and_reaches_whoever_was_invited(autumn, invite):
    """Rule 001-73: the same UID, a higher SEQUENCE, the nurse to be confirmed anew."""
    invited(autumn.primary, invite)
    drain()
    first = sent(invite)
    nurse_services.confirm(autumn.primary, invite, date(2026, 11, 20))
    row = invited(autumn.secondary, invite, days_later(1))
    assert (row.sequence, row.confirmed_on) == (1, None)
    assert sent(invite) == sorted([*first, *first, "secondary@example.org"])
    assert sent(invite, CANCELLED) == []
    _, event = event_in(Message.objects.about(invite).filter(address=INBOX).first())
    assert (event["UID"], event["SEQUENCE"]) == (str(invite.pk), 1)
    assert event.start == at(days_later(1))


def test_the_same_date_sent_again_sends_nothing(autumn, invite):
    invited(autumn.primary, invite)
    again = invited(autumn.primary, invite)
    twice = invited(autumn.primary, invite, version=0)
    assert again.sequence == twice.sequence == 0
    assert len(sent(invite)) == 4


def test_another_place_keeps_the_nurse_s_yes(autumn, invite):
    invited(autumn.primary, invite)
    nurse_services.confirm(autumn.primary, invite, date(2026, 11, 20))
    row = invited(autumn.primary, invite, place="Hall")
    assert (row.sequence, row.confirmed_on) == (1, date(2026, 11, 20))


def test_of_two_who_set_a_date_at_once_the_second_is_asked_to_look(autumn, invite):
    """Nobody's date is undone by a page that was opened before."""
    invited(autumn.primary, invite, version=0)
    with pytest.raises(TransitionNotAllowed, match="meanwhile"):
        invited(autumn.secondary, invite, days_later(1), version=0)
    invite.refresh_from_db()
    assert invite.starts_at == at(THURSDAY)


def test_somebody_no_longer_invited_is_told_that_it_is_off(autumn, invite):
    invited(autumn.secondary, invite)
    drain()
    invited(autumn.primary, invite, days_later(1))
    assert sent(invite, CANCELLED) == ["secondary@example.org"]
    method, event = event_in(Message.objects.about(invite).get(kind=CANCELLED))
    assert (method, event["SEQUENCE"]) == ("CANCEL", 1)
    assert event.start == at(THURSDAY)
    assert str(event["ATTENDEE"]) == "mailto:secondary@example.org"


# --- the team ---------------------------------------------------------------------------------


def test_nothing_is_sent_without_a_nursing_team(autumn, invite):
    """Rule 001-73: the region is never guessed."""
    School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=None)
    with pytest.raises(TransitionNotAllowed, match="no nursing team"):
        invited(autumn.primary, invite, inbox="anything@example.org")
    assert not Message.objects.exists()


def test_a_team_that_changed_after_the_page_was_opened_is_shown_first(autumn, invite):
    """Rule 001-73: an invitation goes to no region that was not read on the page."""
    east = NursingTeam.objects.create(name="East", inbox="nurses.east@example.org")
    School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=east)
    with pytest.raises(TransitionNotAllowed, match="East, nurses"):
        invited(autumn.primary, invite, inbox=INBOX)
    assert not Message.objects.exists()


@pytest.mark.parametrize("how", ["inbox", "team"])
def test_an_appointment_follows_the_school_s_nursing_team(autumn, invite, how):
    """Rule 001-73: cancelled at the old inbox, sent to the new one, changed for everybody else."""
    invited(autumn.primary, invite)
    drain()
    nurse_services.confirm(autumn.primary, invite, date(2026, 11, 20))
    if how == "inbox":
        move_inbox(autumn.nurses, "nurses.east@example.org")
    else:
        east = NursingTeam.objects.create(name="East", inbox="nurses.east@example.org")
        School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=east)
    tasks.follow_nursing_teams()
    tasks.follow_nursing_teams()
    invite.refresh_from_db()
    assert (invite.sequence, invite.inbox) == (1, "nurses.east@example.org")
    assert invite.confirmed_on is None
    assert sent(invite, CANCELLED) == [INBOX]
    assert sent(invite).count("nurses.east@example.org") == 1
    assert sent(invite).count("dsl@example.org") == 2
    method, event = event_in(Message.objects.about(invite).get(kind=CANCELLED))
    assert (method, event["UID"], event["SEQUENCE"]) == ("CANCEL", str(invite.pk), 1)


def test_an_inbox_written_in_other_capitals_is_the_same_inbox(autumn, invite):
    invited(autumn.primary, invite)
    move_inbox(autumn.nurses, "Nurses.WEST@example.org")
    tasks.follow_nursing_teams()
    invite.refresh_from_db()
    assert invite.sequence == 0
    assert len(sent(invite)) == 4


def test_a_school_that_loses_its_team_keeps_the_appointment_until_somebody_decides(autumn, invite):
    invited(autumn.primary, invite)
    School.objects.filter(pk=autumn.oakfield.pk).update(nursing_team=None)
    tasks.follow_nursing_teams()
    invite.refresh_from_db()
    assert (invite.state, invite.sequence) == (InviteState.INVITED, 0)


# --- cancelled, confirmed -----------------------------------------------------------------------


def test_a_cancellation_reaches_everybody_who_has_the_appointment(autumn, invite):
    invited(autumn.primary, invite)
    drain()
    row = nurse_services.cancel(autumn.secondary, invite)
    assert (row.state, row.sequence) == (InviteState.CANCELLED, 1)
    assert sent(invite, CANCELLED) == sent(invite)
    for message in Message.objects.about(invite).filter(kind=CANCELLED):
        method, event = event_in(message)
        assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
        assert event["UID"] == str(invite.pk)
    drain()
    states = Message.objects.about(invite).values_list("state", flat=True)
    assert set(states) == {Delivery.SENT}
    with pytest.raises(TransitionNotAllowed):
        nurse_services.cancel(autumn.primary, invite)


def test_after_a_cancellation_another_date_may_be_set(autumn, invite):
    invited(autumn.primary, invite)
    nurse_services.cancel(autumn.primary, invite)
    row = invited(autumn.primary, invite, days_later(4))
    assert (row.state, row.sequence) == (InviteState.INVITED, 2)


def test_the_worker_ticks_that_the_nurse_is_confirmed(autumn, invite):
    with pytest.raises(TransitionNotAllowed, match="Set one first"):
        nurse_services.confirm(autumn.primary, invite, date(2026, 11, 20))
    invited(autumn.primary, invite)
    row = nurse_services.confirm(autumn.primary, invite, date(2026, 11, 20))
    assert (row.confirmed_on, row.confirmed_by) == (date(2026, 11, 20), autumn.primary)
    with pytest.raises(TransitionNotAllowed, match="today"):
        nurse_services.confirm(autumn.secondary, invite, date(2026, 11, 20))


# --- asked again before sending --------------------------------------------------------------


def states_of(invite):
    return {
        (m.kind.removeprefix("nurse_"), m.address.partition("@")[0]): m.state
        for m in Message.objects.about(invite).order_by("created_at")
    }


def test_an_invitation_cancelled_before_it_left_sends_nothing_at_all(autumn, invite, sink):
    invited(autumn.primary, invite)
    nurse_services.cancel(autumn.primary, invite)
    drain()
    assert sink.accepted == []
    assert set(states_of(invite).values()) == {Delivery.SUPPRESSED}


def test_a_date_changed_before_it_left_is_sent_once_as_it_is_now(autumn, invite, sink):
    invited(autumn.primary, invite)
    invited(autumn.primary, invite, days_later(1))
    drain()
    assert sorted(m["To"] for m in sink.accepted) == sorted(set(sent(invite)))
    assert all("4 December 2026" in m["Subject"] for m in sink.accepted)


def test_an_inbox_left_before_it_got_anything_gets_no_cancellation(autumn, invite, sink):
    invited(autumn.primary, invite)
    move_inbox(autumn.nurses, "nurses.east@example.org")
    tasks.follow_nursing_teams()
    drain()
    assert INBOX not in [m["To"] for m in sink.accepted]
    assert "nurses.east@example.org" in [m["To"] for m in sink.accepted]


def test_a_team_that_comes_back_keeps_what_it_has(autumn, invite, sink):
    """A cancellation that waits is held back when a newer invitation goes to the same inbox."""
    invited(autumn.primary, invite)
    drain()
    move_inbox(autumn.nurses, "nurses.east@example.org")
    tasks.follow_nursing_teams()
    move_inbox(autumn.nurses, INBOX)
    tasks.follow_nursing_teams()
    sink.accepted.clear()
    drain()
    told = [(m["To"], m["Subject"].partition(":")[0]) for m in sink.accepted]
    assert (INBOX, "Changed") in told
    assert (INBOX, "Cancelled") not in told
    assert "nurses.east@example.org" not in [to for to, _ in told]


def test_a_cancellation_waits_for_no_later_date(autumn, invite, sink):
    """The old inbox is told even when the date was moved again before the telling."""
    invited(autumn.primary, invite)
    drain()
    move_inbox(autumn.nurses, "nurses.east@example.org")
    tasks.follow_nursing_teams()
    invited(autumn.primary, invite, days_later(1))
    sink.accepted.clear()
    drain()
    told = [(m["To"], m["Subject"].partition(":")[0]) for m in sink.accepted]
    assert told.count((INBOX, "Cancelled")) == 1
    assert told.count(("nurses.east@example.org", "Changed")) == 1


def test_an_invitation_whose_first_attempt_may_have_arrived_is_cancelled(autumn, invite, sink):
    """A worker that died on the way leaves an attempt behind, and nobody knows how far it got."""
    invited(autumn.primary, invite)
    Message.objects.about(invite).order_by().update(attempts=1)
    nurse_services.cancel(autumn.primary, invite)
    drain()
    assert {m["Subject"].partition(":")[0] for m in sink.accepted} == {"Cancelled"}


def test_a_lead_who_left_before_it_was_sent_gets_nothing(autumn, invite, sink):
    invited(autumn.primary, invite)
    autumn.dsl_post.ends_at = autumn.yesterday
    autumn.dsl_post.save()
    drain()
    assert "dsl@example.org" not in [m["To"] for m in sink.accepted]


def test_an_appointment_that_has_begun_is_not_announced_any_more(
    autumn, invite, sink, time_machine
):
    invited(autumn.primary, invite)
    time_machine.move_to("2026-12-03T10:00:01Z", tick=False)
    drain()
    assert sink.accepted == []


# --- what it became ---------------------------------------------------------------------------


def consultation(autumn, school, day=THURSDAY, *, nurse_present=True):
    held = autumn.consultation(school, autumn.primary, State.COMPLETED, at(day))
    held.nurse_present = nurse_present
    held.save()
    return held


def test_a_consultation_with_the_nurse_is_its_term_s_yes(autumn, invite):
    """Rule 001-72."""
    held = consultation(autumn, autumn.oakfield)
    row = nurse_services.held(autumn.primary, held)
    assert (row, row.consultation, row.is_held) == (invite, held, True)
    assert Act.objects.filter(verb="link", subject_id=str(invite.pk)).exists()
    with pytest.raises(TransitionNotAllowed, match="has been held"):
        invited(autumn.primary, invite)


def test_a_consultation_without_a_proposal_makes_its_term_s_row(autumn, year):
    row = nurse_services.held(autumn.primary, consultation(autumn, autumn.oakfield))
    assert (row.term, row.is_held) == ("autumn", True)
    tasks.propose_nurse_consultations()
    assert NurseInvite.objects.get(school=autumn.oakfield) == row


def test_a_consultation_without_the_nurse_changes_nothing(autumn, invite):
    assert (
        nurse_services.held(
            autumn.primary, consultation(autumn, autumn.oakfield, nurse_present=False)
        )
        is None
    )
    invite.refresh_from_db()
    assert invite.consultation is None


def test_a_second_one_in_the_term_leaves_the_first(autumn, invite):
    """A yes stays a yes: nothing counts how often (rule 001-124)."""
    first = consultation(autumn, autumn.oakfield)
    nurse_services.held(autumn.primary, first)
    assert nurse_services.held(autumn.primary, consultation(autumn, autumn.oakfield)) is None
    invite.refresh_from_db()
    assert invite.consultation == first


def test_an_appointment_no_nurse_came_to_is_to_be_arranged_anew(autumn, invite, time_machine):
    invited(autumn.primary, invite)
    time_machine.move_to("2026-12-03T12:00:00Z", tick=False)
    held = consultation(autumn, autumn.oakfield, nurse_present=False)
    row = nurse_services.held(autumn.primary, held, invite.pk)
    assert (row.consultation, row.state, row.is_held) == (held, InviteState.PROPOSED, False)
    [due] = nurse.due_at([autumn.oakfield.pk])
    assert (due.has_date, due.state) == (False, "late")
    row = invited(autumn.primary, invite, days_later(7))
    assert (row.consultation, row.sequence) == (None, 1)


def test_the_appointment_of_another_school_is_not_taken(autumn, invite):
    held = consultation(autumn, autumn.elmgate)
    row = nurse_services.held(autumn.primary, held, invite.pk)
    assert row.school == autumn.elmgate
    invite.refresh_from_db()
    assert invite.consultation is None


def test_recorded_from_the_appointment_it_counts_for_that_term(autumn, invite, time_machine):
    """Held in the new term after all, it is still the old term's when it was recorded from it."""
    time_machine.move_to("2027-01-05T12:00:00Z", tick=False)
    held = consultation(autumn, autumn.oakfield, date(2027, 1, 5))
    assert nurse_services.held(autumn.primary, held, invite.pk) == invite


# --- two at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_of_the_calendar_at_once_do_everything_once(autumn, year):
    """The unique constraint and the lock of the row decide, whoever comes first."""

    def run(task):
        try:
            task()
        finally:
            connection.close()

    def both(task):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, [task, task]))

    User.objects.system("calendar")
    both(tasks.propose_nurse_consultations)
    assert NurseInvite.objects.filter(school=autumn.oakfield).count() == 1
    assert Act.objects.filter(verb="propose").count() == NurseInvite.objects.count()
    row = invited(autumn.primary, NurseInvite.objects.get(school=autumn.oakfield))
    move_inbox(autumn.nurses, "nurses.east@example.org")
    both(tasks.follow_nursing_teams)
    row.refresh_from_db()
    assert row.sequence == 1
    assert sent(row).count("nurses.east@example.org") == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_set_a_date_at_once_set_one(autumn, year):
    row = proposal(autumn.oakfield)
    outcomes = []

    def set_date(user, day):
        try:
            invited(anew(user), row, day, version=0)
            outcomes.append("set")
        except TransitionNotAllowed:
            outcomes.append("too late")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(set_date, (autumn.primary, autumn.secondary), (THURSDAY, days_later(1))))
    assert sorted(outcomes) == ["set", "too late"]
    row.refresh_from_db()
    assert row.sequence == 0
    assert sent(row).count(INBOX) == 1


# --- late ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-09-02", ""),
        ("2026-10-11", ""),
        ("2026-10-12", "soon"),
        ("2026-10-26", "soon"),
        ("2026-10-30", "soon"),
        ("2026-10-31", "late"),
        ("2026-12-18", "late"),
        ("2026-12-19", None),
    ],
)
def test_without_a_date_it_is_soon_due_by_half_term_and_late_after(
    autumn, invite, time_machine, now, state
):
    time_machine.move_to(f"{now}T09:00:00Z", tick=False)
    found = [due.state for due in nurse.due_at([autumn.oakfield.pk])]
    assert found == ([] if state is None else [state])


def test_a_term_without_half_term_is_half_over_in_its_middle(autumn, time_machine):
    school_year()
    term("autumn", (date(2026, 9, 7), date(2026, 12, 11), None, None), school=autumn.larkmead)
    proposal(autumn.larkmead)
    for now, state in (("2026-10-09", ""), ("2026-10-10", "soon"), ("2026-10-25", "late")):
        time_machine.move_to(f"{now}T09:00:00Z", tick=False)
        [due] = nurse.due_at([autumn.larkmead.pk])
        assert due.state == state, now


def test_where_the_dates_are_not_known_nothing_is_called_late(autumn):
    proposal(autumn.oakfield)
    [due] = nurse.due_at([autumn.oakfield.pk])
    assert due.state == ""


def test_an_appointment_shows_a_fortnight_ahead_and_until_it_is_recorded(
    autumn, invite, time_machine
):
    invited(autumn.primary, invite)
    [due] = nurse.due_at([autumn.oakfield.pk])
    assert (due.has_date, due.has_begun, due.state) == (True, False, "")
    time_machine.move_to("2026-12-04T09:00:00Z", tick=False)
    [due] = nurse.due_at([autumn.oakfield.pk])
    assert (due.has_date, due.has_begun, due.state) == (True, True, "late")
    nurse_services.held(autumn.primary, consultation(autumn, autumn.oakfield))
    assert nurse.due_at([autumn.oakfield.pk]) == []


def test_the_tracker_costs_as_much_for_one_school_as_for_a_hundred(
    autumn, invite, django_assert_num_queries
):
    with django_assert_num_queries(2):
        nurse.due_at([autumn.oakfield.pk])
    school_more(autumn, 100)
    tasks.propose_nurse_consultations()
    schools = list(School.objects.all())
    with django_assert_num_queries(2):
        assert len(nurse.due_at([school.pk for school in schools])) == len(schools)
    with django_assert_num_queries(2):
        assert len(nurse.standings(schools)) == len(schools)
    with django_assert_num_queries(3):
        assert len(nurse.not_held_this_term(School.objects.all())) == len(schools)


def test_an_appointment_ahead_is_cancelled_though_a_nurse_took_part_before_it(autumn, invite):
    """Otherwise it would stand in everybody's calendar, and the nurse would come for nothing."""
    invited(autumn.primary, invite)
    today = date(2026, 11, 20)
    nurse_services.held(autumn.primary, consultation(autumn, autumn.oakfield, today))
    row = nurse_services.cancel(autumn.primary, invite)
    assert (row.state, row.is_held) == (InviteState.CANCELLED, True)
    assert INBOX in sent(invite, CANCELLED)
    with pytest.raises(TransitionNotAllowed, match="no date to cancel"):
        nurse_services.cancel(autumn.primary, invite)


def test_nobody_confirms_a_date_they_have_not_read(autumn, invite):
    shown = invited(autumn.primary, invite).version
    moved = invited(autumn.primary, invite, days_later(4))
    told = {"on": date(2026, 11, 20)}
    with pytest.raises(TransitionNotAllowed, match="date has changed"):
        nurse_services.confirm(autumn.primary, invite, **told, version=shown)
    row = nurse_services.confirm(autumn.primary, invite, **told, version=moved.version)
    assert row.confirmed_on == told["on"]
