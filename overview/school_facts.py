"""What stands at the top and in the rail of a school's page, each question in one query."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, When
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from consultations import nurse
from consultations.action_list import lines_of
from consultations.models import Action, Consultation, State
from consultations.policies import may_invite_nurse, may_mark_done
from govuk.words import clock, day_of, listed
from panels import targeting
from schools.calendar import calendars_of
from schools.models import SchoolContact, SchoolLink
from schools.scope import scope_of


def with_register_facts(schools):
    """The schools with hub, area and team, agreed attendees and successions at hand."""
    here = OuterRef("pk")

    def linked(side, other):
        links = SchoolLink.objects.filter(**{side: here}).order_by(f"{other}__name")
        return ArraySubquery(
            links.values(row=JSONObject(urn=f"{other}__urn", name=f"{other}__name"))
        )

    agreed = SchoolContact.objects.filter(agreed_at=here).order_by("name")
    return schools.select_related("hub", "panel_area", "nursing_team").annotate(
        agreed_names=ArraySubquery(agreed.values("name")),
        predecessors=linked("successor", "predecessor"),
        successors=linked("predecessor", "successor"),
    )


@dataclass(frozen=True)
class Answer:
    """One cell of the strip: the question, the answer, and a word more; ``state`` colours that."""

    question: str
    answer: str
    more: str = ""
    url: str = ""
    state: str = ""


def answers_for(user, school, school_ids, link_workers):
    """The strip of somebody who works with the school; four queries at most.

    The school has its targeting support meetings at hand; ``link_workers`` are its
    ``linkworkers.holders.LinkWorkers``.
    """
    seen = Consultation.objects.visible_to(user).filter(school_id__in=school_ids)
    answers = [_last_contact(user, seen), _covering(link_workers), _open_here(user, seen)]
    calendars = calendars_of([school.pk])
    if may_invite_nurse(user, school):
        answers += _with_nurse(school, calendars)
    return answers + _targeting(school, calendars)


def _targeting(school, calendars):
    """Whether this term's targeting support meeting was held, or is planned; no query."""
    return [
        Answer(
            "Targeting support, this term",
            standing.text,
            standing.to_do if standing.step and standing.is_missing else "",
            reverse("targeting"),
            standing.state,
        )
        for standing in targeting.this_term([school], calendars).values()
    ]


def _with_nurse(school, calendars):
    """Whether a school nurse took part in one this term: a yes or no (rule 001-72)."""
    for standing in nurse.standings([school], calendars).values():
        url = reverse("nurse_at_school", args=[school.urn])
        question = f"School nurse, {standing.term.name.label.lower()} term"
        if standing.is_held:
            return [Answer(question, "Yes", "Took part this term", url, "ok")]
        if at := standing.starts_at:
            confirmed = standing.invite.confirmed_on
            more = "Nurse confirmed" if confirmed else "Invited, no reply known"
            day = day_of(at)
            answer = f"{day[0].upper()}{day[1:]}, {clock(at)}"
            return [Answer(question, answer, more, url, "ok" if confirmed else "")]
        return [Answer(question, "No date yet", "Agree one with the school", url, standing.state)]
    return []


def _covering(link_workers):
    covering = [holder for holder in link_workers.current if holder.covers]
    if not covering:
        return Answer("Link workers now", "Nobody", "No allocation holds today", state="late")
    names = listed(["you" if h.is_viewer else h.allocation.link_worker.user.name for h in covering])
    gaps = link_workers.gaps
    return Answer(
        "Link workers now",
        f"{names[0].upper()}{names[1:]}",
        f"No {gaps[0]} link worker" if gaps else "Primary and secondary",
        state="soon" if gaps else "",
    )


def _last_contact(user, seen):
    last = (
        seen.exclude(state=State.DRAFT).select_related("author").order_by("-held_at", "-pk").first()
    )
    if last is None:
        return Answer("Last contact", "None recorded yet")
    day = day_of(last.held_at)
    who = "you" if last.author_id == user.pk else last.author.name
    return Answer(
        "Last contact",
        f"{day[0].upper()}{day[1:]}, {clock(last.held_at)}",
        f"{last.get_place_display()}, with {who}",
        url=reverse("consultation", args=[last.pk]),
    )


def _open_here(user, seen):
    """What to finish first: a draft, a note to share, a note the school has not stored."""
    first = Case(When(state=State.DRAFT, then=0), When(state=State.COMPLETED, then=1), default=2)
    waiting = (
        seen.filter(stored_on__isnull=True)
        .select_related("author")
        .order_by(first, "-held_at")
        .first()
    )
    if waiting is None:
        return Answer("Open here", "Nothing waits", "Every note is shared and stored", state="ok")
    held = day_of(waiting.held_at)
    url = reverse("consultation", args=[waiting.pk])
    if waiting.is_draft:
        who = "you" if waiting.author_id == user.pk else waiting.author.name
        return Answer("Open here", f"Draft from {held}", f"By {who}", url, "soon")
    if not waiting.is_shared:
        return Answer("Open here", f"Note from {held}", "Completed, not shared yet", url, "soon")
    return Answer("Open here", f"Note from {held}", "Shared, not stored yet by the school", url)


@dataclass(frozen=True)
class OpenAction:
    """An open action with what the viewer may do about it; ``what`` may be held back."""

    action: Action
    what: str
    due: str
    is_late: bool
    may_mark_done: bool


def open_actions(user, school, most=30):
    """The open actions of the school that the viewer sees, earliest due first; four queries.

    The words of one about a child who is not open to the viewer are held back (rule 001-58).
    """
    today = timezone.localdate()
    actions = (
        Action.objects.visible_to(user)
        .open()
        .filter(school=school)
        .select_related("owner_user", "owner_contact", "about")[:most]
    )
    for action in actions:
        action.school = school
    return [
        OpenAction(line.action, line.what, line.due, line.is_late, may_mark_done(user, line.action))
        for line in lines_of(user, actions, today)
    ]


def basis(user, school):
    """The relation that opened the page, for the access log."""
    scope = scope_of(user)
    if school.id in scope.excluded:
        return "register"
    if school.id in scope.supports:
        return "support"
    if school.hub_id in scope.manages:
        return "manager"
    if scope.county:
        return "county"
    return "register" if scope.is_council else "school"
