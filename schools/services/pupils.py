"""The children on record: added, changed, and called what each system calls them."""

import unicodedata
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from schools import policies
from schools.children import may_change_child
from schools.find import either_way
from schools.identifiers import WrongIdentifier, read_identifier
from schools.models import Enrolment, IdentifierKind, Pupil, PupilIdentifier, Setting
from schools.names import fold
from schools.scope import scope_of
from schools.services.children import involve, open_children

# What a form or a file says of the child itself.
FACTS = ("first_names", "surname", "known_as", "born_on", "due_on", "ahead")
# Care leavers are supported until they are 25 (domain-facts.md 2.1).
OLDEST_YEARS = 26
LONGEST_PREGNANCY = timedelta(days=310)
# A birth is registered, with a name, within so many days.
NAMED_WITHIN = timedelta(days=42)
# How long a child at no school is on the current work of whoever added them.
ADDER_DAYS = 28


class DuplicateChild(Exception):
    """A child like this one is on record: ``candidates``, with ``now_at`` at hand."""

    def __init__(self, candidates):
        super().__init__("A child like this one is on record already.")
        self.candidates = candidates


@transaction.atomic
def add_pupil(
    by,
    *,
    reason,
    words="",
    setting=Setting.SCHOOL,
    school=None,
    elsewhere="",
    starts_on=None,
    home_before=False,
    identifiers=None,
    anyway=False,
    once=None,
    **facts,
):
    """Add a child at a school, or at none, and open it for ``by`` with the reason; returns it.

    ``facts`` are any of ``FACTS``; ``identifiers`` is ``{IdentifierKind: text}``. A child at no
    school of the register is on the current work of ``by`` for some weeks. ``home_before``: they
    were educated at home until then (rule 001-37). DuplicateChild for one with the same surname
    and date of birth, its day and month either way round, or with one of the identifiers, unless
    ``anyway``; PermissionDenied where the school is not theirs; ValidationError for facts that no
    child can have. ``once`` is the UUID the page was made with, and becomes the child's:
    TransitionNotAllowed where ``by`` added the same child under it already.
    """
    allow(policies.may_add_child(by, school) and bool(by.sign_in))
    # The second of two clicks waits here, and then meets the child that the first one added.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    pupil = Pupil(**_checked(facts), added_by=by)
    numbers = _read_identifiers(identifiers or {})
    if once:
        pupil.pk = _unless_added(pupil, once)
    if not anyway and (candidates := duplicates(by, pupil, numbers)):
        raise DuplicateChild(candidates)
    pupil.folded = folded_names(pupil)
    pupil.save(force_insert=True)
    record(by, Verb.ADD, pupil, school_id=school and school.pk)
    _enrol(pupil, setting, school, elsewhere, starts_on, home_before)
    for kind, value in numbers.items():
        _keep_identifier(pupil, None, kind, value)
    open_children(by, [pupil], reason, words)
    if school is None:
        involve([pupil.pk], pupil, user=by, ends_at=timezone.now() + timedelta(days=ADDER_DAYS))
    return pupil


def _unless_added(pupil, once):
    """The id of a child to add: ``once``, but its own where that is another child's.

    Another child is one whom somebody else added, or who was typed over the page of the first, as
    twins are.
    """
    made = Pupil.objects.filter(pk=once).first()
    if made is None:
        return once
    is_same = all(getattr(made, name) == getattr(pupil, name) for name in FACTS)
    if is_same and made.added_by_id == pupil.added_by_id:
        raise TransitionNotAllowed("You have added this child already.")
    return pupil.pk


def duplicates(user, pupil, numbers):
    """Children like ``pupil`` whom the user may be told of, ten at most, with ``now_at``."""
    day = pupil.born_on or pupil.due_on
    surname = fold(pupil.surname)
    alike = Pupil.objects.none()
    if day and surname:
        alike = Pupil.objects.named_like(surname, *either_way(day))
    found = alike.with_school().not_at(scope_of(user).excluded)[:10]
    same_number = (
        Pupil.objects.filter(identifiers__value__in=[v for v in numbers.values() if v])
        .not_at(scope_of(user).excluded)
        .with_school()
        .distinct()
    )
    return list({pupil.pk: pupil for pupil in (*found, *same_number)}.values())


@transaction.atomic
def change_pupil(by, pupil, **facts):
    """Change the ``FACTS`` of a child: a name, the date of birth after it was expected, …"""
    pupil = locked_child(by, pupil)
    facts = _checked({name: getattr(pupil, name) for name in FACTS} | facts)
    changed = [name for name, value in facts.items() if getattr(pupil, name) != value]
    if changed:
        for name in changed:
            setattr(pupil, name, facts[name])
        pupil.folded = folded_names(pupil)
        pupil.save(update_fields=[*changed, "folded"])
        record(by, Verb.CHANGE, pupil, fields=changed)
    return pupil


