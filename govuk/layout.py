"""Layout objects of the pack; everything else is crispy-forms' own."""

from crispy_forms.helper import FormHelper as CrispyHelper
from crispy_forms.layout import HTML, Div, Layout
from crispy_forms.layout import Field as CrispyField
from crispy_forms.layout import Fieldset as CrispyFieldset
from crispy_forms.utils import TEMPLATE_PACK

__all__ = ["HTML", "Div", "Field", "Fieldset", "FormHelper", "Layout", "Row"]


class FormHelper(CrispyHelper):
    """The template owns ``<form>``, its token and its buttons."""

    form_tag = False
    disable_csrf = True


class Field(CrispyField):
    """A field with the pack's options.

    ``size`` of the label or legend ("s", "m", "l"), ``small`` and ``inline`` choices, ``count``
    the character limit told while typing, ``width`` of the input in characters, ``css_class``
    for the group of choices.
    """

    def __init__(
        self, *fields, size="s", small=False, inline=False, count=None, width=None, **attrs
    ):
        self.options = {
            "label_size": size,
            "small": small,
            "inline": inline,
            "count": count,
            "width": width,
        }
        super().__init__(*fields, **attrs)

    def render(self, form, context, template_pack=TEMPLATE_PACK, extra_context=None, **kwargs):
        options = {**(extra_context or {}), "field_options": self.options}
        return super().render(
            form, context, template_pack=template_pack, extra_context=options, **kwargs
        )


class Fieldset(CrispyFieldset):
    template = "%s/layout/fieldset.html"


class Row(Div):
    """Short fields side by side; stacked on a phone."""

    css_class = "lb-row"
