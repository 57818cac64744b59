"""Themes and trends, for the managers who decide what is done about them (rule 001-93)."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.errors import allow
from audit.models import Look
from audit.services import looked
from consultations.models import Theme
from consultations.policies import may_keep_themes
from documents.responses import csv_response
from interventions.small_numbers import FEW
from overview import policies, themes
from panels.models import Meeting, MeetingKind
from panels.policies import kinds_to_call, schools_for
from schools.doors import council_only
from schools.scope import scope_of

HEADER = ("Term", "Key area or theme", "Name", "County area", "Children")
ALL_AREAS = "All areas"
# A meeting is proposed for what was met in so many terms, the one under way among them.
LATELY = 2


@require_GET
def themes_page(request):
    """``/themes/?term=``: the key areas and themes of one term beside the term before."""
    _managers_only(request)
    terms = themes.spans(timezone.localdate(), themes.TERMS + 1)
    span = _asked_for(request, terms[:-1])
    before = terms[terms.index(span) + 1]
    found = themes.children_by(request.user, [span, before])
    areas = themes.county_areas(found)
    lines = themes.lines_of(found, span, before, areas)
    return _show(
        request,
        "themes",
        terms=terms[:-1],
        span=span,
        before=before,
        areas=[name for _, name in areas],
        key_areas=_parted(line for line in lines if line.theme is None),
        themes=_parted(line for line in lines if line.theme),
        may_keep=may_keep_themes(request.user),
    )


@require_GET
def theme_page(request, pk):
    """``/themes/<id>/``: one theme over the terms, and the meeting it may need."""
    _managers_only(request)
    theme = get_object_or_404(Theme, pk=pk)
    terms = themes.spans(timezone.localdate())
    found = themes.children_by(request.user, terms, theme)
    areas = themes.county_areas(found)
    may_propose = theme.is_offered and MeetingKind.CASO in kinds_to_call(request.user)
    schools = []
    if may_propose:
        callable_for = schools_for(request.user, MeetingKind.CASO)
        schools = themes.schools_concerned(request.user, theme, terms[:LATELY], callable_for)
    return _show(
        request,
        "theme",
        theme=theme,
        rows=themes.terms_of(found, terms, theme, areas),
        areas=[name for _, name in areas],
        may_propose=may_propose,
        schools=schools,
    )


@require_GET
def themes_csv(request):
    """``/themes/csv/``: a row for each topic, county area and term that is over."""
    _managers_only(request)
    terms = [span for span in themes.spans(timezone.localdate(), themes.TERMS + 1) if span.is_over]
    found = themes.children_by(request.user, terms)
    areas = themes.county_areas(found)
    rows = [row for span in terms for row in _rows_of(found, span, areas)]
    return csv_response(f"themes-{timezone.localdate()}.csv", HEADER, rows)


def _parted(lines):
    """``(lines, lines that no child is in)``: those need no row of zeros."""
    lines = list(lines)
    return [line for line in lines if line.is_met], [line for line in lines if not line.is_met]


def _rows_of(found, span, areas):
    for line in themes.lines_of(found, span, None, areas):
        facts = (str(span.term), "Theme" if line.theme else "Key area", line.name)
        yield (*facts, ALL_AREAS, line.children)
        yield from ((*facts, area, children) for area, children in line.areas)


def _managers_only(request):
    """Refuses whoever manages nothing; it is written down who looked."""
    council_only(request)
    user = request.user
    allow(policies.may_see_themes(user))
    looked(user, Meeting, Look.LIST, basis="county" if scope_of(user).county else "manager")


def _asked_for(request, terms):
    """The ``Span`` that the address names, by default the one under way; or Http404."""
    wanted = request.GET.get("term", terms[0].key)
    for span in terms:
        if span.key == wanted:
            return span
    raise Http404


def _show(request, name, **context):
    context |= {"bar": themes.BAR, "few": FEW, "nav": "themes"}
    return render(request, f"overview/{name}.html", context)
