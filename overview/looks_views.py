"""Who has looked at which child: one child, a manager's team, oneself."""

from django import forms
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.models import Access, Look
from audit.services import looked
from govuk.forms import Form
from govuk.paging import newest_page
from overview.looks import (
    PAGE,
    in_words,
    looks_at_child,
    may_see_looks,
    openings_of_team,
    own_looks,
)
from overview.policies import has_desk, team_of
from schools.doors import council_only, fetch_child
from schools.models import Opening, Reason
from schools.scope import scope_of


class LooksFilter(Form):
    person = forms.ChoiceField(label="Person", required=False)
    reason = forms.ChoiceField(
        label="Reason", choices=[("", "Every reason"), *Reason.choices], required=False
    )

    def __init__(self, data, people):
        super().__init__(data)
        choices = [(str(person.pk), person.name) for person in people]
        self.fields["person"].choices = [("", "Everybody"), *choices]

    def narrow(self, rows):
        """The openings asked for; what cannot be asked for asks for nothing."""
        self.is_valid()
        if person := self.cleaned_data.get("person"):
            rows = rows.filter(user=person)
        if reason := self.cleaned_data.get("reason"):
            rows = rows.filter(reason=reason)
        return rows


def _basis(user):
    return "county" if scope_of(user).county else "manager"


@require_GET
def pupil_looks(request, pk):
    """``/pupils/<id>/looks/``: who has looked at this child and why; itself written down.

    Nothing of the child is on it, so it needs no reason.
    """
    if not has_desk(request.user):
        raise Http404
    pupil, _ = fetch_child(request, pk)
    seen = looks_at_child(request.user, pupil)
    if not may_see_looks(request.user, pupil) and not seen.exists():
        raise Http404
    looked(request.user, Access, Look.LIST, basis=_basis(request.user), child_id=pupil.pk)
    rows, newer, older = newest_page(seen, PAGE, "at", request)
    return render(
        request,
        "overview/looks_child.html",
        {
            "pupil": pupil,
            "looks": [in_words(row) for row in rows],
            "newer": newer,
            "older": older,
            "nav": "looks",
        },
    )


@require_GET
def looks(request):
    """``/looks/``: children whom a manager's team opened for a reason, latest first."""
    if not has_desk(request.user):
        raise Http404
    looked(request.user, Opening, Look.LIST, basis=_basis(request.user))
    form = LooksFilter(request.GET, people=_who_gave_reasons(request.user))
    seen = form.narrow(openings_of_team(request.user))
    rows, newer, older = newest_page(seen, PAGE, "opened_at", request)
    return render(
        request,
        "overview/looks.html",
        {"form": form, "openings": rows, "newer": newer, "older": older, "nav": "looks"},
    )


def _who_gave_reasons(user):
    people = team_of(user).filter(pk__in=Opening.objects.order_by().values("user"))
    return people.order_by("name")


@require_GET
def own(request):
    """``/looks/mine/``: what the user themselves looked up."""
    council_only(request)
    looked(request.user, Access, Look.LIST, basis="own")
    rows, newer, older = newest_page(own_looks(request.user), PAGE, "at", request)
    return render(
        request,
        "overview/looks_own.html",
        {
            "looks": [in_words(row) for row in rows],
            "newer": newer,
            "older": older,
            "manages": has_desk(request.user),
            "nav": "looks",
        },
    )
