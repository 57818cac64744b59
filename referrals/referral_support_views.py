"""A school's own referral, prepared by the school and its link worker at the same addresses.

Nothing here sends a referral: the school makes it where the front door takes it (rule 001-98).
"""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations.children import as_uuid, looks_at
from consultations.list_views import save_on_list
from consultations.models import Area, GuidanceLink, MadeChronology
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from govuk.forms import posted
from govuk.paging import newest_page
from interventions.acting import do, unless_late
from referrals import policies
from referrals import referral_support_forms as forms
from referrals import referral_support_page as page
from referrals.models import ContinuumLine, ReferralSupport
from referrals.referral_support_children import children_for, look_at, owners_for
from referrals.services import referral_support as services
from schools.children import closed_children
from schools.doors import ask_for_reason
from schools.models import School
from schools.scope import scope_of

PAGE = 50
TITLE = "Preparation for a referral"
STALE = (
    "Somebody else has saved this since you opened the page. Check what is there now in another"
    " tab, then save again to keep what is typed here"
)


def _nav(request):
    return {"nav": "schools", "is_school": not scope_of(request.user).is_council}


def of_referral(view):
    """For a view of ``(request, referral)``, on either side (rule 001-58).

    Http404 out of scope; for the team, the reason page while its child is closed to the viewer.
    What is the school's has no gate for the school.
    """

    @wraps(view)
    def gated(request, pk):
        seen = ReferralSupport.objects.visible_to(request.user).select_related(
            "school", "owner__user", "pupil", "started_by", "chronology__made_by"
        )
        referral = get_object_or_404(seen, pk=pk)
        is_ours = not policies.is_on_school_side(request.user, referral)
        if is_ours and referral.pupil_id and closed_children(request.user, [referral.pupil_id]):
            return ask_for_reason(request, referral.pupil_id)
        return view(request, referral)

    return gated


@require_GET
def referral_list(request):
    """``/referral-support/``, ``?school=<urn>``: the user's schools' or one's; naming no child."""
    if not policies.sees_referrals(request.user):
        raise Http404
    rows = ReferralSupport.objects.visible_to(request.user).select_related(
        "school", "owner", "pupil"
    )
    school = None
    if "school" in request.GET:
        school = _school(request)
        rows = rows.filter(school=school)
    listed, newer, older = newest_page(rows, PAGE, "started_at", request)
    basis = "scope" if scope_of(request.user).roles else "school"
    looked(request.user, ReferralSupport, Look.LIST, basis=basis)
    context = {
        "school": school,
        "lines": [(row, *page.place_of(row)) for row in listed],
        "newer": newer,
        "older": older,
        "may_start": policies.may_start_referral(request.user, school)
        if school
        else _own_schools(request.user).exists(),
        "keeps_continuum": policies.may_keep_continuum(request.user),
    }
    return render(request, "referrals/referral_support/list.html", context | _nav(request))


def _own_schools(user):
    scope = scope_of(user)
    ids = (scope.supports | scope.reads_shared) - scope.excluded
    return School.objects.open().filter(pk__in=ids).order_by("name", "urn")


def _school(request):
    schools = School.objects.visible_to(request.user)
    school = get_object_or_404(schools, urn=request.GET.get("school", "")[:6])
    if not policies.sees_referrals_of(request.user, school):
        raise Http404
    return school


@require_http_methods(["GET", "POST"])
def referral_new(request):
    """``/referral-support/new/?school=<urn>`` (and ``&child=<id>``): about whom, whose it is."""
    if "school" not in request.GET:
        return _choose_school(request)
    school = _school(request)
    allow(policies.may_start_referral(request.user, school))
    is_lead = policies.may_lead_referral(request.user, school.pk)
    pupils = children_for(request.user, school)
    child = as_uuid(request.GET.get("child", ""))
    owners = owners_for(school)
    form = forms.StartForm(
        posted(request),
        pupils=pupils,
        owners=owners,
        may_write=is_lead,
        initial={"pupil": child, "owner": _own_post(request.user, owners)},
    )
    done = do(
        request,
        form,
        lambda: services.start(request.user, school, **form.cleaned_data),
        "Started. Nothing has been sent to the front door.",
        lambda made: made,
    )
    if done:
        return done
    if is_lead:
        ids = pupils.values_list("pk", flat=True)
        looked_at_all([look_of(request.user, school, basis="school", child_id=pk) for pk in ids])
    else:
        looked_at_all(looks_at(request.user, school, pupils))
    context = {
        "form": form,
        "school": school,
        "title": "Prepare a referral",
        "has_children": is_lead or pupils.exists(),
        "has_owners": bool(owners),
        "back": f"{reverse('referral_list')}?school={school.urn}",
    }
    return render(request, "referrals/referral_support/new.html", context | _nav(request))


