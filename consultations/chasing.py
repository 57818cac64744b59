"""What is chased on the mornings of school days (design.md 5).

A share nobody opened or stored, a note nobody shared, an action that is due, a note that was not
recorded: first whoever has it in hand, later whoever manages the hub. Each person is told of each
step once, while it is theirs, and not when it is done meanwhile. A message holds the school, a date
and a link.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, current
from accounts.notices import Notice, tell
from consultations import policies
from consultations.models import (
    Action,
    Addendum,
    Audience,
    Consultation,
    How,
    RecordingTask,
    Share,
    State,
)
from consultations.notices import may_hear_of_action, owner_of
from consultations.services.recording import refresh_tasks
from linkworkers.coverage import answering, away_among
from linkworkers.policies import service_managers
from notifications import kinds
from schools.calendar import calendars_of
from schools.hub_managers import managers_by_hub
from schools.models import OwnChildConflict, SchoolGrant

SHARE, UNSHARED = "share_chased", "consultation_unshared"
RECORDING, ACTION = "recording_late", "action_due"
# School days until the worker hears, and until the hub's managers do. The names are in the keys of
# messages: whoever was told of a step is not told again when its days change.
SHARE_STEPS = {"worker": 5, "managers": 10}
UNSHARED_STEPS = {"worker": 1, "managers": 3}
RECORDING_STEPS = {"worker": 1, "managers": 5}
# Days before an action is due on which its owner hears of it first.
AHEAD = timedelta(days=2)
# Nothing older is chased, so that what nobody will ever store does not slow every morning.
WATCHED = timedelta(days=182)
# The longest holiday lies before the day an action is due on.
LONGEST_HOLIDAY = timedelta(days=60)


@transaction.atomic
def chase(today=None):
    """Tell whoever has something in hand that is late on ``today`` (a date, default today).

    Done again on the same day it tells nobody anything. As many queries for a hundred
    consultations as for one.
    """
    by = User.objects.system("chasing")
    today = today or timezone.localdate()
    since = timezone.now() - WATCHED
    refresh_tasks(by, RecordingTask.objects.open().select_related("pupil"))
    shares, unshared = list(_outstanding(since)), list(_unshared(since))
    actions, tasks = list(_actions(today, since)), list(_tasks(today, since))
    consultations = [*unshared, *{share.consultation for share in shares}]
    morning = _Morning(today, [*consultations, *actions, *tasks])
    tell(
        [
            *_of_shares(morning, shares),
            *_of_unshared(morning, unshared),
            *_of_actions(morning, actions),
            *_of_tasks(morning, tasks),
        ],
        by,
    )


# --- what waits ---------------------------------------------------------------------------


def _outstanding(since):
    """Shares not opened by the person, or by a lead whose school has not stored the note.

    With ``told_at``: when the person was given what they have not dealt with.
    """
    added = Addendum.objects.filter(
        consultation=OuterRef("consultation"),
        version=OuterRef("consultation__version"),
        audience=Audience.SCHOOL,
    ).order_by("-added_at")
    return (
        Share.objects.filter(_not_dealt_with(), consultation__state=State.SHARED)
        .annotate(told_at=Greatest("shared_at", Subquery(added.values("added_at")[:1])))
        .filter(told_at__gte=since)
        .select_related("consultation__school", "consultation__author")
        .order_by("told_at")
    )


def _not_dealt_with():
    not_opened = Q(opened_at__isnull=True, how=How.HERE)
    not_stored = Q(is_lead=True, consultation__stored_on__isnull=True)
    return (not_opened | not_stored) & Q(user__is_active=True)


def _unshared(since):
    return Consultation.objects.filter(
        state=State.COMPLETED, completed_at__gte=since
    ).select_related("school", "author")


def _actions(today, since):
    """Those of an agency are left out: it has no account, and is told by its meeting."""
    return (
        Action.objects.open()
        .filter(
            due_on__lte=today + LONGEST_HOLIDAY,
            due_on__gte=timezone.localdate(since),
            owner_agency__isnull=True,
        )
        .select_related("school", "owner_user", "owner_contact__user")
        .prefetch_related(
            Prefetch("consultation", Consultation.objects.only("id", "held_at", "state")),
            Prefetch("consultation__shares", Share.objects.only("consultation_id", "user_id")),
        )
    )


def _tasks(today, since):
    return (
        RecordingTask.objects.overdue(today)
        .filter(due_on__gte=timezone.localdate(since))
        .select_related("school", "owner", "discussed__consultation")
    )


# --- who is there --------------------------------------------------------------------------


class _Morning:
    """One morning: which schools teach, who answers for each, and who manages it.

    ``rows`` are what may be chased, each with its ``school``; a meeting's action may have none,
    and goes by the council's calendar. Eight queries at most.
    """

    def __init__(self, today, rows):
        self.today = today
        schools = {row.school_id: row.school for row in rows if row.school_id}
        self._calendars = calendars_of(schools)
        self._answering = answering(schools.values(), today)
        self._in_hub = managers_by_hub({school.hub_id for school in schools.values()})
        self._managers = _managers_of(schools.values(), self._in_hub)
        owners = {_owner_of(row) for row in rows} - {None}
        self._away = away_among(owners, today)
        grants = SchoolGrant.objects.live().filter(
            permission__codename=policies.SUPPORTS, content_object__in=schools
        )
        self._supporting = set(grants.values_list("user", "content_object"))

    def teaches(self, school):
        """Whether the school teaches today; nothing of it is chased on another day."""
        return self._calendar(school).is_school_day(self.today)

    def days_since(self, school, day):
        """The school days after ``day``, today's among them."""
        return self._calendars[school.pk].school_days_since(day, self.today)

    def next_school_day(self, school):
        return self._calendar(school).next_school_day(self.today)

    def _calendar(self, school):
        return self._calendars[school and school.pk]

    def workers(self, school):
        """Who answers for the school: the secondary while the primary is away."""
        return self._answering[school.pk].people if school else []

    def holders(self, row):
        """Whose it is: its owner while they are there and have the school, else who answers."""
        owner, school = _owner_of(row), row.school
        has_it = (owner.pk, school.pk) in self._supporting or owner in self.managers(school)
        if owner.is_active and owner.pk not in self._away and has_it:
            return [owner]
        return self.workers(school)

    def is_there(self, user):
        return user.is_active and user.pk not in self._away

    def opens_tasks(self, user, school):
        """Works with the school or manages its hub; a service manager reads the record alone."""
        return (user.pk, school.pk) in self._supporting or user in self._in_hub.get(
            school.hub_id, ()
        )

    def managers(self, school):
        """Who manages the hub and has no child at the school; else the service managers."""
        return self._managers[school.pk]


