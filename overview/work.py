"""My work: what needs one person now, what waits for others, and the schools they hold.

Exceptions and next steps, never a count of consultations (rule 001-124), and no free text
about a child but the action that was agreed.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone

from consultations.action_list import lines_of
from consultations.models import (
    Action,
    Comment,
    Consultation,
    RecordingTask,
    Reply,
    Share,
    State,
)
from consultations.nurse import due_at
from consultations.policies import may_record
from consultations.recording import SHORT, as_of_today, due_text
from consultations.services import FORM
from drafts.models import Draft
from govuk.words import clock, day_of, day_text, listed, long_date
from linkworkers.coverage import stood_in_for
from linkworkers.models import Allocation
from overview import requests
from overview.contact import last_contact
from overview.rows import Row
from overview.short_work import rows_of
from overview.wording import SchoolTime, weekdays_since
from schools.scope import scope_of
from schools.transition_list import coming_year, schools_to_think_of
from schools.years import year_text

# How far ahead an action shows, and how long a reply stays, in days.
AHEAD, REPLY_STAYS = 14, 7
# A share nobody has answered: quiet for the first days, and off the page after a term.
QUIET, WATCHED = 2, 90
# Weekdays before a draft, or a completed note that nobody shared, is late.
DRAFT_LATE, UNSHARED_LATE = 3, 1
MOST = 40
# What is read of a reply or a comment: never its text.
ANSWER = (
    "kind",
    "pk",
    "at",
    "by_name",
    "consultation_id",
    "held_at",
    "author_id",
    "school_id",
    "school_name",
)


@dataclass(frozen=True)
class HeldSchool:
    """A school the person supports; ``state`` of ``since`` is late, soon or empty."""

    urn: str
    name: str
    held_as: str
    since: str
    state: str
    last: object
    draft: object = None


@dataclass
class Work:
    """The page's groups, in order; empty ones stay empty lists.

    ``stands_in`` is ``{school id: name}`` of the primary link workers who are away, and
    ``covering`` what waits at those schools, by name.
    """

    stands_in: dict = field(default_factory=dict)
    covering: dict = field(default_factory=dict)
    overdue: list = field(default_factory=list)
    today: list = field(default_factory=list)
    soon: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    schools: list = field(default_factory=list)

    @property
    def groups(self):
        named = [
            ("Overdue", self.overdue),
            ("Today", self.today),
            ("This week and soon", self.soon),
        ]
        named += [(f"Covering for {name}", rows) for name, rows in self.covering.items()]
        return [(name, rows) for name, rows in named if rows]

    def place(self, row, group, school_id, *, is_own):
        """Put the row in the group; at an absent primary's school apart, unless it is one's own."""
        name = self.stands_in.get(school_id)
        if name and not is_own:
            group = self.covering.setdefault(name, [])
        group.append(row)


def work_of(user, order=""):
    """The ``Work`` of somebody who records consultations; a fixed number of queries.

    ``order`` is ``contact`` for the schools longest since contact first, else A to Z.
    """
    work = Work(schools=_schools(user, order))
    if work.schools:
        work.stands_in = stood_in_for(user)
    _place_consultations(work, user)
    _place_recordings(work, user)
    _place_actions(work, user)
    for found in (*requests.rows_of(user), *rows_of(user)):
        work.place(found.row, getattr(work, found.group), found.school_id, is_own=found.is_own)
    _place_answers(work, user)
    _place_nurse(work, user)
    _place_transition(work, user)
    return work


# --- schools ------------------------------------------------------------------------------


def _schools(user, order):
    """The schools held now, by live allocation: two queries."""
    scope = scope_of(user)
    if not scope.supports:
        return []
    draft = Consultation.objects.filter(
        school=OuterRef("school"), author=user, state=State.DRAFT
    ).order_by("-started_at")
    held = (
        Allocation.objects.live()
        .filter(link_worker__user=user, school_id__in=scope.supports)
        .select_related("school")
        .annotate(last_contact_at=last_contact("school"), draft_id=Subquery(draft.values("pk")[:1]))
    )
    if order == "contact":
        held = held.order_by(F("last_contact_at").asc(nulls_first=True), "school__name")
    else:
        held = held.order_by("school__name", "school__urn")
    time = SchoolTime(allocation.school_id for allocation in held)
    return [_held_school(allocation, time) for allocation in held]


def _held_school(allocation, time):
    since, state = time.since_contact(allocation.school_id, allocation.last_contact_at)
    return HeldSchool(
        urn=allocation.school.urn,
        name=allocation.school.name,
        held_as=_held_as(allocation),
        since=since,
        state=state,
        last=allocation.last_contact_at,
        draft=allocation.draft_id,
    )


def _held_as(allocation):
    """Primary; Cover until 5 December."""
    kind = allocation.get_kind_display()
    if allocation.last_day is None:
        return kind
    return f"{kind} until {day_text(allocation.last_day, timezone.localdate())}"


# --- consultations --------------------------------------------------------------------------


def _open_consultations(user):
    """Drafts of one's own, notes to share, and shared notes not stored yet: one query."""
    scope = scope_of(user)
    now = timezone.now()
    supported = Q(school_id__in=scope.supports)
    to_finish = Q(state=State.DRAFT, author=user)
    to_share = Q(state=State.COMPLETED) & (supported | Q(author=user, hub_id__in=scope.manages))
    to_store = Q(
        state=State.SHARED,
        stored_on__isnull=True,
        shared_at__lte=now - timedelta(days=QUIET),
        shared_at__gte=now - timedelta(days=WATCHED),
    ) & (supported | Q(author=user))
    saved = Draft.objects.filter(form=FORM, target_id=OuterRef("pk"))
    turn = Case(
        When(state=State.SHARED, then=Value("last")),
        default=Value("first"),
        output_field=CharField(),
    )
    return (
        Consultation.objects.visible_to(user)
        .filter(to_finish | to_share | to_store)
        .select_related("school")
        .annotate(
            saved_at=Subquery(saved.values("saved_at")[:1]),
            was_opened=Exists(
                Share.objects.filter(consultation=OuterRef("pk"), opened_at__isnull=False)
            ),
        )
        .order_by(turn, "held_at")[:MOST]
    )


