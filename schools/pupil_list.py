"""Reading a school's list of children into the service: one row for each child."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pghistory
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from audit.models import Verb
from audit.services import act_of, record_all
from schools import notices
from schools.calendar import calendars_of
from schools.children import notes_open
from schools.expected import Expected
from schools.find import BY_FILE, log_shown
from schools.identifiers import WrongIdentifier, is_temporary, read_identifier
from schools.models import (
    Enrolment,
    IdentifierKind,
    Involvement,
    Pupil,
    PupilIdentifier,
    School,
)
from schools.names import fold
from schools.scope import scope_of
from schools.services.moves import keep_move
from schools.services.pupils import OLDEST_YEARS, folded_names, problem_of_name
from schools.services.transition import follow_moves
from schools.tables import (
    Outcome,
    Rejection,
    RowRejected,
    Table,
    school_of,
    text_of,
)
from schools.year_groups import year_group_of, year_group_text
from schools.years import school_year_of

REQUIRED = ("URN", "UPN", "First names", "Surname", "Date of birth")
OPTIONAL = ("Known as", "Year group", "Starts on")
LONGEST_NAME = 150
BATCH = 500
DAY = re.compile("([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
ISO_DAY = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
YEAR_GROUP = re.compile("(?:y|year|yr)? ?([0-9]{1,2})", re.IGNORECASE)
RECEPTION = frozenset({"r", "reception", "year r", "yr"})
UPN, FORMER_UPN = IdentifierKind.UPN, IdentifierKind.FORMER_UPN


def import_pupils(path, *, by=None, dry_run=False, progress=None):
    """Bring the children of the file at ``path`` into the service; returns an ``Outcome``.

    Columns: URN, UPN (may be empty), first names, surname, known as, date of birth, year group
    (checked against the date of birth), starts on. A child is known by the UPN, a former one
    among them, and otherwise by names and date of birth; one recorded before birth by the surname
    and a family at the school. One who is on record at another school moves on the day of "starts
    on"; the workers of both schools hear once of all who are ``to_hand_over``, and have those on
    their current work who are on somebody's (design.md 3). ``by`` brings them to the schools they
    reach, and from any other only those whose notes they have open; without them the service itself
    does. Whom of elsewhere it meets is logged as what a search shows is, and stays logged after a
    ``dry_run`` (rule 001-58). No child is taken off. FileRefused when the file cannot be used.
    """
    by = by or User.objects.system("pupils")
    outcome = Outcome()
    with (
        transaction.atomic(),
        pghistory.context(user=str(by.pk), page="import_pupils"),
        Table(path, REQUIRED, OPTIONAL) as table,
    ):
        children = Children(by, {school.urn: school for school in School.objects.open()})
        for batch in table.batches(BATCH, "child", progress):
            children.bring(table, batch, outcome)
        follow_moves(by, children.moves)
        notices.tell_of_moves(children.to_hand_over, by)
        outcome.rejected.sort(key=lambda rejection: rejection.number)
        transaction.set_rollback(dry_run)
    if children.shown:
        log_shown(by, Pupil.objects.filter(pk__in=children.shown), BY_FILE)
    return outcome


@dataclass(frozen=True)
class Told:
    """What one row says of a child."""

    number: int
    school: School
    upn: str
    facts: dict
    starts_on: date | None

    @property
    def person(self):
        return fold(f"{self.facts['first_names']} {self.facts['surname']}"), self.facts["born_on"]


class Children:
    """The children of one file, as they are brought in; who was read already is known by row."""

    def __init__(self, by, schools):
        self.by = by
        self.schools = schools
        self.today = timezone.localdate()
        coming = calendars_of()[None].starting_year(self.today)
        # Schools tell the coming year's groups of the same children as soon as lessons are over.
        self.tells_coming_year = coming > school_year_of(self.today)
        self.seen = {}
        self.shown = set()
        self.acts = []
        self.moves = {}
        self.to_hand_over = []

    def bring(self, table, batch, outcome):
        """Bring in the children of these rows, counted in ``outcome``; the others say why not."""
        rows = []
        for row in batch:
            if isinstance(row, Rejection):
                outcome.rejected.append(row)
                continue
            try:
                rows.append((row, self._read(row)))
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
        held = OnRecord(self.by, [told for _, told in rows])
        self.shown |= held.elsewhere
        new = []
        for row, told in rows:
            try:
                pupil = held.child_of(told)
                if pupil is None:
                    new.append(told)
                    outcome.added += 1
                elif self._change(held, pupil, told):
                    outcome.changed += 1
                else:
                    outcome.unchanged += 1
            except RowRejected as reason:
                outcome.rejected.append(table.rejection(row, reason))
        self._add(new)
        record_all(self.acts)
        self.acts = []

    # --- reading a row ------------------------------------------------------------------

    def _read(self, row):
        cells = row.cells
        school = self._school(cells)
        names = {
            "first_names": _name(cells, "First names"),
            "surname": _name(cells, "Surname"),
            "known_as": _name(cells, "Known as"),
        }
        for field, column in (("first_names", "First names"), ("surname", "Surname")):
            if not names[field]:
                raise RowRejected(f"{column} is empty. Enter the child's {column.lower()}.")
        born_on = self._born(cells)
        told = Told(
            row.number,
            school,
            _upn(cells),
            {**names, "born_on": born_on, **self._ahead(cells, born_on)},
            self._starts(cells, born_on),
        )
        self._refuse_twice(told)
        return told

    def _school(self, cells):
        school = school_of(cells, self.schools)
        if not self.by.is_system and not scope_of(self.by).reaches(school):
            raise RowRejected(f"URN: {self.by} may not bring children to {school.name}.")
        return school

    def _born(self, cells):
        born_on = _day(cells, "Date of birth")
        if born_on is None:
            raise RowRejected("Date of birth is empty. Enter it, such as 23/11/2015.")
        if born_on > self.today:
            raise RowRejected("Date of birth is in the future. Check the date.")
        if self.today.year - born_on.year > OLDEST_YEARS:
            raise RowRejected("Date of birth is too long ago for a pupil. Check the date.")
        return born_on

    def _ahead(self, cells, born_on):
        """``ahead`` of their age's own group, if told; RowRejected where it cannot be theirs.

        Before the school year begins a row may tell the group of either year.
        """
        text = cells.get("Year group", "").strip()
        if not text:
            return {}
        match = YEAR_GROUP.fullmatch(text)
        if text.casefold() in RECEPTION:
            group = 0
        elif match:
            group = int(match[1])
        else:
            raise RowRejected("Year group must be R or a number, such as 9, or empty.")
        usual = year_group_of(born_on, self.today)
        ahead = group - usual
        if self.tells_coming_year and ahead > 0:
            ahead -= 1
        if abs(ahead) > 1:
            raise RowRejected(
                f"Year group does not fit the date of birth, which makes it"
                f" {year_group_text(usual)}. Check both."
            )
        return {"ahead": ahead}

    def _starts(self, cells, born_on):
        starts_on = _day(cells, "Starts on")
        if starts_on and starts_on > self.today:
            raise RowRejected("Starts on is in the future. Bring the child in once they are there.")
        if starts_on and starts_on < born_on:
            raise RowRejected("Starts on is before the date of birth. Check both.")
        return starts_on

    def _refuse_twice(self, told):
        for what, key in (("UPN", told.upn), ("First names", told.person)):
            first = self.seen.setdefault(key, told.number) if key else told.number
            if first != told.number:
                raise RowRejected(
                    f"{what}: row {first} is about the same child. Give each child one row."
                )

    # --- what is written ----------------------------------------------------------------

    def _add(self, rows):
        pupils = [Pupil(**told.facts, added_by=self.by) for told in rows]
        for pupil in pupils:
            pupil.folded = folded_names(pupil)
        Pupil.objects.bulk_create(pupils)
        pairs = list(zip(pupils, rows, strict=True))
        Enrolment.objects.bulk_create(
            Enrolment(pupil=pupil, school=told.school, starts_on=told.starts_on)
            for pupil, told in pairs
        )
        PupilIdentifier.objects.bulk_create(
            PupilIdentifier(pupil=pupil, kind=UPN, value=told.upn)
            for pupil, told in pairs
            if told.upn
        )
        for pupil, told in pairs:
            self._did(pupil, told, ["added"])

    def _change(self, held, pupil, told):
        """True when the row told something new of a child on record."""
        now = held.now_at.get(pupil.pk)
        if now and now.school_id in scope_of(self.by).excluded:
            raise RowRejected(held.SOMEBODY_ELSE)
        moves = now is None or now.school_id != told.school.pk
        if moves:
            self._refuse_pull(held, pupil, now)
            self._refuse_move(now, told)
        numbers = held.renumber(pupil, told)
        facts = {name: value for name, value in told.facts.items() if name != "known_as" or value}
        facts["due_on"] = None
        changed = [name for name, value in facts.items() if getattr(pupil, name) != value]
        for name in changed:
            setattr(pupil, name, facts[name])
        if changed:
            pupil.folded = folded_names(pupil)
            pupil.save(update_fields=[*changed, "folded"])
        if moves:
            self._move(held, now, Enrolment(pupil=pupil, school=told.school), told.starts_on)
        elif told.starts_on and now.starts_on != told.starts_on:
            now.starts_on = told.starts_on
            now.save(update_fields=["starts_on"])
            changed.append("starts_on")
        changed += ["upn"] * numbers + ["school"] * moves
        if changed:
            self._did(pupil, told, changed)
        return bool(changed)

    def _move(self, held, now, new, moved_on):
        opens_notes = new.pupil_id in held.told_of and held.to_hand_over.get(new.pupil_id, False)
        move = keep_move(self.by, now, new, moved_on, opens_notes=opens_notes)
        self.moves[move] = opens_notes
        if new.pupil_id in held.to_hand_over:
            self.to_hand_over.append(move)

    def _refuse_pull(self, held, pupil, now):
        """RowRejected for a child whose move ``by`` does not record (rule 001-58).

        They bring a child from a school they do not reach only with the child's notes open.
        """
        is_free = now is None or now.school is None or self.by.is_system
        if is_free or scope_of(self.by).reaches(now.school) or pupil.pk in held.notes_open:
            return
        raise RowRejected(
            "UPN: the child is on record at another school. Ask the link worker of the child’s"
            " school to record the move."
        )

    def _refuse_move(self, now, told):
        if told.starts_on is None:
            raise RowRejected(
                "Starts on is empty, and the child is on record elsewhere. Enter the day they"
                " started at this school."
            )
        if now and now.starts_on and told.starts_on < now.starts_on:
            raise RowRejected(
                "Starts on is before the day the child came to the school on record. Check it."
            )

    def _did(self, pupil, told, fields):
        self.acts.append(
            act_of(self.by, Verb.IMPORT, pupil, school_id=told.school.pk, fields=fields)
        )


class OnRecord:
    """The children on record whom these rows may be about: twelve queries, however many rows.

    ``notes_open`` are the ids of those whose notes are open to ``by``, ``elsewhere`` of those who
    are at no school that they reach either, and ``told_of`` of those whose move opens them to the
    schools: who brings a child from no school, or on from one that had nothing to do with the
    child, reads no more of them for it (rule 001-58). ``to_hand_over`` is ``{id:
    on somebody's current work}`` of those whose schools hand over when they move.
    """

    SOMEBODY_ELSE = (
        "UPN is on record for a child with another name and date of birth. Check all three."
    )

    def __init__(self, by, rows):
        numbers = PupilIdentifier.objects.filter(
            kind__in=(UPN, FORMER_UPN), value__in={told.upn for told in rows if told.upn}
        ).select_related("pupil")
        # The number a child has now goes before one that another child had.
        self.by_upn = {n.value: n.pupil for n in sorted(numbers, key=lambda n: n.kind == UPN)}
        self.by_person = defaultdict(list)
        for pupil in Pupil.objects.filter(born_on__in={told.facts["born_on"] for told in rows}):
            person = fold(f"{pupil.first_names} {pupil.surname}"), pupil.born_on
            self.by_person[person].append(pupil)
        met = {pupil.pk for pupil in self.by_upn.values()}
        for told in rows:
            met |= {pupil.pk for pupil in self.by_person.get(told.person, ())}
        unknown = [
            told
            for told in rows
            if told.upn not in self.by_upn and told.person not in self.by_person
        ]
        self.expected = Expected(by, unknown)
        met |= self.expected.ids
        self.notes_open = frozenset() if by.is_system else notes_open(by, met)
        to_hand_over = Pupil.objects.filter(pk__in=met).to_hand_over()
        self.to_hand_over = dict(to_hand_over.values_list("pk", "on_work"))
        taught = Enrolment.objects.filter(
            pupil=OuterRef("pupil"), school=OuterRef("school"), ends_on=None
        )
        theirs = Involvement.objects.current().of_schools().filter(Exists(taught), pupil__in=met)
        of_school = set(theirs.values_list("pupil", flat=True))
        self.told_of = met if by.is_system else self.notes_open | of_school
        stays = Enrolment.objects.filter(pupil__in=met, ends_on=None).select_related("school")
        self.now_at = {stay.pupil_id: stay for stay in stays}
        scope = scope_of(by)
        reached = {
            pk for pk, stay in self.now_at.items() if stay.school and scope.reaches(stay.school)
        }
        self.elsewhere = frozenset() if by.is_system else met - reached - self.notes_open
        self.numbers = defaultdict(dict)
        for number in PupilIdentifier.objects.filter(pupil__in=met, kind__in=(UPN, FORMER_UPN)):
            self.numbers[number.pupil_id][number.value] = number

    def child_of(self, told):
        """The child on record that the row is about, or None. RowRejected when it is unclear."""
        alike = self.by_person.get(told.person, [])
        held = self.by_upn.get(told.upn)
        if held is None:
            if len(alike) > 1:
                raise RowRejected(
                    "First names: more than one child on record has these names and this date of"
                    " birth. Enter the UPN."
                )
            return alike[0] if alike else self.expected.child_of(told)
        same_name = fold(held.surname) == fold(told.facts["surname"])
        if not same_name and held.born_on != told.facts["born_on"]:
            raise RowRejected(self.SOMEBODY_ELSE)
        return held

    def renumber(self, pupil, told):
        """True when the child got the UPN of the row; a temporary one makes way for it."""
        mine = self.numbers[pupil.pk]
        if not told.upn or told.upn in mine:
            return False
        now = next((number for number in mine.values() if number.kind == UPN), None)
        if now and not is_temporary(now.value):
            raise RowRejected(
                "UPN: the child is on record with another one. Check it, or change it on the"
                " child's page."
            )
        if now and is_temporary(told.upn):
            raise RowRejected("UPN: the child has another temporary one on record. Check it.")
        if now:
            now.kind = FORMER_UPN
            now.save(update_fields=["kind"])
        PupilIdentifier.objects.create(pupil=pupil, kind=UPN, value=told.upn)
        return True


def _name(cells, column):
    name = text_of(cells, column, LONGEST_NAME) or ""
    if problem := problem_of_name(name, column.lower()):
        raise RowRejected(f"{column}: {problem[0].lower()}{problem[1:]}.")
    return name


def _upn(cells):
    try:
        return read_identifier(UPN, cells.get("UPN", ""))
    except WrongIdentifier as wrong:
        raise RowRejected(f"UPN {wrong}.") from None


def _day(cells, column):
    """The date of a cell, or None when it is empty. RowRejected for what may be another date."""
    text = cells.get(column, "").strip()
    if not text:
        return None
    if re.fullmatch("[0-9]{5}", text):
        raise RowRejected(
            f"{column} is a number that a spreadsheet made of a date. Format the column as a date"
            " and save it again."
        )
    if match := DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := ISO_DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        raise RowRejected(
            f"{column} must be a date with all four digits of the year, such as 23/11/2015."
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise RowRejected(f"{column} must be a real date, such as 23/11/2015.") from None
