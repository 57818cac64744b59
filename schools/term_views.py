"""The council's terms, and the terms and INSET days that a school sets itself."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import TransitionNotAllowed, allow
from govuk.words import listed, long_date, lower_first
from schools import policies, services
from schools.doors import register_readers_only
from schools.models import InsetDay, School, Term
from schools.services.terms import GONE
from schools.term_forms import InsetDayForm, TermForm
from schools.years import TermName, school_year_of, year_text


@dataclass(frozen=True)
class Year:
    """A school year of a list: the terms that have been entered, and which are ``missing``."""

    school_year: int
    terms: list

    def __str__(self):
        return year_text(self.school_year)

    @property
    def missing(self):
        """``the spring and summer terms``; empty when all three are there."""
        held = {term.name for term in self.terms}
        names = [lower_first(name.label) for name in TermName if name not in held]
        return f"the {listed(names)} term{'s' if len(names) > 1 else ''}" if names else ""


def years_of(terms):
    """The ``Year`` list of these terms and of the current year, the latest first."""
    found = defaultdict(list, {school_year_of(timezone.localdate()): []})
    for term in terms:
        found[term.school_year].append(term)
    return [Year(year, found[year]) for year in sorted(found, reverse=True)]


# --- the council's calendar -----------------------------------------------------------------


@require_GET
def terms(request):
    """``/terms/``: the council's terms by school year."""
    _council_editor(request)
    years = years_of(Term.objects.filter(school=None))
    return render(request, "schools/terms.html", {"years": years, "nav": "geographies"})


@require_http_methods(["GET", "POST"])
def add_term(request):
    """``/terms/add/``."""
    _council_editor(request)
    return _save(request, Term(), "Add a term")


@require_http_methods(["GET", "POST"])
def change_term(request, pk):
    """``/terms/<id>/``: of the council or of a school."""
    term = _fetch_term(request, pk)
    return _save(request, term, f"Change the {lower_first(str(term))}")


@require_POST
def remove_term(request, pk):
    """``/terms/<id>/remove/``."""
    term = _fetch_term(request, pk)
    try:
        services.remove_term(request.user, term)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, f"The {lower_first(str(term))} has been removed.")
    return redirect(_list_of(term.school))


def _council_editor(request):
    register_readers_only(request)
    allow(policies.may_edit_terms(request.user, None))


def _fetch_term(request, pk):
    """The term, where its calendar is the viewer's to change."""
    term = get_object_or_404(Term.objects.select_related("school"), pk=pk)
    if term.school is None:
        _council_editor(request)
    else:
        _fetch_school(request, term.school.urn)
    return term


def _save(request, term, title):
    fields = list(TermForm.base_fields)
    if request.method == "GET" and term._state.adding:
        form = TermForm(initial=_asked(request))
    else:
        initial = {} if term._state.adding else {name: getattr(term, name) for name in fields}
        form = TermForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        for name in fields:
            setattr(term, name, form.cleaned_data[name])
        try:
            services.save_term(request.user, term)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"The {lower_first(str(term))} has been saved.")
            return redirect(_list_of(term.school))
    context = {
        "form": form,
        "title": title,
        "term": term,
        "is_new": term._state.adding,
        "school": term.school,
        "back": _list_of(term.school),
        "nav": "schools" if term.school else "geographies",
    }
    return render(request, "schools/term.html", context)


def _asked(request):
    """The year and term that the link named, to begin with."""
    year, name = request.GET.get("year", ""), request.GET.get("term", "")
    found = {"name": name} if name in TermName else {}
    if len(year) == 4 and year.isascii() and year.isdigit():
        found["school_year"] = int(year)
    return found


def _list_of(school):
    return reverse("school_terms", args=[school.urn]) if school else reverse("terms")


# --- a school's own -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def school_terms(request, urn):
    """``/schools/<urn>/terms/``: what holds at the school; posting adds an INSET day."""
    school = _fetch_school(request, urn)
    form = InsetDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            inset_day = services.add_inset_day(request.user, school, form.cleaned_data["day"])
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{long_date(inset_day.day)} is an INSET day.")
            return redirect("school_terms", urn)
    own = {(term.school_year, term.name): term for term in school.own_terms.all()}
    council = {(term.school_year, term.name): term for term in Term.objects.filter(school=None)}
    in_force = sorted((council | own).values(), key=lambda term: term.starts_on)
    context = {
        "form": form,
        "school": school,
        "years": years_of(in_force),
        "inset_days": school.inset_days.order_by("-day"),
        "nav": "schools",
    }
    return render(request, "schools/school_terms.html", context)


@require_http_methods(["GET", "POST"])
def add_school_term(request, urn):
    """``/schools/<urn>/terms/add/``: in place of the council's."""
    school = _fetch_school(request, urn)
    return _save(request, Term(school=school), "Add a term of this school’s own")


@require_POST
def remove_inset_day(request, urn, pk):
    """``/schools/<urn>/inset-days/<id>/remove/``."""
    school = _fetch_school(request, urn)
    inset_day = InsetDay.objects.select_related("school").filter(school=school, pk=pk).first()
    try:
        if inset_day is None:
            raise TransitionNotAllowed(GONE)
        services.remove_inset_day(request.user, inset_day)
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, f"{long_date(inset_day.day)} is no INSET day any more.")
    return redirect("school_terms", urn)


def _fetch_school(request, urn):
    """The school, where its terms are the viewer's to change."""
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    allow(policies.may_edit_terms(request.user, school))
    return school
