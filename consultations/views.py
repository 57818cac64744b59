"""The team's side: write, complete, share, read, add to."""

import uuid
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations import (
    another,
    children_views,
    extracts,
    forms,
    notices,
    nurse,
    policies,
    services,
)
from consultations.children import (
    all_open,
    as_uuid,
    looks_at,
    may_all_be_opened,
    named_in,
    naming_closed,
    on_record,
    open_among,
    parts_for,
    to_open,
)
from consultations.children_forms import WhyForm
from consultations.models import MEETING, Action, ActionSubject, Consultation, Kind
from consultations.note import draft_version, note_for, shared_version
from consultations.note_fields import quiet
from consultations.prompts import prompts_for, prompts_of_addendum
from consultations.recipients import candidates, contacts_of
from consultations.recording import task_lines
from consultations.services import actions as action_services
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from drafts import services as drafts
from drafts import views as drafts_views
from drafts.errors import StaleDraft
from drafts.models import Draft
from drafts.views import opened_by_another, saved, somebody_else, version_of
from govuk.forms import posted
from govuk.paging import Cursor, page_of
from govuk.words import clock, date_of
from schools.children import open_pupils
from schools.doors import ask_first
from schools.models import School
from schools.pupil_forms import seen_of
from schools.scope import scope_of

PAGE = 50
KINDS = dict(Kind.choices)
# The buttons of the form that stay on its page.
IN_THE_FORM = {"add", "find", "open", "link", "show"}


def _fetch(request, pk):
    """The consultation on the team's side, or 404."""
    return get_object_or_404(
        Consultation.objects.visible_to(request.user).select_related(
            "school", "author", "started_by", "handed_over_by"
        ),
        pk=pk,
    )


def short_date(at):
    """``3 Nov 2026`` in London: quicker than the template's filter, fifty times a page."""
    at = timezone.localtime(at)
    return f"{at.day} {at:%b %Y}"


@require_GET
def consultation_list(request):
    """``/consultations/``: what the viewer may read, newest first; no totals (rule 001-124)."""
    if not scope_of(request.user).is_council:
        raise Http404
    rows, older = page_of(
        Consultation.objects.newest(request.user, Cursor.of(request), PAGE + 1), PAGE, "held_at"
    )
    looked(request.user, Consultation, Look.LIST, basis="scope")
    # Plain words: a template that looks up attributes fifty times takes its time.
    lines = [
        (
            row.pk,
            row.school.name,
            *row.standing,
            short_date(row.held_at),
            KINDS[row.kind],
            row.author.name,
        )
        for row in rows
    ]
    return render(
        request,
        "consultations/list.html",
        {
            "lines": lines,
            "older": older,
            "may_record": policies.records_anywhere(request.user),
            "nav": "consultations",
        },
    )


@require_http_methods(["GET", "POST"])
def new(request):
    """``/consultations/new/?school=<urn>``: nothing is made until something is typed."""
    if "school" not in request.GET:
        scope = scope_of(request.user)
        if not scope.is_council:
            raise Http404
        mine = School.objects.open().filter(id__in=scope.supports).order_by("name")
        return render(
            request,
            "consultations/choose_school.html",
            {"schools": mine, "manages": bool(scope.manages)},
        )
    school = get_object_or_404(
        School.objects.visible_to(request.user), urn=request.GET["school"][:6]
    )
    allow(policies.may_record(request.user, school))
    if request.method == "POST":
        return _written(request, school)
    contacts = contacts_of(school)
    ad_hoc = request.GET.get("kind") == Kind.AD_HOC
    earlier = another.before(request.user, school, request.GET.get("after", ""))
    sheet = forms.sheet(
        request.user,
        school,
        contacts,
        initial={
            **(another.like(earlier) if earlier else _afresh(contacts, ad_hoc)),
            **nurse.begun_from(school, as_uuid(request.GET.get("nurse", ""))),
            **_held_already(request.GET.get("held", "")),
        },
        people=another.others(earlier) if earlier else None,
        discuss=[pk for pk in map(as_uuid, request.GET.getlist("discuss")) if pk],
    )
    return _edit_page(request, school, sheet, short=ad_hoc, pk=uuid.uuid4())


