"""Short work: asked for, listed, read, changed, allocated or not."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations import children_views
from consultations.children import as_uuid, looks_at, to_open
from consultations.forms import add_row
from consultations.models import Consultation, Level
from drafts.services import LOOKS_UP
from govuk.forms import posted
from govuk.words import listed
from interventions import policies, work_forms, work_list
from interventions.acting import do
from interventions.asking import carried_over
from interventions.candidates import candidates_for
from interventions.children import children_to_open, look_at, open_children_of
from interventions.involved import standing_of
from interventions.models import AskedBy, Participant, ShortIntervention, WorkState
from interventions.services import work as work_services
from interventions.work_page import next_step, sections_of, steps_of
from schools.doors import ask_first, council_only, gave_reason, safe_next
from schools.models import School
from schools.policies import may_ask
from schools.pupil_forms import seen_of

# The buttons of a form that stay on its page.
IN_THE_FORM = {"add", "find", "open", "show"}
CHANGED = (
    "Somebody else has changed this work since you opened the page. Check what is there now in"
    " another tab, then save again to keep what is typed here"
)


@require_GET
def work_list_page(request):
    """``/interventions/``: waiting, open, mine or closed; no child's name, and no totals."""
    council_only(request)
    show = work_list.chosen(request)
    looked(request.user, ShortIntervention, Look.LIST, basis="scope")
    return render(
        request,
        "interventions/work_list.html",
        {
            "listed": work_list.work_of(
                request.user,
                show,
                after=request.GET.get("after", ""),
                before=request.GET.get("before", ""),
            ),
            "show": show,
            "shows": work_list.shows(request.user),
            "may_ask": policies.own_schools(request.user).exists(),
            "keeps_lists": policies.may_keep_lists(request.user),
            "may_see_plans": policies.may_see_plans(request.user),
            "may_see_programmes": policies.may_see_programmes(request.user),
            "nav": "interventions",
        },
    )


