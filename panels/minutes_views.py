"""The agenda and the minutes of a meeting: written by one person, read once they are final."""

import uuid
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from consultations.children import as_uuid, may_all_be_opened
from consultations.hand_over_forms import HandOverForm
from drafts import services as drafts
from drafts import unsaved
from drafts import views as drafts_views
from drafts.errors import StaleDraft
from drafts.models import Draft
from drafts.views import opened_by_another, somebody_else, version_of
from govuk.forms import posted
from govuk.words import clock
from interventions.acting import do, unless_late
from panels import minutes_checks, minutes_forms, minutes_page, policies
from panels.copies import Minutes
from panels.meeting_page import when_text
from panels.meeting_views import fetch, page, too_late
from panels.models import MeetingState
from panels.services import minutes as services
from panels.services import readers
from schools.doors import ask_for_reason

# Where the buttons of an item lead once it is written; those that move it lead back to it.
PAGES = {"check": "minutes_check", "here": "minutes_here", "add": "minutes_item_add"}
PAGES_OF_ITEM = {"name": "minutes_item_name", "remove": "minutes_item_remove"}
MOVES = {"up": -1, "down": 1}
ITEM_GONE = "This item has been removed from the agenda."
CLOSED = "This speaks of a child who is closed to you. Hand the minutes over to somebody else."
UNOPENED = "This speaks of a child for whom you give a reason first. Save to be asked for it."
ACTION_GONE = "This action has been removed from the minutes."
# How the names of the boxes of a new action begin.
NEW = "new"


def _fetch_to_read(request, pk):
    """A meeting whose draft minutes are the user's to read; PermissionDenied for other readers."""
    meeting = fetch(request, pk)
    allow(policies.reads_draft_minutes(request.user, meeting))
    return meeting


def _fetch_to_write(request, pk):
    """A meeting whose minutes the user takes; PermissionDenied for who only reads them."""
    meeting = fetch(request, pk)
    allow(policies.writes_minutes(request.user, meeting))
    return meeting


def _is_open(meeting):
    return meeting.state not in (MeetingState.FINALISED, MeetingState.CANCELLED)


# --- begun and read -------------------------------------------------------------------------------


@require_GET
def minutes(request, pk):
    """``/meetings/<id>/minutes/``: written by who takes them; read by the others once final."""
    meeting = fetch(request, pk)
    version = meeting.versions.first()
    if _is_open(meeting) and policies.writes_minutes(request.user, meeting):
        return _go_on(request, meeting)
    if _is_open(meeting) and policies.may_run(request.user, meeting):
        return _draft_page(request, meeting, version)
    allow(version is not None)
    return _version_page(request, meeting, version)


def _go_on(request, meeting):
    """To the first item in which nothing is written; before there are any, to the beginning."""
    items = list(meeting.items.all())
    if not items:
        return page(request, "minutes/begin", meeting, when=when_text(meeting))
    closed = minutes_page.closed_items(request.user, meeting)
    theirs = [item for item in items if item.pk not in closed] or items
    empty = (item for item in theirs if not (item.discussion or item.decision))
    return redirect("minutes_item", meeting.pk, next(empty, theirs[0]).pk)


def _draft_page(request, meeting, version):
    """What is written so far, for managers and the organiser where somebody else writes."""
    reading = minutes_page.as_they_stand(request.user, meeting)
    return page(
        request,
        "minutes/draft",
        meeting,
        reading=reading,
        copy=reading.copy,
        when=when_text(meeting),
        version=version,
        has_agenda=meeting.items.exists(),
        hand_overs=meeting.minutes_hand_overs.select_related("former", "to", "handed_over_by"),
    )


@require_GET
def version(request, pk, number):
    """``/meetings/<id>/minutes/<number>/``: a version of the minutes that was final."""
    meeting = fetch(request, pk)
    return _version_page(request, meeting, get_object_or_404(meeting.versions, number=number))


def _version_page(request, meeting, version, name="minutes/final", action=Look.VIEW):
    version.meeting = meeting
    reading = minutes_page.as_final(request.user, version, action)
    readers.noted(request.user, version)
    return page(
        request,
        name,
        meeting,
        version=version,
        versions=list(meeting.versions.select_related("finalised_by")),
        reading=reading,
        copy=reading.copy,
        is_corrected=_is_open(meeting),
        may_write=policies.writes_minutes(request.user, meeting),
        may_run=policies.reads_draft_minutes(request.user, meeting),
    )


