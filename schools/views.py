"""The register's list, and the pages that change schools, contacts, geographies and agencies."""

from datetime import datetime, time

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from govuk.paging import page_around
from schools import forms, policies, services
from schools.agencies import directory
from schools.doors import register_readers_only
from schools.models import (
    Agency,
    AgencyContact,
    Hub,
    NursingTeam,
    PanelArea,
    School,
    SchoolContact,
)
from schools.scope import scope_of

PAGE = 50


def _fetch(request, urn):
    """The school, where its register page is open to the viewer; 404 otherwise."""
    schools = School.objects.visible_to(request.user).select_related("hub")
    return get_object_or_404(schools, urn=urn)


def _fetch_contact(request, urn, pk):
    contacts = SchoolContact.objects.visible_to(request.user).select_related("school")
    return get_object_or_404(contacts, school__urn=urn, pk=pk)


def _people(school):
    return f"{school.get_absolute_url()}#people"


# --- schools -------------------------------------------------------------------------------


@require_GET
def school_list(request):
    """``/schools/``: the register by name, 50 at a time; school people see their own."""
    scope = scope_of(request.user)
    if not (scope.opens_register or scope.posts):
        raise Http404
    schools = School.objects.visible_to(request.user).select_related("hub")
    search = forms.RegisterSearchForm(request.GET)
    narrowed = search.narrow(schools) if search.is_valid() else schools.none()
    rows, previous, following = _page(request, narrowed)
    context = {
        "search": search,
        "searched": any(search.cleaned_data.values()),
        "schools": rows,
        "previous": previous,
        "following": following,
        "may_add": policies.may_add_schools(request.user),
        "may_import_contacts": policies.may_import_contacts(request.user),
        "may_import_attendance": policies.may_import_attendance(request.user),
        "may_assign": policies.may_assign_hubs(request.user),
        "nav": "schools",
    }
    return render(request, "schools/list.html", context)


def _page(request, schools):
    """``(schools, URN to go back from, URN to go on from)``; None where there is no such page.

    Pages are told by the school at their edge, so that a deep one costs what the first one does.
    """
    rows, has_previous, has_next = page_around(
        schools,
        ("name", "urn"),
        PAGE,
        after=_edge(request, "after"),
        before=_edge(request, "before"),
    )
    return rows, rows[0].urn if has_previous else None, rows[-1].urn if has_next else None


def _edge(request, name):
    """``(name, URN)`` of the school that ``?after=`` or ``?before=`` names; None for nonsense."""
    urn = request.GET.get(name, "")
    if not urn.isascii() or not urn.isdigit():
        return None
    return School.objects.filter(urn=urn).values_list("name", "urn").first()


@require_http_methods(["GET", "POST"])
def add_school(request):
    """``/schools/add/``: a college or school by hand."""
    register_readers_only(request)
    allow(policies.may_add_schools(request.user))
    form = forms.AddSchoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        school = services.add_school(request.user, **form.cleaned_data)
        messages.success(request, f"{school.name} has been added.")
        return redirect(school)
    return render(request, "schools/add.html", {"form": form, "nav": "schools"})


@require_http_methods(["GET", "POST"])
def change_school(request, urn):
    """``/schools/<urn>/change/``: the local facts."""
    school = _fetch(request, urn)
    allow(policies.may_change_school(request.user, school))
    held = {field: getattr(school, field) for field in services.LOCAL_FACTS}
    form = forms.SchoolFactsForm(
        request.POST or None, initial={**held, "feeders": forms.feeder_lines(school)}
    )
    if request.method == "POST" and form.is_valid():
        services.change_school(request.user, school, **form.cleaned_data)
        messages.success(request, f"{school.name} has been changed.")
        return redirect(school)
    return render(
        request, "schools/change.html", {"form": form, "school": school, "nav": "schools"}
    )


# --- the people at a school ----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def add_contact(request, urn):
    """``/schools/<urn>/contacts/add/``."""
    school = _fetch(request, urn)
    allow(policies.may_edit_contacts(request.user, school))
    form = forms.AddContactForm(
        request.POST or None, shows_note=policies.may_see_contact_notes(request.user)
    )
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        facts["starts_at"] = _start_of(facts.pop("starts_on"))
        contact = _try(form, services.add_contact, request.user, school, **facts)
        if contact:
            messages.success(request, _added(contact))
            return redirect(_people(school))
    return render(
        request, "schools/contact_add.html", {"form": form, "school": school, "nav": "schools"}
    )