# --- asking ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: the ``school``, and the ``consultation`` or None.

    ``parts`` are the children's parts of the consultation that it is about. What asks for the work
    from elsewhere brings the ``first`` values of the form, its own ``ask``, which takes what
    ``services.work.ask`` does, and the address ``back``.
    """

    school: School
    consultation: Consultation | None = None
    parts: tuple = ()
    first: dict = field(default_factory=dict)
    ask: Callable = work_services.ask
    back: str = ""

    @property
    def children(self):
        """The ids of the children discussed."""
        return [part.pupil_id for part in self.parts]


@require_http_methods(["GET", "POST"])
def new(request):
    """``/interventions/new/?school=<urn>`` or ``?consultation=<id>`` (and ``&child=<part id>``).

    From a consultation nothing is typed again. A button inside the form finds or opens a child,
    or adds a row; what is typed stays.
    """
    if not {"school", "consultation"} & request.GET.keys():
        return _choose_school(request)
    return ask_from(request, _origin(request))


def ask_from(request, origin):
    """The form on which short work is asked for from an ``Origin``, and what came of it."""
    allow(policies.may_request(request.user, origin.school))
    if to_open(request.user, origin.children).exists():
        return ask_first(request, reverse("consultation_reason", args=[origin.consultation.pk]))
    if request.method == "GET":
        initial = {"asked_on": timezone.localdate(), "identified_by": request.user.pk}
        initial |= origin.first
        if origin.consultation:
            initial = carried_over(origin.consultation, origin.parts)
        form = _request_form(origin, initial=initial)
        people = work_forms.people(request.user, origin.school, chosen=origin.children)
        return _ask_page(request, origin, form, people)
    if not IN_THE_FORM.isdisjoint(request.POST):
        data, finding = _within_form(request, origin.school)
        people = work_forms.people(request.user, origin.school, data, finding=finding)
        form = _request_form(origin, data)
        work_forms.quiet(form)
        people.quieten()
        return _ask_page(request, origin, form, people)
    return _asked(request, origin)


def _choose_school(request):
    council_only(request)
    context = {"schools": policies.own_schools(request.user), "nav": "interventions"}
    return render(request, "interventions/choose_school.html", context)


def _origin(request):
    if "consultation" not in request.GET:
        schools = School.objects.visible_to(request.user)
        return Origin(get_object_or_404(schools, urn=request.GET["school"][:6]))
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user)
        .exclude(state="draft")
        .select_related("school"),
        pk=as_uuid(request.GET["consultation"]),
    )
    parts = consultation.discussed.filter(pupil__isnull=False).select_related("pupil")
    if "child" in request.GET:
        parts = [get_object_or_404(parts, pk=as_uuid(request.GET["child"]))]
    return Origin(consultation.school, consultation, tuple(parts))


def _request_form(origin, data=None, **options):
    return work_forms.RequestForm(
        data, school=origin.school, consultation=origin.consultation, **options
    )


def _within_form(request, school):
    """``(data, finding)``: what the form holds after one of its own buttons."""
    post, finding = request.POST, None
    if post.get("add") == "adults":
        return add_row(post, "adults"), None
    if "show" in post:
        return post, None
    if "find" in post:
        return post, children_views.look_for(request, school)
    pupil, reason = children_views.open_for_form(request, post.get("open", ""))
    if pupil is None:
        return post, children_views.look_for(request, school, reason)
    data = post.copy()
    if str(pupil.pk) not in data.getlist("children"):
        data.appendlist("children", str(pupil.pk))
    for name in [name for name in data if name.startswith(LOOKS_UP)]:
        del data[name]
    return data, finding


def _asked(request, origin):
    form = _request_form(origin, request.POST)
    people = work_forms.people(request.user, origin.school, request.POST)
    pk = as_uuid(request.POST.get("id", "")) or uuid.uuid4()
    if False in [form.is_valid(), people.is_valid()]:
        return _ask_page(request, origin, form, people)
    facts = form.facts
    if origin.consultation:
        facts |= {"asked_by": AskedBy.CONSULTATION}
    try:
        work = origin.ask(
            request.user,
            origin.school,
            facts,
            [
                *(Participant(pupil=pupil) for pupil in people.children.cleaned_data["children"]),
                *people.adults.new,
            ],
            involved=form.cleaned_data["involved"],
            consultation=origin.consultation,
            pk=pk,
        )
    except ValidationError as refused:
        form.refuse(refused)
        return _ask_page(request, origin, form, people)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
        return redirect(origin.back or reverse("intervention", args=[pk]))
    messages.success(request, "Asked for. The team manager decides at the weekly meeting.")
    return redirect("intervention", pk=work.pk)


def _ask_page(request, origin, form, people):
    chosen = people.children.chosen
    looked_at_all(
        [
            look_of(request.user, origin.school, basis="support"),
            *looks_at(request.user, origin.consultation or origin.school, chosen),
        ]
    )
    return render(
        request,
        "interventions/work_new.html",
        {
            "school": origin.school,
            "consultation": origin.consultation,
            "back": origin.back,
            "form": form,
            "people": people,
            "standing": standing_of(request.user, chosen),
            "pk": as_uuid(request.POST.get("id", "")) or uuid.uuid4(),
            "nav": "interventions",
        },
    )


# --- the work itself -------------------------------------------------------------------------


def fetch_work(request, pk):
    """The work on the team's side with its people, or 404."""
    return get_object_or_404(
        ShortIntervention.objects.visible_to(request.user)
        .select_related(
            "school",
            "work_type",
            "child_worker",
            "parent_worker",
            "identified_by",
            "recorded_by",
            "allocated_by",
            "closed_by",
            "level_four_by",
            "consultation",
            "continues",
        )
        .prefetch_related("participants__pupil", "involved"),
        pk=pk,
    )


