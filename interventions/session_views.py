"""The pages of a session on the team's side: written, completed, read, added to, given."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked, looked_at_all
from consultations import recording
from consultations.children import as_uuid, looks_at, may_all_be_opened
from consultations.forms import add_row
from consultations.hand_over_forms import HandOverForm
from consultations.models import Destination, RecordingTask
from drafts import services as drafts
from drafts import views as drafts_views
from drafts.errors import StaleDraft
from drafts.models import Draft
from drafts.views import opened_by_another, saved, somebody_else, version_of
from govuk.forms import posted
from govuk.words import clock
from interventions import policies
from interventions import session_forms as forms
from interventions.children import child_ids, children_to_open, open_children_of
from interventions.doors import BESIDE, PEOPLE, fetch_with_people
from interventions.models import Contact, Session
from interventions.school_note import SOURCE, actions_of, with_whom
from interventions.services import sessions as services
from interventions.session_prompts import prompts_for
from schools.doors import ask_first, gave_reason, safe_next
from schools.pupil_forms import ReasonForm

CHANGED = "The draft changed after you opened this page. Check it, then complete it again."


def _fetch(request, pk):
    """A session on the team's side, with its work and who takes part in that; or 404."""
    sessions = Session.objects.visible_to(request.user).select_related(
        "author", "started_by", "handed_over_by", *(f"intervention__{name}" for name in BESIDE)
    )
    return get_object_or_404(
        sessions.prefetch_related(Prefetch("intervention__participants", PEOPLE)), pk=pk
    )


def _looked(request, session, pupils, action=Look.VIEW):
    """One access-log row for each child who is shown; for nobody, one for the session."""
    if pupils:
        looked_at_all(looks_at(request.user, session, pupils, action))
    else:
        basis = policies.session_basis(request.user, session)
        looked(request.user, session, action, basis=basis)


# --- written ---------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request, pk):
    """``/interventions/<id>/sessions/new/``: nothing is made until something is typed.

    ``?contact=other`` begins with other contact.
    """
    work = fetch_with_people(request, pk)
    allow(policies.may_work(request.user, work))
    session = Session(intervention=work, author=request.user)
    if request.method == "POST":
        session.pk = as_uuid(request.POST.get("id", "")) or session.pk
        return _written(request, session)
    as_other = request.GET.get("contact") == Contact.OTHER
    return _edit_page(request, session, forms.sheet(request.user, work, as_other=as_other))


@require_http_methods(["GET", "POST"])
def edit(request, pk):
    """``/interventions/sessions/<id>/edit/``: its author types; managers read the draft."""
    session = _fetch(request, pk)
    if not session.is_draft:
        if request.headers.get("X-Autosave"):
            raise Http404
        messages.info(request, services.TOO_LATE)
        return redirect(session)
    allow(policies.may_write_session(request.user, session))
    if request.method == "POST":
        return _written(request, session)
    draft = get_object_or_404(Draft, form=services.FORM, target_id=pk, user=request.user)
    if "check" not in request.GET:
        sheet = forms.as_typed(request.user, session.intervention, draft.data)
        return _edit_page(request, session, sheet, draft=draft)
    sheet = forms.sheet_of(request.user, session.intervention, draft.data)
    sheet.is_valid()
    prompts = prompts_for(session.intervention, sheet)
    return _edit_page(request, session, sheet, draft=draft, prompts=prompts)


def save_draft(request, draft):
    """POST ``/drafts/<id>/`` of a session: autosave, while its author may work there."""
    session = _fetch(request, draft.target_id)
    if draft.user_id != request.user.pk:
        if session.started_by_id == request.user.pk:
            return drafts_views.handed_over(draft)
        raise Http404
    allow(policies.may_write_session(request.user, session))
    return drafts_views.save(request, draft, may_read=partial(_is_open, request.user, session))


def _is_open(user, session, draft):
    """Whether each child whom the draft of a session is about is open to the user."""
    return open_children_of(user, session.intervention) is not None