def _held_already(text):
    """Where the address says when it was held (``2026-11-12T10:30``): the day and the time."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    return {"held_on": at.date(), "held_time": at.time()} if at else {}


def _afresh(contacts, ad_hoc):
    """What a new form begins with: now, and those the school agreed to send."""
    return {
        "held_on": timezone.localdate(),
        "held_time": timezone.localtime().time().replace(second=0, microsecond=0),
        "kind": Kind.AD_HOC if ad_hoc else Kind.STRUCTURED,
        "place": "phone" if ad_hoc else "school",
        "contacts": [] if ad_hoc else [str(c.pk) for c in contacts if c.is_agreed],
    }


@require_http_methods(["GET", "POST"])
def edit(request, pk):
    """``/consultations/<id>/edit/``: its author types; others read the draft on its own page."""
    consultation = _fetch(request, pk)
    if not consultation.is_draft:
        if request.headers.get("X-Autosave"):
            raise Http404
        messages.info(request, "This consultation is completed. Add to it instead.")
        return redirect("consultation", pk=pk)
    allow(policies.may_edit(request.user, consultation))
    if request.method == "POST":
        return _written(request, consultation.school, consultation)
    draft = get_object_or_404(Draft, form=services.FORM, target_id=pk, user=request.user)
    contacts = contacts_of(consultation.school)
    if "check" in request.GET:
        sheet = forms.sheet(request.user, consultation.school, contacts, forms.post_of(draft.data))
        sheet.is_valid()
    else:
        sheet = forms.as_typed(request.user, consultation.school, contacts, draft.data)
    unknown = sheet.children.unknown
    # Nobody reads what others typed about a child whom no reason opens.
    if consultation.handed_over_at and not may_all_be_opened(request.user, unknown):
        return _reading_page(request, consultation, draft, sheet)
    if _holds_closed(request.user, sheet):
        return redirect("consultation_reason", pk=pk)
    return _edit_page(
        request,
        consultation.school,
        sheet,
        draft=draft,
        pk=pk,
        short=draft.data.get("kind") == [Kind.AD_HOC],
        consultation=consultation,
        is_checked="check" in request.GET,
    )


def _holds_closed(user, sheet):
    """Whether a draft is about a child for whom its author must give a reason (rule 001-58)."""
    unknown = sheet.children.unknown
    return bool(unknown) and to_open(user, unknown).exists()


def save_draft(request, draft):
    """POST ``/drafts/<id>/`` of a consultation: while its author may record at the school."""
    consultation = _fetch(request, draft.target_id)
    if draft.user_id != request.user.pk:
        if consultation.started_by_id == request.user.pk:
            return drafts_views.handed_over(draft)
        raise Http404
    allow(policies.may_record(request.user, consultation.school))
    return drafts_views.save(request, draft, may_read=partial(_is_open, request.user))


def _is_open(user, draft):
    """Whether each child whom a draft names is open to the user."""
    return open_among(user, named_in(draft.data)) is not None


def _written(request, school, consultation=None):
    """A POST of the form: keep the text first, then do what the button says."""
    autosave = request.headers.get("X-Autosave")
    if opened_by_another(request):
        if autosave:
            return somebody_else()
        return render(request, "409.html", status=409)
    post = request.POST
    pk = consultation.pk if consultation else _posted_id(request)
    try:
        draft = _keep(request, school, consultation, pk)
    except StaleDraft as stale:
        if autosave:
            return drafts_views.stale(stale, partial(_is_open, request.user))
        contacts = contacts_of(school)
        sheet = forms.as_typed(request.user, school, contacts, drafts.typed(post))
        messages.warning(
            request,
            f"This draft was changed in another tab or window at {clock(stale.draft.saved_at)}. "
            "What you typed is still on this page. Save again to keep it instead.",
        )
        return _edit_page(request, school, sheet, draft=stale.draft, pk=pk, status=409)
    except TransitionNotAllowed as late:
        if autosave:
            return JsonResponse({"message": str(late)}, status=404)
        messages.info(request, str(late))
        return redirect("consultation", pk=pk)
    if autosave:
        return saved(
            draft,
            page_url=reverse("consultation_edit", args=[pk]),
            status=200 if consultation else 201,
        )
    if "complete" in post:
        typed = forms.post_of(dict(post.lists()))
        sheet = forms.sheet(request.user, school, contacts_of(school), typed)
        if not sheet.is_valid():
            return _edit_page(request, school, sheet, draft=draft, pk=pk, is_checked=True)
        return redirect("consultation_complete", pk=pk)
    if not IN_THE_FORM.isdisjoint(post):
        return _within_form(request, school, draft, pk)
    messages.success(request, "Draft saved. It is in your work until you complete it.")
    return redirect("home")


def _within_form(request, school, draft, pk):
    """A button inside the form: one more row, a child found, opened or linked; what is typed stays.

    The draft has been saved.
    """
    post, finding = request.POST, None
    data = post
    if post.get("add") in ("people", "actions", "children"):
        data = forms.add_row(post, post["add"])
    elif "find" in post:
        finding = children_views.look_for(request, school)
    elif chosen := post.get("open") or post.get("link"):
        pupil, reason = children_views.open_for_form(request, chosen)
        if pupil is None:
            finding = children_views.look_for(request, school, reason)
        elif "link" in post:
            try:
                return _linked(request, pk, pupil)
            except TransitionNotAllowed as refused:
                messages.warning(request, str(refused))
                finding = children_views.look_for(request, school)
        else:
            data = children_views.opened_row(request, pupil)
    sheet = forms.as_typed(request.user, school, contacts_of(school), dict(data.lists()))
    return _edit_page(request, school, sheet, draft=draft, pk=pk, finding=finding)


def _linked(request, pk, pupil):
    consultation = _fetch(request, pk)
    other = children_views.start_linked(request, consultation, pupil)
    children_views.tell_linked(request, pupil.now_at[0].school.name, consultation.school.name)
    # Without a fragment of its own the address keeps the one of the box where the child was found.
    return redirect(f"{reverse('consultation_edit', args=[other])}#main-content")


def _posted_id(request):
    """The id made with the page; a new one when the field was tampered with."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid.uuid4()