def _place_consultations(work, user):
    for consultation in _open_consultations(user):
        if consultation.is_shared:
            work.waiting.append(_waiting_row(consultation))
            continue
        make = _draft_row if consultation.is_draft else _share_row
        row = make(consultation, user)
        work.place(
            row,
            work.overdue if row.late else work.today,
            consultation.school_id,
            is_own=consultation.author_id == user.pk,
        )


def _title(consultation):
    return f"{consultation.school.name}, {day_of(consultation.held_at)}"


def _draft_row(consultation, user):
    title = _title(consultation)
    url = reverse("consultation_edit", args=[consultation.pk])
    why = _saved_text(consultation)
    if not may_record(user, consultation.school):
        why += " You no longer hold this school: your team manager reads it here."
        return Row("Draft", title, url, why)
    is_late = weekdays_since(consultation.started_at) > DRAFT_LATE
    return Row(
        "Draft",
        title,
        url,
        why,
        verb="Finish",
        verb_url=url,
        verb_about=f"the draft for {title}",
        late=f"Started {day_of(consultation.started_at)}." if is_late else "",
    )


def _saved_text(consultation):
    at = consultation.saved_at
    if at is None:
        return "Not completed yet."
    return f"Saved {day_of(at)} at {clock(at)}."


def _share_row(consultation, user):
    title = _title(consultation)
    is_late = weekdays_since(consultation.completed_at) > UNSHARED_LATE
    return Row(
        "To share",
        title,
        reverse("consultation", args=[consultation.pk]),
        f"Completed {day_of(consultation.completed_at)}. The school cannot read it yet.",
        verb="Share",
        verb_url=reverse("consultation_share", args=[consultation.pk]),
        verb_about=f"the note for {title}",
        late="Not shared yet." if is_late else "",
    )


