"""Police notices of domestic abuse: who reads them, how the school hears, each assessed alone."""

import inspect
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import get_resolver
from django.utils import timezone

from accounts.models import StaffRole, User
from audit.errors import TransitionNotAllowed
from audit.models import Access
from linkworkers.models import Absence
from notifications import kinds
from notifications.models import Message
from referrals import domestic_abuse_notices as notices
from referrals import domestic_abuse_telling as telling
from referrals.models import DomesticAbuseNotice, NoticeReader, ReaderWhy
from referrals.services import domestic_abuse as services
from schools.calendar import Calendar
from schools.models import Involvement, SchoolContact
from tests.children import child, works_with
from tests.referrals.domestic_abuse import facts, notice
from tests.referrals.referral_support import being_prepared
from tests.world import anew

# A Thursday on which every school teaches where no terms are entered, in winter time.
THURSDAY = datetime(2027, 1, 14, tzinfo=UTC)
SUMMER = datetime(2027, 6, 10, tzinfo=UTC)


def at(day, hours, minutes=0, days=0):
    return day + timedelta(days=days, hours=hours, minutes=minutes)


def told(kind):
    return {message.to for message in Message.objects.filter(kind=kind)}


def due(world, now):
    """A notice that the school is due to hear of at ``now``."""
    return notice(world, tell_at=now, received_at=now, entered_at=now)


# --- when the school hears ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "tell_at", "closed_until"),
    [
        # Before half past seven it waits for that, then it is told at once, until half past eight.
        (at(THURSDAY, 2), at(THURSDAY, 7, 30), None),
        (at(THURSDAY, 7, 45), at(THURSDAY, 7, 45), None),
        (at(THURSDAY, 8, 30), at(THURSDAY, 7, 30, days=1), None),
        (at(THURSDAY, 22), at(THURSDAY, 7, 30, days=1), None),
        # From Friday on, the school is closed on Saturday and Sunday.
        (at(THURSDAY, 20, days=1), at(THURSDAY, 7, 30, days=4), date(2027, 1, 18)),
        (at(THURSDAY, 9, days=2), at(THURSDAY, 7, 30, days=4), date(2027, 1, 18)),
        (at(THURSDAY, 9, days=3), at(THURSDAY, 7, 30, days=4), None),
        # In summer half past seven here is half past six in UTC.
        (at(SUMMER, 5), at(SUMMER, 6, 30), None),
        (at(SUMMER, 7, 29), at(SUMMER, 7, 29), None),
        (at(SUMMER, 7, 30), at(SUMMER, 6, 30, days=1), None),
        # The clocks change between the report and the school day.
        (
            datetime(2027, 3, 27, 12, tzinfo=UTC),
            datetime(2027, 3, 30, 6, 30, tzinfo=UTC),
            date(2027, 3, 30),
        ),
    ],
)
def test_the_morning_on_which_the_school_hears(now, tell_at, closed_until):
    """domain-facts.md 2.8: half past seven on its next school day, or at once before school."""
    plan = telling.plan_for(None, now, Calendar())
    assert (plan.tell_at, plan.closed_until) == (tell_at, closed_until)


def test_its_safeguarding_leads_hear_then_the_deputies_where_nobody_opened_it(world):
    """rule 002-14; and never a head who is neither."""
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    telling.tell_due(now - timedelta(minutes=1))
    assert told("notice_to_read") == set()
    for _ in range(2):
        telling.tell_due(now)
    assert told("notice_to_read") == {world.dsl, world.withheld}
    telling.tell_due(at(THURSDAY, 8, 44))
    assert world.deputy not in told("notice_to_read")
    for _ in range(2):
        telling.tell_due(at(THURSDAY, 8, 45))
    assert told("notice_to_read") == {world.dsl, world.withheld, world.deputy}
    assert not made.readers.filter(user=world.head).exists()


def test_the_deputies_hear_of_nothing_that_a_lead_has_opened(world, client, as_):
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    telling.tell_due(now)
    as_(world.dsl)
    assert "CANARY-notice" in client.get(made.get_absolute_url()).content.decode()
    telling.tell_due(at(THURSDAY, 8, 45))
    assert world.deputy not in told("notice_to_read")
    made.refresh_from_db()
    assert (made.opened_by, made.deputies_told_at) == (world.dsl, None)