@require_GET
def print_version(request, pk, number):
    """``/meetings/<id>/minutes/<number>/print/``: the whole of a version, for paper."""
    meeting = fetch(request, pk)
    found = get_object_or_404(meeting.versions, number=number)
    return _version_page(request, meeting, found, "minutes/print", Look.PRINT)


@require_POST
def begin(request, pk):
    """POST ``/meetings/<id>/minutes/begin/``: the agenda, with what comes from the last meeting."""
    meeting = _fetch_to_read(request, pk)
    return do(
        request,
        None,
        lambda: services.begin_agenda(request.user, meeting),
        "The agenda is begun. Change it as you like.",
        reverse("minutes", args=[pk]),
    )


# --- an item --------------------------------------------------------------------------------------


def _unless_handed_over(view):
    """For a view of what is typed in the minutes: nobody loses words who takes them no more."""

    @wraps(view)
    def asked(request, pk, **rest):
        if request.method == "POST" and (meeting := _handed_over(request, pk)):
            return _given_away(request, meeting)
        return view(request, pk, **rest)

    return asked


def _handed_over(request, pk):
    """The meeting whose minutes the user took until somebody else did; None of any other."""
    meeting = fetch(request, pk)
    is_former = meeting.minutes_hand_overs.filter(former=request.user).exists()
    return meeting if is_former and meeting.minuted_by_id != request.user.pk else None


def _given_away(request, meeting):
    """Who took the minutes typed on: 409, and what they typed stays theirs to copy."""
    if request.headers.get("X-Autosave"):
        return drafts_views.handed_over(Draft(user=meeting.minuted_by))
    said = f"The minutes have been handed over to {meeting.minuted_by.name}."
    return too_late(request, said, reverse("meeting", args=[meeting.pk]))


def _of_item(view):
    """For a view of ``(request, meeting, item)``, for who takes the minutes.

    It says so of an item that has been removed; one that speaks of a child who is closed to them
    waits for a reason (rule 001-58), and is nobody's to write who may give none.
    """

    @wraps(view)
    def gated(request, pk, item):
        meeting = _fetch_to_write(request, pk)
        found = meeting.items.filter(pk=item).first()
        if found is None:
            return _not_there(request, ITEM_GONE, reverse("minutes", args=[pk]))
        found.meeting = meeting
        closed = minutes_page.closed_items(request.user, meeting).get(found.pk)
        return _shut(request, meeting, closed) if closed else view(request, meeting, found)

    return gated


def _shut(request, meeting, closed):
    """To the page that asks for the reason, for who may give one for each of these children."""
    if not may_all_be_opened(request.user, closed):
        return _not_there(request, CLOSED, reverse("minutes_hand_over", args=[meeting.pk]))
    if request.headers.get("X-Autosave"):
        return JsonResponse({"message": UNOPENED}, status=404)
    return ask_for_reason(request, min(closed))


def _not_there(request, why, there):
    """What was typed in an item that is not theirs to write any more stays its writer's to copy."""
    if request.headers.get("X-Autosave"):
        return JsonResponse({"message": why}, status=404)
    return too_late(request, why, there)


@require_http_methods(["GET", "POST"])
@_unless_handed_over
@_of_item
def item(request, meeting, item):
    """``/meetings/<id>/minutes/items/<id>/``: typed in the meeting; autosaved to the same address.

    The button says what comes next: another item, an action, who is here, the checks.
    """
    if request.method == "POST":
        return _typed(request, meeting, item)
    if not _is_open(meeting):
        return redirect("minutes", meeting.pk)
    draft = Draft.objects.filter(form=services.FORM, target_id=item.pk).first()
    there = draft or services.as_draft(item)
    minutes_page.look_at(request.user, Minutes(meeting))
    return _item_page(request, meeting, item, draft, there.data)


def _typed(request, meeting, item):
    """Keep what was typed first, then do what the button says."""
    autosave = request.headers.get("X-Autosave")
    if opened_by_another(request):
        return somebody_else() if autosave else render(request, "409.html", status=409)
    data = drafts.typed(request.POST)
    try:
        draft = services.keep(request.user, item, data, version_of(request))
    except StaleDraft as stale:
        if services.is_same(data, stale.draft.data):
            # Sent twice: what it says stands already.
            draft = stale.draft
        elif autosave:
            return drafts_views.stale(stale)
        else:
            return _changed_elsewhere(request, meeting, item, stale.draft)
    except TransitionNotAllowed as late:
        if autosave:
            return JsonResponse({"message": str(late)}, status=404)
        return _came_late(request, meeting, item, data, late)
    if autosave:
        saved = {"version": draft.version, "saved": clock(draft.saved_at)}
        return JsonResponse({**saved, "draft_url": request.path})
    return _written(request, meeting, item, draft, data)


