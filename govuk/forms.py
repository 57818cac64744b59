from django import forms

from govuk.layout import FormHelper


class Form(forms.Form):
    """A form in GOV.UK markup: errors in words, no browser validation, no own form tag."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)


class ModelForm(forms.ModelForm):
    """``Form`` for a model's fields, named one by one."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
