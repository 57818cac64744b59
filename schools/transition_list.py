"""Children in transition as their lists show them: by school year and school (rule 001-33)."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from schools import policies
from schools.calendar import calendars_of
from schools.models import School, Transition
from schools.scope import scope_of
from schools.years import TermName, school_year_of


@dataclass
class SchoolLists:
    """One of the viewer's schools: the entries of who leaves it, and of who starts there."""

    school: School
    leaving: list = field(default_factory=list)
    arriving: list = field(default_factory=list)


def lists_of(user, school_year):
    """The ``SchoolLists`` of the viewer's schools that have an entry in the year, by name.

    Two queries; somebody who goes from one of them to another stands in both.
    """
    entries = (
        Transition.objects.visible_to(user)
        .filter(school_year=school_year)
        .select_related("pupil")
        .prefetch_related("talks")
    )
    found = {}
    for entry in entries:
        for school, side in ((entry.school, "leaving"), (entry.to, "arriving")):
            if school and policies.may_keep_relationship(user, school):
                lists = found.setdefault(school.pk, SchoolLists(school))
                getattr(lists, side).append(entry)
    return sorted(found.values(), key=lambda lists: (lists.school.name, lists.school.urn))


def years_of(user, today):
    """The school years that the viewer has entries of, and the coming one, in order."""
    held = Transition.objects.visible_to(user).order_by().values_list("school_year", flat=True)
    return sorted({*held.distinct(), coming_year(today)})


def coming_year(today):
    """The school year that begins next."""
    return school_year_of(today) + 1


def schools_to_think_of(user, today):
    """A link worker's schools that have nobody on the list of the coming school year, by name.

    Asked in the summer term (rule 001-38).
    """
    supports = scope_of(user).supports
    if not supports or calendars_of()[None].term_on(today).name != TermName.SUMMER:
        return []
    of_school = Q(school=OuterRef("pk")) | Q(to=OuterRef("pk"))
    listed = Transition.objects.lasting().filter(of_school, school_year=coming_year(today))
    return list(School.objects.open().filter(~Exists(listed), pk__in=supports).order_by("name"))
