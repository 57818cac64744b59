"""A manager's desk: what is not as it should be in their hubs, each list with a calm sentence.

Exceptions by school, with who and since when; never how many consultations (rule 001-124).
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts import policies as accounts
from accounts.models import StaffRole, current
from consultations.models import (
    Addendum,
    Audience,
    Consultation,
    RecordingTask,
    Reply,
    State,
    Withholding,
)
from govuk.words import day_of, day_text, listed, long_date, lower_first
from linkworkers.coverage import unable_to_answer, uncovered
from linkworkers.models import (
    PLACES,
    Absence,
    AgreementState,
    Allocation,
    CountyAnswer,
    Crisis,
    EnhancedSupport,
)
from overview.contact import last_contact
from overview.short_work import to_decide
from overview.wording import SchoolTime
from panels.policies import coordinates
from referrals.models import DomesticAbuseNotice, RequestDisagreement, SupportRequest, Wanted
from referrals.request_page import lines_of
from schools.models import School, SchoolContact
from schools.policies import is_second_person
from schools.roles import SAFEGUARDING
from schools.scope import scope_of

# A draft, or a completed note that nobody shared, comes up after this many days.
PATIENCE = 3
# How long a withheld note and a reply nobody answered stay on the page, in days.
LATELY, REPLY_STAYS = 28, 14
MOST = 8
REVIEW_AHEAD = 14


@dataclass(frozen=True)
class Line:
    """One exception: what, why, and how long or since when."""

    title: str
    url: str
    why: str
    since: str = ""
    state: str = ""


@dataclass
class Block:
    """A list under a heading; ``calm`` is what it says when there is nothing in it.

    ``more`` is a link to the page behind it: ``(words, address)``.
    """

    key: str
    heading: str
    calm: str
    lines: list = field(default_factory=list)
    more: tuple = ()


@dataclass
class Desk:
    """The blocks of a desk: those with more to read on the left, decisions on the right."""

    left: list
    right: list

    @property
    def blocks(self):
        return [*self.left, *self.right]


def desk_of(user):
    """The ``Desk`` of a team manager for the hubs they manage, of a service manager for all.

    A fixed number of queries. Nothing of a school that the manager's own child attends.
    """
    late_drafts, unshared = _unfinished(user)
    # A service manager reads no drafts and records no notes: nothing here can say that none is
    # late.
    reads_drafts = scope_of(user).manages
    return Desk(
        left=[
            _crises(user),
            _requests(user),
            _replies(user),
            _drifting(user),
            unshared,
            *([late_drafts, _not_recorded(user)] if reads_drafts else []),
        ],
        right=[
            *([_notices(user)] if reads_drafts else []),
            *([_short_work(user)] if reads_drafts else []),
            _without_worker(user),
            _uncovered(user),
            _away(user),
            _to_decide(user),
            _to_review(user),
            _withheld(user),
        ],
    )


def _of_hubs(user, rows, school=""):
    """The rows of the user's hubs; ``school`` is the path to a row's school, empty for itself."""
    scope = scope_of(user)
    prefix = f"{school}__" if school else ""
    if not scope.county:
        rows = rows.filter(**{f"{prefix}hub_id__in": scope.manages})
    return rows.exclude(**{f"{prefix}id__in": scope.excluded})


# --- schools --------------------------------------------------------------------------------


def _without_worker(user):
    """Open schools without a primary or a secondary (rules 001-47, 001-48), nobody at all first."""
    current = Allocation.objects.current().filter(school=OuterRef("pk"))
    held = {kind: Exists(current.covering().filter(kind=kind)) for kind in PLACES}
    schools = (
        _of_hubs(user, School.objects.open())
        .annotate(
            **{f"has_{kind}": exists for kind, exists in held.items()},
            has_suspended=Exists(current.filter(suspended_at__isnull=False)),
            has_deactivated=Exists(current.filter(link_worker__user__is_active=False)),
        )
        .filter(Q(has_primary=False) | Q(has_secondary=False))
        .order_by("has_primary", "has_secondary", "name")
    )
    return Block(
        "uncovered",
        "Without a link worker",
        "Every school has a primary and a secondary link worker.",
        [
            Line(school.name, reverse("allocate", args=[school.urn]), _gap_text(school))
            for school in schools[:MOST]
        ],
        more=("All allocations", reverse("allocations")),
    )


def _uncovered(user):
    """Schools with link workers of whom none is there on a day of this week or next (001-48)."""
    held = Allocation.objects.covering().filter(school=OuterRef("pk"))
    rows = uncovered(_of_hubs(user, School.objects.filter(Exists(held))))
    return Block(
        "days-uncovered",
        "Nobody there, this week or next",
        "Somebody is there for every school, all this week and next.",
        [
            Line(
                row.school.name,
                reverse("cover", args=[row.school.urn]),
                f"{listed([f'{day:%a} {day.day}' for day in row.days])}. {row.why}.",
            )
            for row in rows[:MOST]
        ],
        more=("Cover", reverse("coverage")),
    )


def _short_work(user):
    """Short work that waits for the weekly meeting, cases to triage, schools that disagree."""
    return Block(
        "short-work",
        "Short work to decide",
        "Nothing waits to be allocated, triaged or answered.",
        [
            Line(title, url, why, since, "late" if is_late else "")
            for title, url, why, since, is_late in to_decide(user)[:MOST]
        ],
        more=("All short work", reverse("interventions")),
    )


def _requests(user):
    """Requests nobody has answered (rule 001-55), and schools that disagree."""
    visible = SupportRequest.objects.visible_to(user)
    said = (
        RequestDisagreement.objects.waiting()
        .filter(request__in=visible)
        .select_related("request__school")[:MOST]
    )
    lines = [
        Line(
            row.request.school.name,
            row.request.get_absolute_url(),
            "The school disagrees with the answer to its request.",
            day_text(timezone.localdate(row.said_at), timezone.localdate()),
        )
        for row in said
    ]
    lines += [
        Line(
            f"{line.asked.school.name}: {lower_first(line.what)}",
            line.asked.get_absolute_url(),
            f"{line.who}.",
            line.when,
            line.state,
        )
        for line in lines_of(visible.longest_waiting().named()[:MOST])
    ]
    return Block(
        "requests",
        "Requests waiting",
        "No request waits for an answer.",
        lines,
        more=("All requests", reverse("requests")),
    )


def meetings_asked_for(user):
    """The ``Block`` of schools that ask for a meeting nobody has called yet (rule 000-15).

    None for who is no coordinator; two queries.
    """
    if not coordinates(user):
        return None
    rows = SupportRequest.objects.visible_to(user).open().filter(wanted=Wanted.CASO)
    lines = [
        Line(line.asked.school.name, line.asked.get_absolute_url(), f"{line.who}.", line.when)
        for line in lines_of(rows.order_by("received_at", "pk").named()[:MOST])
    ]
    return Block(
        "asked",
        "Schools ask for a meeting",
        "No school waits for a meeting to be called.",
        lines,
        more=("All requests", reverse("requests")),
    )


def _away(user):
    """Who of the team is away today, and until when (U7)."""
    today = timezone.localdate()
    absences = Absence.objects.on(today).filter(link_worker__left_at=None)
    if not scope_of(user).county:
        absences = absences.filter(link_worker__hub__in=scope_of(user).manages)
    return Block(
        "away",
        "Away today",
        "Nobody of the team is away today.",
        [
            Line(
                absence.link_worker.user.name,
                reverse("coverage"),
                f"Until {day_text(absence.ends_on, today)}."
                if absence.ends_on
                else "Until further notice.",
            )
            for absence in absences.select_related("link_worker__user").order_by(
                "link_worker__user__name"
            )[:MOST]
        ],
    )


def _crises(user):
    """Crisis entries for which nobody has decided what is needed (rules 001-77, 001-78)."""
    rows = (
        Crisis.objects.overseen_by(user)
        .filter(decided_at__isnull=True)
        .select_related("school", "entered_by")
        .order_by("entered_at")[:MOST]
    )
    return Block(
        "crises",
        "Crisis response",
        "No school waits for a decision on more people.",
        [
            Line(
                row.school.name,
                reverse("crisis", args=[row.pk]),
                f"{row.entered_by.name} entered it {day_of(row.entered_at)}."
                " Decide whether more people are sent.",
                state="late",
            )
            for row in rows
        ],
    )


def _notices(user):
    """Police notices to assess, or to decide about while a school is closed; not what they say."""
    rows = (
        DomesticAbuseNotice.objects.visible_to(user)
        .filter(Q(assessed_at=None) | Q(closed_until__isnull=False, decided_at=None))
        .select_related("school")
        .order_by("received_at", "pk")[:MOST]
    )
    return Block(
        "notices",
        "Notices to assess",
        "No notice waits to be assessed.",
        [
            Line(
                row.school.name,
                row.get_absolute_url(),
                f"The school is closed until {long_date(row.closed_until)}."
                " Decide who supports the child."
                if row.waits_for_decision
                else "Restricted. Each is assessed by itself.",
                day_text(timezone.localdate(row.received_at), timezone.localdate()),
                "late" if row.waits_for_decision else "",
            )
            for row in rows
        ],
        more=("All notices", reverse("notices")),
    )


def _to_review(user):
    """Enhanced support to look at again within two weeks, or overdue (rule 001-54)."""
    today = timezone.localdate()
    rows = (
        EnhancedSupport.objects.overseen_by(user)
        .filter(ended_at__isnull=True, review_on__lte=today + timedelta(days=REVIEW_AHEAD))
        .select_related("school")
        .order_by("review_on")[:MOST]
    )
    return Block(
        "reviews",
        "Enhanced support to review",
        "No review of enhanced support is due in the next two weeks.",
        [
            Line(
                row.school.name,
                reverse("enhanced_review", args=[row.pk]),
                f"Review {'was due on' if row.review_on < today else 'by'}"
                f" {long_date(row.review_on)}.",
            )
            for row in rows
        ],
        more=("All enhanced support", reverse("enhanced_support")),
    )


def _gap_text(school):
    gaps = [kind for kind in PLACES if not getattr(school, f"has_{kind}")]
    text = f"No {' and no '.join(gaps)} link worker."
    if school.has_suspended:
        text += " An allocation is suspended."
    if school.has_deactivated:
        text += " A link worker is deactivated."
    return text


def _drifting(user):
    """Open schools that were not in touch for six school weeks, longest first."""
    late_before = SchoolTime().late_before
    schools = (
        _of_hubs(user, School.objects.open())
        .annotate(last_contact_at=last_contact())
        .filter(Q(last_contact_at__lt=late_before) | Q(last_contact_at__isnull=True))
        .order_by(F("last_contact_at").asc(nulls_last=True), "name")[:MOST]
    )
    time = SchoolTime(school.pk for school in schools)
    lines = []
    for school in schools:
        words, state = time.since_contact(school.pk, school.last_contact_at)
        lines.append(Line(school.name, school.get_absolute_url(), school.town, words, state))
    return Block(
        "drifting",
        "Longest since contact",
        f"Every school has been in touch in the last {time.late_text}.",
        lines,
        more=("Take-up", reverse("take_up")),
    )


# --- consultations --------------------------------------------------------------------------


def _unfinished(user):
    """``(late drafts, completed and not shared)``: two blocks, one query."""
    before = timezone.now() - timedelta(days=PATIENCE)
    rows = (
        _of_hubs(user, Consultation.objects.visible_to(user), "school")
        .filter(
            Q(state=State.DRAFT, started_at__lt=before)
            | Q(state=State.COMPLETED, completed_at__lt=before)
        )
        .exclude(author=user)
        .select_related("school", "author")
        .order_by("state", "started_at")[: 4 * MOST]
    )
    drafts = Block(
        "drafts",
        "Drafts not finished",
        f"No draft has waited longer than {PATIENCE} days.",
    )
    unshared = Block(
        "unshared",
        "Completed, not shared",
        f"Every note completed more than {PATIENCE} days ago has been shared.",
    )
    for row in rows:
        block = drafts if row.is_draft else unshared
        begun = row.started_at if row.is_draft else row.completed_at
        word = "Started" if row.is_draft else "Completed"
        if len(block.lines) < MOST:
            block.lines.append(
                Line(
                    f"{row.school.name}, {day_of(row.held_at)}",
                    reverse("consultation", args=[row.pk]),
                    f"{row.author.name}. {word} {day_of(begun)}.",
                )
            )
    return drafts, unshared


def _not_recorded(user):
    """Schools with a note that was to be in Mosaic or CED by now, each once."""
    late = (
        RecordingTask.objects.visible_to(user)
        .overdue(timezone.localdate())
        .filter(hub_id__in=scope_of(user).manages)
    )
    rows = (
        late.filter(pk__in=late.order_by("school_id", "due_on").distinct("school_id").values("pk"))
        .select_related("school", "owner")
        .order_by("due_on")[:MOST]
    )
    return Block(
        "not-recorded",
        "Not recorded in time",
        "Every note that was to be recorded by now is recorded.",
        [
            Line(
                row.school.name,
                reverse("recording_task", args=[row.pk]),
                f"{row.owner.name}. Was due {day_text(row.due_on, timezone.localdate())}.",
                state="late",
            )
            for row in rows
        ],
    )


def _replies(user):
    """What schools wrote back lately and nobody answered; one's own are in one's own work."""
    answers = Addendum.objects.filter(
        consultation=OuterRef("consultation"),
        audience=Audience.SCHOOL,
        added_at__gt=OuterRef("replied_at"),
    )
    replies = (
        _of_hubs(user, Reply.objects, "consultation__school")
        .filter(~Exists(answers), replied_at__gte=timezone.now() - timedelta(days=REPLY_STAYS))
        .exclude(consultation__author=user)
        .exclude(consultation__school__in=scope_of(user).supports)
        .select_related("consultation__school", "consultation__author", "replied_by")
        .order_by("-replied_at")[:MOST]
    )
    return Block(
        "replies",
        "Replies from schools",
        "No school waits for an answer to a reply.",
        [
            Line(
                f"{row.consultation.school.name}, {day_of(row.consultation.held_at)}",
                f"{reverse('consultation', args=[row.consultation_id])}#reply-{row.pk}",
                f"{row.replied_by.name} replied {day_of(row.replied_at)} to"
                f" {row.consultation.author.name}.",
            )
            for row in replies
        ],
    )


def _withheld(user):
    """Notes kept from somebody lately; from whom, and why, is on the record."""
    withheld = (
        _of_hubs(user, Withholding.objects, "consultation__school")
        .filter(withheld_at__gte=timezone.now() - timedelta(days=LATELY))
        .select_related("consultation__school", "withheld_by")
        .order_by("-withheld_at")[:MOST]
    )
    return Block(
        "withheld",
        "Notes withheld lately",
        "No note was withheld from anybody in the last four weeks.",
        [
            Line(
                f"{row.consultation.school.name}, {day_of(row.consultation.held_at)}",
                reverse("consultation", args=[row.consultation_id]),
                f"By {row.withheld_by.name}, {day_of(row.withheld_at)}.",
            )
            for row in withheld
        ],
    )


# --- decisions ------------------------------------------------------------------------------


def _to_decide(user):
    """County agreements for one's answer (rule 001-51), and posts and roles to confirm."""
    answers = (
        CountyAnswer.objects.filter(
            manager=user, agrees__isnull=True, agreement__state=AgreementState.PROPOSED
        )
        .exclude(agreement__school__in=scope_of(user).excluded)
        .select_related("agreement__school", "agreement__link_worker__user")
        .order_by("agreement__proposed_at")[:MOST]
    )
    lines = [
        Line(
            answer.agreement.school.name,
            reverse("agreement", args=[answer.agreement_id]),
            f"{answer.agreement.link_worker.user.name} as "
            f"{answer.agreement.get_kind_display().lower()}. "
            f"Asked {day_of(answer.agreement.proposed_at)}. Agree or object.",
        )
        for answer in answers
    ]
    lines += _for_the_absent(user)
    lines += [_post_line(post, user) for post in _unconfirmed(user)]
    lines += [_role_line(role, user) for role in _unconfirmed_roles(user)]
    return Block("decide", "Waiting for a yes", "Nothing waits for your answer.", lines)