def _came_late(request, meeting, item, data, late):
    """The minutes became final meanwhile: what was typed is kept for its writer."""
    messages.info(request, str(late))
    stands = services.is_same(data, services.typed_of(item))
    if stands and not _is_typed(data, "what", "due_on"):
        return redirect("minutes", meeting.pk)
    return redirect("unsaved_form", unsaved.keep(request).pk)


def _changed_elsewhere(request, meeting, item, there):
    messages.warning(
        request,
        f"This item was changed in another tab or window at {clock(there.saved_at)}. "
        "What you typed is still on this page. Save it to keep it instead.",
    )
    data = drafts.typed(request.POST)
    return _item_page(request, meeting, item, there, data, status=409)


def _written(request, meeting, item, draft, data):
    form = minutes_forms.ItemForm(meeting, _one_form(data))
    if not form.is_valid():
        return _item_page(request, meeting, item, draft, data, form=form)
    action = minutes_forms.ActionForm(meeting, _one_form(data), prefix=NEW)
    is_action = "add_action" in request.POST or _is_typed(data, "what", "due_on")
    if is_action and not action.is_valid():
        return _item_page(request, meeting, item, draft, data, form=form, action=action)
    try:
        services.write_item(request.user, item, form.said, version=draft.version)
        if is_action:
            what, told = action.agreed
            pk = as_uuid(request.POST.get("action_id", ""))
            services.add_action(request.user, item, what, pk=pk, **told)
    except ValidationError as refused:
        form.refuse(refused)
        return _item_page(request, meeting, item, draft, data, form=form)
    return redirect(_onwards(request, meeting, item, is_action))


def _is_typed(data, *names):
    """Whether one of these boxes of the new action has words in it."""
    return any(value.strip() for name in names for value in data.get(f"{NEW}-{name}", []))


def _one_form(data):
    """``{name: [values]}`` as a form takes what was posted."""
    made = QueryDict(mutable=True)
    for name, values in data.items():
        made.setlist(name, values)
    return made


def _onwards(request, meeting, item, is_action):
    then = request.POST.get("then", "")
    if then in PAGES:
        return reverse(PAGES[then], args=[meeting.pk])
    if then in PAGES_OF_ITEM:
        return reverse(PAGES_OF_ITEM[then], args=[meeting.pk, item.pk])
    if then in MOVES:
        services.move_item(request.user, item, MOVES[then])
    other = as_uuid(then)
    if other and meeting.items.filter(pk=other).exists():
        return reverse("minutes_item", args=[meeting.pk, other])
    there = reverse("minutes_item", args=[meeting.pk, item.pk])
    return f"{there}#id_{NEW}-what" if is_action else there


def _item_page(request, meeting, item, draft, data, *, form=None, action=None, status=200):
    made = Minutes(meeting)
    being_typed = Draft.objects.filter(
        form=services.FORM, target_id__in=[one.pk for one in made.items]
    )
    typing = set(being_typed.values_list("target_id", flat=True)) - {item.pk}
    closed = minutes_page.closed_items(request.user, meeting).keys() - {item.pk}
    lines = minutes_page.agenda_of(made, typing, closed)
    here = next(n for n, line in enumerate(lines) if line.item.pk == item.pk)
    initial = {
        name: values if name in ("agencies", "schools") else values[-1]
        for name, values in data.items()
        if values
    }
    new = {
        name.removeprefix(f"{NEW}-"): value
        for name, value in initial.items()
        if name.startswith(f"{NEW}-")
    }
    present, apologies = minutes_page.here_of(made)
    version = draft.version if draft else item.version
    return page(
        request,
        "minutes/item",
        meeting,
        status=status,
        item=lines[here].item,
        line=lines[here],
        lines=lines,
        before=lines[here - 1] if here else None,
        after=lines[here + 1] if here + 1 < len(lines) else None,
        form=form or minutes_forms.ItemForm(meeting, initial=initial),
        action=action or minutes_forms.ActionForm(meeting, initial=new, prefix=NEW),
        action_id=uuid.uuid4(),
        actions=minutes_page.actions_of(made, item, made.closed_to(request.user)),
        speakers=minutes_page.speakers_of(made),
        references=minutes_page.references_of(made),
        held_back=minutes_page.held_back(made, lines[here].item),
        may_run=policies.may_run(request.user, meeting),
        present=present,
        apologies=apologies,
        version=version,
        saved=minutes_page.saved_text(draft, item),
        when=when_text(meeting),
        number_of_version=meeting.versions.count() + 1,
    )