def _keep(request, school, consultation, pk):
    """Save what was posted, making the draft if this is the first time."""
    data = drafts.typed(request.POST)
    if consultation is not None:
        draft = Draft.objects.filter(form=services.FORM, target_id=pk, user=request.user).first()
        if draft is not None:
            return drafts.save(request.user, draft.pk, data, version_of(request))
    held_on = forms.ConsultationForm.base_fields["held_on"]
    try:
        day = held_on.clean(request.POST.get("held_on", ""))
    except ValidationError:
        day = timezone.localdate()
    held_at = min(forms.noon_of(day), timezone.now())
    return services.start(request.user, school, pk, held_at, data, version_of(request))


def _appointment(request, draft):
    """The id of the nurse's appointment that the page was begun from, or None."""
    said = (draft.data.get("nurse") or [""])[0] if draft else request.GET.get("nurse", "")
    return as_uuid(said)


def _edit_page(
    request,
    school,
    sheet,
    *,
    pk,
    draft=None,
    short=False,
    consultation=None,
    finding=None,
    is_checked=False,
    status=200,
):
    chosen = sheet.children.chosen
    looked_at_all(
        [
            look_of(request.user, school, basis="support"),
            *looks_at(request.user, Consultation(pk=pk, school=school), chosen),
        ]
    )
    return render(
        request,
        "consultations/edit.html",
        {
            "school": school,
            "sheet": sheet,
            "form": sheet.form,
            "draft": draft,
            "consultation": consultation,
            "saved": clock(draft.saved_at) if draft else "",
            "appointment": _appointment(request, draft),
            "pk": pk,
            "short": short,
            "finding": finding or children_views.nothing_looked_for(),
            "prompts": prompts_for(request.user, sheet, consultation) if is_checked else [],
            "story": _story(request, school, pk),
            "nav": "schools",
        },
        status=status,
    )