@transaction.atomic
def set_identifiers(by, pupil, identifiers):
    """Keep what the systems call a child: ``{IdentifierKind: text}``, empty for none.

    A UPN that is replaced or taken away stays as a former one. ValidationError by kind for one
    that no child can have, or that is another child's, whom it does not name.
    """
    pupil = locked_child(by, pupil)
    held = {row.kind: row for row in pupil.identifiers.all()}
    changed = [
        kind
        for kind, value in _read_identifiers(identifiers).items()
        if _keep_identifier(pupil, held.get(kind), kind, value)
    ]
    if changed:
        record(by, Verb.CHANGE, pupil, identifiers=sorted(changed))
    return pupil


def locked_child(by, pupil):
    """The child as it stands now, its row locked; PermissionDenied where it is not theirs."""
    pupil = Pupil.objects.select_for_update(no_key=True).get(pk=pupil.pk)
    allow(may_change_child(by, pupil))
    return pupil


def folded_names(pupil):
    """Every name of a child, as a search compares them."""
    return fold(f"{pupil.first_names} {pupil.known_as} {pupil.surname}")


# --- what is checked -----------------------------------------------------------------------


def _checked(facts):
    """The facts, names on one line. ValidationError by field for what no child can have."""
    unknown = facts.keys() - set(FACTS)
    if unknown:
        raise ValueError(f"Not a fact of a child: {', '.join(sorted(unknown))}")
    wrong = {}
    for field, what in (
        ("first_names", "first names"),
        ("surname", "surname"),
        ("known_as", "name they are known by"),
    ):
        facts[field] = name = " ".join(facts.get(field, "").split())
        if problem := problem_of_name(name, what):
            wrong[field] = problem
    if not facts["surname"]:
        wrong["surname"] = "Enter the surname"
    wrong |= _wrong_days(facts.get("born_on"), facts.get("due_on"), facts["first_names"])
    if wrong:
        raise ValidationError(wrong)
    if facts.get("born_on"):
        facts["due_on"] = None
    return facts


def problem_of_name(name, what):
    """The sentence for a name that nobody could read or search for, or ""."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for letter in name):
        return f"The {what} must not have hidden characters. Type it again"
    if name and not fold(name):
        return f"The {what} must have letters"
    return ""


def _wrong_days(born_on, due_on, first_names):
    today = timezone.localdate()
    if born_on:
        if born_on > today:
            return {"born_on": "The date of birth must be today or in the past"}
        if today.year - born_on.year > OLDEST_YEARS:
            oldest = long_date(today.replace(year=today.year - OLDEST_YEARS, month=1, day=1))
            return {"born_on": f"The date of birth must be {oldest} or later"}
        is_newborn = born_on >= today - NAMED_WITHIN
        return {} if first_names or is_newborn else {"first_names": "Enter the first names"}
    if not due_on:
        return {"born_on": "Enter the date of birth, or the date the baby is due"}
    if not today - NAMED_WITHIN <= due_on <= today + LONGEST_PREGNANCY:
        return {"due_on": "The date the baby is due must be in the next ten months"}
    return {}


def _read_identifiers(identifiers):
    numbers, wrong = {}, {}
    for kind, written in identifiers.items():
        try:
            numbers[IdentifierKind(kind)] = read_identifier(kind, written)
        except WrongIdentifier as error:
            wrong[kind] = f"{IdentifierKind(kind).label} {error}"
    if wrong:
        raise ValidationError(wrong)
    return numbers


# --- rows beside the child -----------------------------------------------------------------


def _enrol(pupil, setting, school, elsewhere, starts_on, home_before):
    """The stay that is now, and the years at home that ended with it."""
    if starts_on and pupil.born_on and starts_on < pupil.born_on:
        raise ValidationError({"starts_on": "The day they started must be after they were born"})
    if starts_on and starts_on > timezone.localdate():
        raise ValidationError({"starts_on": "The day they started must be today or in the past"})
    Enrolment.objects.create(
        pupil=pupil, setting=setting, school=school, elsewhere=elsewhere, starts_on=starts_on
    )
    if home_before:
        Enrolment.objects.create(
            pupil=pupil, setting=Setting.HOME, ends_on=starts_on or timezone.localdate()
        )


def _keep_identifier(pupil, held, kind, value):
    """True when what the child is called has changed since ``held``, its row or None."""
    if (held.value if held else "") == value:
        return False
    if held and kind == IdentifierKind.UPN:
        pupil.identifiers.filter(kind=IdentifierKind.FORMER_UPN, value=held.value).delete()
        held.kind = IdentifierKind.FORMER_UPN
        held.save(update_fields=["kind"])
    elif held:
        held.delete()
    if value:
        try:
            with transaction.atomic():
                PupilIdentifier.objects.create(pupil=pupil, kind=kind, value=value)
        except IntegrityError as taken:
            raise ValidationError(
                {kind: f"{kind.label} is on record for another child. Check each character"}
            ) from taken
    return True