@require_GET
def detail(request, pk):
    """``/interventions/<id>/``: what comes next, how far it got, the request and its parts."""
    work = fetch_work(request, pk)
    pupils = open_children_of(request.user, work)
    look_at(request.user, work, pupils)
    context = {"work": work, "steps": steps_of(work), "nav": "interventions"}
    if pupils is None:
        context["reason_form"] = work_forms.WhyForm()
        return render(request, "interventions/held_back.html", context)
    may_work = work.is_open and policies.may_work(request.user, work)
    sections = sections_of(request.user, work)
    is_refused = sections["consent"]["is_refused"]
    return render(
        request,
        "interventions/detail.html",
        {
            **context,
            **sections,
            "step": next_step(request.user, work, is_refused=is_refused),
            "parts": [f"interventions/_{name}.html" for name in sections],
            "children": {pupil.pk for pupil in pupils},
            "disagreements": work.disagreements.select_related("said_by", "answered_by"),
            "may_answer": policies.may_answer_disagreement(request.user, work),
            "standing": standing_of(request.user, pupils, besides=work),
            "is_level_four": work.level == Level.FOUR,
            "may_work": may_work,
            "may_allocate": work.is_open and policies.may_allocate(request.user, work),
            "consultation": _consultation_of(request.user, work),
        },
    )


def _consultation_of(user, work):
    """The consultation it came from, as far as the user may open that."""
    seen = Consultation.objects.visible_to(user)
    return work.consultation_id and seen.filter(pk=work.consultation_id).first()


@require_http_methods(["GET", "POST"])
def give_reason(request, pk):
    """``/interventions/<id>/reason/``: opens all its children at once (rule 001-58)."""
    work = fetch_work(request, pk)
    allow(may_ask(request.user))
    then = safe_next(request, otherwise=work.get_absolute_url())
    pupils = list(children_to_open(request.user, work))
    if not pupils:
        return redirect(then)
    form = work_forms.WhyForm(posted(request))
    if gave_reason(request, form, pupils):
        return redirect(then)
    context = {"work": work, "form": form, "then": then, "nav": "interventions"}
    return render(request, "interventions/reason.html", context)


def _opened(request, pk, may):
    """``(work, pupils)`` of a page that changes the work; pupils is None while one is closed."""
    work = fetch_work(request, pk)
    allow(may(request.user, work))
    return work, open_children_of(request.user, work)


@require_http_methods(["GET", "POST"])
def change(request, pk):
    """``/interventions/<id>/change/``: what was asked for."""
    work, pupils = _opened(request, pk, policies.may_work)
    if pupils is None:
        return ask_first(request, reverse("intervention_reason", args=[pk]))
    if not work.is_open:
        messages.info(request, work_services.CLOSED)
        return redirect("intervention", pk=pk)
    decides = work.state != WorkState.REQUESTED and policies.may_allocate(request.user, work)
    form = work_forms.RequestForm(
        posted(request),
        school=work.school,
        work=work,
        consultation=work.consultation,
        decides=decides,
    )
    status = 200
    if request.method == "POST":
        if request.POST.get("seen", form.seen) != form.seen:
            form.add_error(None, CHANGED)
            status = 409
        elif form.is_valid() and (done := _changed(request, work, form)):
            return done
    look_at(request.user, work, pupils)
    context = {"work": work, "school": work.school, "form": form, "nav": "interventions"}
    return render(request, "interventions/work_change.html", context, status=status)


def _changed(request, work, form):
    """The answer once the change is made; None where the form says why it is not."""
    return do(
        request,
        form,
        lambda: work_services.change(
            request.user,
            work,
            form.facts,
            involved=form.cleaned_data["involved"],
            level_four_reason=form.cleaned_data.get("level_four_reason", ""),
        ),
        "The request has been changed.",
        work,
    )