def _story(request, school, pk):
    """What stands beside the form: open actions, and the last notes of the school.

    Nothing of a child who is not open to the writer.
    """
    seen = Consultation.objects.visible_to(request.user).filter(school=school)
    open_now = open_pupils(request.user).values("pk")
    closed = ActionSubject.objects.filter(action=OuterRef("pk"), pupil__isnull=False)
    closed_notes = Consultation.objects.filter(naming_closed(request.user), school=school)
    # What is about nobody in particular is a text of its note, and closed with it.
    readable_now = (
        Q(about__pupil__in=open_now)
        | Q(about__isnull=False, about__pupil=None)
        | Q(about=None) & ~Q(consultation__in=closed_notes.order_by().values("pk"))
    )
    readable_now &= Q(pupil=None) | Q(pupil__in=open_now)
    readable_now &= ~Exists(closed.exclude(pupil__in=open_now))
    return {
        "actions": list(
            Action.objects.filter(readable_now, school=school)
            .open()
            .visible_to(request.user)
            .select_related("owner_user", "owner_contact")[:6]
        ),
        "notes": list(
            seen.exclude(state="draft")
            .exclude(pk=pk)
            .annotate(names_closed=naming_closed(request.user))
            .select_related("author")
            .order_by("-held_at", "-pk")[:3]
        ),
        "today": timezone.localdate(),
    }


@require_GET
def detail(request, pk):
    """``/consultations/<id>/``: the team's record; a draft is read here by managers."""
    consultation = _fetch(request, pk)
    if consultation.is_draft:
        return _draft_page(request, consultation)
    return _record_page(request, consultation, forms.AddendumForm(initial={"audience": "school"}))


def _draft_page(request, consultation):
    if policies.may_edit(request.user, consultation):
        return redirect("consultation_edit", pk=consultation.pk)
    draft = Draft.objects.filter(form=services.FORM, target_id=consultation.pk).first()
    sheet = forms.as_typed(
        consultation.author,
        consultation.school,
        contacts_of(consultation.school),
        draft.data if draft else {},
        reader=request.user,
    )
    return _reading_page(request, consultation, draft, sheet)


def _reading_page(request, consultation, draft, sheet):
    """A draft to read; held back whole while it is about a child who is closed to its reader."""
    # Even where no reason opens the child to this reader.
    is_held_back = on_record(sheet.children.unknown).exists()
    looked_with_children(request, consultation, [] if is_held_back else sheet.children.chosen)
    return render(
        request,
        "consultations/draft.html",
        {
            "consultation": consultation,
            "sheet": sheet,
            "draft": draft,
            "is_held_back": is_held_back,
            "reason_form": WhyForm()
            if may_all_be_opened(request.user, sheet.children.unknown)
            else None,
            "may_hand_over": policies.may_hand_over(request.user, consultation),
            "may_comment": policies.may_comment(request.user, consultation),
            "nav": "schools",
        },
    )


def looked_with_children(request, consultation, pupils=(), action=Look.VIEW):
    """One access-log row for the consultation, and one for each child whose part is shown.

    A look at the consultation has the basis on which it was opened, a look at a child the basis
    on which that child was: who looked at a child is asked of the second (security.md N-16).
    """
    basis = policies.basis(request.user, consultation)
    looked_at_all(
        [
            look_of(request.user, consultation, action, basis=basis),
            *looks_at(request.user, consultation, pupils, action),
        ]
    )