def _for_the_absent(user):
    """Proposals where a team manager who was asked cannot answer: the county does."""
    if not scope_of(user).county:
        return []
    unanswered = list(
        CountyAnswer.objects.filter(agrees__isnull=True, agreement__state=AgreementState.PROPOSED)
        .exclude(manager=user)
        .exclude(agreement__school__in=scope_of(user).excluded)
        .select_related("agreement__school", "manager")
        .order_by("agreement__proposed_at")
    )
    unable = unable_to_answer((answer.manager, answer.agreement.school) for answer in unanswered)
    return [
        Line(
            answer.agreement.school.name,
            reverse("agreement", args=[answer.agreement_id]),
            f"{answer.manager.name} was asked and cannot answer. Answer for them.",
        )
        for answer in unanswered
        if (answer.manager_id, answer.agreement.school_id) in unable
    ][:MOST]


def _unconfirmed(user):
    return (
        _of_hubs(user, SchoolContact.objects.current(), "school")
        .filter(roles__overlap=list(SAFEGUARDING), confirmed_at__isnull=True)
        .select_related("school")
        .order_by("starts_at")[:MOST]
    )


def _post_line(post, user):
    if not scope_of(user).manages_school(post.school):
        who = "Waits for the team manager, or a head or DSL there."
    elif is_second_person(user, post):
        who = "Confirm who they are."
    else:
        who = "You added this post, so somebody else confirms it."
    return Line(
        f"{post.name}, {post.school.name}",
        f"{post.school.get_absolute_url()}#people",
        f"{post.role_text}, listed {day_of(post.starts_at)}. {who}",
    )


def _unconfirmed_roles(user):
    """Roles that wait for a second person; whoever gave one is told it waits for somebody else."""
    return (
        StaffRole.objects.filter(current(), confirmed_at__isnull=True, user__is_active=True)
        .exclude(user=user)
        .select_related("user")
        .order_by("starts_at")[:MOST]
    )


def _role_line(role, user):
    if accounts.is_second_person(user, role):
        who = "Confirm who they are."
    else:
        who = "You gave this role, so somebody else confirms it."
    return Line(
        role.user.name,
        reverse("person_role_confirm", args=[role.user_id, role.pk]),
        f"{role.get_role_display()}, given {day_of(role.starts_at)}. {who}",
    )
