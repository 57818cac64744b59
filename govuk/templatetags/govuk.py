"""What the pack's templates ask of a field, and the components pages use."""

from itertools import chain

from crispy_forms.utils import render_field
from django import forms, template

from govuk.layout import Field
from govuk.words import clock, day_of, lower_first

register = template.Library()
register.filter(clock)
register.filter(day_of)
register.filter(lower_first)

# The first that fits; passwords and e-mail are inputs but no text inputs.
CLASSES = (
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.widgets.Input, "govuk-input"),
)


@register.filter
def kind(field):
    """checkboxes, radios, checkbox, date or input: which markup a bound field wants."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "date" if isinstance(widget, forms.MultiWidget) else "input"


@register.simple_tag
def widget(field, width=None, count=None):
    """The widget with its GOV.UK classes.

    Django itself writes aria-describedby and aria-invalid, from ids ``<id>_helptext`` and
    ``<id>_error``; a character count adds its own id.
    """
    plain = field.field.widget
    # A browser cuts what is pasted to maxlength without a word; the form refuses it in words.
    plain.attrs.pop("maxlength", None)
    base = next((name for type_, name in CLASSES if isinstance(plain, type_)), "")
    classes = [base, plain.attrs.get("class", "")]
    if field.errors and base != "govuk-checkboxes__input":
        classes.append(f"{base}--error")
    if width:
        classes.append(f"govuk-input--width-{width}")
    attrs = {}
    if count:
        classes.append("govuk-js-character-count")
        described = [field.aria_describedby, f"{field.auto_id}-info"]
        attrs["aria-describedby"] = " ".join(filter(None, described))
    attrs["class"] = " ".join(filter(None, classes))
    return field.as_widget(attrs=attrs)


@register.simple_tag(takes_context=True)
def govuk_field(context, field, **options):
    """One bound field with the options of ``govuk.layout.Field``."""
    layout = Field(field.name, **options)
    return render_field(layout, field.form, context, template_pack="govuk")


def first_input(field):
    """The id an error links to: the first input of a group, or the input itself."""
    if kind(field) in ("checkboxes", "radios", "date"):
        return f"{field.auto_id}_0"
    return field.id_for_label


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(*parts):
    """Every error of these forms and formsets, each with a link to the input it is about.

    A part may be a list of some. A form that has a ``title`` is one of several alike: its errors
    say whose they are.
    """
    items = []
    listed = (part if isinstance(part, list) else [part] for part in parts)
    for part in filter(None, chain.from_iterable(listed)):
        rows = part.forms if hasattr(part, "management_form") else [part]
        for form in rows:
            items += _form_errors(form)
        if hasattr(part, "management_form") and part.is_bound:
            items += [("", error) for error in part.non_form_errors()]
    return {"items": items}


def _form_errors(form):
    if not form.is_bound:
        return
    visible = form.visible_fields()
    whose = f"{form.title}: " if getattr(form, "title", "") else ""
    first = first_input(visible[0]) if visible else ""
    for error in form.non_field_errors():
        yield first, f"{whose}{error}"
    for field in visible:
        for error in field.errors:
            yield first_input(field), f"{whose}{error}"


@register.simple_tag
def has_errors(*parts):
    """True when any of the forms or formsets shows an error: the title then says so."""
    return bool(error_summary(*parts)["items"])
