"""Police notices: entered, assessed one by one, read by those named.

Addresses and titles are neutral, for they stand in messages and in a browser's history.
"""

from functools import wraps

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations.children import as_uuid, looks_at
from govuk.forms import posted
from govuk.paging import newest_page
from interventions.acting import do, unless_late
from referrals import domestic_abuse_forms as forms
from referrals import policies
from referrals.domestic_abuse_querysets import AT_SCHOOL
from referrals.models import FACTS, DomesticAbuseNotice, ReaderWhy, ReferralSupport
from referrals.services import domestic_abuse as services
from schools.children import Door, closed_children, open_pupils
from schools.doors import ask_for_reason, fetch_child

PAGE = 50
NAV = {"nav": "schools"}


def of_notice(view):
    """For a view of ``(request, notice, …)`` of one of its readers; 404 for anybody else.

    For the team, the reason page while the child is closed to the reader (rule 001-58). Who is
    named as the school's alone reads it as the school does, whatever else they do here.
    """

    @wraps(view)
    def gated(request, pk, **rest):
        seen = DomesticAbuseNotice.objects.visible_to(request.user).select_related(
            "school", "pupil", "entered_by", "assessed_by", "opened_by", "decided_by", "referral"
        )
        notice = get_object_or_404(seen, pk=pk)
        is_ours = _is_of_team(request.user, notice)
        if is_ours and closed_children(request.user, [notice.pupil_id]):
            return ask_for_reason(request, notice.pupil_id)
        return view(request, notice, **rest)

    return gated


def _is_of_team(user, notice):
    return DomesticAbuseNotice.objects.of_the_team_of(user).filter(pk=notice.pk).exists()


def _look_at(request, notice):
    if _is_of_team(request.user, notice):
        child = open_pupils(request.user).filter(pk=notice.pupil_id)
        looked_at_all(looks_at(request.user, notice, child))
    else:
        look = look_of(request.user, notice, Look.VIEW, basis="school", child_id=notice.pupil_id)
        looked_at_all([look])


@require_GET
def notice_list(request):
    """``/notices/``: what the user may read, those to assess first; naming no child."""
    if not policies.lists_notices(request.user):
        raise Http404
    is_council = policies.works_on_notices(request.user)
    rows = DomesticAbuseNotice.objects.visible_to(request.user).select_related("school")
    to_assess = list(rows.to_assess()[:PAGE]) if is_council else []
    others = rows.filter(assessed_at__isnull=False) if is_council else rows
    listed, newer, older = newest_page(others, PAGE, "entered_at", request)
    looked(request.user, DomesticAbuseNotice, Look.LIST, basis="scope" if is_council else "school")
    context = {
        "to_assess": to_assess,
        "listed": listed,
        "newer": newer,
        "older": older,
        "is_council": is_council,
        "may_enter": policies.enters_notices(request.user),
    }
    return render(request, "referrals/domestic_abuse/list.html", context | NAV)


@require_http_methods(["GET", "POST"])
def notice_new(request):
    """``/notices/new/?child=<id>``: one report about one child who is open to the user."""
    if not policies.enters_notices(request.user):
        raise Http404
    pupil, door = fetch_child(request, as_uuid(request.GET.get("child", "")))
    if door is Door.REASON:
        return ask_for_reason(request, pupil.pk, then=request.get_full_path())
    school = next((stay.school for stay in pupil.now_at if stay.school), None)
    if school is None:
        messages.info(
            request, "The child is at no school of the register: record where they learn first."
        )
        return redirect(pupil)
    allow(policies.may_enter_notice(request.user, school))
    now = timezone.localtime()
    form = forms.NewNoticeForm(
        posted(request),
        people=policies.may_be_kept_from(school),
        initial={
            "received_on": now.date(),
            "received_time": now.time(),
            "grade_source": "The police",
            "graded_on": now.date(),
        },
    )
    done = do(
        request,
        form,
        lambda: services.enter(request.user, pupil, school, **form.cleaned_data),
        "The notice is on record. It is restricted to those named in it.",
        lambda made: made,
    )
    if done:
        return done
    child = open_pupils(request.user).filter(pk=pupil.pk)
    looked_at_all(looks_at(request.user, DomesticAbuseNotice, child))
    context = {
        "form": form,
        "pupil": pupil,
        "school": school,
        "title": "Enter a police notice",
        "back": pupil.get_absolute_url(),
    }
    return render(request, "referrals/domestic_abuse/new.html", context | NAV)


@require_GET
@of_notice
def notice(request, notice):
    """``/notices/<id>/``: the report; to the team its assessment, to the school what it needs."""
    return _page(request, notice)


def _page(request, notice, support_form=None):
    _look_at(request, notice)
    is_ours = _is_of_team(request.user, notice)
    if not is_ours:
        notice = services.open_notice(request.user, notice)
    readers = list(notice.readers.select_related("user")) if is_ours else []
    manages = policies.manages_notice(request.user, notice)
    context = {
        "notice": notice,
        "support": notice.support.select_related("by"),
        "support_form": support_form or (None if is_ours else forms.SupportForm()),
        "readers": readers,
        "is_school_told": any(reader.why in AT_SCHOOL for reader in readers),
        "may_assess": manages and not notice.is_assessed,
        "may_decide": manages and notice.waits_for_decision,
        "may_correct": not notice.is_assessed and policies.may_correct_notice(request.user, notice),
        "manages": manages,
    }
    name = "notice" if is_ours else "at_school"
    return render(request, f"referrals/domestic_abuse/{name}.html", context | NAV)


