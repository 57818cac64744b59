"""The search page: what is looked for is posted, so that no address holds it."""

from django import forms
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from audit.models import Look
from audit.services import looked
from govuk.fields import text
from govuk.forms import Form
from govuk.paging import Cursor
from overview.search import query_of, search
from schools.models import SearchEntry


class SearchForm(Form):
    words = text(
        "Search",
        200,
        "Enter a word to search for",
        help_text="Notes, schools, people and open actions. Put a phrase in quotes, a minus before"
        " a word to leave out, a star after the beginning of one",
    )
    before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def clean_words(self):
        words = self.cleaned_data["words"]
        if query_of(words) is None:
            raise forms.ValidationError("Enter a word to search for")
        return words


@require_http_methods(["GET", "POST"])
def search_page(request):
    """``/search/``: every search is logged, and never its words."""
    form = SearchForm(request.POST or None)
    found = None
    if form.is_valid():
        looked(request.user, SearchEntry, Look.SEARCH, basis="search")
        found = search(
            request.user,
            form.cleaned_data["words"],
            Cursor.read(form.cleaned_data["before"]),
        )
    return render(
        request,
        "overview/search.html",
        {
            "form": form,
            "found": found,
            "is_first": not form.is_bound or not form["before"].value(),
            "nav": "search",
        },
    )