def _written(request, session):
    """A POST of the form: keep the text first, then do what the button says."""
    autosave = request.headers.get("X-Autosave")
    if opened_by_another(request):
        return somebody_else() if autosave else render(request, "409.html", status=409)
    is_new = session._state.adding
    try:
        draft = _keep(request, session)
    except StaleDraft as stale:
        if autosave:
            return drafts_views.stale(stale, partial(_is_open, request.user, session))
        return _changed_elsewhere(request, session, stale.draft)
    except TransitionNotAllowed as late:
        if autosave:
            return JsonResponse({"message": str(late)}, status=404)
        messages.info(request, str(late))
        return redirect(session)
    page_url = reverse("session_edit", args=[session.pk])
    if autosave:
        return saved(draft, page_url=page_url, status=201 if is_new else 200)
    work, data = session.intervention, dict(request.POST.lists())
    if "complete" in data:
        is_whole = forms.sheet_of(request.user, work, data).is_valid()
        to = reverse("session_complete", args=[session.pk]) if is_whole else f"{page_url}?check=1"
        return redirect(to)
    if request.POST.get("add") in forms.prefixes_of(work):
        data = dict(add_row(request.POST, request.POST["add"]).lists())
        return _edit_page(request, session, forms.as_typed(request.user, work, data), draft=draft)
    messages.success(request, "Draft saved. It is in your work until you complete it.")
    return redirect(work)


def _keep(request, session):
    """Save what was posted, making the session if this is the first time."""
    data, mine = drafts.typed(request.POST), Draft.objects.filter(user=request.user)
    if not session._state.adding:
        draft = mine.filter(form=services.FORM, target_id=session.pk).first()
        if draft is not None:
            return drafts.save(request.user, draft.pk, data, version_of(request))
    day = forms.day_of(request.POST)
    return services.start(
        request.user, session.intervention, session.pk, day, data, version_of(request)
    )


def _changed_elsewhere(request, session, draft):
    sheet = forms.as_typed(request.user, session.intervention, drafts.typed(request.POST))
    messages.warning(
        request,
        f"This draft was changed in another tab or window at {clock(draft.saved_at)}. "
        "What you typed is still on this page. Save again to keep it instead.",
    )
    return _edit_page(request, session, sheet, draft=draft, status=409)


def _edit_page(request, session, sheet, *, draft=None, prompts=(), status=200):
    work = session.intervention
    pupils = open_children_of(request.user, work)
    if pupils is None:
        # Of a session that nobody has begun yet there is no page: the work's asks for a reason.
        if draft is None:
            return redirect(work)
        there = reverse("session_reason", args=[session.pk])
        # What was typed over a later version is in no draft.
        if status == 409:
            return ask_first(request, there)
        is_asked = children_to_open(request.user, work).exists()
        return redirect(there) if is_asked else _held_back_page(request, session)
    _looked(request, session, pupils)
    return render(
        request,
        "interventions/session_edit.html",
        {
            "session": session,
            "work": work,
            "sheet": sheet,
            "form": sheet.form,
            "draft": draft,
            "saved": clock(draft.saved_at) if draft else "",
            "prompts": prompts,
            "nav": "interventions",
        },
        status=status,
    )