def test_without_a_lead_the_deputies_hear_at_once_and_without_them_the_manager(world):
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    SchoolContact.objects.filter(school=world.oakfield).exclude(pk=world.deputy_post.pk).update(
        ends_at=world.yesterday
    )
    telling.tell_due(now)
    assert told("notice_to_read") == {world.deputy}
    SchoolContact.objects.filter(pk=world.deputy_post.pk).update(ends_at=world.yesterday)
    DomesticAbuseNotice.objects.filter(pk=made.pk).update(told_at=None, deputies_told_at=None)
    telling.tell_due(now)
    assert told("notice_to_decide") == {world.manager}


def test_a_lead_whose_message_cannot_arrive_is_not_waited_for(world):
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    telling.tell_due(now)
    telling.tell_others(made.pk)
    assert world.deputy in told("notice_to_read")
    telling.tell_others(made.pk)
    assert told("notice_to_decide") == {world.manager}


def test_an_inset_day_that_was_added_meanwhile_moves_it(world):
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    world.oakfield.inset_days.create(day=THURSDAY.date())
    telling.tell_due(now)
    made.refresh_from_db()
    assert (made.told_at, made.tell_at) == (None, at(THURSDAY, 7, 30, days=1))


def test_one_that_cannot_be_told_of_holds_up_no_other(world, monkeypatch):
    now = at(THURSDAY, 7, 30)
    poisoned, made = due(world, now), due(world, now)
    real = notices.to_read

    def to_read(row, *args):
        if row.pk == poisoned.pk:
            raise ValueError
        real(row, *args)

    monkeypatch.setattr(notices, "to_read", to_read)
    telling.tell_due(now)
    made.refresh_from_db()
    assert made.told_at == now
    assert not DomesticAbuseNotice.objects.filter(pk=poisoned.pk, told_at=now).exists()


def test_messages_say_nothing_of_what_it_is_about(world):
    now = at(THURSDAY, 7, 30)
    ada = child(world)
    with time_machine.travel(now, tick=False):
        made = services.enter(
            anew(world.duty), ada, world.oakfield, **facts(now, circumstances="CANARY-typed")
        )
    assert told("notice_to_read") == {world.dsl, world.withheld}
    assert made.get_absolute_url().startswith("/notices/")
    for message in Message.objects.filter(kind__startswith="notice_"):
        words = (message.subject + message.body).lower()
        for word in ("domestic", "abuse", "police", "ada", "canary", "encompass"):
            assert word not in words
        assert str(made.pk) in message.body or message.secret


# --- entering and assessing ---------------------------------------------------------------------


def test_a_school_closed_for_long_is_told_to_the_manager_who_decides(world):
    ada, now = child(world), at(THURSDAY, 20, days=1)
    with time_machine.travel(now, tick=False):
        made = services.enter(anew(world.duty), ada, world.oakfield, **facts(now))
    assert told("notice_to_decide") == {world.manager}
    assert "closed for two days or more" in Message.objects.get(kind="notice_to_decide").body
    assert made.waits_for_decision
    with pytest.raises(ValidationError, match="Enter who supports the child"):
        services.decide(world.manager, made, " ")
    with pytest.raises(PermissionDenied):
        services.decide(world.service, made, "Priya")
    assert services.decide(world.manager, made, "Priya rings on Saturday").decided_by
    with pytest.raises(TransitionNotAllowed):
        services.decide(world.manager, made, "Sam")


def test_it_is_on_the_work_of_the_managers_told_and_of_no_school(world):
    """design.md 6.2"""
    ada, now = child(world), timezone.now()
    made = services.enter(world.duty, ada, world.oakfield, **facts(now))
    found = Involvement.objects.filter(source_id=made.pk)
    assert {(row.user, row.school) for row in found} == {(world.manager, None)}


