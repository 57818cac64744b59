"""Whom a concern goes to at each step (design.md 5; rules 001-105 to 001-107, 001-112).

The raiser's line manager first. Where they are away, kept from it or cannot be reached, the
fallback for its kind: for a child another manager of the hub and the child's list, for an adult
the adult's list. From 12 hours on both, and from 24 every team and service manager. Nobody named in
it, nobody whose own child attends the school, and never the raiser.
"""

import re
import unicodedata

from django.utils import timezone

from accounts.models import User, current, in_force
from linkworkers.coverage import away_among
from linkworkers.models import LinkWorker
from linkworkers.policies import service_managers, team_managers
from notifications.models import Message, State
from referrals.models import About, Fallback, ToldAs
from schools.hub_managers import managers_of
from schools.models import OwnChildConflict

WIDER, BREACH = 12, 24
# Refused for good, or held back because the person may not receive it or was deactivated.
UNREACHED = {State.DEAD, State.SUPPRESSED}
# What a phone or a word processor types instead of an apostrophe or a hyphen.
TYPED = str.maketrans("‘’ʼ‐‑–", "'''---")
# Accents, and characters that are not seen.
UNSEEN = {"Mn", "Cf"}


def line_manager_of(user):
    """``(user or None, is there today)``: who manages somebody of the team, and whether at work."""
    worker = (
        LinkWorker.objects.filter(user=user, left_at__isnull=True, line_manager__is_active=True)
        .select_related("line_manager")
        .first()
    )
    if worker is None:
        return None, False
    return worker.line_manager, is_there(worker.line_manager)


def is_there(user):
    """Whether somebody has joined and is at work today, by their absences and working days."""
    if user.joined_at is None or away_among([user]):
        return False
    days = LinkWorker.objects.filter(user=user).values_list("working_days", flat=True).first()
    return days is None or timezone.localdate().weekday() in days


def kept_ids(concern):
    """The ids of those who hear nothing of it: the raiser, named people, who has a child there."""
    kept = {concern.raised_by_id}
    kept.update(concern.kept_from.in_force().values_list("user", flat=True))
    if concern.school_id:
        declared = OwnChildConflict.objects.filter(current(), school=concern.school_id)
        kept.update(declared.values_list("user", flat=True))
    return kept


def to_tell(concern, step, unreached=()):
    """``{user: ToldAs}``: everybody who is told at this step, in hours; whoever was told before is.

    ``unreached`` are ids of people of whom it is known that no message arrives. It is empty only
    where nobody at all can be told.
    """
    kept = kept_ids(concern)
    found = {}

    def add(users, told_as):
        for user in users:
            if user.is_active and user.pk not in kept:
                found.setdefault(user, told_as)

    for told in concern.told.select_related("user"):
        add([told.user], told.told_as)
    unreached = _unreached(concern) | set(unreached)
    manager, at_work = line_manager_of(concern.raised_by)
    if manager is not None:
        add([manager], ToldAs.LINE_MANAGER)
    reached = manager in found and at_work and manager.pk not in unreached
    for group, told_as, from_step in _ladder(concern):
        if reached and step < from_step:
            break
        people = [user for user in group() if user.pk not in kept and user != manager]
        add(people, told_as)
        away = away_among(people) if people else set()
        reached = reached or any(
            user.joined_at and user.pk not in away | unreached for user in people
        )
    return found


def _ladder(concern):
    """``(people, as what, from which step whatever happened)``, the nearest first."""
    hub = [] if concern.hub_id is None else managers_of(concern.hub_id).order_by("email")
    listed = (
        (lambda: _listed(concern.about), ToldAs.FALLBACK, WIDER),
        (lambda: hub, ToldAs.HUB_MANAGER, WIDER),
    )
    nearest = listed if concern.about == About.ADULT else listed[::-1]
    return (
        *nearest,
        (lambda: service_managers().order_by("email"), ToldAs.SERVICE_MANAGER, BREACH),
        (lambda: team_managers().order_by("email"), ToldAs.TEAM_MANAGER, BREACH),
    )


def _listed(about):
    return [row.user for row in Fallback.objects.now(about).select_related("user")]


def _unreached(concern):
    """The ids of those to whom the latest message about it could not, or not yet, be delivered."""
    latest = {}
    rows = Message.objects.about(concern).filter(to__isnull=False)
    for to, state, attempts in rows.values_list("to", "state", "attempts"):
        was_put_off = state == State.PENDING and attempts > 0
        latest.setdefault(to, was_put_off or state in UNREACHED)
    return {to for to, is_unreached in latest.items() if is_unreached}


def to_remind(concern):
    """``{user: ToldAs}``: who is told that whoever has it does not decide.

    The service managers, or where none of them may be told any other manager.
    """
    without = kept_ids(concern) | {concern.acknowledged_by_id}
    found = [user for user in service_managers() if user.pk not in without]
    if found:
        return dict.fromkeys(found, ToldAs.SERVICE_MANAGER)
    others = managers_to_ask(concern, concern.acknowledged_by)
    return dict.fromkeys(others, ToldAs.TEAM_MANAGER)


def managers_to_ask(concern, *without):
    """The people who may take a concern and whom one may pass it to, but these; by name."""
    ids = {
        *team_managers().values_list("pk", flat=True),
        *service_managers().values_list("pk", flat=True),
        *Fallback.objects.now(concern.about).values_list("user", flat=True),
    }
    kept = kept_ids(concern) | {user.pk for user in without if user}
    return User.objects.filter(pk__in=ids - kept, is_active=True).order_by("name")


def named_in(*texts):
    """The council's people whose name stands in one of the texts: first and last, together.

    However it is typed: with accents or without, and whatever kind of apostrophe and hyphen.
    Telling somebody of a concern about themselves would warn them.
    """
    said = " ".join(_plain(text) for text in texts)
    ids = {*Fallback.objects.now().values_list("user", flat=True)}
    staff = User.objects.filter(in_force(prefix="staff_roles__"), is_active=True)
    people = (staff | User.objects.filter(pk__in=ids, is_active=True)).distinct()
    return [user for user in people if _stands_in(user.name, said)]


def _stands_in(name, said):
    words = _plain(name).split()
    if len(words) < 2:
        return False
    return any(
        named in said and re.search(rf"(?<!\w){re.escape(named)}(?!\w)", said)
        for named in {" ".join(words), f"{words[0]} {words[-1]}"}
    )


def _plain(text):
    letters = unicodedata.normalize("NFKD", text.translate(TYPED).casefold())
    seen = "".join(letter for letter in letters if unicodedata.category(letter) not in UNSEEN)
    return " ".join(seen.split())