def _waiting_row(consultation):
    shared = day_of(consultation.shared_at)
    if consultation.was_opened:
        why = f"shared {shared}, opened, not yet stored in the school’s system."
    else:
        why = f"shared {shared}, not opened yet."
    return Row(
        "Shared",
        _title(consultation),
        reverse("consultation", args=[consultation.pk]),
        why,
    )


# --- notes to record -------------------------------------------------------------------------


def _place_recordings(work, user):
    """Notes of children to write into Mosaic or CED, as their statuses have it today.

    One query, and one for the statuses. Whose the notes are is on their page.
    """
    today = timezone.localdate()
    tasks = (
        RecordingTask.objects.visible_to(user)
        .open()
        .filter(Q(owner=user) | Q(school_id__in=scope_of(user).supports))
        .select_related("school", "pupil", "discussed__consultation")[:MOST]
    )
    for task in as_of_today(list(tasks)):
        row = _recording_row(task, today)
        if row.late:
            group = work.overdue
        else:
            group = work.today if task.due_on == today else work.soon
        work.place(row, group, task.school_id, is_own=task.owner_id == user.pk)


def _recording_row(task, today):
    held = task.discussed.consultation if task.discussed else None
    when = day_of(held.held_at) if held else long_date(task.happened_on)
    title = f"{task.school.name}, {when}"
    url = reverse("recording_task", args=[task.pk])
    is_late = task.is_late(today)
    return Row(
        "To record",
        title,
        url,
        f"{SHORT[task.to]}." + ("" if is_late else f" {due_text(task, today)}."),
        verb="Open",
        verb_url=url,
        verb_about=f"the note to record for {title}",
        late=f"{due_text(task, today)}." if is_late else "",
    )


# --- actions, replies and comments ------------------------------------------------------------


def _place_actions(work, user):
    """Open actions due by ``AHEAD`` days from now, and one's own without a date.

    One query, and two where some are about a child (rule 001-58).
    """
    scope = scope_of(user)
    today = timezone.localdate()
    actions = (
        Action.objects.visible_to(user)
        .open()
        .filter(
            Q(owner_user=user, due_on__isnull=True)
            | Q(due_on__lte=today + timedelta(days=AHEAD))
            & (Q(owner_user=user) | Q(school_id__in=scope.supports))
        )
        .select_related("school", "owner_user", "owner_contact", "about")[:MOST]
    )
    for line in lines_of(user, actions, today):
        action = line.action
        if action.due_on is None or action.due_on > today:
            group = work.soon
        else:
            group = work.today if action.due_on == today else work.overdue
        work.place(
            _action_row(line, user, today),
            group,
            action.school_id,
            is_own=action.owner_user_id == user.pk,
        )


def _action_row(line, user, today):
    action = line.action
    owner = "" if action.owner_user_id == user.pk else f"{action.owner_text}. "
    return Row(
        "Action",
        line.what,
        f"{action.school.get_absolute_url()}#actions" if action.school else reverse("action_list"),
        f"{action.where_text}. {owner}{line.due}.",
        verb="Mark done",
        verb_url=action.done_url,
        verb_about=line.what,
        acts=True,
    )


def _place_answers(work, user):
    """What schools wrote back in the last week, and managers' comments to be read: one query."""
    scope = scope_of(user)
    replies = Reply.objects.filter(
        Q(consultation__author=user) | Q(consultation__school_id__in=scope.supports),
        replied_at__gte=timezone.now() - timedelta(days=REPLY_STAYS),
    )
    comments = Comment.objects.waiting_for(user)
    # Comments first: one waits until it is read, however many schools write back.
    answers = (
        _answers(comments, "Comment", "written", scope)
        .union(_answers(replies, "Reply", "replied", scope), all=True)
        .order_by("kind", "-at")[:MOST]
    )
    for answer in answers:
        make = _reply_row if answer.kind == "Reply" else _comment_row
        work.place(
            make(answer),
            work.today if _is_today(answer.at) else work.soon,
            answer.school_id,
            is_own=answer.author_id == user.pk,
        )