@pytest.mark.parametrize(
    ("facts_", "wrong"),
    [
        ({"police_reference": "  "}, "police_reference"),
        ({"grade_source": " "}, "grade_source"),
        ({"graded_on": date(2100, 1, 1)}, "graded_on"),
        ({"happened_on": date(2100, 1, 1)}, "happened_on"),
    ],
)
def test_a_report_without_what_it_needs_is_refused(world, facts_, wrong):
    """rules 002-15, 002-17"""
    with pytest.raises(ValidationError) as refused:
        services.enter(world.duty, child(world), world.oakfield, **facts(timezone.now(), **facts_))
    assert wrong in refused.value.message_dict


def test_one_report_about_one_child_is_entered_once(world):
    ada, now = child(world), timezone.now()
    once = "0b1f9d5e-4f11-4f0f-9a5c-0d3e5b6a7c88"
    made = services.enter(world.duty, ada, world.oakfield, once=once, **facts(now))
    again = services.enter(world.duty, ada, world.oakfield, once=once, **facts(now))
    assert str(made.pk) == str(again.pk)
    with pytest.raises(ValidationError, match="on record for this child already"):
        services.enter(world.duty, ada, world.oakfield, **facts(now))
    ben = child(world, "Ben")
    assert services.enter(world.duty, ben, world.oakfield, **facts(now)).pk != made.pk


@pytest.mark.parametrize(
    "who", ["primary", "service", "other_manager", "dsl", "head", "coordinator", "governance"]
)
def test_nobody_else_enters_one(world, who):
    with pytest.raises(PermissionDenied):
        services.enter(getattr(world, who), child(world), world.oakfield, **facts(timezone.now()))


def test_each_is_assessed_by_itself_by_a_named_person(world):
    """rule 002-16: no act takes several, and none is assessed without who did it."""
    made = notice(world)
    said = {"outcome": "assessment", "reason": "Third report", "record_reference": "M1"}
    with pytest.raises(ValidationError, match="Enter where it was sent"):
        services.assess(world.manager, made, **said)
    with pytest.raises(ValidationError) as refused:
        services.assess(
            world.manager, made, outcome="x", reason=" ", record_reference="", sent_to="x"
        )
    assert refused.value.message_dict.keys() == {"outcome", "reason", "record_reference"}
    services.assess(world.manager, made, sent_to="Assessment team West", **said)
    made.refresh_from_db()
    assert (made.assessed_by, made.referral) == (world.manager, None)
    with pytest.raises(TransitionNotAllowed):
        services.assess(world.manager, made, sent_to="x", **said)
    other = notice(world, child(world, "Ben"))
    with pytest.raises(IntegrityError), transaction.atomic():
        DomesticAbuseNotice.objects.filter(pk=other.pk).update(outcome="support")
    for name, act in inspect.getmembers(services, inspect.isfunction):
        if act.__module__ == services.__name__ and not name.startswith("_"):
            taken = list(inspect.signature(act).parameters)
            assert "notices" not in taken
            assert taken[1:2] in (["notice"], ["pupil"], ["user"])
    addresses = get_resolver().reverse_dict
    ours = [name for name in addresses if isinstance(name, str) and name.startswith("notice_")]
    assert ours
    for name in ours:
        [(_, parameters)] = addresses.getlist(name)[0][0]
        assert name == "notice_new" or parameters[:1] == ["pk"]


