"""What goes on at the school that follows a closed one (design.md 3: predecessor, successor)."""

from collections import defaultdict

from django.utils import timezone

from audit.models import Verb
from audit.services import act_of, record_all
from schools.models import Enrolment, SchoolLink, SchoolStatus


def heirs():
    """``{id of a closed school: SchoolLink}`` where one open school alone follows it; one query.

    Of a school that was split nobody can tell which child went where.
    """
    links = SchoolLink.objects.filter(predecessor__status=SchoolStatus.CLOSED)
    following = defaultdict(list)
    for link in links.select_related("predecessor", "successor"):
        following[link.predecessor_id].append(link)
    return {
        pk: links[0]
        for pk, links in following.items()
        if len(links) == 1 and links[0].successor.is_open
    }


def children_go_on(by):
    """The children of a closed school are taught at its heir from then on.

    That is no move of theirs: nothing is handed over, and nobody is told.
    """
    heir_of = heirs()
    today = timezone.localdate()
    stays = list(
        Enrolment.objects.filter(school__in=heir_of, ends_on=None)
        .select_related("pupil")
        .select_for_update(of=["self"], no_key=True)
    )
    later = []
    for stay in stays:
        link = heir_of[stay.school_id]
        day = min(link.since or link.predecessor.closed_on or today, today)
        stay.ends_on = max(day, stay.starts_on or day)
        later.append(Enrolment(pupil=stay.pupil, school=link.successor, starts_on=stay.ends_on))
    Enrolment.objects.bulk_update(stays, ["ends_on"], batch_size=500)
    Enrolment.objects.bulk_create(later, batch_size=500)
    record_all([act_of(by, Verb.MOVE, stay.pupil, school_id=stay.school_id) for stay in later])