@require_http_methods(["GET", "POST"])
@of_notice
def notice_correct(request, notice):
    """``/notices/<id>/correct/``: put right what was entered, until it is assessed."""
    allow(policies.may_correct_notice(request.user, notice))
    received = timezone.localtime(notice.received_at)
    begun = {name: getattr(notice, name) for name in FACTS if name != "received_at"}
    begun |= {"received_on": received.date(), "received_time": received.time()}
    form = forms.ReportForm(posted(request), initial=begun)
    return _act_page(
        request,
        notice,
        form,
        lambda: services.correct(request.user, notice, **form.cleaned_data),
        "Saved.",
        "Correct the notice",
    )


@require_http_methods(["GET", "POST"])
@of_notice
def notice_assess(request, notice):
    """``/notices/<id>/assess/``: this one report, by a named person (rule 002-16)."""
    allow(policies.manages_notice(request.user, notice))
    form = forms.AssessForm(posted(request))
    return _act_page(
        request,
        notice,
        form,
        lambda: services.assess(request.user, notice, **form.cleaned_data),
        "Assessed. Nothing has been referred.",
        "Assess this notice",
    )


@require_http_methods(["GET", "POST"])
@of_notice
def notice_decide(request, notice):
    """``/notices/<id>/decide/``: who supports the child while the school is closed."""
    allow(policies.manages_notice(request.user, notice))
    form = forms.DecideForm(posted(request))
    return _act_page(
        request,
        notice,
        form,
        lambda: services.decide(request.user, notice, form.cleaned_data["decision"]),
        "Saved.",
        "Who supports the child",
    )


@require_http_methods(["GET", "POST"])
@of_notice
def notice_reader(request, notice):
    """``/notices/<id>/readers/``: a link worker of the school reads it too, for a reason."""
    allow(policies.manages_notice(request.user, notice))
    form = forms.NameReaderForm(posted(request), people=policies.may_be_named(notice))
    return _act_page(
        request,
        notice,
        form,
        lambda: services.name_reader(request.user, notice, **form.cleaned_data),
        "Saved. They have been told that there is something to read.",
        "Name somebody who reads it",
    )


@require_http_methods(["GET", "POST"])
@of_notice
def notice_keep(request, notice):
    """``/notices/<id>/kept/``: somebody at the school must not be told, or reads it no longer."""
    allow(policies.manages_notice(request.user, notice))
    people = policies.may_be_kept_from(notice.school)
    form = forms.KeepFromForm(posted(request), people=people)
    return _act_page(
        request,
        notice,
        form,
        lambda: services.keep_from(request.user, notice, **form.cleaned_data),
        "Saved. They find no trace of it from now on.",
        "Who must not be told",
    )


@require_POST
@of_notice
def notice_reader_remove(request, notice, reader):
    """POST ``/notices/<id>/readers/<reader>/remove/``: they read it no longer."""
    allow(policies.manages_notice(request.user, notice))
    named = notice.readers.filter(why=ReaderWhy.NAMED).select_related("user")
    found = named.filter(pk=reader).first()
    if found is None:
        messages.info(request, "They read this notice no longer.")
        return redirect(notice)
    return do(
        request,
        None,
        lambda: services.remove_reader(request.user, notice, found),
        "They read this notice no longer.",
        notice,
    )


@require_http_methods(["GET", "POST"])
@of_notice
def notice_link(request, notice):
    """``/notices/<id>/referral/``: which referral of the school it belongs to; it starts none."""
    allow(policies.manages_notice(request.user, notice))
    referrals = ReferralSupport.objects.visible_to(request.user).filter(
        Q(pk=notice.referral_id) | Q(pupil=notice.pupil_id)
    )
    form = forms.LinkForm(
        posted(request),
        referrals=referrals.select_related("school"),
        initial={"referral": notice.referral_id},
    )
    return _act_page(
        request,
        notice,
        form,
        lambda: services.link_referral(request.user, notice, form.cleaned_data["referral"]),
        "Saved. Nothing has been referred.",
        "The referral it belongs to",
    )


@require_POST
@of_notice
def notice_support(request, notice):
    """POST ``/notices/<id>/support/``: what the school did for the child."""
    allow(not _is_of_team(request.user, notice))
    form = forms.SupportForm(request.POST)
    done = do(
        request,
        form,
        lambda: services.add_support(request.user, notice, form.cleaned_data["text"]),
        "Thank you. The team manager reads it.",
        reverse("notice", args=[notice.pk]),
    )
    return done or _page(request, notice, form)


def _act_page(request, notice, form, act, said, title):
    done = do(request, form, act, said, unless_late(request, form, notice, notice))
    if done:
        return done
    _look_at(request, notice)
    context = {
        "notice": notice,
        "form": form,
        "title": title,
        "back": notice.get_absolute_url(),
    }
    return render(request, "referrals/domestic_abuse/act.html", context | NAV)