@require_http_methods(["GET", "POST"])
@_unless_handed_over
def add_item(request, pk):
    """``/meetings/<id>/minutes/items/add/``: what else is talked about."""
    meeting = _fetch_to_write(request, pk)
    form = minutes_forms.TitleForm(posted(request))
    made_with = as_uuid(request.POST.get("id", "")) or uuid.uuid4()
    return _title(
        request,
        meeting,
        form,
        lambda: services.add_item(request.user, meeting, form.cleaned_data["title"], pk=made_with),
        "The item is on the agenda.",
        "Add an item",
        made_with=made_with,
    )


@require_http_methods(["GET", "POST"])
@_unless_handed_over
@_of_item
def rename_item(request, meeting, item):
    """``/meetings/<id>/minutes/items/<id>/name/``: what the item is called."""
    form = minutes_forms.TitleForm(posted(request), initial={"title": item.title})
    return _title(
        request,
        meeting,
        form,
        lambda: services.rename_item(request.user, item, form.cleaned_data["title"]),
        "The item has been renamed.",
        "Rename this item",
        record=item,
    )


def _title(request, meeting, form, act, said, title, record=None, **context):
    back = reverse("minutes", args=[meeting.pk])
    onwards = unless_late(request, form, record or meeting, back)

    def there(made):
        return reverse("minutes_item", args=[meeting.pk, made.pk]) if made else onwards(made)

    return do(request, form, act, said, there) or page(
        request, "minutes/form", meeting, form=form, title=title, back=back, **context
    )


@require_http_methods(["GET", "POST"])
@_of_item
def remove_item(request, meeting, item):
    """``/meetings/<id>/minutes/items/<id>/remove/``: asked first, since its text goes with it."""
    if request.method == "POST":
        return do(
            request,
            None,
            lambda: services.remove_item(request.user, item),
            "The item is off the agenda.",
            reverse("minutes", args=[meeting.pk]),
        )
    return page(request, "minutes/remove_item", meeting, item=item)


@require_POST
@_of_item
def write_initials(request, meeting, item):
    """POST ``/meetings/<id>/minutes/items/<id>/initials/``: for the names of its children."""
    return do(
        request,
        None,
        lambda: services.write_initials(request.user, item),
        "Initials and reference stand in place of the name.",
        reverse("minutes_check", args=[meeting.pk]),
    )


# --- its actions ----------------------------------------------------------------------------------


def _of_action(view):
    """For a view of ``(request, meeting, action)`` of its minutes; otherwise as ``_of_item``."""

    @wraps(view)
    def gated(request, pk, action):
        meeting = _fetch_to_write(request, pk)
        row = meeting.minuted_actions.filter(pk=action).first()
        if row is None:
            return too_late(request, ACTION_GONE, reverse("minutes", args=[pk]))
        row.meeting = meeting
        closed = minutes_page.closed_in_action(request.user, row)
        return _shut(request, meeting, closed) if closed else view(request, meeting, row)

    return gated


def _item_of(meeting, row):
    if row.item_id is None:
        return reverse("minutes", args=[meeting.pk])
    return reverse("minutes_item", args=[meeting.pk, row.item_id])


@require_http_methods(["GET", "POST"])
@_unless_handed_over
@_of_action
def change_action(request, meeting, row):
    """``/meetings/<id>/minutes/actions/<id>/``: what, who, by when and about whom."""
    now = {
        "what": row.what,
        "owner": str(row.agency_id or row.person_id or ""),
        "due_on": row.due_on,
        "child": str(row.child_id or ""),
    }
    form = minutes_forms.ActionForm(meeting, posted(request), initial=now)
    form.fields["what"].label = "Action"
    there = _item_of(meeting, row)

    def act():
        what, told = form.agreed
        return services.change_action(request.user, row, what, **told)

    onwards = unless_late(request, form, row, there)
    done = do(request, form, act, "The action has been changed.", onwards)
    return done or page(
        request,
        "minutes/action",
        meeting,
        form=form,
        title="Change the action",
        back=there,
        row=row,
    )


@require_POST
@_of_action
def remove_action(request, meeting, row):
    """POST ``/meetings/<id>/minutes/actions/<id>/remove/``."""
    return do(
        request,
        None,
        lambda: services.remove_action(request.user, row),
        "The action has been removed.",
        _item_of(meeting, row),
    )


