"""Who may ask for which address: every URL × method × actor, and what has no row fails.

Access for all staff at the most suitable level (rule 003-12). Out of scope or absent is 404, in
scope but not allowed 403 (design.md 4). Each request is undone, so that one actor's act never
changes the next one's world; the rows of one address share a world.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connections, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Role, StaffRole
from accounts.sessions import begin
from consultations.models import (
    GuidanceLink,
    MadeChronology,
    NurseInvite,
    RecordingTask,
    Theme,
    Vulnerability,
)
from consultations.services.recording import make_tasks
from drafts.models import Draft, UnsavedForm
from interventions.models import (
    EarlyHelpPlan,
    Lead,
    Programme,
    ProgrammeCase,
    Scale,
    SessionPart,
    ShortIntervention,
    WorkState,
    WorkType,
)
from interventions.services import programmes
from interventions.services.feedback import ask_by_link
from interventions.services.measures import measure_scale
from linkworkers.models import (
    Absence,
    AllocationPlan,
    CountyAgreement,
    CountyAnswer,
    Crisis,
    EnhancedSupport,
    SupportCriterion,
    Visit,
)
from linkworkers.planning import DEFAULT_WISHES
from panels.models import (
    Distribution,
    Meeting,
    MeetingAgency,
    MeetingPupil,
    MeetingSeries,
    MinutedAction,
)
from panels.services import distribution
from referrals.models import (
    Concern,
    ContinuumLine,
    DomesticAbuseNotice,
    Fallback,
    NoticeReader,
    Objection,
    ReferralSupport,
    RequestDisagreement,
    SupportRequest,
)
from referrals.services import concerns, request_answers
from referrals.services.fallbacks import add_fallback
from schools.models import (
    Agency,
    AgencyContact,
    AlsoHere,
    Enrolment,
    FamilyLink,
    Move,
    Pupil,
    PupilStatus,
    Resource,
    School,
    SchoolPolicy,
    StatusKind,
    Term,
    Transition,
)
from schools.services import involve
from schools.years import term_by_month
from tests.children import children_of, works_with
from tests.consultations.about_children import part_about, status_of
from tests.interventions.short_work import session as session_of
from tests.interventions.short_work import under_way
from tests.interventions.short_work import work as short_work
from tests.panels import meetings, minutes
from tests.panels.distribution import paths_to
from tests.referrals.concerns import raised
from tests.referrals.domestic_abuse import notice
from tests.referrals.referral_support import being_prepared
from tests.referrals.support_requests import asked as ask_for_support
from tests.referrals.support_requests import logged as log_request
from tests.world import anew

WORKERS = {
    "primary",
    "secondary",
    "cover",
    "former",
    "future",
    "other_worker",
    "conflicted",
    "far_worker",
}
MANAGERS = {"manager", "other_manager"}
OFFICE = {"duty", "service", "coordinator", "governance", "administrator"}
COUNCIL = WORKERS | MANAGERS | OFFICE
LEADS = {"dsl", "deputy", "head", "withheld"}
OAKFIELD = LEADS | {"senco"}
# A safeguarding post that awaits its second person opens nothing yet.
SCHOOL = OAKFIELD | {"unconfirmed", "left_lead", "other_dsl", "head_and_dsl", "attendee"}
IN_POST = OAKFIELD | {"other_dsl", "head_and_dsl"}
# The governance officer reads the audit, not the register.
REGISTER = COUNCIL - {"governance"}
EVERYONE = COUNCIL | SCHOOL
# Who cannot sign in, and so sees what somebody signed out sees.
OUTSIDE = {"anonymous", "invited", "deactivated"}
ACTORS = sorted(EVERYONE | OUTSIDE)

# One of each kind of user: a method is refused before anybody asks who they are.
OF_EACH_KIND = [
    "administrator",
    "coordinator",
    "dsl",
    "governance",
    "manager",
    "primary",
    "service",
]
TEAM = {"primary", "secondary", "cover", "manager"}
READERS = TEAM | {"service", "former"}
TO_SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """One address and method: who gets which answer; everybody else gets ``others``.

    ``args`` makes the address's arguments from the world, ``query`` what follows it, ``data``
    what is posted. ``outside`` is the answer to who is not signed in.
    """

    name: str
    method: str = "get"
    answers: dict = field(default_factory=dict)
    others: int = 404
    args: object = lambda world: []
    query: str = ""
    data: dict = field(default_factory=dict)
    outside: int = TO_SIGN_IN

    def __str__(self):
        return f"{self.name}-{self.method}{self.query and '-query'}"

    def expected(self, actor):
        if actor in OUTSIDE:
            return self.outside
        for status, actors in self.answers.items():
            if actor in actors:
                return status
        return self.others


def shared(world):
    return [world.shared.pk]


def extract(world):
    """Of a child who is on current work."""
    [pupil_id] = a_child(world)
    part = world.shared.discussed.first()
    part = part or part_about(world.shared, Pupil.objects.get(pk=pupil_id))
    return [world.shared.pk, part.pk]


def completed(world):
    return [world.completed.pk]


def draft(world):
    return [world.draft.pk]


def oakfield(world):
    return [world.oakfield.urn]


def contact(world):
    return [world.oakfield.urn, world.senco_post.pk]


def unconfirmed(world):
    return [world.oakfield.urn, world.unconfirmed_post.pk]


def action_of_head(world):
    """What the headteacher took on in the shared note."""
    world.shared.actions.update(owner_user=None, owner_contact=world.head_post)
    return world.shared.actions.get()


def to_record(world):
    """A note about a child with a plan, who is on Oakfield's current work."""
    task = RecordingTask.objects.first()
    if task is None:
        ada = children_of(world).ada
        works_with(world, ada)
        status_of(world, ada, "Early Help Plan")
        part_about(world.completed, ada)
        [task] = make_tasks(world.primary, world.completed)
    return [task.pk]


def post(name, answers, **options):
    return Row(name, "post", answers, **options)


def form(name, answers, posted=None, **options):
    """A page and its form. Sent empty, the form comes back to whoever may send it: the answers
    are the page's, or ``posted`` where that differs."""
    return Row(name, answers=answers, **options), post(name, posted or answers, **options)


PUBLIC = [
    Row(name, others=200, outside=200)
    for name in ("urgent", "healthz", "accessibility", "privacy", "help")
]