def _owner_of(row):
    """Who wrote a consultation, has to record a note, or took an action on; a user or None."""
    if isinstance(row, Consultation):
        return row.author
    return row.owner_user if isinstance(row, Action) else row.owner


def _managers_of(schools, in_hub):
    """``{school id: [users]}`` of the managers ``in_hub``, ``{hub id: [users]}``; two queries."""
    schools = list(schools)
    declared = set(
        OwnChildConflict.objects.filter(current(), school__in=schools).values_list("user", "school")
    )
    county = list(service_managers().order_by("email"))
    found = {}
    for school in schools:
        groups = (
            [user for user in group if (user.pk, school.pk) not in declared]
            for group in (in_hub.get(school.hub_id, []), county)
        )
        found[school.pk] = next(filter(None, groups), [])
    return found


# --- what is told --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """One step of one thing that waits, of which each person in ``told``, ``{user: path}``, hears.

    ``name`` says which, whatever its days are and whoever else is told.
    """

    kind: str
    about: object
    name: str
    told: dict

    def notices(self, **context):
        for user, path in self.told.items():
            yield Notice(
                kind=self.kind,
                key=f"{self.kind}:{self.about.pk}:{self.name}:{user.pk}",
                to=user,
                path=path,
                template=f"consultations/email/{self.kind}.txt",
                context={"school": self.about.school, **context},
                about=self.about,
            )


def _steps(morning, row, day, steps, kind, path_of, of=""):
    """The steps reached by something that has waited since ``day``: the worker, the managers.

    ``path_of`` gives where a user reads of it.
    """
    if not morning.teaches(row.school):
        return
    waited = morning.days_since(row.school, day)
    people = {"worker": morning.holders(row), "managers": morning.managers(row.school)}
    for name, after in steps.items():
        if waited >= after:
            told = {user: path_of(user) for user in people[name]}
            yield _Step(kind, row, f"{of}{name}", told)


def _of_shares(morning, shares):
    """Those who were given a note on one day are told of together."""
    together = defaultdict(list)
    for share in shares:
        together[share.consultation, timezone.localdate(share.told_at)].append(share)
    for (consultation, day), given in together.items():
        of = f"{consultation.version}:{day}:"
        path_of = _record_of(consultation)
        for step in _steps(morning, consultation, day, SHARE_STEPS, SHARE, path_of, of):
            yield from step.notices(
                held_on=consultation.held_at,
                not_opened=any(
                    share.opened_at is None and share.how == How.HERE for share in given
                ),
                not_stored=consultation.stored_on is None and any(s.is_lead for s in given),
            )


def _of_unshared(morning, consultations):
    for row in consultations:
        day = timezone.localdate(row.completed_at)
        for step in _steps(morning, row, day, UNSHARED_STEPS, UNSHARED, _record_of(row)):
            yield from step.notices(held_on=row.held_at)


def _record_of(consultation):
    path = reverse("consultation", args=[consultation.pk])
    return lambda user: path


def _of_tasks(morning, tasks):
    for row in tasks:
        path_of = partial(_page_of_task, morning, row)
        for step in _steps(morning, row, row.due_on, RECORDING_STEPS, RECORDING, path_of):
            held_on = row.discussed.consultation.held_at if row.discussed else row.happened_on
            yield from step.notices(held_on=held_on, due_on=row.due_on)


def _page_of_task(morning, task, user):
    """The note's own page, or for who does not open that, what it is a note of."""
    if morning.opens_tasks(user, task.school):
        return reverse("recording_task", args=[task.pk])
    if task.discussed:
        return reverse("consultation", args=[task.discussed.consultation_id])
    return task.school.get_absolute_url()


