import uuid

from django import forms
from django.core.exceptions import ValidationError

from govuk.layout import FormHelper
from govuk.words import lower_first


class GovukMixin:
    """GOV.UK markup: errors that say what to do, no browser validation, no own form tag."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Without a layout: all fields the form has when it is shown, in their order.
        self.helper = FormHelper()

    def full_clean(self):
        # A form may have gained fields since it was made.
        for field in self.fields.values():
            speak(field)
        super().full_clean()

    def refuse(self, error):
        """Show what an act refused, a ValidationError, beside the fields it is about or above all.

        A field that shows an error keeps that one alone.
        """
        found = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, sentences in found.items():
            if name not in self.fields:
                self.add_error(None, ValidationError(sentences))
            elif not self.has_error(name):
                self.add_error(name, ValidationError(sentences))


def speak(field):
    """Give a field sentences with its own name in place of Django's nameless ones."""
    label = str(field.label or "This")
    name = lower_first(label)
    choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    pick = f"Choose {name} from the list"
    sentences = {
        **dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), pick),
        "required": f"{'Select' if choice else 'Enter'} {name}",
        "null_characters_not_allowed": f"{label} has a character that cannot be kept. Retype it",
    }
    for code, sentence in sentences.items():
        if field.error_messages.get(code) == plain(field, code):
            field.error_messages[code] = sentence
    for validator in field.validators:
        code = getattr(validator, "code", "")
        if code == "null_characters_not_allowed":
            field.error_messages.setdefault(code, sentences[code])
        elif code == "max_length" and code not in field.error_messages:
            limit = f"{label} must be {validator.limit_value:,} characters or fewer"
            field.error_messages[code] = limit


def plain(field, code):
    """Django's own sentence for this kind of field, or None."""
    for kind in type(field).__mro__:
        messages = getattr(kind, "default_error_messages", {})
        if code in messages and kind.__module__.startswith("django."):
            return messages[code]
    return None


def posted(request):
    """What a page's form was sent with; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def posted_id(request):
    """The id that a page was made with, a UUID; a new one when it is only shown, or sent none."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid.uuid4()


class Form(GovukMixin, forms.Form):
    """A form of ours."""


class Rows(forms.BaseFormSet):
    """The rows of a form; a count of them that cannot be, as words to act on."""

    default_error_messages = {
        "missing_management_form": "Not everything on this page reached us, so check each part. "
        "If something is missing, go back and send it again",
        "too_many_forms": "There can be at most %(num)d rows here. Take some out",
    }


class ModelForm(GovukMixin, forms.ModelForm):
    """A form of a model's fields, named one by one."""