def _record_page(request, consultation, addendum_form, prompts=()):
    parts = parts_for(request.user, consultation)
    looked_with_children(request, consultation, parts.pupils)
    if parts.is_held_back:
        return _held_back_page(request, consultation, parts, addendum_form, prompts)
    note = shared_version(consultation, [part.row for part in parts.shown])
    return render(
        request,
        "consultations/detail.html",
        {
            "consultation": consultation,
            "parts": parts.shown,
            "tasks": task_lines(request.user, consultation) if parts.pupils else [],
            "linked": consultation.linked.visible_to(request.user).select_related("school"),
            "note": note,
            "areas": forms.areas_of(consultation),
            "themes": consultation.themes.all(),
            "shares": _shares_with_delivery(note),
            "withholdings": consultation.withholdings.select_related("user", "contact", "instead"),
            "team_additions": consultation.addenda.filter(audience="team").select_related(
                "added_by"
            ),
            "replies": consultation.replies.select_related("replied_by"),
            "may_share": policies.may_share(request.user, consultation),
            "may_remind": policies.may_remind(request.user, consultation),
            "addendum_form": addendum_form,
            "prompts": prompts,
            "looked_at": seen_of(prompts),
            "may_comment": policies.may_comment(request.user, consultation),
            "nav": "schools",
        },
    )


def _held_back_page(request, consultation, parts, addendum_form, prompts):
    """When, where, with whom and what names nobody; the rest once a reason is given."""
    return render(
        request,
        "consultations/held_back.html",
        {
            "consultation": consultation,
            "parts": parts.shown,
            "attendees": consultation.attendees.all(),
            "areas": [row.get_area_display() for row in consultation.areas.all()],
            "reason_form": WhyForm() if parts.may_open else None,
            "addendum_form": addendum_form if addendum_form.is_bound else None,
            "prompts": prompts,
            "looked_at": seen_of(prompts),
            "nav": "schools",
        },
    )


def _shares_with_delivery(note):
    """Each share, with ``message``: the latest one to that person and how far it got.

    ``may_be_reminded`` when that was before today and they have still something to do; ``reads``
    is what an outsider's copy holds of a note about children.
    """
    consultation = note.consultation
    latest = notices.latest_to_each(consultation)
    shares = consultation.shares.select_related("user").order_by("-is_lead", "user__name")
    if note.parts:
        shares = shares.prefetch_related("children")
    for share in shares:
        share.reads = _copy_text(note, share) if note.parts and not share.from_school else []
        share.message = latest.get(share.user_id)
        share.may_be_reminded = (
            share.user.is_active
            and share.is_outstanding
            and not share.was_told_today(share.message)
        )
    return shares


def _copy_text(note, share):
    """What an outsider's copy holds, for a list."""
    chosen = {part.pk for part in share.children.all()}
    titles = [part.title for part in note.parts if part.pk in chosen]
    return [*titles, *(["the general text"] if share.with_general else [])]


