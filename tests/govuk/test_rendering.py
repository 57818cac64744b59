"""What the template pack writes: markup, errors, and nothing that a value could break out of."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

from govuk.fields import DateField, DayField
from govuk.forms import Form
from govuk.layout import Field, Layout

# crispy-forms looks up addresses: an empty map keeps these tests to the pack itself.
urlpatterns = [path("", HttpResponse)]
pytestmark = pytest.mark.urls(__name__)

HOSTILE = """"><script>alert(1)</script><img src=x onerror=y>' & \u202e=1+1"""


class Tags(HTMLParser):
    """Every start tag as ``(name, attributes)``."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def ids(self):
        return {attributes["id"] for _, attributes in self.found if "id" in attributes}

    def one(self, tag, **wanted):
        """The attributes of the only ``tag`` with the ``wanted`` ones."""
        (match,) = [a for name, a in self.found if name == tag and wanted.items() <= a.items()]
        return match


class Visit(Form):
    name = forms.CharField(label="Name", help_text="As they are called", max_length=5)
    secret = forms.CharField(label="Secret", widget=forms.PasswordInput)
    notes = forms.CharField(label="Notes", widget=forms.Textarea)
    place = forms.ChoiceField(label="Place", choices=[("school", "School"), ("phone", "Phone")])
    kind = forms.ChoiceField(
        label="Kind", choices=[("long", "Long"), ("short", "Short")], widget=forms.RadioSelect
    )
    who = forms.MultipleChoiceField(
        label="Who", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Agreed")
    born = DateField(label="Date of birth")
    on = DayField(label="Day")
    paper = forms.FileField(label="Paper")
    mark = forms.CharField(widget=forms.HiddenInput, required=False)


class Row(Form):
    what = forms.CharField(label="What")
    owner = forms.ChoiceField(label="Who", choices=[("x", "X")], widget=forms.RadioSelect)


Rows = forms.formset_factory(Row, extra=0, can_delete=True)


def written(template, **context):
    loaded = Template("{% load crispy_forms_tags govuk %}" + template)
    return loaded.render(Context(context))


def test_every_field_has_a_label_or_legend_and_its_govuk_class():
    page = Tags(written("{% crispy form %}", form=Visit()))
    labels = {a["for"] for name, a in page.found if name == "label"}
    for name, attributes in page.found:
        if name in ("input", "select", "textarea") and attributes.get("type") != "hidden":
            assert attributes["id"] in labels
            assert "govuk-" in attributes["class"], attributes
    assert page.one("input", type="password")["class"] == "govuk-input"
    assert page.one("textarea")["class"] == "govuk-textarea"
    assert page.one("select")["class"] == "govuk-select"
    assert page.one("input", type="file")["class"] == "govuk-file-upload"


def test_no_field_leaves_its_checking_to_the_browser():
    page = Tags(written("{% crispy form %}", form=Visit()))
    assert not [a for _, a in page.found if "required" in a]


def test_hint_and_error_are_read_out_with_their_input():
    page = Tags(written("{{ form.name|as_crispy_field }}", form=Visit({"name": ""})))
    described = page.one("input", name="name")["aria-describedby"].split()
    assert described == ["id_name_helptext", "id_name_error"]
    assert set(described) <= page.ids()


def test_every_error_in_the_summary_links_to_something_on_the_page():
    form = Visit({})
    rows = Rows(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-what": "x", "form-1-what": ""}
    )
    assert not form.is_valid()
    assert not rows.is_valid()
    page = Tags(
        written(
            "{% error_summary form rows %}{% crispy form %}"
            "{% for row in rows %}{% crispy row %}{% endfor %}",
            form=form,
            rows=rows,
        )
    )
    links = [a["href"][1:] for name, a in page.found if name == "a"]
    assert len(links) == len(form.errors) + sum(len(row.errors) for row in rows)
    assert set(links) <= page.ids()
    assert "id_kind_0" in links
    assert "id_form-0-owner_0" in links


def test_the_errors_of_one_form_among_several_alike_say_whose_they_are():
    first, second = Visit({"name": ""}, prefix="first"), Visit({"name": ""}, prefix="second")
    second.title = "Monday’s visit"
    html = written("{% error_summary forms %}", forms=[first, second])
    [sentence] = first.errors["name"]
    assert f'<a href="#id_first-name">{sentence}</a>' in html
    assert f'<a href="#id_second-name">Monday’s visit: {sentence}</a>' in html


def test_a_form_nobody_sent_has_no_error_summary():
    assert written("{% error_summary form %}", form=Visit()).strip() == ""


def test_a_title_learns_of_errors_in_any_part():
    template = "{% has_errors form rows as wrong %}{{ wrong }}"
    unsent = {"form": Visit(), "rows": Rows()}
    assert written(template, **unsent) == "False"
    assert written(template, **unsent | {"form": Visit({})}) == "True"


@pytest.mark.parametrize("widget", [forms.TextInput, forms.Textarea, forms.RadioSelect])
def test_a_hostile_label_hint_choice_or_value_stays_text(widget):
    class Hostile(Form):
        field = forms.ChoiceField(
            label=HOSTILE,
            help_text=HOSTILE,
            choices=[(HOSTILE, HOSTILE)],
            widget=widget,
            error_messages={"invalid_choice": HOSTILE},
        )

    for form in (Hostile({"field": HOSTILE}), Hostile({"field": f"{HOSTILE}2"})):
        page = Tags(written("{% error_summary form %}{% crispy form %}", form=form))
        assert {"script", "img"}.isdisjoint({name for name, _ in page.found})
        assert not [a for _, a in page.found if "onerror" in a]


def test_choices_can_be_small_and_in_line():
    html = written("{% govuk_field form.kind small=True inline=True %}", form=Visit())
    assert 'class="govuk-radios govuk-radios--small govuk-radios--inline"' in html


def test_a_character_count_tells_its_limit_to_everybody():
    page = Tags(written("{% govuk_field form.notes count=400 %}", form=Visit()))
    assert page.one("div", **{"data-module": "govuk-character-count"})["data-maxlength"] == "400"
    assert page.one("textarea")["aria-describedby"] == "id_notes-info"
    assert "id_notes-info" in page.ids()


def test_a_mistyped_field_name_is_an_error_and_not_a_hole_in_the_page():
    form = Visit()
    form.helper.layout = Layout(Field("naem"))
    with pytest.raises(Exception, match="Could not resolve form field 'naem'"):
        written("{% crispy form %}", form=form)