@require_http_methods(["GET", "POST"])
def change_contact(request, urn, pk):
    """``/schools/<urn>/contacts/<id>/``: change somebody's post, or end it."""
    contact = _fetch_contact(request, urn, pk)
    school = contact.school
    allow(policies.may_edit_contacts(request.user, school))
    if contact.ends_at and contact.ends_at <= timezone.now():
        messages.warning(request, "This post has already ended.")
        return redirect(_people(school))
    shows_note = policies.may_see_contact_notes(request.user)
    fields = ("name", "roles", "job_title", "email", "phone", "note")
    form = forms.ContactForm(
        request.POST or None,
        initial={field: getattr(contact, field) for field in fields},
        shows_note=shows_note,
    )
    if request.method == "POST" and form.is_valid():
        facts = {"note": contact.note, **form.cleaned_data}
        try:
            changed = _try(form, services.change_contact, request.user, contact, **facts)
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect(_people(school))
        if changed:
            messages.success(request, _changed(contact, changed))
            return redirect(_people(school))
    context = {"form": form, "school": school, "contact": contact, "nav": "schools"}
    return render(request, "schools/contact_change.html", context)


@require_POST
def confirm_contact(request, urn, pk):
    """``/schools/<urn>/contacts/<id>/confirm/``: as a second person."""
    contact = _fetch_contact(request, urn, pk)
    return _act(
        request, contact, services.confirm_contact, f"{contact.name}’s post has been confirmed."
    )


@require_POST
def end_contact(request, urn, pk):
    """``/schools/<urn>/contacts/<id>/end/``: at once."""
    contact = _fetch_contact(request, urn, pk)
    return _act(request, contact, services.end_contact, f"{contact.name}’s post has ended.")


def _act(request, contact, act, done):
    try:
        act(request.user, contact)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    if not School.objects.visible_to(request.user).filter(pk=contact.school_id).exists():
        # Their own post was the one that ended.
        return redirect("/")
    return redirect(_people(contact.school))


@require_http_methods(["GET", "POST"])
def agree_attendees(request, urn):
    """``/schools/<urn>/attendees/``: whom the school wants at its consultations."""
    school = _fetch(request, urn)
    allow(policies.may_agree_attendees(request.user, school))
    contacts = school.contacts.not_ended(timezone.now())
    form = forms.AttendeesForm(
        request.POST or None,
        contacts=contacts,
        initial={
            "contacts": school.agreed_attendees.all(),
            "agreed_on": timezone.localdate(),
        },
    )
    if request.method == "POST" and form.is_valid():
        agreed = form.cleaned_data
        try:
            services.agree_attendees(
                request.user, school, agreed["contacts"], on=agreed["agreed_on"]
            )
        except TransitionNotAllowed as too_late:
            messages.warning(request, str(too_late))
            return redirect("school_attendees", urn)
        messages.success(request, "Who comes to consultations has been saved.")
        return redirect(_people(school))
    context = {"form": form, "school": school, "anybody": contacts.exists(), "nav": "schools"}
    return render(request, "schools/attendees.html", context)


def _try(form, act, *args, **facts):
    """What the act returns; None when it refuses what was typed, which the form then says."""
    try:
        return act(*args, **facts)
    except ValidationError as refused:
        form.add_error(None, refused)
        return None


def _start_of(day):
    """The first instant of the day here; None for no day or today."""
    if day is None or day == timezone.localdate():
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def _added(contact):
    if contact.is_safeguarding and not contact.confirmed_at:
        return f"{contact.name} has been added. A second person now confirms the post."
    return f"{contact.name} has been added."


def _changed(before, after):
    if after.pk != before.pk and after.is_safeguarding:
        return f"{after.name} has been changed. A second person now confirms the post."
    return f"{after.name} has been changed."


# --- geographies ---------------------------------------------------------------------------

PLACES = {
    "hubs": (Hub, forms.HubForm, "hub"),
    "panel-areas": (PanelArea, forms.PanelAreaForm, "panel area"),
    "nursing-teams": (NursingTeam, forms.NursingTeamForm, "school nursing team"),
}


