"""Which children belong together, as a page shows it."""

from dataclasses import dataclass

from django.db.models import Q

from schools.models import FamilyLink, Pupil
from schools.scope import scope_of


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