@require_http_methods(["GET", "POST"])
def complete(request, pk):
    """``/consultations/<id>/complete/``: who gets what is shown before anything is locked."""
    consultation = _fetch(request, pk)
    if not consultation.is_draft:
        messages.info(request, "This consultation is completed already.")
        return redirect("consultation", pk=pk)
    allow(policies.may_complete(request.user, consultation))
    draft = get_object_or_404(Draft, form=services.FORM, target_id=pk, user=request.user)
    contacts = contacts_of(consultation.school)
    sheet = forms.sheet(request.user, consultation.school, contacts, forms.post_of(draft.data))
    if not sheet.is_valid():
        if _holds_closed(request.user, sheet):
            return ask_first(request, reverse("consultation_reason", args=[pk]))
        return redirect(f"{reverse('consultation_edit', args=[pk])}?check=1")
    content = sheet.content()
    note = draft_version(consultation, content)
    form = forms.ShareForm(
        posted(request),
        candidates=candidates(consultation.school, content.attendees, contacts),
        note=note,
        version=draft.version,
    )
    if _is_sent(request) and form.is_valid():
        share_now = "later" not in request.POST
        try:
            services.complete(
                request.user,
                consultation,
                content,
                form.plan(),
                share_now=share_now,
                invite_id=_appointment(request, draft),
            )
        except TransitionNotAllowed as late:
            messages.warning(request, str(late))
        except ValidationError as refused:
            messages.warning(request, f"Not completed yet. {refused.message}.")
            return redirect("consultation_edit", pk=pk)
        else:
            messages.success(
                request,
                "Completed and shared."
                if share_now
                else "Completed. The head and safeguarding leads are told that it was held. "
                "It is not shared yet.",
            )
        return redirect("consultation", pk=pk)
    prompts = prompts_for(request.user, sheet, consultation)
    return _share_page(request, consultation, form, sheet.children.chosen, prompts)


@require_http_methods(["GET", "POST"])
def share(request, pk):
    """``/consultations/<id>/share/``: share a completed record, or share it with more people."""
    consultation = _fetch(request, pk)
    if consultation.is_draft:
        return redirect("consultation_edit", pk=pk)
    allow(policies.may_share(request.user, consultation))
    note = shared_version(consultation)
    pupils = all_open(request.user, note)
    if pupils is None:
        return ask_first(request, reverse("consultation_reason", args=[pk]))
    shares = consultation.shares.select_related("user")
    kept = list(consultation.withholdings.values_list("user_id", "contact_id", "instead_id"))
    settled = {share.user_id for share in shares} | {pk for row in kept for pk in row[:2]}
    addresses = {share.user.email for share in shares}
    people = [
        person
        for person in candidates(
            consultation.school, note.took_part, instead={row[2] for row in kept}
        )
        if person.email not in addresses
        and (
            person.contact is None
            or settled.isdisjoint((person.contact.pk, person.contact.user_id or person.contact.pk))
        )
    ]
    form = forms.ShareForm(
        posted(request),
        candidates=people,
        note=note,
        lead_has_it=any(share.is_lead and share.user.is_active for share in shares),
        version=consultation.version,
    )
    if _is_sent(request) and form.is_valid():
        try:
            services.share(request.user, consultation, form.plan())
            messages.success(request, "Shared.")
        except TransitionNotAllowed as late:
            messages.warning(request, str(late))
        return redirect("consultation", pk=pk)
    return _share_page(request, consultation, form, pupils)


def _is_sent(request):
    """Handed in, not only asked what somebody would read."""
    return request.method == "POST" and "preview" not in request.POST


def _share_page(request, consultation, form, pupils, prompts=()):
    looked_with_children(request, consultation, pupils)
    if form.is_bound and not _is_sent(request):
        quiet(form)
    reader, note = form.shown_as()
    told = [p.name for p in form.candidates if p.ticked and p.can_receive]
    return render(
        request,
        "consultations/share.html",
        {
            "consultation": consultation,
            "form": form,
            "note": note,
            "reader": reader,
            "prompts": [*prompts, *extracts.prompts(form.note)],
            "in_general": extracts.named_in_general(form.note),
            "first": told[0] if told else "",
            "and_others": len(told) - 1,
            "nav": "schools",
        },
        status=409 if form.is_bound and form.has_error("__all__", "changed") else 200,
    )


