"""The pack's markup against the examples that govuk-frontend ships: see what an upgrade changes.

Compared are tags, GOV.UK classes and the data attributes that scripts read. Left out are the
label sizes, which the pack sets, and the wrapper that lets several errors share one id.
"""

import json
import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

from govuk.fields import DateField
from govuk.forms import Form

COMPONENTS = settings.BASE_DIR / "node_modules/govuk-frontend/dist/govuk/components"
SIZES = re.compile(r"govuk-(?:label|fieldset__legend)--[sml]\b")

urlpatterns = [path("", HttpResponse)]
pytestmark = [
    pytest.mark.urls(__name__),
    pytest.mark.skipif(
        not COMPONENTS.is_dir(),
        reason="NOT COMPARED WITH GOVUK-FRONTEND: node_modules is missing, run npm ci",
    ),
]


class Skeleton(HTMLParser):
    """Each start tag as ``(name, classes, data attributes)``."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        classes = SIZES.sub("", attributes.get("class", "")).split()
        data = sorted(name for name in attributes if name.startswith("data-"))
        self.tags.append((tag, frozenset(classes), tuple(data)))


def skeleton(html):
    return Skeleton(html).tags


def example(component, name):
    fixtures = json.loads((COMPONENTS / component / "fixtures.json").read_text())["fixtures"]
    (html,) = [fixture["html"] for fixture in fixtures if fixture["name"] == name]
    return html


class Examples(Form):
    text = forms.CharField(label="Text")
    hinted = forms.CharField(label="Hinted", help_text="Hint")
    notes = forms.CharField(label="Notes", widget=forms.Textarea)
    place = forms.ChoiceField(label="Place", choices=[(1, "One"), (2, "Two"), (3, "Three")])
    paper = forms.FileField(label="Paper")
    born = DateField(label="Born", help_text="For example, 27 3 2007")


def ours(field, data=None, options=""):
    template = Template(f"{{% load govuk %}}{{% govuk_field form.{field} {options} %}}")
    return template.render(Context({"form": Examples(data)}))


@pytest.mark.parametrize(
    ("component", "name", "field", "options"),
    [
        ("input", "default", "text", ""),
        ("input", "with hint text", "hinted", ""),
        ("input", "with width-10 class", "hinted", "width=10"),
        ("textarea", "default", "notes", ""),
        ("select", "default", "place", ""),
        ("file-upload", "default", "paper", ""),
        ("date-input", "default", "born", ""),
    ],
)
def test_the_markup_is_that_of_govuk_frontend(component, name, field, options):
    assert skeleton(ours(field, options=options)) == skeleton(example(component, name))


@pytest.mark.parametrize(
    ("component", "name", "field"),
    [("input", "with error message", "text"), ("textarea", "with error message", "notes")],
)
def test_an_error_has_the_markup_of_govuk_frontend(component, name, field):
    markup = [tag for tag in skeleton(ours(field, {})) if tag != ("div", frozenset(), ())]
    assert markup == skeleton(example(component, name))


def test_a_character_count_adds_only_when_it_begins_to_speak():
    markup = [
        (tag, classes, tuple(name for name in data if name != "data-threshold"))
        for tag, classes, data in skeleton(ours("notes", options="count=10"))
    ]
    assert markup == skeleton(example("character-count", "default"))


@pytest.mark.parametrize(
    ("widget", "component"),
    [(forms.RadioSelect, "radios"), (forms.CheckboxSelectMultiple, "checkboxes")],
)
def test_choices_have_the_markup_of_govuk_frontend(widget, component):
    class Choices(Form):
        pick = forms.ChoiceField(
            label="Pick", help_text="Hint", choices=[(n, n) for n in "ab"], widget=widget
        )

    html = Template("{% load govuk %}{% govuk_field form.pick %}").render(
        Context({"form": Choices()})
    )
    shipped = set(skeleton(example(component, "with hint")))
    assert set(skeleton(html)) == shipped


def test_the_error_summary_has_the_markup_of_govuk_frontend():
    html = Template("{% load govuk %}{% error_summary form %}").render(
        Context({"form": Examples({})})
    )
    shipped = {tag for tag in skeleton(example("error-summary", "default")) if tag[0] != "p"}
    assert set(skeleton(html)) == shipped