@pytest.mark.parametrize("who", ["primary", "duty", "service", "dsl", "other_manager"])
def test_only_managers_of_the_hub_assess(world, who):
    made = notice(world, told=[(world.dsl, "dsl")], named=[world.primary])
    by = getattr(world, who)
    for act in (
        lambda: services.assess(by, made, outcome="support", reason="x", record_reference="x"),
        lambda: services.name_reader(by, made, world.secondary, "x"),
        lambda: services.link_referral(by, made, None),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_it_is_corrected_until_it_is_assessed(world, client, as_):
    made = notice(world)
    as_(world.manager)
    sent = {
        "police_reference": "475",
        "received_on": "1/3/2026",
        "received_time": "9:30am",
        "is_present": "no",
        "grade": "high",
        "grade_source": "The police",
        "graded_on": "2/3/2026",
        "is_marac": "on",
    }
    assert client.post(f"/notices/{made.pk}/correct/", sent).status_code == 302
    made.refresh_from_db()
    assert (made.grade, made.is_marac, made.police_reference) == ("high", True, "475")
    services.assess(world.manager, made, outcome="support", reason="x", record_reference="M1")
    answer = client.post(f"/notices/{made.pk}/correct/", sent, follow=True)
    assert "has been assessed already" in answer.content.decode()


def test_it_is_linked_to_a_referral_of_the_child_and_starts_none(world):
    """rule 002-18"""
    ada = child(world)
    made, referral = notice(world, ada), being_prepared(world, ada)
    with pytest.raises(PermissionDenied):
        services.link_referral(world.manager, made, being_prepared(world, child(world, "Ben")))
    assert services.link_referral(world.manager, made, referral).referral == referral


# --- who reads it -------------------------------------------------------------------------------


def readers_of(world, made):
    people = {name: who for name, who in vars(world).items() if isinstance(who, User)}
    rows = DomesticAbuseNotice.objects.filter(pk=made.pk)
    return {name for name, who in people.items() if rows.visible_to(anew(who)).exists()}


def test_only_those_named_read_it(world):
    """design.md 4: never a head who is neither, nor a link worker by being the school's."""
    made = notice(world)
    team = {"duty", "manager", "service"}
    assert readers_of(world, made) == team
    for user, why in ((world.dsl, "dsl"), (world.deputy, "deputy"), (world.head, "dsl")):
        NoticeReader.objects.create(notice=made, user=user, why=why, added_by=world.duty)
    assert readers_of(world, made) == team | {"dsl", "deputy"}
    SchoolContact.objects.filter(pk=world.dsl_post.pk).update(ends_at=world.yesterday)
    assert readers_of(world, made) == team | {"deputy"}


def test_a_manager_names_a_link_worker_for_a_reason_and_takes_them_off(world):
    made = notice(world)
    with pytest.raises(ValidationError, match="Choose a link worker of the school"):
        services.name_reader(world.manager, made, world.far_worker, "x")
    with pytest.raises(ValidationError, match="Enter why they need to read it"):
        services.name_reader(world.manager, made, world.primary, " ")
    services.name_reader(world.manager, made, world.primary, "She sees Ada every week")
    assert "primary" in readers_of(world, made)
    assert Involvement.objects.current().filter(user=world.primary, source_id=made.pk).exists()
    with pytest.raises(ValidationError, match="already"):
        services.name_reader(world.manager, made, world.primary, "x")
    services.remove_reader(world.manager, made, made.readers.get(user=world.primary))
    assert "primary" not in readers_of(world, made)
    assert not Involvement.objects.current().filter(user=world.primary).exists()


def test_somebody_at_the_school_who_must_not_be_told_finds_no_trace(world):
    now = at(THURSDAY, 7, 30)
    with pytest.raises(ValidationError, match="Enter why they must not be told"):
        services.enter(
            world.duty, child(world), world.oakfield, kept=[world.dsl], **facts(timezone.now())
        )
    made = notice(world, tell_at=now, kept=[world.dsl])
    telling.tell_due(now)
    telling.tell_due(at(THURSDAY, 8, 45))
    assert told("notice_to_read") == {world.withheld, world.deputy}
    assert "dsl" not in readers_of(world, made)


def test_it_is_shown_nowhere_but_on_its_own_page(world, client, as_):
    """rule 002-14: not on the child's record, the school's page, a chronology or in a search."""
    ada = child(world)
    works_with(world, ada)
    made = notice(world, ada, told=[(world.dsl, "dsl")])
    addresses = (
        f"/pupils/{ada.pk}/",
        f"/pupils/{ada.pk}/chronology/",
        f"/schools/{world.oakfield.urn}/",
        f"/referral-support/new/?school={world.oakfield.urn}",
        "/",
    )
    for user in (world.primary, world.secondary, world.dsl, world.head):
        as_(user)
        for address in addresses:
            shown = client.get(address, follow=True).content.decode()
            assert "CANARY-notice" not in shown, (user, address)
            assert str(made.pk) not in shown or user == world.dsl, (user, address)
        found = client.post("/search/", {"words": "CANARY-notice"}, follow=True).content.decode()
        assert str(made.pk) not in found
    as_(world.primary)
    assert "Maya Manager" not in involved_in(client.get(f"/pupils/{ada.pk}/").content.decode())


def involved_in(page):
    return page[page.index('id="involved"') : page.index('id="family"')]


def test_the_school_reads_what_it_needs_and_says_what_it_did(world, client, as_):
    made = notice(world, told=[(world.dsl, "dsl")], is_marac=True)
    as_(world.dsl)
    shown = client.get(made.get_absolute_url()).content.decode()
    assert "CANARY-notice" in shown
    for word in ("MARAC", "Medium", "assess"):
        assert word not in shown
    for _ in range(2):
        answer = client.post(f"/notices/{made.pk}/support/", {"text": "Breakfast, a calm start"})
        assert answer.status_code == 302
    assert made.support.get().by == world.dsl
    refused = client.post(f"/notices/{made.pk}/support/", {"text": " "})
    assert "Enter what support the child was given" in refused.content.decode()
    looks = Access.objects.filter(subject_id=str(made.pk), user=world.dsl)
    assert {look.child_id for look in looks} == {made.pupil_id}
    as_(world.manager)
    shown = client.get(made.get_absolute_url()).content.decode()
    assert "Breakfast, a calm start" in shown
    assert "Opened by Dora Lead" in shown


def test_the_duty_manager_enters_one_from_the_childs_record(world, client, as_):
    ada = child(world)
    as_(world.duty)
    new = f"/notices/new/?child={ada.pk}"
    assert "/reason/" in client.get(new).url
    client.post(f"/pupils/{ada.pk}/reason/", {"reason": "referral"})
    reasons = client.post(
        f"/pupils/{ada.pk}/reason/", {"reason": "other", "words": "A report from the police"}
    )
    assert reasons.status_code == 302
    page = client.get(new).content.decode()
    assert page.index("999") < page.index("Police reference")
    answer = client.post(new, {"police_reference": "kept", "circumstances": "\u202e<i>"})
    shown = answer.content.decode()
    for sentence in ("Select whether the child was there", "Enter the time it was received"):
        assert sentence in shown
    assert 'value="kept"' in shown
    sent = {
        "police_reference": "4726",
        "received_on": "yesterday",
        "received_time": "9:30pm",
        "is_present": "unknown",
        "grade": "standard",
        "grade_source": "The police",
        "graded_on": "yesterday",
        "kept": [world.withheld.pk],
    }
    assert "Enter why they must not be told" in client.post(new, sent).content.decode()
    done = client.post(new, {**sent, "kept_why": "Named in it"})
    made = DomesticAbuseNotice.objects.get()
    assert done.url == f"/notices/{made.pk}/"
    assert made.readers.get(why=ReaderWhy.KEPT).user == world.withheld
    assert client.get("/notices/new/?child=x").status_code == 404


def test_the_list_names_no_child_and_costs_the_same_for_many(
    world, client, as_, django_assert_max_num_queries
):
    as_(world.manager)
    assert "None waits to be assessed" in client.get("/notices/").content.decode()
    for first in ("Ada", "Ben", "Cai"):
        notice(world, child(world, first))
    with django_assert_max_num_queries(10):
        shown = client.get("/notices/").content.decode()
    assert "CANARY" not in shown
    assert shown.count(world.oakfield.name) == 3


# --- what waits ---------------------------------------------------------------------------------


def test_managers_hear_each_working_day_of_one_that_nobody_assessed(world):
    """rule 002-16"""
    made = due(world, at(THURSDAY, 7, 30))
    DomesticAbuseNotice.objects.filter(pk=made.pk).update(
        opened_at=at(THURSDAY, 8), told_at=THURSDAY
    )
    telling.tell_due(at(THURSDAY, 16))
    assert told("notice_waits") == set()
    telling.tell_due(at(THURSDAY, 9, days=1))
    assert told("notice_waits") == set()
    for _ in range(2):
        telling.tell_due(at(THURSDAY, 9, 30, days=1))
    # Saturday and Sunday are no working days; the next ones are.
    for days in (2, 3, 4):
        telling.tell_due(at(THURSDAY, 10, days=days))
    assert told("notice_waits") == {world.manager}
    assert Message.objects.filter(kind="notice_waits").count() == 2
    telling.tell_due(at(THURSDAY, 10, days=5))
    assert told("notice_waits") == {world.manager, world.service}
    message = Message.objects.filter(kind="notice_waits").first()
    assert kinds.get(message.kind).still_due(message)
    services.assess(world.manager, made, outcome="support", reason="x", record_reference="M1")
    assert not kinds.get(message.kind).still_due(message)
    telling.tell_due(at(THURSDAY, 10, days=6))
    assert Message.objects.filter(kind="notice_waits").count() == 4


def test_a_child_at_home_is_asked_about_every_day_until_somebody_decides(world):
    entered = at(THURSDAY, 20, days=1)
    made = notice(
        world,
        received_at=entered,
        entered_at=entered,
        tell_at=at(THURSDAY, 7, 30, days=4),
        closed_until=date(2027, 1, 18),
    )
    telling.tell_due(at(THURSDAY, 10, days=2))
    assert told("notice_waits") == {world.manager}
    services.decide(world.manager, made, "Priya rings")
    telling.tell_due(at(THURSDAY, 10, days=3))
    assert Message.objects.filter(kind="notice_waits").count() == 1


def test_managers_hear_once_of_one_that_nobody_at_the_school_has_opened(world):
    made = due(world, at(THURSDAY, 7, 30))
    services.assess(world.manager, made, outcome="support", reason="x", record_reference="M1")
    for clock in ((7, 30), (8, 45), (9, 29)):
        telling.tell_due(at(THURSDAY, *clock))
    assert told("notice_waits") == set()
    for days in (0, 0, 1, 4):
        telling.tell_due(at(THURSDAY, 9, 30, days=days))
    assert Message.objects.get(kind="notice_waits").to == world.manager


def test_one_whose_school_closes_for_long_meanwhile_is_the_managers_to_decide(world):
    made = due(world, at(THURSDAY, 7, 30, days=1))
    world.oakfield.inset_days.create(day=THURSDAY.date() + timedelta(days=1))
    telling.tell_due(at(THURSDAY, 7, 30, days=1))
    made.refresh_from_db()
    assert (made.told_at, made.waits_for_decision) == (None, True)
    assert "closed for two days or more" in Message.objects.get(kind="notice_to_decide").body


def test_a_school_that_the_child_has_left_hears_nothing_and_the_manager_does(world, client, as_):
    made = due(world, at(THURSDAY, 7, 30))
    made.pupil.enrolments.update(ends_on=THURSDAY.date() - timedelta(days=1))
    telling.tell_due(at(THURSDAY, 7, 30))
    assert told("notice_to_read") == set()
    assert told("notice_to_decide") == {world.manager}
    as_(world.manager)
    assert "Nobody there could be told" in client.get(made.get_absolute_url()).content.decode()


def test_where_no_manager_of_the_hub_is_there_the_service_manager_hears_and_assesses(world):
    """design.md 3: a school of "Not yet in a hub" has nobody else."""
    ada, now = child(world), timezone.now()
    today = timezone.localdate()
    absence = Absence.objects.create(
        link_worker=world.manager.link_worker,
        starts_on=today,
        ends_on=today,
        added_by=world.manager,
    )
    made = services.enter(world.duty, ada, world.oakfield, **facts(now))
    assert told("notice_to_decide") == {world.manager, world.service}
    said = {"outcome": "support", "reason": "x", "record_reference": "M1"}
    with pytest.raises(PermissionDenied):
        services.assess(world.other_manager, made, **said)
    assert services.assess(anew(world.service), made, **said).assessed_by == world.service
    absence.delete()
    with pytest.raises(PermissionDenied):
        services.name_reader(anew(world.service), made, world.primary, "x")


# --- who is kept from it, and who reads on which side ---------------------------------------------


def test_a_named_link_worker_hears_that_there_is_something_to_read(world, client, as_):
    made = notice(world)
    services.name_reader(world.manager, made, world.primary, "She sees Ada every week")
    message = Message.objects.get(kind="notice_named")
    assert message.to == world.primary
    said = (message.subject + message.body).lower()
    assert not any(word in said for word in ("domestic", "police", "ada", "oakfield", "week"))
    assert kinds.get(message.kind).may_receive(message)
    reader = made.readers.get(user=world.primary)
    as_(world.manager)
    for _ in range(2):
        answer = client.post(f"/notices/{made.pk}/readers/{reader.pk}/remove/", follow=True)
        assert "They read this notice no longer" in answer.content.decode()
    assert not kinds.get(message.kind).may_receive(message)


def test_somebody_close_to_the_family_is_kept_from_it_after_all(world, client, as_):
    """design.md 6.14: no trace, and what they opened does not count as read by the school."""
    now = at(THURSDAY, 7, 30)
    made = due(world, now)
    telling.tell_due(now)
    as_(world.dsl)
    client.get(made.get_absolute_url())
    as_(world.manager)
    address = f"/notices/{made.pk}/kept/"
    assert (
        "Enter why they must not be told"
        in client.post(address, {"user": world.dsl.pk}).content.decode()
    )
    sent = {"user": world.dsl.pk, "reason": "Brother of the father"}
    assert client.post(address, sent).status_code == 302
    assert "kept from this notice already" in client.post(address, sent).content.decode()
    assert "dsl" not in readers_of(world, made)
    message = Message.objects.get(kind="notice_to_read", to=world.dsl)
    assert not kinds.get(message.kind).may_receive(message)
    telling.tell_due(at(THURSDAY, 8, 45))
    assert world.deputy in told("notice_to_read")
    as_(world.dsl)
    assert client.get(made.get_absolute_url()).status_code == 404
    assert str(made.pk) not in client.get("/notices/").content.decode()
    with pytest.raises(PermissionDenied):
        services.keep_from(world.duty, made, world.deputy, "x")
    with pytest.raises(ValidationError, match="Choose somebody of the school"):
        services.keep_from(world.manager, made, world.primary, "x")


def test_a_lead_who_also_works_for_the_council_reads_it_as_the_school_does(world, client, as_):
    made = notice(world, told=[(world.dsl, "dsl")], is_marac=True)
    StaffRole.objects.create(
        user=world.dsl, role="coordinator", starts_at=world.long_ago, confirmed_at=world.long_ago
    )
    as_(world.dsl)
    shown = client.get(made.get_absolute_url()).content.decode()
    assert "CANARY-notice" in shown
    assert not any(word in shown for word in ("MARAC", "Medium", "Nobody has assessed it"))
    assert "To assess" not in client.get("/notices/").content.decode()
    made.refresh_from_db()
    assert made.opened_by == world.dsl
    answer = client.post(f"/notices/{made.pk}/support/", {"text": "A calm start"})
    assert (answer.status_code, made.support.get().by) == (302, world.dsl)


def test_what_a_manager_typed_too_late_is_kept_for_them(world, client, as_):
    made = notice(world)
    said = {"outcome": "support", "reason": "Mine", "record_reference": "M1"}
    services.assess(world.manager, made, **said)
    as_(world.manager)
    address = f"/notices/{made.pk}/assess/"
    assert client.post(address, said).url == made.get_absolute_url()
    answer = client.post(address, {**said, "reason": "Another, at length"}, follow=True)
    assert "Another, at length" in answer.content.decode()


def test_a_page_sent_again_with_other_words_is_not_taken_for_the_first(world):
    ada, now, once = child(world), timezone.now(), uuid.uuid4()
    services.enter(world.duty, ada, world.oakfield, once=once, **facts(now))
    with pytest.raises(ValidationError, match="entered from this page already"):
        services.enter(
            world.duty, ada, world.oakfield, once=once, **facts(now, circumstances="More")
        )
