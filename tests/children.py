"""Children for the world of ``tests/world.py``, written directly; every surname is a canary."""

from datetime import date
from itertools import count
from typing import NamedTuple

from stdnum.gb.upn import calc_check_digit

from schools.models import (
    Enrolment,
    FamilyLink,
    IdentifierKind,
    Involvement,
    Pupil,
    PupilIdentifier,
)
from schools.names import fold

_serial = count(1)


class Children(NamedTuple):
    """Ada and Ben, sister and brother at Oakfield, and Cleo at Beechcroft in the other hub."""

    ada: Pupil
    ben: Pupil
    cleo: Pupil


def valid_upn(serial=None, *, temporary=False):
    """A UPN with its check letter; another one each time unless its ``serial`` is given."""
    serial = next(_serial) if serial is None else serial
    end = f"{serial % 100:02d}A" if temporary else f"{serial % 1000:03d}"
    digits = f"938{4000 + serial // 1000:04d}24{end}"
    return calc_check_digit(digits) + digits


# Where the function is asked for the number a child gets, or for none.
NEXT = object()


def child(
    world, first="Ada", surname=None, born_on=date(2015, 3, 2), school=None, upn=NEXT, **facts
):
    """A child taught at ``school`` (Oakfield) now, with a valid UPN unless ``upn`` is None.

    ``facts`` are other fields. The surname is ``CANARY-900001-ada`` unless it is given.
    """
    school = school or world.oakfield
    if surname is None:
        surname = f"CANARY-{school.urn}-{first.lower()}"
    pupil = Pupil.objects.create(
        first_names=first,
        surname=surname,
        folded=fold(f"{first} {surname}"),
        born_on=born_on,
        added_by=world.manager,
        **facts,
    )
    Enrolment.objects.create(pupil=pupil, school=school, starts_on=date(2024, 9, 2))
    if upn is not None:
        value = valid_upn() if upn is NEXT else upn
        PupilIdentifier.objects.create(pupil=pupil, kind=IdentifierKind.UPN, value=value)
    return pupil


def children_of(world):
    """The ``Children`` of the world; none of them is on anybody's current work."""
    ada = child(world, "Ada", born_on=date(2015, 3, 2))
    ben = child(world, "Ben", born_on=date(2017, 11, 23))
    cleo = child(world, "Cleo", born_on=date(2014, 6, 8), school=world.beech)
    one, other = sorted((ada, ben), key=lambda pupil: pupil.pk)
    FamilyLink.objects.create(one=one, other=other, added_by=world.manager)
    return Children(ada, ben, cleo)


def works_with(world, pupil, school=None):
    """Put the child on the current work of those who work with ``school`` (Oakfield)."""
    return Involvement.objects.create(
        pupil=pupil,
        school=school or world.oakfield,
        source_type="consultation",
        source_id=world.completed.pk,
    )