def _answers(rows, kind, verb, scope):
    """Replies or comments as the same columns, for a union; the ``verb`` is that of their model."""
    return (
        rows.exclude(consultation__school_id__in=scope.excluded)
        .order_by()
        .annotate(
            kind=Value(kind),
            at=F(f"{verb}_at"),
            by_name=F(f"{verb}_by__name"),
            held_at=F("consultation__held_at"),
            author_id=F("consultation__author_id"),
            school_id=F("consultation__school_id"),
            school_name=F("consultation__school__name"),
        )
        .values_list(*ANSWER, named=True)
    )


def _reply_row(reply):
    url = f"{reverse('consultation', args=[reply.consultation_id])}#reply-{reply.pk}"
    return Row(
        "Reply",
        f"{reply.by_name} at {reply.school_name}",
        url,
        f"Replied {day_of(reply.at)} to the note of {timezone.localtime(reply.held_at):%-d %B}.",
        verb="Read",
        verb_url=url,
        verb_about=f"the reply from {reply.school_name}",
    )


def _comment_row(comment):
    """Who commented, on which school and when; what was said waits on its page."""
    url = reverse("consultation_comments", args=[comment.consultation_id])
    url = f"{url}#comment-{comment.pk}"
    return Row(
        "Comment",
        f"{comment.by_name} about {comment.school_name}",
        url,
        f"Commented {day_of(comment.at)} on the consultation of "
        f"{timezone.localtime(comment.held_at):%-d %B}.",
        verb="Read",
        verb_url=url,
        verb_about=f"the comment from {comment.by_name} about {comment.school_name}",
    )


# --- the school nurse -------------------------------------------------------------------------


def _place_nurse(work, user):
    """This term's consultations with the nurse: a date to agree, one to come, one to record."""
    scope = scope_of(user)
    if not scope.supports:
        return
    for due in due_at(scope.supports):
        if due.state == "late":
            group = work.overdue
        else:
            group = work.today if due.has_date and _is_today(due.invite.starts_at) else work.soon
        make = _appointment_row if due.has_date else _date_row
        work.place(make(due), group, due.invite.school_id, is_own=False)


def _is_today(at):
    return timezone.localdate(at) == timezone.localdate()


def _date_row(due):
    school = due.invite.school
    url = reverse("nurse_invite_date", args=[due.invite.pk])
    return Row(
        "Nurse",
        f"Agree a date with {school.name} for this term’s consultation with the school nurse",
        reverse("nurse_invite", args=[due.invite.pk]),
        f"{due.invite.term_text}.",
        verb="Set the date",
        verb_url=url,
        verb_about=f"of the consultation with the school nurse at {school.name}",
        late="Half-term has passed." if due.state == "late" else "",
        soon="Due by half-term." if due.state == "soon" else "",
    )


def _appointment_row(due):
    invite, school = due.invite, due.invite.school
    at, day = invite.starts_at, day_of(invite.starts_at)
    url = reverse("nurse_invite", args=[invite.pk])
    record = f"{reverse('consultation_new')}?school={school.urn}&nurse={invite.pk}"
    return Row(
        "Nurse",
        f"Consultation with the school nurse, {school.name}",
        url,
        f"{day[0].upper()}{day[1:]} at {clock(at)}.",
        verb="Record" if due.has_begun else "",
        verb_url=record if due.has_begun else "",
        verb_about=f"the consultation with the school nurse at {school.name}",
        late="Not recorded yet." if due.state == "late" else "",
        soon="" if invite.confirmed_on or due.has_begun else "No nurse confirmed yet.",
    )


# --- children who change school ---------------------------------------------------------------


def _place_transition(work, user):
    """In the summer term, of schools with nobody on the coming year's list (rule 001-38)."""
    schools = schools_to_think_of(user, timezone.localdate())
    if not schools:
        return
    year = coming_year(timezone.localdate())
    names = listed([school.name for school in schools])
    url = f"{reverse('transition')}?year={year}"
    work.soon.append(
        Row(
            "Transition",
            "Children who change school in September",
            url,
            f"Nobody at {names} is on the list of {year_text(year)} yet.",
            verb="Look",
            verb_url=url,
            verb_about="at the transition list",
        )
    )