@require_POST
def remind(request, pk, share_pk):
    """POST ``/consultations/<id>/remind/<share>/``: one person who has not dealt with it."""
    consultation = _fetch(request, pk)
    share = get_object_or_404(consultation.shares, pk=share_pk)
    try:
        services.remind(request.user, share)
        messages.success(request, f"{share.user.name} has been reminded.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    return redirect("consultation", pk=pk)


@require_POST
def addendum(request, pk):
    """POST ``/consultations/<id>/addendum/``: dated text after completion.

    What it prompts for is shown once; sent again with the same prompts, it is added as it is.
    """
    consultation = _fetch(request, pk)
    if consultation.is_draft:
        raise Http404
    allow(policies.may_add(request.user, consultation))
    form = forms.AddendumForm(request.POST)
    if not form.is_valid():
        return _record_page(request, consultation, form)
    prompts = prompts_of_addendum(consultation, form)
    if prompts and request.POST.get("looked_at") != seen_of(prompts):
        return _record_page(request, consultation, form, prompts)
    services.addendum(
        request.user,
        consultation,
        form.cleaned_data["text"],
        form.cleaned_data["audience"],
        form.cleaned_data["once"],
    )
    messages.success(request, "Added.")
    return redirect("consultation", pk=pk)


@require_POST
def discard(request, pk):
    """POST ``/consultations/<id>/discard/``: throw a draft away."""
    consultation = _fetch(request, pk)
    try:
        services.discard(request.user, consultation)
        messages.success(request, "Draft discarded.")
    except TransitionNotAllowed as late:
        messages.warning(request, str(late))
        return redirect("consultation", pk=pk)
    return redirect("home")


@require_POST
def done(request, pk):
    """POST ``/actions/<id>/done/``: an agreed action is done."""
    rows = Action.objects.visible_to(request.user).exclude(source_type=MEETING)
    action = get_object_or_404(rows, pk=pk)
    try:
        action_services.done(request.user, action)
        messages.success(request, "Marked done.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    back = request.POST.get("back")
    if back == "school":
        return redirect("school", urn=action.school.urn)
    return redirect("action_list" if back == "actions" else "home")


def readable(request, pk):
    """The consultation for whoever may read its shared version, from either side; else 404."""
    seen = Consultation.objects.select_related("school", "author", "started_by")
    return seen.shared_with(request.user).filter(pk=pk).first() or get_object_or_404(
        seen.visible_to(request.user).exclude(state="draft"), pk=pk
    )


def open_to_reader(user, note):
    """``all_open`` for the team; what a school was given has no gate, and no child's row."""
    return [] if policies.is_on_school_side(user, note.consultation) else all_open(user, note)


@require_GET
def note_pdf(request, pk):
    """The note as its reader reads it, as a tagged PDF; its file name holds nothing personal."""
    consultation = readable(request, pk)
    note = note_for(request.user, consultation)
    pupils = open_to_reader(request.user, note)
    if pupils is None:
        return redirect("consultation_reason", pk=pk)
    looked_with_children(request, consultation, pupils, Look.PDF)
    title = f"Early help consultation, {date_of(consultation.held_at)}"
    html = render_to_string(
        "consultations/pdf/note.html",
        {"note": note, "consultation": consultation, "title": title},
        request=request,
    )
    try:
        data = pdf(html, title=title)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Use this print view instead.")
        return redirect("shared_print", pk=pk)
    services.open_shared(request.user, consultation)
    held_on = timezone.localdate(consultation.held_at)
    return pdf_response(data, f"early-help-consultation-{held_on:%Y-%m-%d}.pdf")


@require_GET
def note_print(request, pk):
    """The note as its reader reads it, on its own, to print from the browser."""
    consultation = readable(request, pk)
    note = note_for(request.user, consultation)
    pupils = open_to_reader(request.user, note)
    if pupils is None:
        return redirect("consultation_reason", pk=pk)
    looked_with_children(request, consultation, pupils, Look.PRINT)
    services.open_shared(request.user, consultation)
    return render(
        request,
        "consultations/print.html",
        {
            "note": note,
            "consultation": consultation,
            "is_team": not policies.is_on_school_side(request.user, consultation),
        },
    )
