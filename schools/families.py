"""Which children belong together, as a page shows it."""

from dataclasses import dataclass

from django.db.models import Q

from schools.models import FamilyLink, Kinship, Pupil
from schools.scope import scope_of

# Who counts as one home; a cousin elsewhere does not.
AT_HOME = (Kinship.SIBLING, Kinship.HOUSEHOLD)


@dataclass(frozen=True)
class Relative:
    """Another child of the family, which has ``now_at``, and the ``link`` between the two."""

    pupil: Pupil
    link: FamilyLink

    @property
    def where(self):
        """Where the other child learns now, in words; empty when that is not known."""
        return self.pupil.now_at[0].where if self.pupil.now_at else ""


def family_of(user, pupil):
    """The ``Relative`` list of a child, eldest first; three queries.

    Children at a school that is closed to the user are left out.
    """
    links = list(FamilyLink.objects.filter(Q(one=pupil) | Q(other=pupil)))
    by_id = {link.other_id if link.one_id == pupil.pk else link.one_id: link for link in links}
    others = Pupil.objects.filter(pk__in=by_id).not_at(scope_of(user).excluded).with_school()
    return [Relative(other, by_id[other.pk]) for other in others.order_by("born_on", "surname")]


def household_of(pupil_ids):
    """The ids of these children and of all who are at home with them, as family links say.

    A link leads on to the next one: of three sisters, often two are linked to the first alone. A
    query for each step, so one where nobody is linked.
    """
    found, new = set(), set(pupil_ids)
    while new:
        found |= new
        links = FamilyLink.objects.filter(Q(one__in=new) | Q(other__in=new), kind__in=AT_HOME)
        new = {pk for pair in links.values_list("one", "other") for pk in pair} - found
    return found
