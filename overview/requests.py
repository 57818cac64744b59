"""Requests for support on My work and on the page of a school."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from linkworkers.coverage import is_away
from linkworkers.models import Allocation
from overview.rows import Row
from overview.short_work import Found
from referrals import policies
from referrals.models import SupportRequest
from referrals.request_page import lines_of
from schools.scope import scope_of

MOST = 20
# How much of it the page of a school has room for.
AT_SCHOOL = 5


def rows_of(user):
    """What waits for a link worker's answer: ``Found``; two queries at most, however much.

    What a manager gave to one of the school's workers is theirs alone while they are there.
    """
    supports = scope_of(user).supports
    if not supports:
        return
    is_there = Allocation.objects.covering().filter(
        ~is_away(OuterRef("link_worker"), timezone.localdate()),
        school=OuterRef("school"),
        link_worker__user=OuterRef("passed_to"),
    )
    theirs = Q(passed_to=user.pk) | ~Exists(is_there)
    waiting = SupportRequest.objects.visible_to(user).longest_waiting().named()
    for line in lines_of(waiting.filter(theirs, school_id__in=supports)[:MOST]):
        asked = line.asked
        title = f"{asked.school.name}, {asked.get_wanted_display()}"
        row = Row(
            "Request",
            title,
            asked.get_absolute_url(),
            line.who + "." + ("" if line.state else f" {line.when}."),
            verb="Answer" if asked.acknowledged_at else "Read",
            verb_url=asked.get_absolute_url(),
            verb_about=f"the request of {title}",
            late=f"{line.when}." if line.state == "late" else "",
            soon=f"{line.when}." if line.state == "soon" else "",
        )
        group = "overdue" if line.state == "late" else "today"
        yield Found(row, group, asked.school_id, asked.passed_to_id == user.pk)


@dataclass(frozen=True)
class AtSchool:
    """What the page of a school says of requests: its open ones, and what the viewer may do."""

    lines: list
    may_ask: bool
    may_log: bool
    follows: bool

    @property
    def shows(self):
        return bool(self.lines or self.may_ask or self.may_log)


def with_requests(schools):
    """The schools with ``has_requests``: whether any is open there, whoever may see it."""
    open_here = SupportRequest.objects.open().filter(school=OuterRef("pk"))
    return schools.annotate(has_requests=Exists(open_here))


def at_school(user, school):
    """The ``AtSchool`` of a viewer, the longest waiting first; ``school`` from ``with_requests``.

    Two queries, none where no request is open.
    """
    may_ask = policies.may_ask_for_support(user, school)
    may_log = bool(policies.sources_to_log(user, school))
    is_team = scope_of(user).is_council and policies.lists_requests(user)
    lines = []
    if school.has_requests and (is_team or school.pk in scope_of(user).asks):
        rows = SupportRequest.objects
        rows = rows.visible_to(user) if is_team else rows.at_school_of(user)
        open_here = rows.open().filter(school=school).named().order_by("received_at", "pk")
        lines = lines_of(open_here[:AT_SCHOOL])
    return AtSchool(lines, may_ask, may_log, follows=not is_team)
