"""The search page: what is looked for is posted, so that no address holds it."""

from urllib.parse import urlencode

from django import forms
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from audit.models import Look
from audit.services import looked
from drafts import unsaved
from drafts.asked import ASKED, keep, kept
from govuk.fields import text
from govuk.forms import Form
from govuk.paging import Cursor
from overview.search import query_of, search
from schools.models import SearchEntry
from schools.policies import may_ask


class SearchForm(Form):
    words = text(
        "Search",
        200,
        "Enter a word to search for",
        help_text="Notes, schools, people and open actions. Put a phrase in quotes, a minus before"
        " a word to leave out, a star after the beginning of one",
    )

    def clean_words(self):
        words = self.cleaned_data["words"]
        if query_of(words) is None:
            raise forms.ValidationError("Enter a word to search for")
        return words


@unsaved.searches
@require_http_methods(["GET", "POST"])
def search_page(request):
    """``/search/``: every search is logged, and never its words.

    Words that are sent lead to ``?asked=<id>``, which brings what they find, and to which one can
    go back from it (security.md 14.2.1).
    """
    asked = kept(request)
    form = SearchForm(request.POST or (asked and {"words": asked}))
    found = None
    if form.is_valid():
        words = form.cleaned_data["words"]
        if request.method == "POST":
            return redirect(f"{reverse('search')}?{urlencode({ASKED: keep(request, words)})}")
        looked(request.user, SearchEntry, Look.SEARCH, basis="search")
        found = search(request.user, words, Cursor.of(request))
    return render(
        request,
        "overview/search.html",
        {
            "form": form,
            "found": found,
            "is_first": "before" not in request.GET,
            "finds_children": may_ask(request.user),
            "nav": "search",
        },
    )