@require_http_methods(["GET", "POST"])
def people(request, pk):
    """``/interventions/<id>/people/``: which children and adults take part."""
    work, pupils = _opened(request, pk, policies.may_work)
    if pupils is None:
        return ask_first(request, reverse("intervention_reason", args=[pk]))
    if not work.is_open:
        messages.info(request, work_services.CLOSED)
        return redirect("intervention", pk=pk)
    rows = [
        {
            "person": person.pk,
            "name": person.name,
            "relation": person.relation,
            "has_responsibility": person.has_responsibility,
        }
        for person in work.participants.all()
        if not person.pupil_id
    ]
    there = [pupil.pk for pupil in pupils]
    seen, status = _people_seen(work), 200
    if request.method == "GET":
        form = work_forms.people(request.user, work.school, chosen=there, rows=rows)
    elif IN_THE_FORM.isdisjoint(request.POST):
        form = work_forms.people(request.user, work.school, request.POST, rows=rows)
        if request.POST.get("seen", seen) != seen:
            form.children.add_error(None, _others_there(work))
            status = 409
        elif form.is_valid() and (done := _people_changed(request, work, form)):
            return done
    else:
        seen = request.POST.get("seen", seen)
        data, finding = _within_form(request, work.school)
        form = work_forms.people(request.user, work.school, data, rows=rows, finding=finding)
        form.quieten()
    look_at(request.user, work, pupils)
    context = {"work": work, "school": work.school, "people": form, "seen": seen}
    context |= {"nav": "interventions"}
    return render(request, "interventions/work_people.html", context, status=status)


def _people_seen(work):
    """A mark of who takes part now, to tell a page that was opened before a change."""
    return seen_of(
        [
            (person.pk, person.pupil_id, person.name, person.relation, person.has_responsibility)
            for person in work.participants.all()
        ]
    )


def _others_there(work):
    """What stands above a page of people that was opened before a change."""
    names = listed([str(person) for person in work.participants.all()])
    return (
        "Somebody else has changed who takes part since you opened the page. Taking part now:"
        f" {names}. Tick every child who takes part, then save again to keep what is typed here"
    )


def _people_changed(request, work, form):
    """The answer once the people are kept; None where the form says why they are not."""
    chosen = {pupil.pk: pupil for pupil in form.children.cleaned_data["children"]}
    there = {person.pupil_id: person for person in work.participants.all() if person.pupil_id}
    return do(
        request,
        form.children,
        lambda: work_services.change_people(
            request.user,
            work,
            add=[
                *(Participant(pupil=pupil) for pk, pupil in chosen.items() if pk not in there),
                *form.adults.new,
            ],
            change=form.adults.changed,
            remove=[
                *(person.pk for pk, person in there.items() if pk not in chosen),
                *form.adults.removed,
            ],
        ),
        "The people of this work have been changed.",
        work,
    )


# --- the team manager decides ----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def allocate(request, pk):
    """``/interventions/<id>/allocate/``: who is involved already, then who does it (001-86)."""
    work, pupils = _opened(request, pk, policies.may_allocate)
    if pupils is None:
        return ask_first(request, reverse("intervention_reason", args=[pk]))
    if not work.is_open:
        messages.info(request, work_services.CLOSED)
        return redirect("intervention", pk=pk)
    has_adult = any(not person.pupil_id for person in work.participants.all())
    form = work_forms.AllocateForm(
        posted(request),
        work=work,
        candidates=candidates_for(work.school),
        has_adult=has_adult,
    )
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: work_services.allocate(request.user, work, **form.choice),
            "Allocated. Everybody concerned is told.",
            work,
        )
        if done:
            return done
    look_at(request.user, work, pupils)
    return render(
        request,
        "interventions/allocate.html",
        {
            "work": work,
            "form": form,
            "standing": standing_of(request.user, pupils, besides=work),
            "is_again": work.state != WorkState.REQUESTED,
            "is_level_four": work.level == Level.FOUR,
            "nav": "interventions",
        },
    )


@require_http_methods(["GET", "POST"])
def decline(request, pk):
    """``/interventions/<id>/decline/``: the work is not allocated, and why."""
    work, pupils = _opened(request, pk, policies.may_allocate)
    if pupils is None:
        return ask_first(request, reverse("intervention_reason", args=[pk]))
    if work.state != WorkState.REQUESTED:
        messages.info(request, work_services.DECIDED)
        return redirect("intervention", pk=pk)
    form = work_forms.DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: work_services.decline(request.user, work, form.cleaned_data["reason"]),
            "Closed. Whoever asked is told.",
            work,
        )
        if done:
            return done
    look_at(request.user, work, pupils)
    context = {
        "work": work,
        "form": form,
        "back": work.get_absolute_url(),
        "nav": "interventions",
    }
    return render(request, "interventions/decline.html", context)
