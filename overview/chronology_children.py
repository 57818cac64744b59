"""The children of an entry of a school's chronology, as far as they are open to the viewer."""

from dataclasses import replace

from overview.chronology_ages import age_at
from overview.chronology_entries import Entry
from schools.children import open_pupils

CLOSED = "A child who is not on your current work"


def opened_among(user, pupil_ids):
    """``{id: pupil}`` of the children among these ids who are open to the user; one query."""
    ids = set(pupil_ids) - {None}
    return {pupil.pk: pupil for pupil in open_pupils(user).filter(pk__in=ids)} if ids else {}


def part_of(at, pk, pupil, **told):
    """The ``Entry`` of one child's part; without a ``pupil``, closed, only that there was one.

    ``told`` are further fields of it.
    """
    if pupil is None:
        return Entry(at, pk, line=CLOSED)
    url = pupil.get_absolute_url()
    part = Entry(at, pk, line=pupil.name, url=url, children=(pupil,), **told)
    return replace(part, age=age_at(pupil, part.day))
