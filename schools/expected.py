"""Children recorded before birth, whom a school's list brings years later (rule 003-43)."""

from collections import Counter, defaultdict

from django.db.models import Q

from schools.models import Enrolment, FamilyLink, Pupil
from schools.names import fold
from schools.pupil_querysets import EARLY, LATE
from schools.scope import scope_of
from schools.tables import RowRejected


class Expected:
    """The expected children whom rows about nobody on record by name may be about: three queries.

    ``rows`` have a ``number``, a ``school`` and the ``facts`` of a child. No child at a school that
    is closed to ``by`` is among them.
    """

    def __init__(self, by, rows):
        unborn = _by_surname(by, [told.facts["born_on"] for told in rows])
        self._alike = {
            told.number: [
                pupil
                for pupil in unborn[fold(told.facts["surname"])]
                if -LATE <= pupil.due_on - told.facts["born_on"] <= EARLY
            ]
            for told in rows
        }
        self._rows_for = Counter(pupil.pk for alike in self._alike.values() for pupil in alike)
        self._family_at = _schools_of_families(self._rows_for)

    @property
    def ids(self):
        return self._rows_for.keys()

    def child_of(self, told):
        """The expected child whom the row is about, or None.

        RowRejected where it may be about one and that is not certain: the only one of the surname
        who can be meant, by this row alone, with family at the school and no other first name.
        """
        alike = self._alike[told.number]
        if not alike:
            return None
        pupil = alike[0]
        is_certain = (
            len(alike) == 1
            and self._rows_for[pupil.pk] == 1
            and told.school.pk in self._family_at[pupil.pk]
            and fold(pupil.first_names) in ("", fold(told.facts["first_names"]))
        )
        if not is_certain:
            raise RowRejected(
                "Date of birth: this may be a child recorded before birth under this surname. Find"
                " the child, and change that record."
            )
        return pupil


def _by_surname(by, days):
    """``{surname: [children not born yet who were due about these days]}``, earliest first."""
    found = defaultdict(list)
    if days:
        due = (min(days) - LATE, max(days) + EARLY)
        unborn = Pupil.objects.filter(born_on=None, due_on__range=due)
        for pupil in unborn.not_at(scope_of(by).excluded).order_by("due_on", "pk"):
            found[fold(pupil.surname)].append(pupil)
    return found


def _schools_of_families(pupil_ids):
    """``{pupil id: ids of the schools where the child or one of the family is taught now}``."""
    families = {pk: {pk} for pk in pupil_ids}
    if not families:
        return families
    for link in FamilyLink.objects.filter(Q(one__in=families) | Q(other__in=families)):
        for pk, other in ((link.one_id, link.other_id), (link.other_id, link.one_id)):
            if pk in families:
                families[pk].add(other)
    stays = Enrolment.objects.filter(
        pupil__in=set().union(*families.values()), ends_on=None, school__isnull=False
    )
    taught_at = dict(stays.values_list("pupil", "school"))
    return {
        pk: {taught_at[member] for member in family if member in taught_at}
        for pk, family in families.items()
    }
