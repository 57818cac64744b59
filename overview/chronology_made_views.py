"""A chronology for a school's referral: chosen, written, finished, printed."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from audit.models import Look
from consultations import policies
from consultations.models import MadeChronology
from consultations.services import chronologies as services
from documents.pdf import PdfFailed, PdfUnavailable, pdf
from documents.responses import pdf_response
from drafts.views import version_of
from govuk.forms import Form, posted
from overview.chronology_ages import age_at
from overview.chronology_forms import ChooseForm, LineFormSet, MadeForm, lines_initial
from overview.chronology_made import TITLE, lines_of, others_named, rows_of, to_choose_from
from overview.chronology_views import looked_at_child, notes_of_child
from schools.children import may_change_child

STALE = (
    "This draft was saved in another window since you opened this page. Check what is there now in"
    " another tab, then save again to keep what is typed here"
)

CHANGED = (
    "This draft was saved in another window after you opened this page. Read it again, then finish"
    " it."
)


class CheckedForm(Form):
    """That the names near this child were looked for in the words of a chronology."""

    checked = forms.BooleanField(
        label="I have checked: these words name no other child",
        error_messages={
            "required": "Confirm that no other child is named, or go back to the draft"
        },
    )


@require_http_methods(["GET", "POST"])
@notes_of_child
def new(request, pupil):
    """``/pupils/<id>/chronology/new/``: choose the entries it begins with."""
    allow(may_change_child(request.user, pupil))
    entries = to_choose_from(request.user, pupil)
    begin = {"title": TITLE, "chosen": [entry.key for entry in entries if entry.is_significant]}
    form = ChooseForm(request.POST or None, initial=begin, entries=entries)
    if request.method == "POST" and form.is_valid():
        lines = lines_of(form.chosen_entries)
        try:
            made = services.start_chronology(request.user, pupil, form.cleaned_data["title"], lines)
        except ValidationError as refused:
            form.add_error("chosen", refused)
        else:
            return redirect("chronology_made", pupil.pk, made.pk)
    looked_at_child(request, pupil)
    rows = [(entry, ticked, age_at(pupil, entry.day)) for entry, ticked in form.rows]
    context = {"pupil": pupil, "form": form, "rows": rows, "nav": "find"}
    return render(request, "overview/chronology_new.html", context)


@require_http_methods(["GET", "POST"])
@notes_of_child
def made(request, pupil, made):
    """``/pupils/<id>/chronology/<id>/``: its maker writes in a draft; everybody else reads."""
    made = _fetch(pupil, made)
    if not _may_write(request, made):
        allow(request.method == "GET")
        looked_at_child(request, pupil, made)
        return _read(request, pupil, made)
    form = MadeForm(
        request.POST or None,
        initial={"title": made.title, "analysis": made.analysis, "version": made.version},
    )
    rows = LineFormSet(request.POST or None, initial=lines_initial(made.lines), prefix="lines")
    status = 200
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            return _kept(request, pupil, made, form, rows)
        except services.StaleChronology:
            form.add_error(None, STALE)
            status = 409
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
            return redirect("chronology_made", pupil.pk, made.pk)
    looked_at_child(request, pupil, made)
    context = {
        "pupil": pupil,
        "made": made,
        "form": form,
        "rows": rows,
        "version": made.version if status == 409 else form["version"].value(),
        "others": others_named(pupil, made),
        "nav": "find",
    }
    return render(request, "overview/chronology_made_edit.html", context, status=status)


def _kept(request, pupil, made, form, rows):
    lines = [row.line for row in rows if row.cleaned_data and not row.cleaned_data["DELETE"]]
    told = form.cleaned_data
    made = services.save_chronology(
        request.user,
        made,
        told["version"],
        title=told["title"],
        analysis=told["analysis"],
        lines=lines,
    )
    messages.success(request, "Draft saved.")
    if "finish" in request.POST:
        return redirect("chronology_finish", pupil.pk, made.pk)
    return redirect("chronology_made", pupil.pk, made.pk)


@require_http_methods(["GET", "POST"])
@notes_of_child
def finish(request, pupil, made):
    """``/pupils/<id>/chronology/<id>/finish/``: read it once more, then lock it."""
    made = _fetch(pupil, made)
    allow(made.made_by_id == request.user.pk and may_change_child(request.user, pupil))
    allow(policies.may_read_all(request.user, made))
    others = others_named(pupil, made)
    form = CheckedForm(posted(request)) if others else None
    status = 200
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            services.finish_chronology(request.user, made, version_of(request))
            messages.success(request, "The chronology is finished. Nobody has been sent it.")
        except services.StaleChronology:
            messages.warning(request, CHANGED)
            status = 409
        except ValidationError as refused:
            messages.warning(request, refused.messages[0])
        except TransitionNotAllowed as late:
            messages.info(request, str(late))
        if status == 200:
            return redirect("chronology_made", pupil.pk, made.pk)
    looked_at_child(request, pupil, made)
    return _read(
        request,
        pupil,
        made,
        others=others,
        is_finishing=True,
        form=form,
        status=status,
    )


@require_POST
@notes_of_child
def discard(request, pupil, made):
    """POST ``/pupils/<id>/chronology/<id>/discard/``: a draft is thrown away."""
    try:
        services.discard_chronology(request.user, _fetch(pupil, made))
        messages.success(request, "The draft has been discarded.")
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    return redirect("chronology", pupil.pk)


@require_GET
@notes_of_child
def made_pdf(request, pupil, made):
    """``/pupils/<id>/chronology/<id>/pdf/``: a finished one, to hand to the school."""
    made = _fetch(pupil, made)
    allow(policies.may_read_all(request.user, made))
    if made.is_draft:
        messages.info(request, "Finish the chronology first.")
        return redirect("chronology_made", pupil.pk, made.pk)
    looked_at_child(request, pupil, made, Look.PDF)
    html = render_to_string(
        "overview/pdf/chronology.html", _shown(request, pupil, made), request=request
    )
    try:
        data = pdf(html, title=TITLE)
    except (PdfFailed, PdfUnavailable):
        messages.warning(request, "The PDF could not be made. Print this page instead.")
        return redirect("chronology_made", pupil.pk, made.pk)
    day = timezone.localdate(made.finished_at)
    return pdf_response(data, f"chronology-{day:%Y-%m-%d}.pdf")


def _fetch(pupil, pk):
    return get_object_or_404(MadeChronology.objects.select_related("made_by"), pupil=pupil, pk=pk)


def _may_write(request, made):
    return (
        made.is_draft
        and made.made_by_id == request.user.pk
        and may_change_child(request.user, made.pupil)
        and policies.may_read_all(request.user, made)
    )


def _shown(request, pupil, made):
    rows = [
        (when, age_at(pupil, day) if day else "", line)
        for when, day, line in rows_of(request.user, made)
    ]
    is_whole = policies.may_read_all(request.user, made)
    return {"pupil": pupil, "made": made, "rows": rows, "is_whole": is_whole}


def _read(request, pupil, made, *, status=200, **more):
    context = {**_shown(request, pupil, made), "nav": "find", **more}
    return render(request, "overview/chronology_made.html", context, status=status)
