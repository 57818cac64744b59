"""The chronology of a child, and that of a school."""

from functools import wraps
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import allow
from audit.models import Look
from audit.services import look_of, looked, looked_at_all
from consultations.models import Area
from drafts import unsaved
from drafts.asked import ASKED, keep, kept
from govuk.paging import Cursor
from govuk.words import long_date
from overview import chronology_school
from overview.chronology import SOURCES, chronology_of, schools_of
from overview.chronology_entries import MOST, PAGE, Asked, authors_of
from overview.chronology_forms import FilterForm
from overview.chronology_school import Place, school_chronology
from overview.school_facts import basis
from schools.attendance import attendance_of
from schools.children import Door, basis_of, door_of, keeps_record_of
from schools.doors import ask_for_reason, fetch_child
from schools.entitlements import predecessor_ids
from schools.models import Pupil, School
from schools.scope import scope_of

# How many of a child's latest entries stand beside a form.
LATEST = 5


def notes_of_child(view):
    """For a view of ``(request, pupil, …)`` that shows a child's notes (rule 001-58).

    Http404 where there is no such child for the user, the reason page where it is not open yet,
    and PermissionDenied for who sees no more than who the child is.
    """

    @wraps(view)
    def gated(request, pk, **rest):
        pupil, door = fetch_child(request, pk)
        if door is Door.REASON:
            return ask_for_reason(request, pk, then=request.get_full_path())
        allow(door is Door.NOTES)
        return view(request, pupil, **rest)

    return gated


def looked_at_child(request, pupil, thing=None, action=Look.VIEW):
    """Write down that a page of the child is opened, before it is made."""
    basis, reason = basis_of(request.user, pupil)
    looked(request.user, thing or pupil, action, basis=basis, child_id=pupil.pk, reason=reason)


# --- what it is narrowed to -----------------------------------------------------------------


def _filters(request, sources, of, schools=()):
    """The ``FilterForm`` that was sent, or that the address holds."""
    data = request.POST
    if request.method != "POST":
        data = {**request.GET.dict(), "word": kept(request) or ""}
    return FilterForm(data, authors_of(sources, request.user, of), schools)


def _address(request, filters):
    """Where a valid form that was sent leads to; its word is kept, and no address holds it."""
    query, word = filters.address, filters.cleaned_data["word"]
    if word:
        query[ASKED] = keep(request, word)
    return f"{request.path}?{urlencode(query)}#chronology"


def _prints(request):
    """Whether all that the filters keep is asked for on one page."""
    return request.GET.get("print") == "all"


def _context(request, sources, filters, asked, found, where):
    """What ``overview/_chronology.html`` needs; ``where`` is the page of the chronology alone."""
    kinds = [(kind, source.label) for kind, source in sources.items()]
    return {
        "chronology": found,
        "asked": asked,
        "kinds": [("", "Everything"), *kinds],
        "filters": filters,
        "narrowed": _in_words(asked, sources),
        "where": where,
        "is_open": request.GET.get("open") == "all",
        "is_print": _prints(request),
    }


def _in_words(asked: Asked, sources):
    """What is asked for, piece by piece, as paper has to say it."""
    told = (
        (asked.kind, lambda kind: sources[kind].label),
        (asked.significant, lambda _: "Significant only"),
        (asked.since, lambda day: f"From {long_date(day)}"),
        (asked.until, lambda day: f"To {long_date(day)}"),
        (asked.area, lambda area: Area(area).label),
        (asked.school, lambda school: school.name),
        (asked.author, lambda author: f"Recorded by {author.name}"),
        (asked.word, lambda word: f"With the word “{word}”"),
    )
    return [say(value) for value, say in told if value]


# --- a child's ------------------------------------------------------------------------------


@unsaved.searches
@require_http_methods(["GET", "POST"])
@notes_of_child
def chronology(request, pupil):
    """``/pupils/<id>/chronology/``: filtered and in the order that the address says.

    What is sent to it leads to such an address. ``?print=all`` has it on one page.
    """
    filters = filters_of_child(request, pupil)
    if request.method == "POST" and filters.is_valid():
        return redirect(_address(request, filters))
    prints = _prints(request)
    looked_at_child(request, pupil, action=Look.PRINT if prints else Look.VIEW)
    of_it = of_child(request, pupil, filters, size=MOST if prints else PAGE)
    context = {"pupil": pupil, "nav": "find", **of_it}
    return render(request, "overview/chronology.html", context)


def filters_of_child(request, pupil):
    """The ``FilterForm`` of a page of the child's chronology."""
    return _filters(request, SOURCES, pupil, schools_of(request.user, pupil))


def of_child(request, pupil, filters, size=PAGE):
    """What ``overview/_chronology.html`` needs to show a page of the child's chronology.

    What it tells of other children is written down as a look at them.
    """
    asked = filters.asked(SOURCES, Cursor.of(request))
    found = _shown(request, pupil, asked, size)
    where = reverse("chronology", args=[pupil.pk])
    return {
        **_context(request, SOURCES, filters, asked, found, where),
        "made": pupil.made_chronologies.select_related("made_by"),
        "may_make": keeps_record_of(request.user, pupil),
    }


def _shown(request, pupil, asked, size):
    """A page of the chronology that is shown, with a look at each other child it tells of."""
    found = chronology_of(request.user, pupil, asked, size)
    looked_at_all([look for entry in found.entries for look in entry.looks])
    return found


@require_GET
def child_story(request, pk):
    """``/consultations/child-story/<pupil id>/``: the child's latest entries, beside the form.

    Families tell their story once (rule 003-58).
    """
    pupil = get_object_or_404(Pupil.objects.with_school(), pk=pk)
    if door_of(request.user, pupil) is not Door.NOTES:
        raise Http404
    looked_at_child(request, pupil)
    school = pupil.now_at[0].school if pupil.now_at else None
    return render(
        request,
        "overview/_child_story.html",
        {
            "pupil": pupil,
            "chronology": _shown(request, pupil, Asked(), LATEST),
            # A fact to talk about: it fills in nothing, and no level (rule 004-5).
            "attendance": attendance_of([pupil], school).get(pupil.pk) if school else None,
        },
    )


# --- a school's -----------------------------------------------------------------------------


@unsaved.searches
@require_http_methods(["GET", "POST"])
def of_school(request, urn):
    """``/schools/<urn>/chronology/``: for its link workers and managers, as a child's."""
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    if not scope_of(request.user).reaches(school):
        raise Http404
    place = Place(school, [school.pk, *predecessor_ids([school.pk]).get(school.pk, ())])
    sources = chronology_school.SOURCES
    filters = _filters(request, sources, place)
    if request.method == "POST" and filters.is_valid():
        return redirect(_address(request, filters))
    prints, asked = _prints(request), filters.asked(sources, Cursor.of(request))
    found, looks = school_chronology(request.user, place, asked, MOST if prints else PAGE)
    own = look_of(
        request.user,
        school,
        Look.PRINT if prints else Look.LIST,
        basis=basis(request.user, school),
        school_id=school.pk,
    )
    looked_at_all([own, *looks])
    context = _context(request, sources, filters, asked, found, request.path)
    context |= {"school": school, "nav": "schools"}
    return render(request, "overview/chronology_school.html", context)