def _choose_school(request):
    schools = list(_own_schools(request.user))
    if not schools:
        raise Http404
    if len(schools) == 1:
        return redirect(f"{reverse('referral_new')}?school={schools[0].urn}")
    context = {"schools": schools}
    return render(request, "referrals/referral_support/choose_school.html", context | _nav(request))


def _own_post(user, owners):
    return next((str(post.pk) for post in owners if post.user_id == user.pk), "")


@require_GET
@of_referral
def referral(request, referral):
    """``/referral-support/<id>/``: the checklist, what became of it, ways on."""
    look_at(request.user, referral)
    context = {
        "referral": referral,
        "place": page.place_of(referral),
        "checks": page.checks_of(referral),
        "agreement": page.agreement_text(referral),
        "texts": page.pack_of(request.user, referral).texts,
        "guidance": GuidanceLink.objects.filter(area=Area.TARGETED, is_internal=False),
        **page.acts_for(request.user, referral),
    }
    return render(request, "referrals/referral_support/detail.html", context | _nav(request))


@require_http_methods(["GET", "POST"])
@of_referral
def referral_prepare(request, referral):
    """``/referral-support/<id>/prepare/``: the texts and the checklist; either side."""
    allow(policies.may_prepare(request.user, referral))
    if request.method == "GET" and not referral.is_open:
        messages.info(request, services.OVER)
        return redirect(referral)
    form = forms.PrepareForm(posted(request), referral=referral)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            services.prepare(request.user, referral, **form.cleaned_data)
        except services.StaleReferral:
            referral.refresh_from_db(fields=["version"])
            form.data = form.data.copy()
            form.data["version"] = referral.version
            form.add_error(None, STALE)
            status = 409
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
            return redirect(unless_late(request, form, referral, referral)(None))
        else:
            messages.success(request, "Saved. Nothing has been sent to the front door.")
            return redirect(referral)
    look_at(request.user, referral)
    context = {"referral": referral, "form": form, "levels": page.levels()} | _nav(request)
    return render(request, "referrals/referral_support/prepare.html", context, status=status)