CONSULTATIONS = [
    Row("consultation_list", answers={200: COUNCIL}),
    Row("consultation_new", answers={200: COUNCIL}),
    Row(
        "consultation_new",
        query="?school=900001",
        answers={200: TEAM, 403: (REGISTER - TEAM) | OAKFIELD},
    ),
    post(
        "consultation_new",
        {403: (REGISTER - TEAM) | OAKFIELD, 302: TEAM},
        query="?school=900001",
        data={"save": "1"},
    ),
    Row("consultation", args=shared, answers={200: READERS}),
    Row("consultation", args=completed, query="?", answers={200: TEAM | {"service"}}),
    Row("consultation", args=draft, query="?draft", answers={200: {"manager"}, 302: {"primary"}}),
    Row("consultation_edit", args=draft, answers={200: {"primary"}, 403: {"manager"}}),
    post(
        "consultation_edit",
        {302: {"primary"}, 403: {"manager"}},
        args=draft,
        data={"save": "1", "version": "1"},
    ),
    Row("consultation_complete", args=draft, answers={302: {"primary"}, 403: {"manager"}}),
    post("consultation_complete", {302: {"primary"}, 403: {"manager"}}, args=draft),
    post("consultation_discard", {302: {"primary"}, 403: {"manager"}}, args=draft),
    *form("consultation_hand_over", {200: {"manager"}, 403: {"primary"}}, args=draft),
    Row("consultation_share", args=completed, answers={200: TEAM, 403: {"service"}}),
    post("consultation_share", {302: TEAM, 403: {"service"}}, args=completed, data={"how": "here"}),
    post(
        "consultation_remind",
        {302: TEAM, 403: {"service", "former"}},
        args=lambda world: [world.shared.pk, world.head_share.pk],
    ),
    post(
        "consultation_addendum",
        {302: TEAM, 403: {"service", "former"}},
        args=shared,
        data={"text": "More", "audience": "team"},
    ),
    *form("consultation_significant", {200: TEAM, 403: {"service", "former"}}, args=extract),
    Row(
        "consultation_pdf",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "action_done",
        "post",
        {302: TEAM, 403: {"service"}},
        args=lambda world: [world.completed.actions.get().pk],
    ),
    Row("action_list", answers={200: COUNCIL}),
    *form(
        "action_hand_over",
        {200: TEAM, 403: {"service"}},
        args=lambda world: [world.completed.actions.get().pk],
    ),
    *form(
        "action_move",
        {200: TEAM, 403: {"service"}},
        args=lambda world: [world.completed.actions.get().pk],
    ),
    post(
        "shared_action_done",
        {302: LEADS - {"withheld"}},
        args=lambda world: [action_of_head(world).pk],
    ),
    *form(
        "consultation_comments",
        {200: {"primary", "manager", "service"}, 403: {"secondary", "cover"}},
        args=completed,
    ),
    Row("recording_task", answers={200: TEAM}, args=to_record),
    post("recording_task", {302: TEAM - {"manager"}, 403: {"manager"}}, args=to_record),
    post(
        "draft_save",
        {200: {"primary"}},
        args=lambda world: [draft_row(world).pk],
        data={"version": "1"},
    ),
    Row("unsaved_form", args=lambda world: [unsaved_row(world).pk], answers={200: {"primary"}}),
    post(
        "unsaved_form_discard",
        {302: {"primary"}},
        args=lambda world: [unsaved_row(world).pk],
    ),
    Row("shared_list", answers={200: SCHOOL}),
    Row(
        "shared_note",
        args=shared,
        answers={200: (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "shared_pdf",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    Row(
        "shared_print",
        args=shared,
        answers={200: READERS | (LEADS - {"withheld"}) | {"senco", "attendee"}},
    ),
    *(
        Row(
            name,
            args=extract,
            answers={
                200: TEAM | (LEADS - {"withheld"}),
                # The reason first: the child is not on their work.
                302: {"service", "former"},
                403: {"senco"},
            },
        )
        for name in ("extract", "extract_pdf")
    ),
    post(
        "extract_stored",
        {302: LEADS - {"withheld"}, 403: READERS | {"senco"}},
        args=extract,
    ),
    post(
        "shared_stored",
        {302: LEADS - {"withheld"}, 403: {"senco", "attendee"}},
        args=shared,
        data={"on": "today"},
    ),
    post(
        "shared_reply",
        {302: LEADS - {"withheld"}, 403: {"senco", "attendee"}},
        args=shared,
        data={"text": "Thank you"},
    ),
]


def draft_row(world):
    return Draft.objects.get(target_id=world.draft.pk)


def unsaved_row(world):
    """A form that the primary link worker sent after their sign-in had ended."""
    return UnsavedForm.objects.get_or_create(user=world.primary, path="/away/", data={})[0]


# Who edits the people of Oakfield.
EDITORS = TEAM | {"administrator", "dsl", "head", "withheld"}
CHANGERS = {"manager", "administrator"}
# Who says who else works there.
LISTERS = TEAM | {"administrator"}


def policy(world):
    return SchoolPolicy.objects.get_or_create(
        school=world.oakfield, kind="attendance", url="https://www.example.org/policy"
    )[0]


def also_here(world):
    police, _ = Agency.objects.get_or_create(name="Police")
    return AlsoHere.objects.get_or_create(school=world.oakfield, agency=police)[0]


def term_of(school):
    """The autumn term of the council, or of one school."""
    days = {"starts_on": date(2025, 9, 3), "ends_on": date(2025, 12, 19)}
    return Term.objects.get_or_create(
        school=school, school_year=2025, name="autumn", defaults=days
    )[0]


def nurse_invite(world):
    """An appointment with the school nurse at Oakfield, the day after tomorrow."""
    term = term_by_month(timezone.localdate())
    invite, _ = NurseInvite.objects.get_or_create(
        school=world.oakfield,
        school_year=term.school_year,
        term=term.name,
        defaults={
            "hub_id": world.oakfield.hub_id,
            "state": "invited",
            "starts_at": timezone.now() + timedelta(days=2),
            "sent_at": timezone.now(),
            "team": world.nurses,
            "inbox": world.nurses.inbox,
            "invited_by": world.primary,
        },
    )
    return [invite.pk]


NURSE = [
    Row("nurse_at_school", args=oakfield, answers={200: TEAM}),
    post("nurse_at_school", {302: TEAM}, args=oakfield),
    Row("nurse_invite", args=nurse_invite, answers={200: TEAM}),
    *form("nurse_invite_date", {200: TEAM}, args=nurse_invite),
    post("nurse_invite_confirm", {200: TEAM}, args=nurse_invite),
    *form("nurse_invite_cancel", {200: TEAM}, {302: TEAM}, args=nurse_invite),
    Row("nurse_invite_ics", args=nurse_invite, answers={200: TEAM}),
]

SCHOOLS = [
    Row("school_list", answers={200: REGISTER | IN_POST}),
    Row("school", args=oakfield, answers={200: REGISTER | IN_POST}),
    *form("school_add", {200: {"administrator"}, 403: REGISTER}),
    *form(
        "school_change",
        {200: CHANGERS, 403: (REGISTER | OAKFIELD) - CHANGERS},
        args=oakfield,
    ),
    *form(
        "school_attendees",
        {200: TEAM | {"dsl", "head", "withheld"}, 403: REGISTER | OAKFIELD},
        args=oakfield,
    ),
    Row("contact_card", args=oakfield, answers={200: REGISTER | OAKFIELD}),
    *form(
        "school_together",
        {200: TEAM | {"dsl", "head", "withheld"}, 403: REGISTER | OAKFIELD},
        args=oakfield,
    ),
    post(
        "policy_read",
        {302: TEAM | {"service"}, 403: REGISTER | OAKFIELD},
        args=lambda world: [world.oakfield.urn, policy(world).pk],
    ),
    *form("also_here_add", {200: LISTERS, 403: REGISTER | OAKFIELD}, args=oakfield),
    post(
        "also_here_usual",
        {302: LISTERS, 403: REGISTER | OAKFIELD},
        args=oakfield,
        data={"usual": "social-worker"},
    ),
    *form(
        "also_here_change",
        {200: LISTERS, 403: REGISTER | OAKFIELD},
        args=lambda world: [world.oakfield.urn, also_here(world).pk],
    ),
    post(
        "also_here_remove",
        {302: LISTERS, 403: REGISTER | OAKFIELD},
        args=lambda world: [world.oakfield.urn, also_here(world).pk],
    ),
    *form("contacts_import", {200: {"administrator"} | MANAGERS, 403: REGISTER}),
    *form("geographies_assign", {200: {"administrator", "service"}, 403: REGISTER}),
    *form("contact_add", {200: EDITORS, 403: REGISTER | OAKFIELD}, args=oakfield),
    *form("contact_change", {200: EDITORS, 403: REGISTER | OAKFIELD}, args=contact),
    post("contact_end", {302: EDITORS, 403: REGISTER | OAKFIELD}, args=contact),
    post(
        "contact_confirm",
        {302: {"dsl", "head", "withheld"}, 403: REGISTER | OAKFIELD},
        args=unconfirmed,
    ),
    Row("geographies", answers={200: {"administrator"}, 403: REGISTER}),
    *form("place_add", {200: {"administrator"}, 403: REGISTER}, args=lambda world: ["hubs"]),
    *form(
        "place_change",
        {200: {"administrator"}, 403: REGISTER},
        args=lambda world: ["hubs", world.coast.pk],
    ),
    *form("school_terms", {200: CHANGERS, 403: REGISTER | OAKFIELD}, args=oakfield),
    *form("school_term_add", {200: CHANGERS, 403: REGISTER | OAKFIELD}, args=oakfield),
    post(
        "inset_day_remove",
        {302: CHANGERS, 403: REGISTER | OAKFIELD},
        args=lambda world: [world.oakfield.urn, uuid.uuid4()],
    ),
    Row("terms", answers={200: {"administrator"}, 403: REGISTER}),
    *form("term_add", {200: {"administrator"}, 403: REGISTER}),
    *form(
        "term_change",
        {200: {"administrator"}, 403: REGISTER},
        args=lambda world: [term_of(None).pk],
    ),
    *form(
        "term_change",
        {200: CHANGERS, 403: REGISTER | OAKFIELD},
        args=lambda world: [term_of(world.oakfield).pk],
    ),
    post(
        "term_remove",
        {302: {"administrator"}, 403: REGISTER},
        args=lambda world: [term_of(None).pk],
    ),
    Row("agencies", answers={200: REGISTER}),
]


def agency(world):
    return Agency.objects.get_or_create(name="Police")[0]


def agency_contact(world):
    person, _ = AgencyContact.objects.get_or_create(agency=agency(world), name="Duty desk")
    return [agency(world).pk, person.pk]


AGENCY_EDITORS = {200: {"administrator", "coordinator"} | MANAGERS, 403: REGISTER}
AGENCIES = [
    *form("agency_add", AGENCY_EDITORS),
    *form("agency_change", AGENCY_EDITORS, args=lambda world: [agency(world).pk]),
    *form("agency_contact_add", AGENCY_EDITORS, args=lambda world: [agency(world).pk]),
    *form("agency_contact_change", AGENCY_EDITORS, args=agency_contact),
    post(
        "agency_contact_remove",
        {302: AGENCY_EDITORS[200], 403: REGISTER},
        args=agency_contact,
    ),
]


def resource(world):
    found, _ = Resource.objects.get_or_create(
        title="EBSA guide", url="https://example.org/ebsa", source="The council"
    )
    return [found.pk]


LOG_TRAINING = WORKERS | MANAGERS | {"coordinator"}
RESOURCES = [
    Row("resources", answers={200: REGISTER}),
    *form("resource_add", AGENCY_EDITORS),
    *form("resource_change", AGENCY_EDITORS, args=resource),
    post("resource_remove", {302: AGENCY_EDITORS[200], 403: REGISTER}, args=resource),
    Row("training_list", answers={200: REGISTER}),
    *form("training_add", {200: LOG_TRAINING, 403: REGISTER - LOG_TRAINING}),
]


def agreement(world):
    """A proposal for an Alternative Provision College of the coast, by its manager."""
    college, _ = School.objects.get_or_create(
        urn="900009", defaults={"name": "Harbour College", "type_group": "apc", "hub": world.coast}
    )
    proposal = CountyAgreement.objects.filter(school=college).first()
    if proposal is None:
        proposal = CountyAgreement.objects.create(
            school=college,
            link_worker=world.primary.link_worker,
            kind="primary",
            proposed_by=world.manager,
        )
        CountyAnswer.objects.create(
            agreement=proposal,
            manager=world.manager,
            agrees=True,
            answered_at=world.now,
            answered_by=world.manager,
        )
        CountyAnswer.objects.create(agreement=proposal, manager=world.other_manager)
    return [proposal.pk]


def conflict(world):
    return [world.conflicted.own_child_conflicts.get().pk]


def plan(world):
    found, _ = AllocationPlan.objects.get_or_create(
        hub=world.coast, asked_by=world.manager, wishes=DEFAULT_WISHES
    )
    return [found.pk]


def absence(world):
    away, _ = Absence.objects.get_or_create(
        link_worker=world.primary.link_worker,
        starts_on=world.tomorrow.date(),
        ends_on=world.tomorrow.date(),
        added_by=world.primary,
    )
    return [away.link_worker_id, away.pk]


KEEP_ABSENCES = {"primary", "manager", "service"}
COUNTY = MANAGERS | {"service"}
OAKFIELD_ALLOCATORS = {"manager", "service"}
TAKE_UP = [
    # Everybody may search; what is found is theirs (tests/overview/test_search.py).
    Row("search", answers={200: EVERYONE}),
    post("search", {302: EVERYONE}, data={"words": "oakfield"}),
    Row("take_up", answers={200: COUNTY, 403: COUNCIL}),
    Row("take_up_csv", answers={200: COUNTY, 403: COUNCIL}),
    Row("themes", answers={200: COUNTY, 403: COUNCIL}),
    Row("themes_csv", answers={200: COUNTY, 403: COUNCIL}),
    Row("theme", args=lambda world: a_theme(world), answers={200: COUNTY, 403: COUNCIL}),
]
ALLOCATIONS = [
    Row("allocations", answers={200: COUNTY, 403: COUNCIL}),
    *form("allocate", {200: OAKFIELD_ALLOCATORS, 403: REGISTER | OAKFIELD}, args=oakfield),
    *form(
        "allocation_end",
        {200: OAKFIELD_ALLOCATORS, 403: REGISTER | OAKFIELD},
        args=lambda world: [world.secondary_allocation.pk],
    ),
    post(
        "allocation_resume",
        {302: OAKFIELD_ALLOCATORS, 403: REGISTER | {"head_and_dsl"}},
        args=lambda world: [world.conflicted_allocation.pk],
    ),
    Row("reallocations", answers={200: COUNTY, 403: COUNCIL}),
    *form(
        "reallocate",
        {200: OAKFIELD_ALLOCATORS, 403: COUNCIL},
        args=lambda world: [world.primary.link_worker.pk],
    ),
    Row("agreement", args=agreement, answers={200: COUNTY}),
    post("agreement_agree", {302: {"other_manager", "manager"}, 403: {"service"}}, args=agreement),
    post(
        "agreement_object",
        {302: {"other_manager", "manager"}, 403: {"service"}},
        args=agreement,
        data={"reason": "Too far to travel"},
    ),
    post(
        "agreement_withdraw", {302: {"manager", "service"}, 403: {"other_manager"}}, args=agreement
    ),
    post("agreement_answer", {200: {"service"}, 403: MANAGERS}, args=agreement),
    post("agreement_meeting", {200: MANAGERS, 403: {"service"}}, args=agreement),
    post("agreement_interim", {200: OAKFIELD_ALLOCATORS, 403: {"other_manager"}}, args=agreement),
    *form("plan", {200: {"manager", "service"}, 403: COUNCIL - MANAGERS}, query="?hub=coast"),
    *form("plan", {200: COUNTY, 403: COUNCIL}),
    Row("plan_result", args=plan, answers={200: OAKFIELD_ALLOCATORS}),
    Row("plan_state", args=plan, answers={200: OAKFIELD_ALLOCATORS}),
    post("plan_again", {302: OAKFIELD_ALLOCATORS}, args=plan),
    post("plan_apply", {302: OAKFIELD_ALLOCATORS}, args=plan),
    Row("coverage", answers={200: COUNTY, 403: COUNCIL}),
    *form("cover", {200: OAKFIELD_ALLOCATORS, 403: REGISTER | OAKFIELD}, args=oakfield),
    Row("away", answers={302: WORKERS | {"manager"}}),
    *form(
        "absences",
        {200: KEEP_ABSENCES, 403: COUNCIL},
        args=lambda world: [world.primary.link_worker.pk],
    ),
    *form("absence_change", {200: KEEP_ABSENCES, 403: COUNCIL}, args=absence),
    post("absence_remove", {302: KEEP_ABSENCES, 403: COUNCIL}, args=absence),
    *form(
        "link_worker_change",
        {200: {"manager", "service", "administrator"}, 403: COUNCIL},
        args=lambda world: [world.primary.link_worker.pk],
    ),
    *form("conflicts", {200: COUNCIL}),
    post("conflict_declare", {302: COUNCIL}),
    post(
        "conflict_withdraw",
        {302: {"conflicted", "manager", "service"}},
        args=conflict,
    ),
]


def visit(world):
    seen, _ = Visit.objects.get_or_create(
        school=world.oakfield, hub=world.coast, by=world.primary, day=timezone.localdate()
    )
    return [world.oakfield.urn, seen.pk]


def crisis(world):
    entered, _ = Crisis.objects.get_or_create(
        school=world.oakfield,
        hub=world.coast,
        what_happened="CANARY-CRISIS",
        entered_by=world.primary,
        defaults={"happened_at": world.now},
    )
    return [entered.pk]


def enhanced(world):
    support, _ = EnhancedSupport.objects.get_or_create(
        school=world.oakfield,
        hub=world.coast,
        decided_by=world.manager,
        defaults={"reason": "CANARY-ENHANCED", "review_on": world.tomorrow.date()},
    )
    return [support.pk]


def criterion(world):
    return [SupportCriterion.objects.first().pk]


SEES_SUPPORT = TEAM | {"service"}
# Link workers see what managers decide (rules 001-54, 001-71, 001-76, 001-78).
DECIDED = {200: OAKFIELD_ALLOCATORS, 403: TEAM}
KEEPS_CRITERIA = {200: {"administrator"}, 403: REGISTER}
SUPPORT = [
    *form("presence_agree", DECIDED, args=oakfield),
    *form("visit_log", {200: TEAM, 403: {"service"}}, args=oakfield),
    post("visit_remove", {302: {"primary"}, 403: SEES_SUPPORT}, args=visit),
    *form("crisis_enter", {200: SEES_SUPPORT | {"duty"}}, args=oakfield),
    Row("crisis", answers={200: SEES_SUPPORT}, args=crisis),
    post("crisis_decide", DECIDED, args=crisis),
    *form("enhance", DECIDED, args=oakfield),
    *form("enhanced_review", DECIDED, args=enhanced),
    *form("attempt_log", {200: SEES_SUPPORT}, args=oakfield),
    *form("focus_adjust", DECIDED, args=oakfield),
    Row("enhanced_support", answers={200: COUNTY, 403: COUNCIL}),
    Row("support_criteria", answers=KEEPS_CRITERIA),
    *form("criterion_add", KEEPS_CRITERIA),
    *form("criterion_change", KEEPS_CRITERIA, args=criterion),
    post("criterion_raise", {302: {"administrator"}, 403: REGISTER}, args=criterion),
]

# Who may look a child up at all (design.md 4); a child is on the work of Oakfield's team.
ASKERS = WORKERS | MANAGERS | {"duty", "service"}
BRINGS_CHILDREN = {"primary", "secondary", "cover", "other_worker", "far_worker"} | COUNTY


def a_child(world):
    """Ada of Oakfield, on its current work."""
    ada = Pupil.objects.filter(surname="CANARY-900001-ada").first()
    if ada is None:
        ada = children_of(world).ada
        works_with(world, ada)
    return [ada.pk]


def ada(world):
    return Pupil.objects.get(pk=a_child(world)[0])


def a_closed_child(world):
    """Ben of Oakfield, on nobody's current work, beside Ada."""
    a_child(world)
    return [Pupil.objects.get(surname="CANARY-900001-ben").pk]


def a_status(world):
    status, _ = PupilStatus.objects.get_or_create(
        pupil_id=a_child(world)[0],
        kind=StatusKind.objects.get(name="Early Help Plan"),
        starts_on=date(2026, 1, 5),
        recorded_by=world.primary,
    )
    return [status.pupil_id, status.pk]


def a_family_link(world):
    return [*a_child(world), FamilyLink.objects.get().pk]


def a_move(world):
    stay = Enrolment.objects.get(pupil=a_child(world)[0])
    move, _ = Move.objects.get_or_create(
        pupil_id=stay.pupil_id, new=stay, moved_on=date(2026, 1, 5), recorded_by=world.primary
    )
    return [stay.pupil_id, move.pk]


# Whoever has not given a reason is sent to the page that asks for one.
OF_A_CHILD = {200: TEAM, 302: ASKERS}
CHILDREN = [
    *form("pupil_find", {200: ASKERS}),
    *form("pupil_add", {200: ASKERS}),
    *form("pupils_import", {200: BRINGS_CHILDREN, 403: REGISTER}),
    *form("pupil_reason", {302: TEAM, 200: ASKERS}, args=a_child),
    *form("pupil_reason", {200: ASKERS}, args=a_closed_child),
    *form("pupil_change", OF_A_CHILD, args=a_child),
    *form("pupil_identifiers", OF_A_CHILD, args=a_child),
    *form("pupil_status_add", OF_A_CHILD, args=a_child),
    *form("pupil_status_end", OF_A_CHILD, args=a_status),
    *form("pupil_family", OF_A_CHILD, args=a_child),
    post(
        "pupil_link",
        {302: ASKERS},
        args=lambda world: [*a_child(world), *a_closed_child(world)],
    ),
    post("pupil_unlink", {302: ASKERS}, args=a_family_link),
    *form("pupil_move", OF_A_CHILD, args=a_child),
    *form("pupil_handover", OF_A_CHILD, args=a_move),
    Row("status_kinds", answers=KEEPS_CRITERIA),
    *form("status_kind_add", KEEPS_CRITERIA),
    *form(
        "status_kind_change",
        KEEPS_CRITERIA,
        args=lambda world: [StatusKind.objects.first().pk],
    ),
    post(
        "status_kind_raise",
        {302: {"administrator"}, 403: REGISTER},
        args=lambda world: [StatusKind.objects.first().pk],
    ),
]


def about_a_closed_child(world):
    """The completed consultation, with a part about Ben."""
    [pk] = a_closed_child(world)
    world.completed.discussed.get_or_create(subject="pupil", pupil_id=pk)
    return completed(world)


def a_link(world):
    fields = {"area": "neglect", "title": "Toolkit", "url": "https://example.org/toolkit"}
    return [GuidanceLink.objects.get_or_create(**fields)[0].pk]


def a_theme(world):
    return [Theme.objects.get_or_create(name="Exploitation")[0].pk]


KEEPS_THEMES = {
    200: COUNTY | {"coordinator", "administrator"},
    403: REGISTER - COUNTY - {"coordinator", "administrator"},
}


def a_vulnerability(world):
    return [Vulnerability.objects.first().pk]


DISCUSSED = [
    *form("consultation_reason", {200: TEAM | {"service"}}, args=about_a_closed_child),
    Row("child_story", args=a_child, answers={200: TEAM}),
    Row("child_story", args=a_closed_child, query="?closed"),
    Row("guidance", answers=KEEPS_CRITERIA),
    *form("guidance_add", KEEPS_CRITERIA),
    *form("guidance_change", KEEPS_CRITERIA, args=a_link),
    post("guidance_remove", {302: {"administrator"}, 403: REGISTER}, args=a_link),
    Row("theme_list", answers=KEEPS_THEMES),
    *form("theme_add", KEEPS_THEMES),
    *form("theme_change", KEEPS_THEMES, args=a_theme),
    Row("vulnerabilities", answers=KEEPS_CRITERIA),
    *form("vulnerability_add", KEEPS_CRITERIA),
    *form("vulnerability_change", KEEPS_CRITERIA, args=a_vulnerability),
]


def an_entry(world):
    """Ada goes from Oakfield to Beechcroft."""
    entry = Transition.objects.first()
    if entry is None:
        entry = Transition.objects.create(
            pupil_id=a_child(world)[0],
            school_year=2027,
            school=world.oakfield,
            to=world.beech,
            reasons=["sen"],
            added_by=world.primary,
        )
        for school in entry.schools:
            involve([entry.pupil_id], entry, school=school)
    return [entry.pk]


BOTH_SCHOOLS = TEAM | {"far_worker", "other_manager"}
ATTENDANCE_AND_TRANSITION = [
    Row("school_attendance", args=oakfield, answers={200: TEAM}),
    post("attendance_discuss", {302: TEAM}, args=oakfield),
    *form("attendance_import", {200: {"administrator"} | MANAGERS, 403: REGISTER}),
    Row("transition", answers={200: WORKERS | MANAGERS}),
    *form("transition_add", {200: TEAM, 302: WORKERS | MANAGERS}, args=a_child),
    *form("transition_entry", {200: BOTH_SCHOOLS}, args=an_entry),
    *form("transition_change", {200: BOTH_SCHOOLS}, args=an_entry),
    post("transition_end", {302: BOTH_SCHOOLS}, args=an_entry),
]


def a_chronology(world):
    """A draft for the school, made by the primary link worker."""
    made, _ = MadeChronology.objects.get_or_create(
        pupil_id=a_child(world)[0], made_by=world.primary, finished_at=None
    )
    return [made.pupil_id, made.pk]


def a_finished_chronology(world):
    made, _ = MadeChronology.objects.get_or_create(
        pupil_id=a_child(world)[0], made_by=world.primary, finished_at=world.now
    )
    return [made.pupil_id, made.pk]


ITS_MAKER = {200: {"primary"}, 403: TEAM, 302: ASKERS}
CHRONOLOGY_AND_LOOKS = [
    Row("pupil", args=a_child, answers=OF_A_CHILD),
    Row("chronology", args=a_child, answers=OF_A_CHILD),
    post("chronology", {302: ASKERS}, args=a_child, data={"word": "gate"}),
    *form("chronology_new", OF_A_CHILD, args=a_child),
    *form("chronology_made", OF_A_CHILD, ITS_MAKER, args=a_chronology),
    *form(
        "chronology_finish",
        ITS_MAKER,
        {302: {"primary"} | (ASKERS - TEAM), 403: TEAM},
        args=a_chronology,
        data={"version": 1},
    ),
    post(
        "chronology_discard",
        {302: {"primary"} | (ASKERS - TEAM), 403: TEAM},
        args=a_chronology,
    ),
    Row("chronology_pdf", args=a_finished_chronology, answers=OF_A_CHILD),
    Row("school_chronology", args=oakfield, answers={200: TEAM | {"service"}}),
    post("school_chronology", {302: TEAM | {"service"}}, args=oakfield, data={"word": "gate"}),
    Row("pupil_looks", args=a_child, answers={200: {"manager", "service"}}),
    Row("looks", answers={200: COUNTY}),
    Row("looks_own", answers={200: COUNCIL}),
    Row("digest", answers={200: COUNTY}),
]

ADMINISTRATOR = {"administrator"}
RUNS_PEOPLE = ADMINISTRATOR | MANAGERS


def someone(world):
    return [world.primary.pk]


def a_role(world):
    return [world.primary.pk, world.primary.staff_roles.get().pk]


def a_waiting_role(world):
    """Given by the administrator, so that a manager is to be the second person."""
    role, _ = StaffRole.objects.get_or_create(
        user=world.primary, role=Role.COORDINATOR, given_by=world.administrator
    )
    return [world.primary.pk, role.pk]


# Fixed pages of the staff: everybody else is refused before anybody is looked up.
PEOPLE = [
    Row("people", answers={200: RUNS_PEOPLE}, others=403),
    post("people", {302: RUNS_PEOPLE}, others=403, data={"q": "maya"}),
    *form("person_invite", {200: RUNS_PEOPLE}, others=403),
    Row(
        "person",
        args=someone,
        answers={200: ADMINISTRATOR | {"manager"}, 404: {"other_manager"}},
        others=403,
    ),
    *form("person_change", {200: ADMINISTRATOR, 404: {"other_manager"}}, args=someone, others=403),
    *form(
        "person_role_give", {200: ADMINISTRATOR, 404: {"other_manager"}}, args=someone, others=403
    ),
    *form(
        "person_deactivate",
        {200: ADMINISTRATOR, 404: {"other_manager"}},
        {302: ADMINISTRATOR, 404: {"other_manager"}},
        args=someone,
        others=403,
    ),
    *form(
        "person_role_confirm",
        {200: COUNTY | ADMINISTRATOR},
        {302: COUNTY, 403: ADMINISTRATOR},
        args=a_waiting_role,
        others=403,
    ),
    post("person_role_end", {302: ADMINISTRATOR, 404: {"other_manager"}}, args=a_role, others=403),
    *form(
        "person_hubs",
        {200: ADMINISTRATOR, 404: {"other_manager"}},
        args=lambda world: [world.manager.pk],
        others=403,
    ),
    post(
        "person_reinvite",
        {302: ADMINISTRATOR | {"manager"}, 404: {"other_manager"}},
        args=someone,
        others=403,
    ),
    post(
        "person_reactivate", {302: ADMINISTRATOR, 404: {"other_manager"}}, args=someone, others=403
    ),
    Row("messages", answers={200: ADMINISTRATOR}, others=403),
    Row("demo_mailbox", answers={200: ADMINISTRATOR}, others=403),
    Row(
        "demo_letter",
        args=lambda world: [uuid.uuid4()],
        answers={404: ADMINISTRATOR},
        others=403,
    ),
]

ACCOUNT = [
    Row("home", answers={200: COUNCIL | {"unconfirmed", "left_lead"}, 302: SCHOOL}),
    *form("account", {200: EVERYONE}),
    *form("account_emails", {200: EVERYONE}),
    *form("account_login", {302: EVERYONE}, outside=200),
    Row("account_inactive", others=200, outside=200),
    Row("account_logout", answers={200: EVERYONE}, outside=302),
    post("account_logout", {302: EVERYONE}, outside=302),
    *form("account_signup", {302: EVERYONE}, outside=404),
    *form("account_reauthenticate", {200: EVERYONE}),
    *form("account_change_password", {200: EVERYONE}),
    *form("account_reset_password", {200: EVERYONE}, outside=200),
    Row("account_reset_password_done", answers={200: EVERYONE}, outside=200),
    *form(
        "account_reset_password_from_key",
        {200: EVERYONE},
        args=lambda world: ["1", "no-such-key"],
        outside=200,
    ),
    Row("account_reset_password_from_key_done", answers={200: EVERYONE}, outside=200),
    Row("session", answers={200: EVERYONE}, outside=200),
    post("session", {200: EVERYONE}, outside=401),
    *form("usersessions_list", {200: EVERYONE}, {302: EVERYONE}),
    post("usersession_end", {}, args=lambda world: [999_999]),
    *form("invitation", {410: EVERYONE}, args=lambda world: ["no-such-token"], outside=410),
    post("invitation_renew", {}, others=200, outside=200, args=lambda world: ["no-such-token"]),
]


def a_programme(world):
    """The return-to-school programme."""
    found = Programme.objects.first()
    if found is None:
        facts = {"name": "Return", "starts_on": timezone.localdate() - timedelta(days=30)}
        found = programmes.add_programme(world.manager, facts, "return")
    return [found.pk]


def a_case(world):
    """Ada of Oakfield, who waits for triage."""
    found = ProgrammeCase.objects.first()
    if found is None:
        found = programmes.ask(
            world.primary,
            Programme.objects.get(pk=a_programme(world)[0]),
            Pupil.objects.get(pk=a_child(world)[0]),
            world.oakfield,
            asked_on=timezone.localdate(),
            asked_who="Dora Lead",
        )
    return [found.pk]


def a_rule(world):
    [pk] = a_programme(world)
    return [pk, Programme.objects.get(pk=pk).criteria.first().pk]


# Who supports or manages a school reads what a programme is for; managers keep it.
FIELD = WORKERS - {"former", "future", "conflicted"} | MANAGERS | {"service"}
KEEP = MANAGERS | {"service"}
TRIAGE = {"primary", "secondary", "cover", "manager"}

# The manager's pages.
KEPT = {200: KEEP, 403: FIELD - KEEP}
ASKED = {200: TRIAGE, 403: FIELD - TRIAGE}
OAKFIELDS = "?school=900001"

PROGRAMMES = [
    Row("programmes", answers={200: FIELD}),
    *form("programme_add", KEPT),
    Row("programme", args=a_programme, answers={200: FIELD}),
    *form("programme_change", KEPT, args=a_programme),
    *form("criterion_new", KEPT, args=a_programme),
    *form("criterion_edit", KEPT, args=a_rule),
    Row("case_ask", args=a_programme, answers={200: FIELD}),
    *form("case_ask", ASKED, args=a_programme, query=OAKFIELDS),
    # The child is on the school's current work; the service manager gives a reason.
    *form(
        "programme_case",
        {200: TRIAGE, 302: {"service"}},
        {200: {"manager"}, 403: TRIAGE - {"manager"}, 302: {"service"}},
        args=a_case,
    ),
]


def asked_of(world):
    """Short work with Ada and a parent, measured once, the parent asked by a link."""
    made = ShortIntervention.objects.filter(feedback__isnull=False).first()
    if made is None:
        made = under_way(world, parent="Pat Parent")
        measure_scale(
            world.primary,
            made,
            pupil=made.participants.first().pupil,
            point="first",
            on=timezone.localdate(),
            scale=Scale.objects.first(),
            informant="child",
            value=3,
        )
        ask_by_link(
            world.primary,
            made,
            made.participants.get(pupil=None),
            "parent",
            "safe@example.org",
            is_safe=True,
        )
    return made


def measured(world):
    return [asked_of(world).pk]


def one_measure(world):
    return [asked_of(world).pk, asked_of(world).measures.get().pk]


def to_ask(world):
    return [asked_of(world).pk, asked_of(world).participants.get(pupil=None).pk]


def one_asked(world):
    return [asked_of(world).pk, asked_of(world).feedback.get().pk]


# The reason first: the child is not on their work.
BY_REASON = {302: {"service"}}

MEASURES = [
    Row("measures", args=measured, answers={200: TEAM, **BY_REASON}),
    *form(
        "measure_new",
        {200: TEAM, **BY_REASON},
        args=lambda world: [*measured(world), "attendance"],
    ),
    *form("measure_change", {200: TEAM, **BY_REASON}, args=one_measure),
    post("measure_remove", {302: TEAM | {"service"}}, args=one_measure),
    *form("feedback_hand", {200: TEAM, **BY_REASON}, {302: TEAM | {"service"}}, args=to_ask),
    *form("feedback_link", {200: TEAM, **BY_REASON}, args=to_ask),
    Row("feedback_asked", args=one_asked, answers={200: TEAM, **BY_REASON}),
    post("feedback_end", {302: TEAM | {"service"}}, args=one_asked),
    post("family_links", {302: {"manager", "service"}, 403: TEAM}, args=measured),
    Row("feedback_leave", others=302, outside=302),
    Row("feedback_thanks", others=200, outside=200),
    *form("feedback_form", {}, args=lambda world: ["no-such-token"], others=410, outside=410),
    *(
        Row(name, answers={200: COUNTY, 403: COUNCIL})
        for name in ("what_worked", "what_worked_print", "what_worked_csv", "pathways_csv")
    ),
]


def asked_for(world):
    """Short work with Ada at Oakfield, waiting to be allocated."""
    waiting = ShortIntervention.objects.waiting().first()
    return [(waiting or short_work(world)).pk]


WORKS_THERE = {200: TEAM, 403: {"service"}}
ALLOCATES_WORK = {200: {"manager"}, 403: TEAM | {"service"}}
KEEPS_WORK_LISTS = {200: {"administrator"} | MANAGERS, 403: REGISTER}

SHORT_WORK = [
    Row("interventions", answers={200: COUNCIL}),
    Row("intervention_new", answers={200: COUNCIL}),
    *form(
        "intervention_new",
        {200: TEAM, 403: (REGISTER - TEAM) | OAKFIELD},
        query="?school=900001",
    ),
    Row("intervention", args=asked_for, answers={200: TEAM | {"service"}}),
    *form("intervention_reason", {302: TEAM, 200: {"service"}}, args=asked_for),
    *form("intervention_change", WORKS_THERE, args=asked_for),
    *form("intervention_people", WORKS_THERE, args=asked_for),
    *form("intervention_allocate", ALLOCATES_WORK, args=asked_for),
    *form("intervention_decline", ALLOCATES_WORK, args=asked_for),
    Row("work_types", answers=KEEPS_WORK_LISTS),
    *form("work_type_add", KEEPS_WORK_LISTS),
    *form(
        "work_type_change",
        KEEPS_WORK_LISTS,
        args=lambda world: [WorkType.objects.first().pk],
    ),
    Row("scales", answers=KEEPS_WORK_LISTS),
    *form("scale_add", KEEPS_WORK_LISTS),
    *form("scale_change", KEEPS_WORK_LISTS, args=lambda world: [Scale.objects.first().pk]),
]


def agreed_work(world):
    """Short work with Ada and a parent at Oakfield, to which the family agreed."""
    going = ShortIntervention.objects.filter(consents__isnull=False).first()
    return going or under_way(world, parent="Pat Parent")


def with_consent(world):
    return [agreed_work(world).pk]


def one_consent(world):
    return [agreed_work(world).pk, agreed_work(world).consents.get().pk]


def one_disagreement(world):
    """What the safeguarding lead said against a decision on that work; it waits for an answer."""
    work = agreed_work(world)
    said = {"decision": "not_allocated", "why": "Nobody else helps", "said_by": world.dsl}
    disagreement, _ = work.disagreements.get_or_create(defaults=said)
    return [work.pk, disagreement.pk]


def from_withheld_note(world):
    """Work that came from the consultation that is withheld from one of the leads."""
    agreed_work(world)
    ShortIntervention.objects.update(consultation=world.shared)
    return with_consent(world)


LEADS_ANYWHERE = LEADS | {"other_dsl", "head_and_dsl"}
NOT_WITHHELD = LEADS - {"withheld"}

AGREEMENT = [
    *form("intervention_consent", WORKS_THERE, args=with_consent),
    *form("intervention_withdraw", WORKS_THERE, args=one_consent),
    *form("intervention_watch", WORKS_THERE, args=with_consent),
    *form("intervention_family_told", WORKS_THERE, args=with_consent),
    *form("shared_work_consent", {200: LEADS}, args=with_consent),
    *form("shared_work_consent", {200: NOT_WITHHELD}, args=from_withheld_note, query="?withheld"),
    *form("shared_work_withdraw", {200: LEADS}, args=one_consent),
    Row("shared_work", args=with_consent, answers={200: LEADS}),
    Row("shared_work", args=from_withheld_note, query="?withheld", answers={200: NOT_WITHHELD}),
    post("shared_work_disagree", {200: LEADS}, args=with_consent),
    post(
        "shared_work_disagree",
        {200: NOT_WITHHELD},
        args=from_withheld_note,
        query="?withheld",
    ),
    *form(
        "disagreement_answer",
        {200: {"manager"}, 403: TEAM - {"manager"}, **BY_REASON},
        args=one_disagreement,
    ),
    Row("shared_work_list", answers={200: LEADS_ANYWHERE}),
    Row("shared_work_csv", answers={200: LEADS_ANYWHERE}),
    Row("school_provision", args=oakfield, answers={200: TEAM | {"service"}}),
    Row("school_provision_csv", args=oakfield, answers={200: TEAM | {"service"}}),
    Row("school_summary", args=oakfield, answers={200: TEAM | {"service"} | LEADS}),
    Row("school_summary_pdf", args=oakfield, answers={200: TEAM | {"service"} | LEADS}),
]


def one_session(world):
    """A completed session with Ada by the primary worker, whose note the school was given."""
    work = agreed_work(world)
    held = work.sessions.filter(completed_at__isnull=False).first()
    if held is None:
        given = {"school_text": "A later start", "given_at": world.now, "given_by": world.primary}
        held = session_of(world, work, texts=given)
    return [held.pk]


def session_draft(world):
    """A session that the primary worker has begun."""
    work = agreed_work(world)
    draft = work.sessions.filter(completed_at=None).first()
    if draft is None:
        draft = session_of(world, work, completed=False)
        Draft.objects.create(user=world.primary, form="session", target_id=draft.pk)
    return [draft.pk]


def one_part(world):
    """A child's part of a session, below the work as the school knows it."""
    [pk] = one_session(world)
    part = SessionPart.objects.select_related("session").get(session=pk)
    return [part.session.intervention_id, part.pk]


def from_withheld_session(world):
    """The part of a session of work that came from the withheld consultation."""
    part = one_part(world)
    ShortIntervention.objects.update(consultation=world.shared)
    return part


def with_plan(world):
    agreed_work(world)
    ShortIntervention.objects.update(goal="Calm mornings")
    return with_consent(world)


OWN_DRAFT = {302: {"primary"}, 403: {"manager"}}

SESSIONS = [
    Row("session_new", args=with_consent, answers=WORKS_THERE),
    post(
        "session_new",
        {302: TEAM, 403: {"service"}},
        args=with_consent,
        data={"save": "1"},
    ),
    Row("session", args=one_session, answers={200: TEAM | {"service"}}),
    Row(
        "session", args=session_draft, query="?draft", answers={302: {"primary"}, 200: {"manager"}}
    ),
    Row("session_edit", args=session_draft, answers={200: {"primary"}, 403: {"manager"}}),
    post("session_edit", OWN_DRAFT, args=session_draft, data={"save": "1", "version": "1"}),
    Row("session_complete", args=session_draft, answers=OWN_DRAFT),
    post("session_complete", OWN_DRAFT, args=session_draft),
    post("session_discard", OWN_DRAFT, args=session_draft),
    *form("session_hand_over", {200: {"manager"}, 403: {"primary"}}, args=session_draft),
    post(
        "draft_save",
        {200: {"primary"}},
        args=lambda world: [Draft.objects.get(target_id=session_draft(world)[0]).pk],
        query="?session",
        data={"version": "1"},
    ),
    *form("session_reason", {302: TEAM, 200: {"service"}}, args=one_session),
    post("session_addendum", WORKS_THERE, args=one_session),
    post("session_give", {302: TEAM, 403: {"service"}}, args=one_session),
    Row("session_print", args=one_session, answers={200: TEAM, **BY_REASON}),
    Row(
        "sessionpart",
        args=lambda world: one_part(world)[1:],
        answers={302: TEAM | {"service"}},
    ),
    *(
        Row(name, args=one_part, answers={200: TEAM | LEADS, **BY_REASON})
        for name in ("shared_part", "shared_part_pdf")
    ),
    Row(
        "shared_part",
        args=from_withheld_session,
        query="?withheld",
        answers={200: TEAM | NOT_WITHHELD, **BY_REASON},
    ),
    post("shared_part_stored", {302: LEADS, 403: TEAM | {"service"}}, args=one_part),
    *form("family_plan", WORKS_THERE, args=with_consent),
    *(
        Row(name, args=with_plan, answers={200: TEAM, **BY_REASON})
        for name in ("family_plan_print", "family_plan_pdf")
    ),
]


def ended_work(world):
    """Short work with Ada at Oakfield that has ended."""
    over = ShortIntervention.objects.filter(state=WorkState.CLOSED).first()
    return [(over or short_work(world, state=WorkState.CLOSED)).pk]


def a_plan(world):
    """An open plan for Ada that Oakfield leads."""
    plan = EarlyHelpPlan.objects.first()
    if plan is None:
        plan = EarlyHelpPlan.objects.create(
            school=world.oakfield,
            hub=world.coast,
            lead=Lead.SCHOOL,
            lead_professional="Dora Lead",
            starts_on=world.yesterday.date(),
            recorded_by=world.manager,
        )
        plan.pupils.add(*a_child(world))
    return [plan.pk]


def from_withheld_work(world):
    """A plan that follows from work of the consultation withheld from one of the leads."""
    [work] = from_withheld_note(world)
    plan = a_plan(world)
    EarlyHelpPlan.objects.update(stepped_up_from=work)
    return plan


GOES_ON = {200: TEAM, **BY_REASON}
# Any link worker may hold a plan.
HAVE_PLANS = FIELD | WORKERS
RECORDS_PLANS = {200: TEAM, 403: HAVE_PLANS - TEAM}

ENDINGS_AND_PLANS = [
    *(
        row
        for name in ("review", "end", "step_up", "step_down")
        for row in form(f"intervention_{name}", GOES_ON, args=with_consent)
    ),
    *form("intervention_reopen", GOES_ON, args=ended_work),
    *form("intervention_again", GOES_ON, args=ended_work),
    Row("plans", answers={200: HAVE_PLANS}),
    Row("plan_new", answers={200: HAVE_PLANS}),
    *form("plan_new", RECORDS_PLANS, query="?school=900001"),
    Row("plan_holders", answers={200: COUNTY, 403: HAVE_PLANS - COUNTY}),
    *form("plans_import", {200: HAVE_PLANS}),
    Row("early_help_plan", args=a_plan, answers=GOES_ON),
    *form("plan_change", GOES_ON, args=a_plan),
    *form(
        "plan_allocate",
        {200: {"manager"}, 403: TEAM - {"manager"}, **BY_REASON},
        args=a_plan,
    ),
    *form("plan_end", GOES_ON, args=a_plan),
    Row("shared_plans", answers={200: LEADS_ANYWHERE}),
    Row("shared_plan", args=a_plan, answers={200: LEADS}),
    Row("shared_plan", args=from_withheld_work, query="?withheld", answers={200: NOT_WITHHELD}),
    *(
        post(f"shared_plan_{answer}", {200: LEADS}, args=a_plan)
        for answer in ("started", "declined", "ended")
    ),
]


def a_referral(world):
    """Oakfield's own referral about Ada, who is on the school's current work."""
    found = ReferralSupport.objects.first() or being_prepared(world, ada(world))
    return [found.pk]


def withheld_referral(world):
    """The same, where Ada was discussed in the consultation withheld from one of the leads."""
    [pk] = a_referral(world)
    ada = ReferralSupport.objects.get(pk=pk).pupil
    if not ada.discussed.exists():
        part_about(world.shared, ada)
    return [pk]


def initialled_referral(world):
    """One that names no child."""
    found = ReferralSupport.objects.filter(pupil=None).first()
    return [(found or being_prepared(world, initials="A.B.")).pk]


def a_continuum_line(world):
    return [ContinuumLine.objects.first().pk]


HELPERS = {"primary", "secondary", "cover"}
PREPARES = {200: HELPERS | LEADS, 403: {"manager"}}
HELPS = {200: HELPERS, 403: LEADS | {"manager"}}
SPEAKS = {200: LEADS, 403: TEAM}
HAVE_REFERRALS = LEADS_ANYWHERE | TEAM | {"other_worker", "far_worker", "other_manager"}

REFERRAL_SUPPORT = [
    Row("referral_list", answers={200: HAVE_REFERRALS}),
    Row("referral_list", query="?school=900001", answers={200: TEAM | LEADS}),
    Row(
        "referral_new",
        answers={302: HELPERS | LEADS_ANYWHERE | {"other_worker", "far_worker"}},
    ),
    *form("referral_new", PREPARES, query="?school=900001"),
    Row("referral", args=a_referral, answers={200: TEAM | LEADS}),
    Row("referral", args=withheld_referral, query="?withheld", answers={200: TEAM | NOT_WITHHELD}),
    *form("referral_prepare", PREPARES, args=a_referral),
    *form("referral_child", HELPS, args=initialled_referral),
    Row("referral_chronology", args=a_referral, answers=HELPS),
    post("referral_chronology", {302: HELPERS, 403: LEADS | {"manager"}}, args=a_referral),
    *(
        row
        for act in ("agreement", "referred", "outcome", "stop", "owner")
        for row in form(f"referral_{act}", SPEAKS, args=a_referral)
    ),
    Row("referral_pack", args=a_referral, answers={200: TEAM | LEADS}),
    Row("referral_pack_pdf", args=a_referral, answers={200: TEAM | LEADS}),
    Row("continuum", answers={200: MANAGERS | {"administrator"}, 403: REGISTER}),
    *form("continuum_add", {200: MANAGERS | {"administrator"}, 403: REGISTER}),
    *form(
        "continuum_change",
        {200: MANAGERS | {"administrator"}, 403: REGISTER},
        args=a_continuum_line,
    ),
]


def a_notice(world):
    """A notice about Ada of Oakfield: the duty manager entered it, one lead and the deputy were
    told, the head by mistake, and the secondary link worker was named."""
    made = DomesticAbuseNotice.objects.first()
    if made is None:
        told = [(world.dsl, "dsl"), (world.deputy, "deputy"), (world.head, "dsl")]
        others = {"told": told, "named": [world.secondary], "kept": [world.withheld]}
        made = notice(world, ada(world), **others)
        involve([made.pupil_id], made, user=world.duty)
    return [made.pk]


def named_reader(world):
    [pk] = a_notice(world)
    return [pk, NoticeReader.objects.get(notice=pk, user=world.secondary).pk]


OPENS_NOTICES = {"manager", "secondary", "duty"}
# The service manager gives a reason for the child first.
READS_NOTICE = {200: OPENS_NOTICES | {"dsl", "deputy"}, 302: {"service"}}
ASSESSES = {200: {"manager"}, 302: {"service"}, 403: {"secondary", "duty", "dsl", "deputy"}}
HAVE_NOTICES = (
    HELPERS | {"other_worker", "far_worker"} | MANAGERS | {"duty", "service"} | LEADS_ANYWHERE
)

NOTICES = [
    Row("notices", answers={200: HAVE_NOTICES}),
    *form("notice_new", {404: EVERYONE}),
    Row("notice", args=a_notice, answers=READS_NOTICE),
    *form(
        "notice_correct",
        {200: {"manager", "duty"}, 302: {"service"}, 403: {"secondary", "dsl", "deputy"}},
        args=a_notice,
    ),
    *form("notice_assess", ASSESSES, args=a_notice),
    *form("notice_decide", ASSESSES, args=a_notice),
    *form("notice_reader", ASSESSES, args=a_notice),
    *form("notice_keep", ASSESSES, args=a_notice),
    Row("notice_link", args=a_notice, answers=ASSESSES),
    post(
        "notice_link",
        {302: {"manager", "service"}, 403: {"secondary", "duty", "dsl", "deputy"}},
        args=a_notice,
    ),
    post(
        "notice_reader_remove",
        {302: {"manager", "service"}, 403: {"secondary", "duty", "dsl", "deputy"}},
        args=named_reader,
    ),
    post(
        "notice_support",
        {200: {"dsl", "deputy"}, 302: {"service"}, 403: OPENS_NOTICES},
        args=a_notice,
    ),
]


def a_concern(world):
    """One at Oakfield that its primary link worker raised, and that names another manager."""
    found = Concern.objects.filter(acknowledged_at=None).first()
    return [(found or raised(world, words="I rang Omar Othermanager")).pk]


def kept_from_concern(world):
    return [*a_concern(world), world.other_manager.pk]


def a_held_concern(world):
    """One that the manager has."""
    found = Concern.objects.filter(acknowledged_by=world.manager).first()
    if found is None:
        found = raised(world)
        concerns.acknowledge(anew(world.manager), found)
    return [found.pk]


def a_concerns_objection(world):
    [pk] = a_held_concern(world)
    found = Objection.objects.filter(concern=pk).first()
    found = found or concerns.disagree(world.primary, Concern.objects.get(pk=pk), "No")
    return [pk, found.pk]


def a_concern_begun(world):
    found = Draft.objects.filter(form=concerns.FORM).first()
    found = found or Draft.objects.create(
        user=world.primary, form=concerns.FORM, target_id=uuid.uuid4()
    )
    return [found.target_id]


def a_fallback(world):
    found = Fallback.objects.first()
    found = found or add_fallback(world.administrator, "child", world.service, "On call")
    return [found.pk]


HAVE_CONCERN = {200: {"primary", "manager", "service"}}
TAKE_CONCERN = {200: {"manager", "service"}, 403: {"primary"}}
TAKEN_AT_ONCE = {302: {"manager", "service"}, 403: {"primary"}}
KEEPS_FALLBACKS = {200: {"administrator"}, 403: COUNCIL - {"administrator"}}
CHANGES_FALLBACKS = {302: {"administrator"}, 403: COUNCIL - {"administrator"}}

CONCERNS = [
    Row("concerns", answers={200: COUNCIL}),
    Row("concern_new", others=200),
    post("concern_new", {302: COUNCIL}, others=403),
    post("concern_discard", {302: {"primary"}}, args=a_concern_begun),
    Row("concern", args=a_concern, answers=HAVE_CONCERN),
    post("concern_acknowledge", TAKEN_AT_ONCE, args=a_concern),
    post("concern_decide", TAKE_CONCERN, args=a_held_concern),
    post("concern_close", TAKEN_AT_ONCE, args=a_held_concern),
    post("concern_add", HAVE_CONCERN, args=a_concern),
    *form("concern_pass", TAKE_CONCERN, args=a_concern),
    *form("concern_aware", HAVE_CONCERN, args=a_concern),
    *form("concern_correct", HAVE_CONCERN, args=a_concern),
    *form("concern_child", HAVE_CONCERN, args=a_concern),
    post("concern_disagree", {200: {"primary"}, 403: {"manager", "service"}}, args=a_held_concern),
    *form(
        "concern_objection",
        {200: {"service"}, 403: {"primary", "manager"}},
        args=a_concerns_objection,
    ),
    post("concern_tell", {302: {"primary"}, 403: {"manager", "service"}}, args=kept_from_concern),
    Row("fallbacks", answers={200: {"administrator"}}),
    *form("fallback_add", KEEPS_FALLBACKS),
    post("fallback_up", CHANGES_FALLBACKS, args=a_fallback),
    post("fallback_end", CHANGES_FALLBACKS, args=a_fallback),
]


def a_request(world):
    """What Oakfield's safeguarding lead asked for."""
    found = SupportRequest.objects.filter(source="school", wanted="consultation").first()
    return [(found or ask_for_support(world)).pk]


def caso_request(world):
    found = SupportRequest.objects.filter(wanted="caso").first()
    return [(found or ask_for_support(world, wanted="caso")).pk]


def logged_from(source, who):
    def args(world):
        found = SupportRequest.objects.filter(source=source).first()
        return [(found or log_request(world, source, getattr(world, who))).pk]

    return args


def declined_request(world):
    asked = SupportRequest.objects.get(pk=a_request(world)[0])
    if not asked.outcome:
        request_answers.decline(world.primary, asked, "not_ours", "Ask the nurse")
    return [asked.pk]


def objection_to_answer(world):
    [pk] = declined_request(world)
    said = RequestDisagreement.objects.first()
    said = said or request_answers.disagree(world.dsl, SupportRequest.objects.get(pk=pk), "No")
    return [pk, said.pk]


HAVE_REQUESTS = WORKERS | MANAGERS | {"duty", "service", "coordinator"}
ASK_FOR_SUPPORT = LEADS_ANYWHERE | {"senco"}
ANSWER = {200: TEAM, 403: {"service"}}
ANSWERED_AT_ONCE = {302: TEAM, 403: {"service"}}

REQUESTS = [
    Row("requests", answers={200: HAVE_REQUESTS}),
    Row("our_requests", answers={200: ASK_FOR_SUPPORT}),
    *form("request_new", {200: ASK_FOR_SUPPORT}),
    *form("request_log", {200: HAVE_REQUESTS}),
    *form(
        "request_log",
        {200: TEAM | {"duty"}, 403: REGISTER - TEAM},
        query="?school=900001",
    ),
    Row("request", args=a_request, answers={200: TEAM | {"service"} | LEADS}),
    Row(
        "request",
        args=caso_request,
        query="?caso",
        answers={200: TEAM | {"service", "coordinator"} | LEADS},
    ),
    Row(
        "request",
        args=logged_from("duty_manager", "duty"),
        query="?duty",
        answers={200: {"manager", "service", "duty"}},
    ),
    Row(
        "request",
        args=logged_from("front_door", "primary"),
        query="?front-door",
        answers={200: TEAM | {"service"}},
    ),
    post("request_read", ANSWERED_AT_ONCE, args=a_request),
    post("request_add", {200: TEAM | LEADS, 403: {"service"}}, args=a_request),
    *form("request_pass_on", {200: {"manager"}, 403: HELPERS | {"service"}}, args=a_request),
    *form(
        "request_withdraw",
        {200: LEADS, 403: TEAM | {"service"}},
        {302: LEADS, 403: TEAM | {"service"}},
        args=a_request,
    ),
    *form("request_consult", ANSWER, ANSWERED_AT_ONCE, args=a_request),
    *form("request_work", ANSWER, args=a_request),
    *form("request_advise", ANSWER, args=a_request),
    *form("request_meet", ANSWER, ANSWERED_AT_ONCE, args=a_request),
    *form("request_decline", ANSWER, args=a_request),
    post("request_disagree", {200: LEADS, 403: TEAM | {"service"}}, args=declined_request),
    *form(
        "request_disagreement",
        {200: {"manager"}, 403: HELPERS | {"service"}},
        args=objection_to_answer,
    ),
]


# Meetings of their own for an action plan, and for one that follows another.
BESIDE = WITH_A_PLAN, FOLLOWING, MINUTED = ("With a plan", "The next one", "With final minutes")


def a_meeting(world):
    """A CASO meeting about Oakfield, called; a link worker, its lead and SENCO are invited."""
    found = Meeting.objects.filter(kind="caso").exclude(title__in=BESIDE).first()
    if found is None:
        found = meetings.prepared(world, schools=[world.oakfield, world.elmgate])
        contacts = [world.dsl_post, world.senco_post]
        meetings.invite(world, found, users=[world.primary], contacts=contacts)
        meetings.with_agency(found, *meetings.police())
        found = meetings.called(found)
    return [found.pk]


def begun_meeting(world):
    return [meetings.begun(Meeting.objects.get(pk=a_meeting(world)[0])).pk]


def meetings_school(world):
    return [*a_meeting(world), world.elmgate.urn]


def meetings_agency(world):
    [pk] = a_meeting(world)
    return [pk, MeetingAgency.objects.get(meeting=pk).pk]


def meetings_child(world):
    """A child of Oakfield, who is on its current work."""
    [pk] = a_meeting(world)
    row = MeetingPupil.objects.filter(meeting=pk).first()
    if row is None:
        ada = children_of(world).ada
        works_with(world, ada)
        row = meetings.about(Meeting.objects.get(pk=pk), ada, world.oakfield)
    return [pk, row.pk]


def a_series(world):
    """The placement panel of the Southern area, which Coast's managers attend."""
    found = MeetingSeries.objects.first() or meetings.panel_series(world)
    return [found.pk]


def panels_child(world):
    meeting = Meeting.objects.filter(series=a_series(world)[0]).first()
    row = meeting.pupils.first()
    if row is None:
        ada = children_of(world).ada
        works_with(world, ada)
        row = meetings.about(meeting, ada, None)
    return [meeting.pk, row.pk]


GO_TO_MEETINGS = WORKERS | MANAGERS | {"service", "coordinator"}
CALL_MEETINGS = GO_TO_MEETINGS - {"former", "future", "conflicted", "service"}
PLAN_PANELS = MANAGERS | {"coordinator"}
RUN_THE_MEETING = {"coordinator", "manager"}
ONLY_READ = {"service", "primary"}
RUN = {200: RUN_THE_MEETING, 403: ONLY_READ}
RUN_AT_ONCE = {302: RUN_THE_MEETING, 403: ONLY_READ}
INVITED_BY_POST = {"dsl", "senco"}
ANSWER_INVITATION = {
    302: INVITED_BY_POST | {"primary"},
    403: RUN_THE_MEETING | {"service"},
}
MEETINGS = [
    Row("meetings", answers={200: GO_TO_MEETINGS}),
    Row("targeting", answers={200: FIELD}),
    *form("meeting_new", {200: CALL_MEETINGS, 403: GO_TO_MEETINGS - CALL_MEETINGS}),
    Row("meeting", args=a_meeting, answers={200: RUN_THE_MEETING | ONLY_READ}),
    Row("meeting_ics", args=a_meeting, answers={200: RUN_THE_MEETING | ONLY_READ}),
    *form("meeting_change", RUN, args=a_meeting),
    *form("meeting_call", RUN, args=a_meeting),
    *form("meeting_cancel", RUN, args=a_meeting),
    *form("meeting_people", RUN, RUN_AT_ONCE, args=a_meeting),
    *form("meeting_replies", RUN, RUN_AT_ONCE, args=a_meeting),
    *form("meeting_school_add", RUN, args=a_meeting),
    *form("meeting_agency_add", RUN, args=a_meeting),
    *form("meeting_child_add", RUN, args=a_meeting),
    *form("meeting_held", RUN, RUN_AT_ONCE, args=begun_meeting),
    post("meeting_school_remove", RUN_AT_ONCE, args=meetings_school),
    post("meeting_agency_remove", RUN_AT_ONCE, args=meetings_agency),
    *form("meeting_agency_address", RUN, RUN_AT_ONCE, args=meetings_agency),
    *form("meeting_child_change", RUN, args=meetings_child),
    post("meeting_child_remove", RUN_AT_ONCE, args=meetings_child),
    *form("meeting_child_panel", {200: {"manager"}, 403: {"service"}}, args=panels_child),
    post("meeting_answer", ANSWER_INVITATION, args=a_meeting, data={"reply": "coming"}),
    post("shared_meeting_answer", ANSWER_INVITATION, args=a_meeting, data={"reply": "coming"}),
    Row("shared_meetings", answers={200: IN_POST}),
    Row("shared_meeting", args=a_meeting, answers={200: INVITED_BY_POST}),
    Row("shared_meeting_ics", args=a_meeting, answers={200: INVITED_BY_POST}),
    Row("series_list", answers={200: PLAN_PANELS}),
    *form("series_new", {200: PLAN_PANELS}),
    Row("series", args=a_series, answers={200: {"manager"}}),
    post("series_plan", {302: {"manager"}}, args=a_series),
    post("series_end", {302: {"manager"}}, args=a_series),
]


def a_meetings_action(world):
    """An action that a meeting gave to Oakfield's lead."""
    found = MinutedAction.objects.filter(action__owner_contact=world.dsl_post).first()
    if found is None:
        meeting = meetings.prepared(world, schools=[world.oakfield], title=WITH_A_PLAN)
        meetings.invite(world, meeting, users=[world.primary], contacts=[world.dsl_post])
        meeting = meetings.called(meeting)
        owner = meeting.people.get(contact=world.dsl_post)
        found = minutes.finalised(world, meeting, owner=owner).meeting.minuted_actions.get()
    return [found.action_id]


def a_meetings_plan(world):
    a_meetings_action(world)
    return [Meeting.objects.get(title=WITH_A_PLAN).pk]


def a_child_before(world):
    """A meeting that follows one about Ada, and Ada's row there."""
    pk, child = meetings_child(world)
    found = Meeting.objects.filter(previous=pk).first()
    if found is None:
        schools = [world.oakfield, world.elmgate]
        found = meetings.prepared(world, schools=schools, title=FOLLOWING)
        meetings.invite(world, found, users=[world.primary])
        Meeting.objects.filter(pk=found.pk).update(previous=pk)
    return [found.pk, child]


TICK = TEAM | LEADS | {"coordinator"}
HAND_ON = {200: RUN_THE_MEETING, 403: TICK - RUN_THE_MEETING | {"service"}}
ACTION_PLAN = [
    Row("meeting_actions", args=a_meetings_plan, answers={200: RUN_THE_MEETING | ONLY_READ}),
    Row("meeting_actions_across", answers={200: GO_TO_MEETINGS}),
    Row("meeting_action_done", "post", {302: TICK, 403: {"service"}}, args=a_meetings_action),
    *form("meeting_action_comment", {200: TICK, 403: {"service"}}, args=a_meetings_action),
    *form("meeting_action_hand_over", HAND_ON, args=a_meetings_action),
    *form("meeting_action_move", HAND_ON, args=a_meetings_action),
    *form("meeting_hand_over", RUN, args=a_meeting),
    Row("meeting_child_about", args=meetings_child, answers=RUN),
    *form("meeting_child_again", RUN, args=a_child_before),
]


def sent_minutes(world):
    """A meeting of the coordinator, its minutes sent to the police and to Oakfield's lead."""
    found = Meeting.objects.filter(versions__distributions__isnull=False).first()
    if found is None:
        found = meetings.prepared(world, schools=[world.oakfield], title="Safe journeys")
        contacts = [world.dsl_post, world.senco_post]
        meetings.invite(world, found, users=[world.primary], contacts=contacts)
        meetings.with_agency(found, *meetings.police())
        version = minutes.finalised(world, meetings.called(found))
        rows = [found.agencies.get(), found.people.get(contact=world.dsl_post)]
        later = timezone.localdate() + timedelta(days=7)
        distribution.send(anew(found.organiser), version, rows, later)
    return [found.pk]


def sent_copy(world):
    [pk] = sent_minutes(world)
    return [pk, Distribution.objects.get(agency__isnull=False).pk]


def schools_copy(world):
    [pk] = sent_minutes(world)
    return [pk, Distribution.objects.get(person__isnull=False).pk]


def police_copy(world):
    [pk] = sent_minutes(world)
    return [pk, f"agency-{MeetingAgency.objects.get(meeting=pk).agency_id}"]


def partners_link(world):
    """The link that was mailed to the police, of which no code was typed."""
    sent_minutes(world)
    return [paths_to("police@example.org")[0].split("/")[2]]


def partners_action(world):
    [token] = partners_link(world)
    return [token, MinutedAction.objects.get(meeting=sent_minutes(world)[0]).pk]


READ_COPIES = {200: RUN_THE_MEETING, 403: ONLY_READ}
DISTRIBUTION = [
    Row("meeting_copies", args=sent_minutes, answers=RUN_AT_ONCE),
    Row("meeting_copy", args=police_copy, answers=READ_COPIES),
    *form("minutes_send", RUN_AT_ONCE, RUN, args=sent_minutes),
    Row("minutes_sent", args=sent_minutes, answers=READ_COPIES),
    post("minutes_send_full", RUN_AT_ONCE, args=sent_minutes),
    post("minutes_resend", RUN_AT_ONCE, args=sent_copy),
    *form("minutes_revoke", RUN, args=sent_copy),
    Row("shared_minutes", args=sent_minutes, answers={200: {"dsl"}}),
    Row("shared_minutes_pdf", args=schools_copy, answers={200: {"dsl"}}),
    # Whoever is signed in finds nothing by a partner's link, even one passed on to them.
    *form("partner_minutes", {}, args=partners_link, others=404, outside=200),
    Row("partner_minutes_pdf", args=partners_link, others=404, outside=302),
    post("partner_tick", {}, args=partners_action, others=404, outside=302),
    post("partner_comment", {}, args=partners_action, others=404, outside=401),
    Row("partner_leave", others=302, outside=302),
]


def minuted_meeting(world):
    """The meeting with its agenda begun by the coordinator, who takes the minutes."""
    [pk] = a_meeting(world)
    minutes.agenda(Meeting.objects.get(pk=pk))
    return [pk]


def agenda_item(world):
    [pk] = minuted_meeting(world)
    return [pk, minutes.item_of(Meeting.objects.get(pk=pk), "The bus").pk]


def action_of_minutes(world):
    pk, item = agenda_item(world)
    row = MinutedAction.objects.filter(meeting=pk).first()
    row = row or minutes.agreed(Meeting.objects.get(pk=pk).items.get(pk=item))
    return [pk, row.pk]


def final_minutes(world):
    """The first version of the minutes of a meeting like ``a_meeting``."""
    found = Meeting.objects.filter(title=MINUTED).first()
    if found is None:
        found = meetings.prepared(world, schools=[world.oakfield], title=MINUTED)
        meetings.invite(world, found, users=[world.primary], contacts=[world.dsl_post])
        found = meetings.called(found)
        minutes.finalised(world, found, owner=found.people.get(contact=None))
    return [found.pk, 1]


NOT_THE_WRITER = {403: {"manager"} | ONLY_READ}
WRITE = {200: {"coordinator"}, **NOT_THE_WRITER}
WRITE_AT_ONCE = {302: {"coordinator"}, **NOT_THE_WRITER}
MINUTES = [
    Row(
        "minutes",
        args=minuted_meeting,
        answers={302: {"coordinator"}, 200: {"manager"}, 403: ONLY_READ},
    ),
    post("minutes_begin", RUN_AT_ONCE, args=a_meeting),
    *form("minutes_item", WRITE, WRITE_AT_ONCE, args=agenda_item),
    *form("minutes_item_add", WRITE, args=minuted_meeting),
    *form("minutes_item_name", WRITE, args=agenda_item),
    *form("minutes_item_remove", WRITE, WRITE_AT_ONCE, args=agenda_item),
    post("minutes_initials", WRITE_AT_ONCE, args=agenda_item),
    *form("minutes_action", WRITE, args=action_of_minutes),
    post("minutes_action_remove", WRITE_AT_ONCE, args=action_of_minutes),
    *form("minutes_here", WRITE, WRITE_AT_ONCE, args=minuted_meeting),
    *form("minutes_guest", WRITE, args=minuted_meeting),
    # Sent without what the page showed, nothing becomes final.
    *form("minutes_check", WRITE, {409: {"coordinator"}, **NOT_THE_WRITER}, args=minuted_meeting),
    post("minutes_correct", WRITE_AT_ONCE, args=minuted_meeting),
    post("minutes_correct_cancel", WRITE_AT_ONCE, args=minuted_meeting),
    *form("minutes_hand_over", RUN, args=minuted_meeting),
    Row("minutes_version", args=final_minutes, answers={200: RUN_THE_MEETING | ONLY_READ}),
    Row("minutes_print", args=final_minutes, answers={200: RUN_THE_MEETING | ONLY_READ}),
]

ROWS = [
    *PUBLIC,
    *MEETINGS,
    *MINUTES,
    *ACTION_PLAN,
    *DISTRIBUTION,
    *CONCERNS,
    *REQUESTS,
    *NOTICES,
    *REFERRAL_SUPPORT,
    *ENDINGS_AND_PLANS,
    *SESSIONS,
    *SHORT_WORK,
    *AGREEMENT,
    *MEASURES,
    *CONSULTATIONS,
    *NURSE,
    *SCHOOLS,
    *AGENCIES,
    *RESOURCES,
    *ALLOCATIONS,
    *SUPPORT,
    *CHILDREN,
    *DISCUSSED,
    *ATTENDANCE_AND_TRANSITION,
    *CHRONOLOGY_AND_LOOKS,
    *TAKE_UP,
    *PROGRAMMES,
    *PEOPLE,
    *ACCOUNT,
]


def names():
    """Every name in the resolver; a pattern without a name is an error."""
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            else:
                assert pattern.name or str(pattern.pattern) == "healthz", pattern
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found - {None}


@pytest.fixture(scope="module")
def sessions():
    """Each actor's session, from the first time they sign in."""
    return {}


@pytest.fixture
def ask(world, client, as_, sessions, settings, monkeypatch):
    """``ask(row, actors)``: ``{actor: status}`` of the row's request, undone after each."""
    # All of a request is undone, so the view alone needs no savepoint as well.
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", False)
    # In memory, since reading one from the database takes a tenth of the time of a request.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.SESSION_CACHE_ALIAS = "sessions"
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    settings.CACHES = {**settings.CACHES, "sessions": in_memory}

    def headers_of(actor):
        """A cookie of nothing but the actor's session, which is as it was when they signed in."""
        client.cookies.clear()
        if actor in OUTSIDE:
            return {}
        if actor not in sessions:
            as_(getattr(world, actor))
            # As signing in does; otherwise every request would begin it and keep it anew.
            sessions[actor] = client.session
            begin(sessions[actor])
        session = sessions[actor]
        caches["sessions"].set(session.cache_key, dict(session))
        return {"cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}

    def statuses(row, actors):
        address = reverse(row.name, args=row.args(world)) + row.query
        send = getattr(client, row.method)
        point, given = transaction.savepoint(), {}
        for actor in actors:
            headers = headers_of(actor)
            given[actor] = send(address, row.data, headers=headers).status_code
            transaction.savepoint_rollback(point)
        return given

    return statuses


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_each_actor_gets_the_answer_in_the_table(ask, name):
    wrong = {
        (str(row), actor): f"{given}, not {expected}"
        for row in ROWS
        if row.name == name
        for actor, given in ask(row, ACTORS).items()
        if given != (expected := row.expected(actor))
    }
    assert wrong == {}


def test_no_address_is_without_a_row(db):
    assert names() - {row.name for row in ROWS} == set()


def test_a_method_without_a_row_is_answered_to_nobody(ask):
    """What the table is silent about is refused as such, whoever asks: so it is complete."""
    held = {(row.name, row.method) for row in ROWS}
    silent = {
        (row.name, method): replace(row, method=method, data={})
        for row in ROWS
        for method in ("get", "post")
        if (row.name, method) not in held
    }
    answered = {
        (*key, actor): given
        for key, row in silent.items()
        for actor, given in ask(row, OF_EACH_KIND).items()
        if given != 405
    }
    assert answered == {}


def test_an_absent_record_and_one_out_of_scope_are_the_same_404(world, as_):
    client = as_(world.far_worker)
    absent = client.get(f"/consultations/{uuid.uuid4()}/")
    hidden = client.get(f"/consultations/{world.shared.pk}/")
    assert (absent.status_code, absent.content) == (hidden.status_code, hidden.content)
