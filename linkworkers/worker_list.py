"""Reading a list of link workers into the service, and the schools each of them holds.

A row is one person, or one person at one school; the rows of one person say the same of them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import policies as accounts
from accounts.models import User
from accounts.services import give_role, person_for
from audit.errors import TransitionNotAllowed
from linkworkers import policies, services
from linkworkers.models import PLACES, AllocationKind, LinkWorker, Weekday, WorkerKind
from schools.models import Hub, School
from schools.tables import (
    FileRefused,
    Outcome,
    Rejection,
    RowRejected,
    Table,
    email_of,
    school_of,
    sentence_of,
    text_of,
    urn_of,
)

REQUIRED = ("email", "name", "kind", "hub")
OPTIONAL = ("FTE", "working days", "line manager", "URN", "place", "reason")
# The facts of a worker that an empty cell leaves as they are.
MAY_STAY = ("fte", "working_days", "line_manager")


def import_link_workers(path, *, by=None, dry_run=False, progress=None):
    """Bring the link workers of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: email, name, kind (FSW or TM), hub (its code or name), FTE, working days, line
    manager (an address); and, for a school they hold, URN, place (primary or secondary) and
    reason, where the allocation needs one. An empty cell leaves what is known. ``by`` does it
    with their rights; without them the service itself appoints, and allocates nowhere. Everybody
    whom the allocations concern hears of all of them at once. FileRefused when the file cannot
    be used.
    """
    by = by or User.objects.system("link-workers")
    outcome = Outcome()
    rows = 0
    waiting = {}
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_link_workers"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        workers = Workers(by)
        for row in table:
            rows += 1
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                done = workers.bring(row)
            except NoRoom as reason:
                waiting.setdefault(urn_of(row.cells), []).append((row, reason))
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
            else:
                setattr(outcome, done, getattr(outcome, done) + 1)
            if progress and not rows % 100:
                progress(rows)
        if not rows:
            raise FileRefused("The file has a first row with the names of the columns and nobody.")
        for at_school in waiting.values():
            try:
                workers.bring_together([row for row, _ in at_school])
            except RowRejected:
                outcome.rejected += [table.rejection(row, reason) for row, reason in at_school]
            else:
                outcome.added += len(at_school)
        outcome.rejected.sort(key=attrgetter("number"))
        workers.allocate_all()
        transaction.set_rollback(dry_run)
    return outcome


class NoRoom(RowRejected):
    """Somebody else has the place, or they have the other one: other rows may change that."""


@dataclass(frozen=True)
class Told:
    """What a row says of a person; None for what it leaves open."""

    email: str
    name: str
    kind: WorkerKind
    hub: Hub
    fte: Decimal | None
    working_days: list | None
    line_manager: User | None


class Workers:
    """The link workers of one file, as they are brought in."""

    def __init__(self, by):
        self.by = by
        self.hubs = {}
        for hub in Hub.objects.all():
            self.hubs |= {hub.code.casefold(): hub, hub.name.casefold(): hub}
        schools = School.objects.open().select_related("hub")
        self.schools = {school.urn: school for school in schools}
        self.first_rows = {}
        self.seen = {}
        self.places = {}
        self.moves = []

    def bring(self, row):
        """Bring in the person of the row, and their school: added, changed or unchanged.

        RowRejected says why not, NoRoom where only the place is not free; nothing of the row is
        kept then.
        """
        with transaction.atomic():
            done, move = self._bring(row)
            if move:
                self._try([move])
        self._keep(row, move)
        return "added" if move else done

    def bring_together(self, rows):
        """Bring in rows of one school for each of which there was no room: all, or RowRejected.

        They are one set of moves with the other rows of the school, so that two people may swap.
        """
        with transaction.atomic():
            moves = [self._bring(row)[1] for row in rows]
            self._try([*(m for m in self.moves if m.school == moves[0].school), *moves])
        for row, move in zip(rows, moves, strict=True):
            self._keep(row, move)

    def _bring(self, row):
        """``(added, changed or unchanged, the Move to make or None)`` of the row."""
        told = self._told(row.cells)
        school, place = self._place(row.cells)
        reason = text_of(row.cells, "reason", 500) or ""
        self._refuse_twice(row, told, school, place)
        self._refuse_taken(row, told, school, place)
        try:
            worker, done = self._appoint(told)
        except ValidationError as error:
            raise RowRejected(sentence_of(error)) from error
        except TransitionNotAllowed as error:
            raise RowRejected(str(error)) from error
        return done, self._move(worker, school, place, reason) if school else None

    def _keep(self, row, move):
        """Remember what the row said, for the rows to come, and its move until the end."""
        told = self._told(row.cells)
        school, place = self._place(row.cells)
        self.first_rows.setdefault(told.email, (row.number, told))
        self.seen[told.email, school, place] = row.number
        if school:
            self.places[school, place] = self.places[school, told.email] = row.number
        if move:
            self.moves.append(move)

    def allocate_all(self):
        """Make the allocations of all rows at once. FileRefused when together they cannot be."""
        try:
            services.reallocate(self.by, self.moves)
        except TransitionNotAllowed as error:
            raise FileRefused(f"{error} Nothing was kept.") from error

    def _told(self, cells):
        return Told(
            email=_required(email_of(cells, "email"), "email", "their address"),
            name=_required(text_of(cells, "name", 150), "name", "the person's name"),
            kind=_kind(cells),
            hub=self._hub(cells),
            fte=_fte(cells),
            working_days=_days(cells),
            line_manager=_line_manager(cells),
        )

    def _hub(self, cells):
        name = _required(text_of(cells, "hub", 80), "hub", "the hub's code")
        hub = self.hubs.get(name.casefold())
        if hub is None:
            raise RowRejected(f"hub: there is no hub {name[:40]} here. Use its code or its name.")
        return hub

    def _place(self, cells):
        place = (text_of(cells, "place", 20) or "").casefold()
        if not cells.get("URN") and not place:
            return None, None
        school = school_of(cells, self.schools)
        if place not in PLACES:
            raise RowRejected("place must be primary or secondary.")
        return school, place

    def _refuse_twice(self, row, told, school, place):
        number, first = self.first_rows.get(told.email, (row.number, told))
        if first != told:
            raise RowRejected(
                f"email: row {number} says something else of the same person. All rows of one"
                " person say the same of them."
            )
        if number := self.seen.get((told.email, school, place)):
            raise RowRejected(f"email: row {number} says the same of the same person.")

    def _refuse_taken(self, row, told, school, place):
        if number := self.places.get((school, place)):
            raise RowRejected(f"place: row {number} gives it to somebody else.")
        if number := self.places.get((school, told.email)):
            raise RowRejected(f"place: row {number} gives them the other one at this school.")

    def _appoint(self, told):
        """``(LinkWorker, added, changed or unchanged)``."""
        user = person_for(self.by, told.email, told.name)
        facts = {name: getattr(told, name) for name in MAY_STAY}
        facts = {name: value for name, value in facts.items() if value is not None}
        held = LinkWorker.objects.filter(user=user, left_at__isnull=True).first()
        if held and held.kind != told.kind:
            raise RowRejected(
                f"kind: {held} is a {held.get_kind_display()} here. A change of kind is made by"
                " hand."
            )
        try:
            self._give_role(user, told.kind)
            if held is None:
                worker = services.appoint(self.by, user, hub=told.hub, kind=told.kind, **facts)
                return worker, "added"
            if held.hub == told.hub and all(
                getattr(held, name) == value for name, value in facts.items()
            ):
                return held, "unchanged"
            stays = {name: getattr(held, name) for name in MAY_STAY}
            worker = services.change(self.by, held, hub=told.hub, **{**stays, **facts})
            return worker, "changed"
        except PermissionDenied as error:
            raise RowRejected(f"hub: {self.by} may not appoint {told.name} there.") from error

    def _give_role(self, user, kind):
        role = policies.role_of(kind)
        if role in user.roles_given:
            return
        if accounts.comes_with_hubs(role):
            raise RowRejected(
                f"kind: {user} has no team manager’s role yet, which comes with the hubs they"
                " manage. Give it to them first."
            )
        give_role(self.by, user, role)

    def _move(self, worker, school, place, reason):
        """The ``Move`` that gives the worker a place, or None where they hold it."""
        now = timezone.now()
        held = school.allocations.not_ended(now).filter(kind=place, starts_at__lte=now).first()
        if held and held.is_live and held.link_worker_id == worker.pk:
            return None
        if not policies.is_of_its_hub(worker, school):
            raise RowRejected(
                f"hub: {worker} works in {worker.hub} and {school.name} is in {school.hub}. Name"
                " somebody of that hub."
            )
        return services.Move(school, AllocationKind(place), worker, held, reason)

    def _try(self, moves):
        """Whether these moves at one school can be made, or RowRejected.

        Tried, and undone: they are made with all the others.
        """
        try:
            with transaction.atomic():
                services.reallocate(self.by, moves)
                transaction.set_rollback(True)
        except ValidationError as error:
            raise RowRejected(sentence_of(error)) from error
        except TransitionNotAllowed as error:
            raise NoRoom(str(error)) from error
        except PermissionDenied as error:
            raise RowRejected(
                f"URN: {self.by} may not allocate at {moves[0].school.name}. Name a manager of"
                " its hub with --by."
            ) from error


def _required(value, column, what):
    if not value:
        raise RowRejected(f"{column} is empty. Enter {what}.")
    return value


def _kind(cells):
    word = _required(text_of(cells, "kind", 40), "kind", "FSW or TM")
    for kind in WorkerKind:
        if word.casefold() in (kind.value, kind.label.casefold()):
            return kind
    raise RowRejected(f"kind has {word}. It must be FSW or TM.")


def _fte(cells):
    text = cells.get("FTE", "")
    if not text:
        return None
    if not re.fullmatch(r"[01]?(\.[0-9]{1,2}0*)?", text) or not 0 < Decimal(text) <= 1:
        raise RowRejected("FTE must be a part of full time from 0.01 to 1, such as 0.6.")
    return Decimal(text)


def _days(cells):
    """The weekdays named in the cell, in their order; None when it is empty."""
    words = re.findall(r"[^\s,;/&]+", cells.get("working days", ""))
    days = {day.label[:3].casefold(): day.value for day in Weekday}
    found = {days.get(word[:3].casefold()) for word in words}
    if None in found:
        raise RowRejected(
            "working days must be days from Monday to Friday, such as Monday Tuesday Friday."
        )
    return sorted(found) or None


def _line_manager(cells):
    email = email_of(cells, "line manager")
    if email is None:
        return None
    manager = User.objects.filter(email=email, is_active=True, is_system=False).first()
    if manager is None:
        raise RowRejected(f"line manager: nobody here has the address {email}. Invite them first.")
    return manager
