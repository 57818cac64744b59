"""The copies before they are sent, sending them, and who has opened them: the council's side."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.reauthentication import ask_password_again
from audit.errors import allow
from audit.models import Look
from audit.services import look_of, looked_at_all
from consultations.children import looks_at
from govuk.forms import posted
from interventions.acting import do, unless_late
from notifications.models import Message
from panels import distribution_page, policies
from panels.copies import Minutes
from panels.distribution_forms import GiveAddressForm, RevokeForm, SendForm
from panels.meeting_views import fetch, fetch_to_run, page, too_late
from panels.models import CopyFile, Distribution, MeetingState
from panels.services import distribution as services
from panels.services import people
from schools.children import open_pupils

SENT = "Sent. Each has their own link; agencies also get a code when they open it."


def _fetch(request, pk):
    """A meeting whose minutes the viewer may read before they are sent; or 404."""
    meeting = fetch(request, pk)
    allow(policies.reads_draft_minutes(request.user, meeting))
    if meeting.starts_at is None:
        raise Http404
    return meeting


@require_GET
def copies(request, pk):
    """``/meetings/<id>/copies/``: the first of them."""
    meeting = _fetch(request, pk)
    readers = Minutes(meeting).readers
    if not readers:
        raise Http404
    return redirect("meeting_copy", pk=pk, reader=readers[0].key)


@require_GET
def copy(request, pk, reader):
    """``/meetings/<id>/copies/<reader>/``: what one of them will see, exactly as it is sent."""
    return _preview(request, _fetch(request, pk), reader)


@require_http_methods(["GET", "POST"])
def send(request, pk):
    """``/meetings/<id>/send/``: makes the minutes final, where they are not, and sends them."""
    meeting = fetch_to_run(request, pk)
    if request.method == "GET":
        return redirect("meeting_copies", pk=pk)
    if meeting.state not in (MeetingState.HELD, MeetingState.FINALISED):
        raise Http404
    minutes = Minutes(meeting)
    recipients, lines = distribution_page.recipients_and_lines(minutes)
    form = _form(minutes, recipients, request.POST)
    if form.is_valid():
        ask_password_again(request)
        there = reverse("minutes_sent", args=[pk])
        done = do(
            request,
            form,
            lambda: _send(request.user, meeting, form),
            SENT,
            unless_late(request, form, meeting.versions.first() or meeting, there),
        )
        if done:
            return done
    if not lines:
        raise Http404
    return _preview(request, meeting, lines[0].reader.key, form)


def _send(by, meeting, form):
    said = {**form.cleaned_data}
    facts = {"minutes_on": said["minutes_on"], "again": said.get("again", False)}
    facts["seen"] = said["seen"]
    if meeting.state == MeetingState.FINALISED:
        return services.send(by, meeting.versions.first(), form.rows, **facts)
    words = {name: said.get(name, "") for name in ("no_actions_why", "what_changed")}
    return services.finalise_and_send(by, meeting, form.rows, **facts, **words)


def _form(minutes, recipients, data=None):
    sent = Distribution.objects.filter(version__meeting=minutes.meeting)
    newest = minutes.meeting.versions.first()
    is_final = minutes.meeting.state == MeetingState.FINALISED
    here = sent.filter(version=newest) if is_final else sent.none()
    have_it = {pk for pair in here.values_list("agency", "person") for pk in pair if pk}
    before = sent.exclude(pk__in=here.values("pk"))
    return SendForm(minutes, recipients, data, have_it=have_it, has_before=before.exists())


def _preview(request, meeting, key, form=None):
    minutes = Minutes(meeting)
    recipients, lines = distribution_page.recipients_and_lines(minutes)
    chosen = next((line for line in lines if line.reader.key == key), None)
    if chosen is None:
        raise Http404
    closed = minutes.closed_to(request.user)
    titles = distribution_page.titles_of(minutes, closed)
    shut = [
        row
        for row in minutes.everyone
        if row.pk in closed and str(row.pupil_id) in chosen.copy.children
    ]
    opened = [] if shut else open_pupils(request.user).filter(pk__in=chosen.copy.children)
    looked_at_all(
        [
            look_of(
                request.user,
                meeting,
                Look.VIEW,
                basis=policies.basis(request.user, meeting),
            ),
            *looks_at(request.user, meeting, opened),
        ]
    )
    may_send = policies.may_run(request.user, meeting) and meeting.state in (
        MeetingState.HELD,
        MeetingState.FINALISED,
    )
    if form is None and may_send:
        form = _form(minutes, recipients)
    context = {
        "line": chosen,
        "lines": lines,
        "shut": shut,
        "left_out": distribution_page.left_out(chosen.copy, titles),
        "to_know": distribution_page.to_know(minutes, lines),
        "matrix": distribution_page.matrix_of(titles, lines),
        "form": form if may_send else None,
        "may_give": may_send,
        "is_final": meeting.state == MeetingState.FINALISED,
        "sent_to": Distribution.objects.filter(version__meeting=meeting).exists(),
    }
    return page(request, "distribution/copies", meeting, **context)


@require_http_methods(["GET", "POST"])
def give_address(request, pk, invited):
    """``/meetings/<id>/agencies/<id>/address/``: of an agency that nothing can be sent to yet."""
    meeting = fetch_to_run(request, pk)
    row = meeting.agencies.select_related("agency").filter(pk=invited).first()
    if row is None:
        return too_late(request, people.AGENCY_OFF, meeting)
    form = GiveAddressForm(row.agency, posted(request))
    there = reverse("meeting_copies", args=[pk])
    done = request.method == "POST" and do(
        request,
        form,
        lambda: people.give_address(request.user, meeting, row, **form.cleaned_data),
        f"The address of {row.owner_text} is kept. Choose them below to send their copy.",
        unless_late(request, form, row, there),
    )
    if done:
        return done
    title = f"The address of {row.owner_text}"
    return page(request, "meeting_form", meeting, form=form, title=title, back=there)


# --- after sending --------------------------------------------------------------------------------


@require_GET
def sent(request, pk):
    """``/meetings/<id>/sent/``: who has which copy, what became of its messages, who opened it."""
    meeting = fetch_to_run(request, pk)
    rows = distribution_page.sent_of(meeting)
    if not rows:
        raise Http404
    made = set(
        CopyFile.objects.filter(distribution__version__meeting=meeting).values_list(
            "distribution", flat=True
        )
    )
    standing = [row for row in rows if row.revoked_at is None and not row.is_replaced]
    versions = [str(pk) for pk in meeting.versions.values_list("pk", flat=True)]
    messages = Message.objects.filter(
        about_type="panels.minutesversion", about_id__in=versions
    ).order_by("-created_at")
    context = {
        "rows": rows,
        "waiting": Distribution.objects.of_final()
        .filter(version__meeting=meeting, minutes_sent_at__isnull=True)
        .exists(),
        "is_making": any(row.pk not in made for row in standing),
        "made": len([row for row in standing if row.pk in made]),
        "standing": len(standing),
        "sent": messages.select_related("to").defer("body", "calendar"),
    }
    return page(request, "distribution/sent", meeting, **context)


def _copy(request, pk, copy):
    meeting = fetch_to_run(request, pk)
    rows = Distribution.objects.filter(version__meeting=meeting)
    row = get_object_or_404(rows.select_related("version", *services.WITH_RECIPIENT), pk=copy)
    row.version.meeting = meeting
    return row


@require_POST
def resend(request, pk, copy):
    """``/meetings/<id>/sent/<copy>/resend/``: the message again, to an agency with a fresh link."""
    row = _copy(request, pk, copy)
    ask_password_again(request)
    return do(
        request,
        None,
        lambda: services.resend(request.user, row),
        f"Sent again to {row.name}.",
        reverse("minutes_sent", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
def revoke(request, pk, copy):
    """``/meetings/<id>/sent/<copy>/revoke/``: close a copy that went astray, with the reason."""
    row = _copy(request, pk, copy)
    form = RevokeForm(posted(request))
    there = reverse("minutes_sent", args=[pk])
    done = request.method == "POST" and do(
        request,
        form,
        lambda: services.revoke(request.user, row, form.cleaned_data["why"]),
        f"{row.name} can no longer open it.",
        unless_late(request, form, row, there),
    )
    if done:
        return done
    context = {"form": form, "row": row, "title": f"Call back the copy of {row.name}"}
    return page(request, "distribution/revoke", row.version.meeting, **context, back=there)


@require_POST
def send_minutes(request, pk):
    """``/meetings/<id>/sent/minutes/``: the full minutes now, before their day."""
    meeting = fetch_to_run(request, pk)
    version = meeting.versions.first()
    if version is None:
        raise Http404
    ask_password_again(request)
    return do(
        request,
        None,
        lambda: services.send_minutes(request.user, version),
        "The full minutes have been sent.",
        reverse("minutes_sent", args=[pk]),
    )