@require_POST
def discard(request, pk):
    """POST ``/interventions/sessions/<id>/discard/``: throw a draft away."""
    session = _fetch(request, pk)
    try:
        services.discard(request.user, session)
    except TransitionNotAllowed as late:
        messages.warning(request, str(late))
        return redirect(session)
    messages.success(request, "Draft discarded.")
    return redirect(session.intervention)


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/interventions/sessions/<id>/hand-over/``: who finishes it, and why."""
    session = _fetch(request, pk)
    allow(policies.may_hand_over_session(request.user, session))
    if not session.is_draft:
        messages.info(request, services.TOO_LATE)
        return redirect(session)
    form = HandOverForm(request.POST or None, people=policies.may_take_over(session))
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over(request.user, session, **form.cleaned_data)
        except TransitionNotAllowed as late:
            messages.warning(request, str(late))
        else:
            to = form.cleaned_data["to"].name
            messages.success(request, f"The draft has been handed over to {to}.")
        return redirect(session)
    _looked(request, session, [])
    context = {
        "written": session,
        "school": session.intervention.school,
        "held_on": session.held_on,
        "what": "session",
        "form": form,
        "back": session.get_absolute_url(),
        "nav": "interventions",
    }
    return render(request, "drafts/hand_over.html", context)


@require_http_methods(["GET", "POST"])
def complete(request, pk):
    """``/interventions/sessions/<id>/complete/``: what goes where is shown before it is locked."""
    session = _fetch(request, pk)
    if not session.is_draft:
        messages.info(request, "This session is completed already.")
        return redirect(session)
    allow(policies.may_write_session(request.user, session))
    draft = get_object_or_404(Draft, form=services.FORM, target_id=pk, user=request.user)
    sheet = forms.sheet_of(request.user, session.intervention, draft.data)
    to_correct = f"{reverse('session_edit', args=[pk])}?check=1"
    if not sheet.is_valid():
        return redirect(to_correct)
    content = sheet.content()
    if request.method == "GET" or version_of(request) != draft.version:
        return _complete_page(request, session, draft, sheet, content)
    try:
        services.complete(request.user, session, content, give_now="give" in request.POST)
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    except ValidationError as refused:
        messages.warning(request, f"Not completed yet. {refused.messages[0]}.")
        return redirect(to_correct)
    else:
        is_given = "give" in request.POST
        messages.success(
            request,
            "Completed, and given to the school." if is_given else "Completed.",
        )
    return redirect(session)


def _complete_page(request, session, draft, sheet, content):
    work = session.intervention
    pupils = open_children_of(request.user, work)
    if pupils is None:
        return redirect("session_reason", pk=session.pk)
    _looked(request, session, pupils)
    is_stale = request.method == "POST"
    if is_stale:
        messages.warning(request, CHANGED)
    for name, value in content.fields.items():
        setattr(session, name, value)
    return render(
        request,
        "interventions/session_complete.html",
        {
            "session": session,
            "work": work,
            "draft": draft,
            "prompts": prompts_for(work, sheet),
            "parts": [
                {
                    "part": written.part,
                    "with_whom": with_whom(session, content.people, written.part.pupil),
                    "for_school": [a for a in written.actions if a.owner_contact],
                    "actions": written.actions,
                }
                for written in content.parts
            ],
            "may_give": any(written.part.school_text for written in content.parts),
            "nav": "interventions",
        },
        status=409 if is_stale else 200,
    )


# --- read ------------------------------------------------------------------------------------


@require_GET
def detail(request, pk):
    """``/interventions/sessions/<id>/``: the record; a draft is read here by managers."""
    session = _fetch(request, pk)
    if session.is_draft and policies.may_write_session(request.user, session):
        return redirect("session_edit", pk=pk)
    return _detail_page(request, session)


def _detail_page(request, session, addendum_form=None):
    pupils = open_children_of(request.user, session.intervention)
    if pupils is None and addendum_form:
        return ask_first(request, reverse("session_reason", args=[session.pk]))
    if pupils is None:
        return _held_back_page(request, session)
    _looked(request, session, pupils)
    if session.is_draft:
        return _draft_page(request, session)
    return render(
        request,
        "interventions/session.html",
        _record(request, session, addendum_form) | {"nav": "interventions"},
    )


def _held_back_page(request, session):
    """When, at which school and by whom; the rest once a reason is given (rule 001-58)."""
    _looked(request, session, [])
    may_open = may_all_be_opened(request.user, child_ids(session.intervention))
    context = {
        "session": session,
        "reason_form": ReasonForm() if may_open else None,
        "nav": "interventions",
    }
    return render(request, "interventions/session_held_back.html", context)


def _draft_page(request, session):
    draft = Draft.objects.filter(form=services.FORM, target_id=session.pk).first()
    data = draft.data if draft else {}
    sheet = forms.as_typed(session.author, session.intervention, data)
    return render(
        request,
        "interventions/session_draft.html",
        {
            "session": session,
            "sheet": sheet,
            "draft": draft,
            "may_hand_over": policies.may_hand_over_session(request.user, session),
            "nav": "interventions",
        },
    )


def _record(request, session, addendum_form=None):
    """What the page and the print view of a completed session show."""
    parts = list(
        session.parts.select_related("pupil", "given_by", "stored_by").prefetch_related(
            "addenda__added_by"
        )
    )
    actions = actions_of(parts)
    tasks = RecordingTask.objects.filter(
        source_type=SOURCE, source_id__in=[part.pk for part in parts]
    ).exclude(to=Destination.SCHOOL)
    people = list(session.people.select_related("pupil"))
    may_follow = policies.may_follow_session(request.user, session)
    return {
        "session": session,
        "work": session.intervention,
        "people": people,
        "parts": [(part, actions[part.pk]) for part in parts],
        "tasks": recording.lines_of(request.user, tasks.order_by("pupil", "to")),
        "may_follow": may_follow,
        "to_give": [p for p in parts if p.school_text and not p.given_at] if may_follow else [],
        "addendum_form": addendum_form or forms.AddendumForm(parts=parts),
    }


@require_GET
def print_view(request, pk):
    """``/interventions/sessions/<id>/print/``: the record on its own, to print."""
    session = _fetch(request, pk)
    pupils = open_children_of(request.user, session.intervention)
    if session.is_draft or pupils is None:
        return redirect(session)
    _looked(request, session, pupils, Look.PRINT)
    return render(request, "interventions/session_print.html", _record(request, session))


@require_http_methods(["GET", "POST"])
def give_reason(request, pk):
    """``/interventions/sessions/<id>/reason/``: opens its children; nothing of them is here."""
    session = _fetch(request, pk)
    then = safe_next(request, otherwise=session.get_absolute_url())
    pupils = list(children_to_open(request.user, session.intervention))
    if not pupils:
        return redirect(then)
    form = ReasonForm(posted(request))
    if gave_reason(request, form, pupils):
        return redirect(then)
    context = {"session": session, "reason_form": form, "then": then, "nav": "interventions"}
    return render(request, "interventions/session_held_back.html", context)


@require_GET
def of_part(request, pk):
    """``/interventions/sessions/parts/<id>/``: the session that a child's part belongs to."""
    seen = Session.objects.visible_to(request.user)
    return redirect(get_object_or_404(seen, parts=pk))


# --- followed --------------------------------------------------------------------------------


@require_POST
def addendum(request, pk):
    """POST ``/interventions/sessions/<id>/addendum/``: dated text about one of its children."""
    session = _fetch(request, pk)
    if session.is_draft:
        raise Http404
    allow(policies.may_follow_session(request.user, session))
    parts = list(session.parts.select_related("pupil"))
    form = forms.AddendumForm(request.POST, parts=parts)
    if not form.is_valid():
        return _detail_page(request, session, form)
    told = form.cleaned_data
    services.addendum(
        request.user,
        form.parts[told["part"]],
        told["text"],
        for_school=told["for_school"],
        pk=told["once"],
    )
    messages.success(request, "Added.")
    return redirect(session)


@require_POST
def give(request, pk):
    """POST ``/interventions/sessions/<id>/give/``: its notes, or one child's, to the school."""
    session = _fetch(request, pk)
    allow(policies.may_follow_session(request.user, session))
    try:
        services.give(request.user, session, as_uuid(request.POST.get("part", "")))
        messages.success(request, "Given to the school. Its head and safeguarding leads are told.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    return redirect(session)
