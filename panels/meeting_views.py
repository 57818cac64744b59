"""Meetings on the council's side: listed, prepared, called, changed, cancelled and held."""

import io
import uuid
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import looked
from consultations.children import as_uuid
from consultations.models import Theme
from consultations.policies import may_keep_themes
from documents.calendar import CONTENT_TYPE
from drafts import unsaved
from govuk.forms import posted
from govuk.paging import earliest_page, newest_page
from interventions.acting import do, unless_late
from panels import (
    distribution_page,
    invitation_notices,
    meeting_forms,
    meeting_page,
    minutes_forms,
    policies,
)
from panels.minutes_chasing import late_among
from panels.models import Meeting, MeetingKind, MeetingState
from panels.services import meetings as services
from panels.services import organisers
from referrals.models import RequestState, SupportRequest
from schools.models import Hub
from schools.scope import scope_of

PAGE = 30
AHEAD, PREPARED, MINUTES, PAST = "ahead", "prepared", "minutes", "past"
SHOWS = {
    AHEAD: "Coming",
    PREPARED: "Being prepared",
    MINUTES: "Minutes to finish",
    PAST: "Past",
}
CHILD_FIRST = "A request about one child is talked through in an Early help consultation first."


def goers_only(request):
    """Http404 for whoever has no meetings on the council's side."""
    if not policies.goes_to_meetings(request.user):
        raise Http404


def fetch(request, pk):
    """A meeting on the council's side, with what its pages say of it; or 404."""
    rows = Meeting.objects.visible_to(request.user).named()
    return get_object_or_404(rows, pk=pk)


def fetch_to_run(request, pk):
    """The same for who runs it; PermissionDenied for who only reads."""
    meeting = fetch(request, pk)
    allow(policies.may_run(request.user, meeting))
    return meeting


def page(request, name, meeting, status=200, **context):
    context |= {"meeting": meeting, "nav": "meetings"}
    return render(request, f"panels/{name}.html", context, status=status)


def too_late(request, why, there):
    """Say why nothing can be done any more, and go ``there``, or to what was typed for it."""
    messages.info(request, why)
    if unsaved.worth_keeping(request):
        return redirect("unsaved_form", unsaved.keep(request).pk)
    return redirect(there)


@require_GET
def meeting_list(request):
    """``/meetings/``: coming, being prepared, to be minuted (rule 000-17) or past.

    No child's name and no totals.
    """
    goers_only(request)
    show = request.GET.get("show", AHEAD)
    show = show if show in SHOWS else AHEAD
    rows = Meeting.objects.visible_to(request.user).named().prefetch_related("schools__school")
    now = timezone.now()
    late = frozenset()
    if show == AHEAD:
        ahead = rows.filter(state=MeetingState.CALLED, starts_at__gte=_today(now))
        found, newer, older = earliest_page(ahead, PAGE, "starts_at", request)
    elif show == PREPARED:
        asked = rows.filter(state=MeetingState.ASKED)
        found, newer, older = newest_page(asked, PAGE, "made_at", request)
    elif show == MINUTES:
        unfinished = rows.minuted_or_run_by(request.user).to_finish(now)
        found, newer, older = earliest_page(unfinished, PAGE, "starts_at", request)
        late = late_among(found, timezone.localdate(now))
    else:
        past = rows.filter(starts_at__lt=now).exclude(state=MeetingState.ASKED)
        found, newer, older = newest_page(past, PAGE, "starts_at", request)
    looked(request.user, Meeting, Look.LIST, basis="scope")
    return render(
        request,
        "panels/meeting_list.html",
        {
            "lines": meeting_page.lines_of(found, late),
            "show": show,
            "shows": SHOWS,
            "newer": newer,
            "older": older,
            "may_call": bool(policies.kinds_to_call(request.user)),
            "may_plan": policies.plans_series(request.user),
            "sees_targeting": policies.sees_targeting(request.user),
            "keeps_themes": may_keep_themes(request.user),
            "nav": "meetings",
        },
    )


def _today(now):
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


