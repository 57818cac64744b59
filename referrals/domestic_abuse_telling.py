"""When a school hears that there is a police notice to read (domain-facts.md 2.8).

At half past seven on the morning of its next school day, or at once before half past eight on a
school day: its safeguarding leads; at a quarter to nine its deputies, where no lead has opened it.
A school that is closed for two days or more is a manager's to decide about. From half past nine
managers hear once a day of what still waits: to be assessed, decided or opened. All of it by the
clock in London.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Verb
from audit.services import record
from linkworkers.policies import service_managers
from referrals import domestic_abuse_notices as notices
from referrals.models import DomesticAbuseNotice, NoticeReader, ReaderWhy
from schools.calendar import Calendar, calendars_of
from schools.models import Enrolment, SchoolContact
from schools.roles import ContactRole
from schools.scope import scope_of

logger = logging.getLogger(__name__)

DAY = timedelta(days=1)
MORNING, TOO_LATE, DEPUTIES, CHASE = time(7, 30), time(8, 30), time(8, 45), time(9, 30)
# Told after the hour for deputies, a lead has this long to open it first.
LEAD_FIRST = timedelta(minutes=15)
CLOSED_DAYS = 2
# How long whoever was told at the school has to open it before managers hear.
HEARD = timedelta(minutes=30)
# What waits for so many working days is the service managers' to hear of too.
LONG = 3
# Without any terms: Mondays to Fridays, and no bank holidays.
WORKING = Calendar()


@dataclass(frozen=True)
class Plan:
    """``tell_at``, an instant; ``closed_until`` is None where the school is not closed for long."""

    tell_at: datetime
    closed_until: date | None


def plan_for(school_id, now, calendar=None):
    """When the school is told of what came at ``now``: its ``Plan``; one query at most."""
    calendar = calendar or calendars_of([school_id])[school_id]
    local = timezone.localtime(now)
    today, clock = local.date(), local.time()
    if calendar.is_school_day(today) and clock < TOO_LATE:
        return Plan(max(now, _at(today, MORNING)), None)
    day = calendar.next_school_day(today)
    first_closed = today + DAY if calendar.is_school_day(today) else today
    is_closed = (day - first_closed).days >= CLOSED_DAYS
    return Plan(_at(day, MORNING), day if is_closed else None)


def tell_due(now=None):
    """Tell whoever is due to hear at ``now`` (default now); again, it tells nobody twice."""
    now = now or timezone.now()
    waiting = DomesticAbuseNotice.objects.filter(told_at__isnull=True, tell_at__lte=now)
    for pk in waiting.order_by("tell_at").values_list("pk", flat=True):
        _alone(tell_school, pk, now)
    unopened = DomesticAbuseNotice.objects.filter(
        told_at__lte=now, opened_at__isnull=True, deputies_told_at__isnull=True
    )
    for pk in unopened.order_by("told_at").values_list("pk", flat=True):
        _alone(tell_deputies, pk, now)
    chase(now)


def chase(now):
    """Managers hear of what waits since before today, or is not opened; once a day each."""
    local = timezone.localtime(now)
    if local.time() < CHASE:
        return
    for notice in DomesticAbuseNotice.objects.that_wait().order_by("received_at"):
        if _is_to_chase(notice, now):
            _alone(chase_one, notice.pk, now)


@transaction.atomic
def chase_one(pk, now):
    """Tell the hub's managers that one notice waits; the service managers too, after ``LONG``."""
    notice = _locked(pk)
    if notice is None or not _is_to_chase(notice, now):
        return
    notice.chased_on = timezone.localdate(now)
    notice.save(update_fields=["chased_on"])
    people = notices.managers_told(notice)
    if _working_days(notice, notice.chased_on) >= LONG:
        people += service_managers().order_by("email")
    notices.waits(notice, notice.chased_on, people, User.objects.system("chasing"))


def _is_to_chase(notice, now):
    """An assessment is asked for on working days, a child at home every day, an opening once."""
    today = timezone.localdate(now)
    if notice.chased_on == today:
        return False
    if notice.waits_for_decision and today < notice.closed_until:
        return timezone.localdate(notice.entered_at) < today
    if not WORKING.is_school_day(today):
        return False
    if not notice.is_assessed and _working_days(notice, today):
        return True
    told_at = notice.deputies_told_at or notice.told_at
    is_unopened = told_at and notice.opened_at is None and now >= told_at + HEARD
    return bool(is_unopened) and not (
        notice.chased_on and notice.chased_on >= timezone.localdate(told_at)
    )