@require_GET
def geographies(request):
    """``/geographies/``: hubs, panel areas and nursing teams, derived from one another never."""
    register_readers_only(request)
    allow(policies.may_edit_geographies(request.user))
    sections = [(kind, what, model.objects.all()) for kind, (model, _, what) in PLACES.items()]
    return render(request, "schools/geographies.html", {"sections": sections})


@require_http_methods(["GET", "POST"])
def add_place(request, kind):
    """``/geographies/<kind>/add/``."""
    model, _, _ = _place_kind(request, kind)
    return _save_place(request, kind, model())


@require_http_methods(["GET", "POST"])
def change_place(request, kind, pk):
    """``/geographies/<kind>/<id>/``."""
    model, _, _ = _place_kind(request, kind)
    return _save_place(request, kind, get_object_or_404(model, pk=pk))


def _place_kind(request, kind):
    register_readers_only(request)
    allow(policies.may_edit_geographies(request.user))
    if kind not in PLACES:
        raise Http404
    return PLACES[kind]


def _save_place(request, kind, place):
    _, form_class, what = PLACES[kind]
    title = f"Change {place}" if place.name else f"Add a {what}"
    form = form_class(request.POST or None, instance=place)
    if request.method == "POST" and form.is_valid():
        services.save_geography(request.user, form.save(commit=False))
        messages.success(request, f"{place} has been saved.")
        return redirect("geographies")
    return render(request, "schools/place.html", {"form": form, "title": title})


# --- partner agencies ----------------------------------------------------------------------


@require_GET
def agencies(request):
    """``/agencies/``: partner agencies and their contacts."""
    register_readers_only(request)
    context = {
        "directory": directory(),
        "may_edit": policies.may_edit_agencies(request.user),
    }
    return render(request, "schools/agencies.html", context)


@require_http_methods(["GET", "POST"])
def add_agency(request):
    """``/agencies/add/``."""
    _agency_editor(request)
    return _save_agency(request, Agency())


@require_http_methods(["GET", "POST"])
def change_agency(request, pk):
    """``/agencies/<id>/``."""
    _agency_editor(request)
    return _save_agency(request, get_object_or_404(Agency, pk=pk))


@require_http_methods(["GET", "POST"])
def add_agency_contact(request, pk):
    """``/agencies/<id>/contacts/add/``."""
    _agency_editor(request)
    return _save_agency_contact(request, AgencyContact(agency=get_object_or_404(Agency, pk=pk)))


@require_http_methods(["GET", "POST"])
def change_agency_contact(request, agency, pk):
    """``/agencies/<id>/contacts/<id>/``."""
    _agency_editor(request)
    return _save_agency_contact(request, _fetch_agency_contact(agency, pk))


@require_POST
def remove_agency_contact(request, agency, pk):
    """``/agencies/<id>/contacts/<id>/remove/``."""
    _agency_editor(request)
    contact = _fetch_agency_contact(agency, pk)
    services.remove_agency_contact(request.user, contact)
    messages.success(request, f"{contact.name} has been removed.")
    return redirect("agencies")


def _agency_editor(request):
    register_readers_only(request)
    allow(policies.may_edit_agencies(request.user))


def _fetch_agency_contact(agency, pk):
    contacts = AgencyContact.objects.select_related("agency")
    return get_object_or_404(contacts, agency=agency, pk=pk)


def _save_agency(request, agency):
    title = f"Change {agency}" if agency.name else "Add an agency"
    form = forms.AgencyForm(request.POST or None, instance=agency)
    if request.method == "POST" and form.is_valid():
        services.save_agency(request.user, form.save(commit=False))
        messages.success(request, f"{agency} has been saved.")
        return redirect("agencies")
    return render(request, "schools/agency.html", {"form": form, "title": title})


def _save_agency_contact(request, contact):
    is_new = contact._state.adding
    title = "Add a contact" if is_new else f"Change {contact}"
    form = forms.AgencyContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        services.save_agency_contact(request.user, form.save(commit=False))
        messages.success(request, f"{contact.name} has been saved.")
        return redirect("agencies")
    context = {"form": form, "title": title, "contact": contact, "is_new": is_new}
    return render(request, "schools/agency_contact.html", context)