# --- preparing ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request):
    """``/meetings/new/?kind=…``, or ``?request=<id>`` for the CASO meeting a school asked for.

    With ``?previous=<id>`` the one that follows a meeting, of the same kind: of a series its next
    date. Without any, the kinds to choose from.
    """
    goers_only(request)
    kinds = policies.kinds_to_call(request.user)
    allow(bool(kinds))
    asked = _request(request)
    previous = _previous(request)
    kind = MeetingKind.CASO if asked else request.GET.get("kind", previous and previous.kind)
    following = previous and organisers.next_date_of(previous)
    if following and request.method == "GET" and policies.may_run(request.user, following):
        messages.info(request, "The next date of these meetings is planned already.")
        return redirect(following)
    if not (previous and previous.kind == MeetingKind.PANEL):
        # The first of an area is planned with those that come after it.
        kinds = [one for one in kinds if one != MeetingKind.PANEL]
    if kind not in kinds:
        may_plan = policies.plans_series(request.user)
        context = {"kinds": kinds, "may_plan": may_plan, "nav": "meetings"}
        return render(request, "panels/choose_kind.html", context)
    return _new(request, kind, asked, previous)


def _new(request, kind, asked, previous):
    hubs = Hub.objects.filter(pk__in=scope_of(request.user).manages)
    first = _first_values(asked, previous) | _proposed(request, kind)
    form = meeting_forms.NewMeetingForm(
        request.user, kind, posted(request), hubs=hubs, initial=first
    )
    pk = as_uuid(request.POST.get("id", "")) or uuid.uuid4()
    prepare = services.prepare
    if previous:
        prepare = partial(organisers.prepare_next, previous=previous)

    def there(made):
        if made:
            return made
        before = Meeting.objects.filter(pk=pk).first()
        return unless_late(request, form, before or asked, before or "meetings")(made)

    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: prepare(
                request.user,
                MeetingKind(kind),
                form.schools,
                form.facts,
                themes=form.cleaned_data["themes"],
                asked=asked,
                pk=pk,
            ),
            "The meeting is being prepared. Choose who is invited, then set its date.",
            there,
        )
        if done:
            return done
    context = {
        "form": form,
        "pk": pk,
        "kind": MeetingKind(kind),
        "asked": asked,
        "previous": previous,
        "nav": "meetings",
    }
    return render(request, "panels/meeting_new.html", context)


def _request(request):
    """The request that the address names, of those that are to be a meeting; or None."""
    if "request" not in request.GET:
        return None
    pk = as_uuid(request.GET["request"])
    rows = SupportRequest.objects.visible_to(request.user).select_related("school")
    if request.method == "GET":
        # Whoever typed for it before it was answered otherwise is told so, and keeps their words.
        rows = rows.filter(state=RequestState.MEETING)
    return get_object_or_404(rows, pk=pk)


def _previous(request):
    """The meeting that the address names as the one before, of those the user runs; or None."""
    if "previous" not in request.GET:
        return None
    return fetch_to_run(request, as_uuid(request.GET["previous"]))


def _proposed(request, kind):
    """The theme and the school that the address proposes; what it does not name well is not."""
    found = {}
    if theme := as_uuid(request.GET.get("theme", "")):
        found["themes"] = list(Theme.objects.filter(is_offered=True, pk=theme))
    if urn := request.GET.get("school", ""):
        school = policies.schools_for(request.user, MeetingKind(kind)).filter(urn=urn).first()
        found |= {"school": school.pk} if school else {}
    return found


def _first_values(asked, previous):
    if asked:
        return {"school": asked.school_id, "our_part": "chair"}
    if previous:
        first = previous.schools.first()
        return {
            "how_many": meeting_forms.SEVERAL,
            "school": first and first.school_id,
            "hub": previous.hub_id,
            "title": previous.title,
            "purpose": previous.purpose,
            "areas": previous.areas,
            "themes": previous.themes.all(),
            "our_part": previous.our_part,
            "chair_name": previous.chair_name,
        }
    return {"our_part": "chair"}


# --- the meeting itself ---------------------------------------------------------------------------


@require_GET
def detail(request, pk):
    """``/meetings/<id>/``: when, where, what for, who is in it, and what comes next."""
    meeting = fetch(request, pk)
    return page(
        request,
        "meeting",
        meeting,
        tag=meeting_page.tag_of(meeting),
        when=meeting_page.when_text(meeting),
        themes=list(meeting.themes.all()),
        schools=[row.school for row in meeting.schools.select_related("school")],
        children=meeting_page.children_of(request.user, meeting),
        people=meeting_page.people_of(meeting),
        agencies=meeting_page.agencies_of(meeting),
        sent=invitation_notices.progress(meeting),
        may_run=policies.may_run(request.user, meeting),
        writes=policies.writes_minutes(request.user, meeting),
        version=meeting.versions.only("number", "meeting").first(),
        sent_copies=distribution_page.sent_of(meeting)
        if policies.may_run(request.user, meeting)
        else [],
        has_agenda=meeting.items.exists(),
        may_open=meeting_page.opens_children(request.user),
        own=meeting.people.filter(user=request.user, removed_at__isnull=True).first(),
        before=meeting_page.children_before(request.user, meeting),
        hand_overs=meeting.hand_overs.select_related("former", "to"),
        has_plan=meeting.minuted_actions.filter(action__isnull=False).exists(),
    )