# --- who is here ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def here(request, pk):
    """``/meetings/<id>/minutes/here/``: who is here, and accepted the terms.

    What is ticked is saved on the way to somebody who came without an invitation.
    """
    meeting = _fetch_to_write(request, pk)
    form = minutes_forms.HereForm(meeting, posted(request), initial=minutes_forms.here_now(meeting))
    back = reverse("minutes", args=[pk])

    def act():
        found = form.cleaned_data
        present, accepted = map(as_uuids, (found["present"], found["accepted"]))
        return services.note_present(request.user, meeting, present=present, accepted=accepted)

    there = reverse("minutes_guest", args=[pk]) if request.POST.get("then") == "guest" else back
    done = do(request, form, act, "Who is here has been saved.", there)
    return done or page(request, "minutes/here", meeting, form=form, back=back)


def as_uuids(texts):
    return [uuid.UUID(text) for text in texts]


@require_http_methods(["GET", "POST"])
@_unless_handed_over
def guest(request, pk):
    """``/meetings/<id>/minutes/here/add/``: somebody who came without an invitation."""
    meeting = _fetch_to_write(request, pk)
    form = minutes_forms.GuestForm(meeting, posted(request))
    back = reverse("minutes_here", args=[pk])

    def act():
        return form.note(request.user, meeting)

    onwards = unless_late(request, form, meeting, back)
    done = do(request, form, act, "They are noted as here.", onwards)
    return done or page(
        request,
        "minutes/form",
        meeting,
        form=form,
        title="Somebody who came without an invitation",
        button="Note as here",
        back=back,
    )


# --- final, corrected, handed over ----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@_unless_handed_over
def check(request, pk):
    """``/meetings/<id>/minutes/check/``: what stands in the way, then read only (rule 000-14)."""
    meeting = _fetch_to_write(request, pk)
    if request.method == "GET" and not _is_open(meeting):
        messages.info(request, services.FINAL)
        return redirect("minutes", pk)
    if closed := minutes_page.closed_items(request.user, meeting):
        return _shut(request, meeting, set().union(*closed.values()))
    made = Minutes(meeting)
    minutes_page.look_at(request.user, made)
    seen = services.seen_of(made)
    checks = minutes_checks.checks_of(made)
    form = minutes_forms.FinalForm(
        posted(request),
        initial={"seen": seen},
        has_actions=minutes_checks.has_open_actions(made),
        is_correction=meeting.versions.exists(),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.finalise(request.user, meeting, **form.cleaned_data)
        except ValidationError as refused:
            form.refuse(refused)
        except TransitionNotAllowed as late:
            if not _is_open(meeting):
                messages.info(request, str(late))
                there = reverse("minutes", args=[pk])
                record = meeting.versions.first() or meeting
                return redirect(unless_late(request, form, record, there)(None))
            form.add_error(None, str(late))
            form.show_again(seen)
            status = 409
        else:
            messages.success(request, "The minutes are final. Send each reader their copy now.")
            return redirect("minutes", pk)
    return page(
        request,
        "minutes/check",
        meeting,
        status=status,
        form=form,
        blocking=[one for one in checks if one.is_blocking],
        warnings=[one for one in checks if not one.is_blocking],
        when=when_text(meeting),
    )


@require_POST
def correct(request, pk):
    """POST ``/meetings/<id>/minutes/correct/``: final minutes are opened for their next version."""
    meeting = _fetch_to_write(request, pk)
    return do(
        request,
        None,
        lambda: services.correct(request.user, meeting),
        "Correct what is wrong, then make the next version final. Until then everybody reads this "
        "one.",
        reverse("minutes", args=[pk]),
    )


@require_POST
def cancel_correction(request, pk):
    """POST ``/meetings/<id>/minutes/correct/cancel/``: one that was opened by mistake."""
    meeting = _fetch_to_write(request, pk)
    return do(
        request,
        None,
        lambda: services.cancel_correction(request.user, meeting),
        "The correction is cancelled. The minutes stand as they were.",
        reverse("minutes", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
def hand_over(request, pk):
    """``/meetings/<id>/minutes/hand-over/``: who takes the minutes from here on, and why."""
    meeting = _fetch_to_read(request, pk)
    people = policies.minute_takers_for(meeting).exclude(pk=meeting.minuted_by_id)
    form = HandOverForm(posted(request), people=people)
    form.fields["to"].label = "Who takes the minutes from here on"
    form.fields["reason"].help_text = "It is kept with the minutes. Name no child."
    back = reverse("minutes", args=[pk])

    def act():
        found = form.cleaned_data
        return services.hand_over(request.user, meeting, found["to"], found["reason"])

    onwards = unless_late(request, form, meeting, back)
    done = do(request, form, act, "The minutes have been handed over.", onwards)
    return done or page(
        request,
        "minutes/form",
        meeting,
        form=form,
        title="Hand over the minutes",
        button="Hand over",
        back=back,
    )