@require_http_methods(["GET", "POST"])
@of_referral
def referral_child(request, referral):
    """``/referral-support/<id>/child/``: which child on record the school means."""
    allow(referral.school_id in policies.supported(request.user))
    pupils = children_for(request.user, referral.school)
    form = forms.NameChildForm(posted(request), pupils=pupils)
    looked_at_all(looks_at(request.user, referral, pupils))
    return _act_page(
        request,
        referral,
        form,
        lambda: services.name_child(request.user, referral, form.cleaned_data["pupil"]),
        "Saved. The child is on the school’s current work.",
        title=f"Which child is {referral.child_text}?",
        template="child",
        has_children=pupils.exists(),
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_chronology(request, referral):
    """``/referral-support/<id>/chronology/``: a finished one goes into the pack."""
    allow(referral.school_id in policies.supported(request.user) and referral.pupil_id)
    finished = [made.pk for made in page.finished_for(request.user, referral)]
    form = forms.ChronologyForm(
        posted(request),
        finished=MadeChronology.objects.filter(pk__in=finished).select_related("made_by"),
        initial={"made": referral.chronology_id},
    )
    return _act_page(
        request,
        referral,
        form,
        lambda: services.share_chronology(request.user, referral, form.cleaned_data["made"]),
        "Saved.",
        title="The chronology in the pack",
        template="chronology",
        has_finished=bool(finished),
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_agreement(request, referral):
    """``/referral-support/<id>/agreement/``: what the parents said, as the school tells it."""
    allow(policies.may_speak_in_referral(request.user, referral))
    form = forms.AgreementForm(
        posted(request),
        initial={
            "agreement": referral.agreement,
            "who": referral.agreement_who,
            "why": referral.agreement_why,
            "on": referral.agreement_on,
        },
    )
    return _act_page(
        request,
        referral,
        form,
        lambda: services.say_agreement(request.user, referral, **form.cleaned_data),
        "Saved. Your school keeps the agreement itself.",
        title="What the parents or carers said",
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_referred(request, referral):
    """``/referral-support/<id>/referred/``: the school says that it has referred."""
    allow(policies.may_speak_in_referral(request.user, referral))
    kind = forms.ReferredForm if referral.agreement else forms.ReferredWithAgreementForm
    form = kind(posted(request), initial={"referred_on": timezone.localdate()})
    return _act_page(
        request,
        referral,
        form,
        lambda: services.confirm_referred(request.user, referral, **form.cleaned_data),
        "Saved. Your link worker reads that your school has referred.",
        title="We have referred",
        template="referred",
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_outcome(request, referral):
    """``/referral-support/<id>/outcome/``: what came back, in the school's words."""
    allow(policies.may_speak_in_referral(request.user, referral))
    form = forms.OutcomeForm(posted(request), initial={"on": timezone.localdate()})
    return _act_page(
        request,
        referral,
        form,
        lambda: services.reply(request.user, referral, **form.cleaned_data),
        "Saved. Your link worker reads what came back.",
        title="What came back",
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_stop(request, referral):
    """``/referral-support/<id>/stop/``: the school will not refer, and why."""
    allow(policies.may_speak_in_referral(request.user, referral))
    form = forms.StopForm(posted(request))
    return _act_page(
        request,
        referral,
        form,
        lambda: services.stop(request.user, referral, form.cleaned_data["why"]),
        "Saved. Your link worker reads why.",
        title="We will not refer",
    )


@require_http_methods(["GET", "POST"])
@of_referral
def referral_owner(request, referral):
    """``/referral-support/<id>/owner/``: somebody else of the school owns it."""
    allow(policies.may_speak_in_referral(request.user, referral))
    owners = owners_for(referral.school, referral.pupil)
    form = forms.HandOverForm(posted(request), owners=owners)
    return _act_page(
        request,
        referral,
        form,
        lambda: services.hand_over(request.user, referral, form.cleaned_data["owner"]),
        "Saved. They have been told.",
        title="Who owns the referral",
    )


def _act_page(request, referral, form, act, said, *, title, template="act", **more):
    done = do(request, form, act, said, unless_late(request, form, referral, referral))
    if done:
        return done
    look_at(request.user, referral)
    context = {
        "referral": referral,
        "form": form,
        "title": title,
        "back": referral.get_absolute_url(),
        **more,
    }
    name = f"referrals/referral_support/{template}.html"
    return render(request, name, context | _nav(request))


# --- the pack -------------------------------------------------------------------------------


@require_GET
@of_referral
def referral_pack(request, referral):
    """``/referral-support/<id>/pack/``: to read, print, and copy out."""
    look_at(request.user, referral)
    pack = page.pack_of(request.user, referral)
    context = {
        "referral": referral,
        "pack": pack,
        "text": page.text_of(referral, pack),
        "title": TITLE,
    }
    return render(request, "referrals/referral_support/pack.html", context | _nav(request))


@require_GET
@of_referral
def referral_pack_pdf(request, referral):
    """``/referral-support/<id>/pack/pdf/``: nothing personal in its properties or its name."""
    look_at(request.user, referral, Look.PDF)
    context = {
        "referral": referral,
        "pack": page.pack_of(request.user, referral),
        "title": TITLE,
    }
    html = render_to_string("referrals/pdf/referral_pack.html", context, request=request)
    try:
        data = pdf(html, title=TITLE)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Print this page instead.")
        return redirect("referral_pack", pk=referral.pk)
    return pdf_response(data, f"referral-preparation-{timezone.localdate():%Y-%m-%d}.pdf")


# --- the continuum of need in the council's words ---------------------------------------------


def _keeper(request):
    if not scope_of(request.user).opens_register:
        raise Http404
    allow(policies.may_keep_continuum(request.user))


@require_GET
def continuum(request):
    """``/referral-support/continuum/``: its features and levels, which change without a release."""
    _keeper(request)
    context = {"lines": ContinuumLine.objects.all(), "nav": "schools"}
    return render(request, "referrals/referral_support/continuum.html", context)


@require_http_methods(["GET", "POST"])
def continuum_add(request):
    """``/referral-support/continuum/add/``."""
    _keeper(request)
    return _save_line(request, ContinuumLine(), "Add to the continuum of need")


@require_http_methods(["GET", "POST"])
def continuum_change(request, pk):
    """``/referral-support/continuum/<id>/``: other words, another place, or shown no longer."""
    _keeper(request)
    line = get_object_or_404(ContinuumLine, pk=pk)
    return _save_line(request, line, "Change the continuum of need")


def _save_line(request, line, title):
    form = forms.ContinuumForm(posted(request), instance=line)
    context = {"title": title, "back": reverse("continuum"), "nav": "schools"}
    return save_on_list(request, form, policies.may_keep_continuum, context)