def _of_actions(morning, actions):
    """The owner two days before and on the day; then owner and link worker every week."""
    for action in actions:
        name = morning.teaches(action.school) and step_of(
            action.due_on, morning.today, morning.next_school_day(action.school)
        )
        if not name:
            continue
        told = _owners(morning, action)
        if name.startswith("week") or (not told and name == "day"):
            schools = f"{reverse('action_list')}?whose=schools"
            told = dict.fromkeys(morning.workers(action.school), schools) | told
        step = _Step(ACTION, action, f"{action.due_on}:{name}", told)
        yield from step.notices(
            due_on=action.due_on,
            is_late=name.startswith("week"),
            is_of_meeting=action.is_of_meeting,
        )


def step_of(due_on: date, today: date, next_school_day: date):
    """``ahead``, ``day`` or ``week-1``, ``week-2``, … of an action today; empty for none.

    What falls on a day without school is told on the last school day before it.
    """
    if today > due_on:
        weeks = (today - due_on).days // 7
        return f"week-{weeks}" if weeks else ""
    if due_on < next_school_day:
        return "day"
    return "ahead" if due_on - AHEAD < next_school_day else ""


def _owners(morning, action):
    """``{user: path}``: who took it on and where they read it; empty where none can be told.

    A worker who is away has it done by whoever answers for the school.
    """
    owner, path = owner_of(action)
    if action.owner_user and action.school and not morning.is_there(owner):
        return dict.fromkeys(morning.workers(action.school), path)
    return {owner: path} if owner else {}


# --- asked again before it is sent -----------------------------------------------------------


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        SHARE,
        still_due=lambda message: Share.objects.filter(
            _not_dealt_with(), consultation=message.about_id
        ).exists(),
        may_receive=lambda message: _sees(Consultation, message),
        label="Share not opened or stored",
    )
    kinds.register(
        UNSHARED,
        still_due=lambda message: Consultation.objects.filter(
            pk=message.about_id, state=State.COMPLETED
        ).exists(),
        may_receive=lambda message: _sees(Consultation, message),
        label="Consultation not shared",
    )
    kinds.register(
        RECORDING,
        still_due=lambda message: RecordingTask.objects.open().filter(pk=message.about_id).exists(),
        may_receive=lambda message: _sees(RecordingTask, message) or _stands_in(message),
        label="Note not recorded",
    )
    kinds.register(
        ACTION,
        still_due=lambda message: Action.objects.open().filter(pk=message.about_id).exists(),
        may_receive=may_hear_of_action,
        label="Action due",
    )


def _sees(model, message):
    seen = model.objects.visible_to(message.to)
    return message.to.is_active and seen.filter(pk=message.about_id).exists()


def _stands_in(message):
    """A service manager, while no manager of the school's hub can see that it is recorded."""
    task = RecordingTask.objects.select_related("school").filter(pk=message.about_id).first()
    if task is None or not message.to.is_active:
        return False
    managers = _managers_of([task.school], managers_by_hub({task.school.hub_id}))
    return message.to in managers[task.school_id]
