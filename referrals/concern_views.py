"""The pages of a concern: raised, taken, decided, added to, disagreed with."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from audit.errors import allow
from audit.services import looked
from consultations.children import as_uuid
from drafts import services as drafts
from drafts import views as drafts_views
from drafts.errors import StaleDraft
from drafts.models import Draft
from govuk.forms import posted
from govuk.paging import newest_page
from govuk.words import clock as clock_text
from govuk.words import date_of
from interventions.acting import do, unless_late
from referrals import concern_forms as forms
from referrals import concern_policies as policies
from referrals.concern_routing import line_manager_of, managers_to_ask
from referrals.concern_timeline import days_of, told_to
from referrals.models import Concern, NoteKind, Objection, SupportRequest
from referrals.services import concerns as services
from schools.children import Door, basis_of, door_of, open_now, open_pupils
from schools.doors import ask_for_reason
from schools.models import Pupil, School
from schools.policies import may_ask
from schools.scope import scope_of

PAGE = 20
BESIDE = ("raised_by", "acknowledged_by", "first_holder", "pupil", "school")


# --- raised -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request):
    """``/concerns/new/``: one short page; ``?pupil=``, ``?school=`` and ``?draft=`` begin it.

    People of schools read here what to do instead (rule 001-97).
    """
    if not policies.may_raise(request.user):
        status = 403 if request.method == "POST" else 200
        return render(request, "referrals/concern_elsewhere.html", status=status)
    if request.method == "POST":
        return _written(request)
    draft = _draft_of(request)
    pupil = _pupil_of(request, request.GET.get("pupil", ""))
    if draft:
        pupil = _pupil_of(request, (draft.data.get("pupil") or [""])[0])
        return _new_page(request, draft.target_id, pupil=pupil, draft=draft)
    return _new_page(request, uuid4(), pupil=pupil)


def _draft_of(request):
    pk = as_uuid(request.GET.get("draft", ""))
    found = pk and Draft.objects.filter(user=request.user, form=services.FORM, target_id=pk)
    return found.first() if found else None


def _pupil_of(request, text):
    """The child a concern begins with: one who is open to the user, or None."""
    pk = as_uuid(text)
    pupil = Pupil.objects.with_school().filter(pk=pk).first() if pk else None
    return pupil if pupil and door_of(request.user, pupil) >= Door.IDENTITY else None


def _written(request):
    """A POST of the form: kept while it is typed, raised by either button."""
    autosave = request.headers.get("X-Autosave")
    if drafts_views.opened_by_another(request):
        if autosave:
            return drafts_views.somebody_else()
        return render(request, "409.html", status=409)
    pk = as_uuid(request.POST.get("id", "")) or uuid4()
    if autosave:
        return _keep(request, pk)
    pupil = _pupil_of(request, request.POST.get("pupil", ""))
    concern = services.raise_concern(
        request.user, pk=pk, pupil=pupil, **forms.concern_typed(request.POST)
    )
    messages.success(request, f"Raised. {_who_is_told(concern)}")
    return redirect(concern)


def _keep(request, pk):
    if Concern.objects.filter(pk=pk).exists():
        # Saved by itself after the button was pressed: it is raised, and no draft any more.
        raise Http404
    data = drafts.typed(request.POST)
    try:
        draft = drafts.start(
            request.user, services.FORM, pk, data, drafts_views.version_of(request)
        )
    except StaleDraft as stale:
        return drafts_views.stale(stale)
    page_url = f"{reverse('concern_new')}?draft={pk}"
    return drafts_views.saved(draft, page_url=page_url, status=201)


def save_draft(request, draft):
    """POST ``/drafts/<id>/`` of a concern that is being typed: autosave, for its writer."""
    if draft.user_id != request.user.pk or not policies.may_raise(request.user):
        raise Http404
    return drafts_views.save(request, draft)


@require_POST
def discard(request, pk):
    """POST ``/concerns/drafts/<id>/discard/``: what was typed was no concern."""
    get_object_or_404(Draft, form=services.FORM, target_id=pk, user=request.user)
    drafts.consume(services.FORM, pk)
    messages.success(request, "Not raised, and not kept.")
    return redirect("home")


def _who_is_told(concern):
    names = [told.user.name for told in concern.told.select_related("user")]
    if not names:
        return "Nobody could be told: ring the front door now."
    verb = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {verb} told now."


def _begun_with(request, pupil):
    """What is known already where it is raised from: a child's page, a request, a school's page."""
    asked = _request_of(request)
    if asked:
        words = f"From a request of {asked.school}, {date_of(asked.received_at)}:\n\n{asked.words}"
        return {"words": words, "school": asked.school.name}
    if pupil:
        school = services.school_of(pupil)
        return {"about_name": pupil.name, "school": school.name if school else ""}
    urn = request.GET.get("school", "")[:10]
    school = School.objects.visible_to(request.user).filter(urn=urn).first() if urn else None
    return {"school": school.name} if school else {}


def _request_of(request):
    """The request for support in which somebody read it, if they see that; or None."""
    pk = as_uuid(request.GET.get("request", ""))
    visible = SupportRequest.objects.visible_to(request.user).select_related("school")
    return visible.filter(pk=pk).first() if pk else None


def _new_page(request, pk, *, pupil=None, draft=None):
    user = request.user
    manager, is_there = line_manager_of(user)
    if draft:
        initial = {name: values[0] for name, values in draft.data.items() if values}
    else:
        initial = _begun_with(request, pupil)
    form = forms.ConcernForm(manager=manager, initial=initial)
    now = timezone.now()
    return render(
        request,
        "referrals/concern_new.html",
        {
            "form": form,
            "pk": pk,
            "pupil": pupil,
            "draft": draft,
            "saved": clock_text(draft.saved_at) if draft else "",
            "manager": manager,
            "is_there": is_there,
            "own_schools": forms.own_schools(user),
            "clock": Concern(aware_at=now).clock(now),
            "nav": "concerns",
        },
    )


# --- read -------------------------------------------------------------------------------------


def _fetch(request, pk):
    concerns = Concern.objects.visible_to(request.user).select_related(*BESIDE)
    return get_object_or_404(concerns, pk=pk)


@require_GET
def concern(request, pk):
    """``/concerns/<id>/``: what was raised, the time left, and what may be done."""
    return _page(request, _fetch(request, pk))


def _page(request, concern, **forms_sent):
    """The page, behind the gate of the child once the concern is closed (rule 001-58)."""
    user = request.user
    if not _is_open_to(user, concern):
        return ask_for_reason(request, concern.pupil_id, concern.get_absolute_url())
    now = timezone.now()
    concern.told.filter(user=user, opened_at=None).update(opened_at=now)
    basis, reason = _basis(user, concern)
    looked(
        user,
        concern,
        basis=basis,
        school_id=concern.school_id,
        child_id=concern.pupil_id,
        reason=reason,
    )
    may_take = policies.may_acknowledge(user, concern)
    is_open = concern.closed_at is None
    context = {
        "concern": concern,
        "clock": concern.clock(now),
        "is_raiser": user.pk == concern.raised_by_id,
        "may_take": may_take,
        "may_take_over": may_take
        and concern.is_held
        and concern.acknowledged_by_id != user.pk
        and policies.may_take_over(user, concern),
        "decision": concern.decisions.select_related("decided_by").first(),
        "objections": concern.objections.select_related("answered_by"),
        "may_answer": policies.may_answer_objection(user, concern),
        "kept_from": concern.kept_from.in_force().select_related("user"),
        "told": told_to(concern),
        "days": days_of(concern, now),
        "additions": concern.notes.filter(
            kind__in=[NoteKind.ADDED, NoteKind.PHONED]
        ).select_related("added_by"),
        "opens_register": scope_of(user).opens_register,
        "finds_children": may_ask(user),
        "nav": "concerns",
        **forms_sent,
    }
    if is_open:
        context.setdefault("add_form", forms.AddForm(auto_id="add-%s"))
        if may_take and concern.is_held:
            context.setdefault("decide_form", forms.DecideForm(concern, auto_id="decide-%s"))
            context.setdefault("close_form", forms.CloseForm(auto_id="close-%s"))
    if context["is_raiser"]:
        context.setdefault("disagree_form", forms.DisagreeForm(auto_id="disagree-%s"))
    return render(request, "referrals/concern.html", context)


def _is_open_to(user, concern):
    """An open concern is read at once by whoever may act on it; a closed one asks as any note.

    Http404 for who cannot be asked: they read it as long as the child is on their current work, and
    what they raised themselves always.
    """
    if concern.closed_at is None or concern.pupil is None:
        return True
    door = door_of(user, concern.pupil)
    if door is Door.SHUT and user.pk != concern.raised_by_id:
        on_work, _ = open_now(user, [concern.pupil_id])
        if not on_work:
            raise Http404
    return door is not Door.REASON


def _basis(user, concern):
    """``(basis, reason)`` for the access log."""
    if user.pk == concern.raised_by_id:
        return "raiser", ""
    if concern.closed_at and concern.pupil:
        return basis_of(user, concern.pupil)
    if concern.told.filter(user=user).exists():
        return "told of a concern", ""
    return "county" if scope_of(user).county else "manager", ""


@require_GET
def concern_list(request):
    """``/concerns/``: what one raised, was told of or oversees; newest first, twenty a page."""
    if not policies.may_raise(request.user):
        raise Http404
    concerns = Concern.objects.visible_to(request.user).select_related(
        "raised_by", "acknowledged_by", "school", "pupil"
    )
    rows, newer, older = newest_page(concerns, PAGE, "raised_at", request)
    now = timezone.now()
    context = {
        "rows": [(row, row.clock(now)) for row in rows],
        "newer": newer,
        "older": older,
        "drafts": Draft.objects.filter(user=request.user, form=services.FORM).order_by("-saved_at"),
        "keeps_lists": policies.may_keep_fallbacks(request.user),
        "nav": "concerns",
    }
    return render(request, "referrals/concern_list.html", context)


# --- acts -------------------------------------------------------------------------------------


@require_POST
def acknowledge(request, pk):
    """POST ``/concerns/<id>/acknowledge/``: "I have this", one tap and no fields."""
    found = _fetch(request, pk)
    return do(
        request,
        None,
        lambda: services.acknowledge(request.user, found),
        f"You have this. {found.raised_by.name} is told. Decide when you have talked to them.",
        found.get_absolute_url(),
    )


@require_POST
def decide(request, pk):
    """POST ``/concerns/<id>/decide/``: what was discussed and decided, and why."""
    found = _fetch(request, pk)
    allow(policies.may_acknowledge(request.user, found))
    form = forms.DecideForm(found, request.POST, auto_id="decide-%s")
    done = do(
        request,
        form,
        lambda: services.decide(request.user, found, **form.cleaned_data),
        f"Recorded. {found.raised_by.name} is told.",
        unless_late(request, form, found, found),
    )
    return done or _page(request, found, decide_form=form)


@require_POST
def add(request, pk):
    """POST ``/concerns/<id>/add/``: more of it, or who was told by phone."""
    found = _fetch(request, pk)
    form = forms.AddForm(request.POST, auto_id="add-%s")
    done = do(
        request,
        form,
        lambda: services.add(
            request.user,
            found,
            form.cleaned_data["words"],
            NoteKind.PHONED if form.cleaned_data["by_phone"] else NoteKind.ADDED,
        ),
        "Added.",
        unless_late(request, form, found, found),
    )
    return done or _page(request, found, add_form=form)


@require_POST
def disagree(request, pk):
    """POST ``/concerns/<id>/disagree/``: the raiser does not agree; another manager hears."""
    found = _fetch(request, pk)
    allow(policies.may_disagree(request.user, found))
    form = forms.DisagreeForm(request.POST, auto_id="disagree-%s")
    done = do(
        request,
        form,
        lambda: services.disagree(request.user, found, form.cleaned_data["why"]),
        "Another manager is told, and answers here. You may ring the front door at any time.",
        unless_late(request, form, found, found),
    )
    return done or _page(request, found, disagree_form=form)


@require_POST
def close(request, pk):
    """POST ``/concerns/<id>/close/``: there is nothing more to do."""
    found = _fetch(request, pk)
    form = forms.CloseForm(request.POST, auto_id="close-%s")
    done = do(
        request,
        form,
        lambda: services.close(request.user, found, form.cleaned_data["words"]),
        "Closed.",
        unless_late(request, form, found, found),
    )
    return done or _page(request, found, close_form=form)


@require_POST
def tell(request, pk, user_pk):
    """POST ``/concerns/<id>/tell/<user>/``: it is not about them, so they may be told."""
    found = _fetch(request, pk)
    user = get_object_or_404(User, pk=user_pk, pk__in=found.kept_from.values("user"))
    return do(
        request,
        None,
        lambda: services.tell_after_all(request.user, found, user),
        f"{user.name} may be told.",
        found.get_absolute_url(),
    )


def _form_page(request, concern, form, template="form_page.html", **context):
    looked(request.user, concern, basis=_basis(request.user, concern)[0], child_id=concern.pupil_id)
    back = concern.get_absolute_url()
    context |= {"concern": concern, "form": form, "back": back, "nav": "concerns"}
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def pass_on(request, pk):
    """``/concerns/<id>/pass/``: another manager is asked to take it."""
    found = _fetch(request, pk)
    allow(policies.may_acknowledge(request.user, found))
    people = managers_to_ask(found, found.acknowledged_by, request.user)
    form = forms.PassForm(people, posted(request))
    done = do(
        request,
        form,
        lambda: services.pass_on(request.user, found, **form.cleaned_data),
        "They are asked now. Until they press “I have this”, nothing changes.",
        unless_late(request, form, found, found),
    )
    return done or _form_page(request, found, form, "referrals/concern_pass.html")


@require_http_methods(["GET", "POST"])
def aware(request, pk):
    """``/concerns/<id>/aware/``: when the raiser became aware, put right."""
    found = _fetch(request, pk)
    allow(policies.may_correct(request.user, found))
    at = timezone.localtime(found.aware_at)
    initial = {"aware_day": at.date(), "aware_time": at.time()}
    form = forms.AwareForm(posted(request), initial=initial)
    done = do(
        request,
        form,
        lambda: services.correct_aware(request.user, found, form.aware_at),
        "Corrected.",
        found.get_absolute_url(),
    )
    return done or _form_page(request, found, form, "referrals/concern_aware.html")


@require_http_methods(["GET", "POST"])
def correct(request, pk):
    """``/concerns/<id>/correct/``: a child or an adult, and which school, put right."""
    found = _fetch(request, pk)
    allow(policies.may_correct(request.user, found))
    form = forms.AboutForm(found, posted(request))
    done = do(
        request,
        form,
        lambda: services.correct_about(
            request.user, found, form.cleaned_data["about"], **form.place
        ),
        "Corrected. Whoever is to hear of it is told.",
        unless_late(request, form, found, found),
    )
    schools = forms.own_schools(request.user)
    return done or _form_page(
        request, found, form, "referrals/concern_correct.html", own_schools=schools
    )


@require_http_methods(["GET", "POST"])
def name_child(request, pk):
    """``/concerns/<id>/child/``: which of the children open to the user it is about."""
    found = _fetch(request, pk)
    allow(policies.may_correct(request.user, found))
    form = forms.ChildForm(open_pupils(request.user).order_by("surname"), posted(request))
    done = do(
        request,
        form,
        lambda: services.name_child(request.user, found, form.cleaned_data["pupil"]),
        "The child is on this concern, and open to everybody who was told.",
        found.get_absolute_url(),
    )
    return done or _form_page(request, found, form, "referrals/concern_child.html")


@require_http_methods(["GET", "POST"])
def objection(request, pk, objection_pk):
    """``/concerns/<id>/objections/<id>/``: what the raiser says, and the answer to it."""
    found = _fetch(request, pk)
    allow(policies.may_answer_objection(request.user, found))
    said = get_object_or_404(Objection.objects.filter(concern=found), pk=objection_pk)
    form = forms.AnswerForm(posted(request))
    done = do(
        request,
        form,
        lambda: services.answer(request.user, said, form.cleaned_data["answer"]),
        f"Answered. {found.raised_by.name} is told.",
        unless_late(request, form, said, found),
    )
    return done or _form_page(request, found, form, "referrals/concern_objection.html", said=said)