def _working_days(notice, today):
    return WORKING.school_days_since(timezone.localdate(notice.entered_at), today)


def _alone(act, pk, now):
    """One notice that cannot be told of holds up no other: it is tried again at the next tick."""
    try:
        act(pk, now)
    except Exception:
        logger.exception("Notice %s could not be told of", pk)


@transaction.atomic
def tell_school(pk, now):
    """The safeguarding leads of one notice's school hear of it, if the school teaches today.

    Where there is no lead who may hear, the deputies do; without them the hub's managers.
    """
    notice = _locked(pk, told_at__isnull=True)
    if notice is None:
        return
    calendar = calendars_of([notice.school_id])[notice.school_id]
    if not calendar.is_school_day(timezone.localdate(now)):
        _put_off(notice, plan_for(notice.school_id, now, calendar))
        return
    notice.told_at = now
    notice.save(update_fields=["told_at"])
    if not _tell(notice, ContactRole.DSL, ReaderWhy.DSL, now):
        tell_deputies(pk, now, is_due=True)


def _put_off(notice, plan):
    """Its school does not teach today after all; managers hear where that lasts for long."""
    is_news = plan.closed_until and not notice.closed_until
    notice.tell_at = plan.tell_at
    notice.closed_until = notice.closed_until or plan.closed_until
    notice.save(update_fields=["tell_at", "closed_until"])
    if is_news:
        notices.entered(notice, User.objects.system("chasing"))


def _is_taught_there(notice):
    """The child has not left the school since it was entered."""
    stays = Enrolment.objects.filter(pupil=notice.pupil_id, ends_on__isnull=True)
    return stays.filter(school=notice.school_id).exists()


@transaction.atomic
def tell_deputies(pk, now, is_due=False):
    """The deputies hear of a notice that no lead has opened by a quarter to nine.

    With ``is_due`` at once: there is no lead, or their message cannot arrive.
    """
    notice = _locked(
        pk, told_at__isnull=False, opened_at__isnull=True, deputies_told_at__isnull=True
    )
    if notice is None or not (is_due or now >= _deputies_at(notice)):
        return
    notice.deputies_told_at = now
    notice.save(update_fields=["deputies_told_at"])
    if not _tell(notice, ContactRole.DEPUTY, ReaderWhy.DEPUTY, now):
        notices.nobody(notice, User.objects.system("chasing"))


@transaction.atomic
def tell_others(pk):
    """A message to somebody at the school cannot arrive: the deputies hear, or the managers."""
    unopened = DomesticAbuseNotice.objects.filter(pk=pk, opened_at__isnull=True)
    if notice := unopened.select_related("school").first():
        if notice.deputies_told_at:
            notices.nobody(notice, User.objects.system("chasing"))
        else:
            tell_deputies(pk, timezone.now(), is_due=True)


def _deputies_at(notice):
    return max(
        _at(timezone.localdate(notice.told_at), DEPUTIES),
        notice.told_at + LEAD_FIRST,
    )


def _locked(pk, **still):
    rows = DomesticAbuseNotice.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("school").filter(pk=pk, **still).first()


def _tell(notice, role, why, now):
    """Name those in the role as readers and tell them; False where there is nobody."""
    by = User.objects.system("chasing")
    people = in_role(notice, role)
    NoticeReader.objects.bulk_create(
        [
            NoticeReader(notice=notice, user=user, why=why, added_by=by, added_at=now)
            for user in people
        ],
        ignore_conflicts=True,
    )
    for user in people:
        record(by, Verb.REMIND, notice, user=str(user.pk))
    notices.to_read(notice, people, by)
    return bool(people)


def in_role(notice, role):
    """The users in the role at the school, confirmed, who may hear of the notice, by address.

    Nobody once the child has left the school.
    """
    if not _is_taught_there(notice):
        return []
    kept = notice.readers.filter(why=ReaderWhy.KEPT).values("user")
    posts = (
        SchoolContact.objects.current()
        .filter(
            school=notice.school_id,
            roles__contains=[role],
            confirmed_at__isnull=False,
            user__is_active=True,
        )
        .exclude(user__in=kept)
        .select_related("user")
        .order_by("user__email")
    )
    return [post.user for post in posts if notice.school_id in scope_of(post.user).reads_shared]


def _at(day, clock):
    """The instant of a time of day here."""
    return timezone.make_aware(datetime.combine(day, clock))