@require_http_methods(["GET", "POST"])
def change(request, pk):
    """``/meetings/<id>/change/``: what it is about and who chairs it."""
    meeting = fetch_to_run(request, pk)
    now = {
        name: getattr(meeting, name)
        for name in ("title", "areas", "purpose", "our_part", "chair_name")
    }
    form = meeting_forms.AboutForm(
        meeting.kind, posted(request), initial={**now, "themes": meeting.themes.all()}
    )
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.change(
                request.user, meeting, form.facts, themes=form.cleaned_data["themes"]
            ),
            "The meeting has been changed.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return _form(request, meeting, form, "Change what it is about")


def _form(request, meeting, form, title, status=200, **context):
    return page(
        request,
        "meeting_form",
        meeting,
        status=status,
        form=form,
        title=title,
        back=meeting.get_absolute_url(),
        **context,
    )


@require_http_methods(["GET", "POST"])
def call(request, pk):
    """``/meetings/<id>/call/``: date and place; sending it invites everybody."""
    meeting = fetch_to_run(request, pk)
    if request.method == "GET" and not meeting.is_ahead:
        messages.info(request, "This meeting cannot be changed any more.")
        return redirect(meeting)
    form = meeting_forms.CallForm(posted(request), initial=meeting_forms.call_now(meeting))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.call(request.user, meeting, **form.agreed())
        except ValidationError as refused:
            form.refuse(refused)
        except TransitionNotAllowed as late:
            form.add_error(None, str(late))
            meeting, status = fetch(request, pk), 409
            form.show_again(meeting.version)
        else:
            said = (
                "The date is kept. The school sends its own invitations."
                if meeting.is_school_led
                else "The invitations are on their way."
            )
            messages.success(request, said)
            return redirect(meeting)
    return page(
        request,
        "meeting_call",
        meeting,
        status=status,
        form=form,
        invited=[name for _, name in meeting_page.invited_of(meeting)],
    )


@require_http_methods(["GET", "POST"])
def cancel(request, pk):
    """``/meetings/<id>/cancel/``: asked why, then taken out of everybody's calendar."""
    meeting = fetch_to_run(request, pk)
    form = meeting_forms.CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.cancel(request.user, meeting, form.cleaned_data["why"]),
            "The meeting is cancelled. Everybody who has the invitation is told.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return page(request, "meeting_cancel", meeting, form=form, title="Cancel the meeting")


@require_http_methods(["GET", "POST"])
def held(request, pk):
    """``/meetings/<id>/held/``: who was there."""
    meeting = fetch_to_run(request, pk)
    is_over = meeting.state == MeetingState.CALLED and meeting.has_begun
    if request.method == "GET" and not is_over:
        messages.info(request, "A meeting is marked as held once its date has come.")
        return redirect(meeting)
    people, agencies = meeting_page.people_of(meeting), meeting_page.agencies_of(meeting)
    came = minutes_forms.here_now(meeting)["present"]
    form = meeting_forms.HeldForm(
        meeting, people, agencies, posted(request), initial={"people": came, "agencies": came}
    )
    if request.method == "POST" and form.is_valid():
        done = do(
            request,
            form,
            lambda: services.hold(request.user, meeting, **form.told()),
            "The meeting is marked as held.",
            unless_late(request, form, meeting, meeting),
        )
        if done:
            return done
    return _form(request, meeting, form, "Who was there", button="Mark as held")


@require_GET
def download(request, pk):
    """``/meetings/<id>/invite.ics``: the appointment; it names no child."""
    meeting = fetch(request, pk)
    return appointment_file(request, meeting)


def appointment_file(request, meeting, *, is_of_school=False):
    """The calendar file of a meeting for whoever asks; Http404 while none was sent."""
    if meeting.state != MeetingState.CALLED:
        raise Http404
    meeting.sent_at = meeting.sent_at or meeting.called_at
    one = invitation_notices.Recipient(request.user.email, request.user, is_of_school)
    return FileResponse(
        io.BytesIO(invitation_notices.appointment(meeting, one)),
        as_attachment=True,
        filename="invite.ics",
        content_type=CONTENT_TYPE,
        headers={"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"},
    )
