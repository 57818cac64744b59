"""A resource to read or use, and training that was given."""

from django import forms

from govuk.fields import PastDayField, PickField, text
from govuk.forms import Form, ModelForm
from schools import policies
from schools.models import Resource


class ResourceForm(ModelForm):
    """A resource of the library (rule 003-41)."""

    title = text("Title", 150, "Enter the title of the resource")
    url = forms.URLField(
        label="Link",
        max_length=500,
        assume_scheme="https",
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
        error_messages={
            "required": "Enter the link to the resource",
            "invalid": "Enter the whole link, beginning with https://",
        },
    )
    what_for = text("What it helps with", 300)
    source = text("Who publishes it", 150, "Enter who publishes it")
    is_recommended = forms.BooleanField(
        label="Recommended by the safeguarding partnership", required=False
    )

    class Meta:
        model = Resource
        fields = ["title", "url", "what_for", "source", "is_recommended"]

    def clean_title(self):
        title = self.cleaned_data["title"]
        if Resource.objects.exclude(pk=self.instance.pk).filter(title__iexact=title).exists():
            raise forms.ValidationError(f"{title} is in the library already. Change that one")
        return title

    def clean_url(self):
        url = self.cleaned_data["url"]
        if not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(self.fields["url"].error_messages["invalid"])
        return url


class TrainingForm(Form):
    """Training that was given, to a school or to a group."""

    held_on = PastDayField(
        label="Date",
        what="The date",
        help_text="Such as today or 20 November",
        error_messages={"required": "Enter the date of the training"},
    )
    topic = text("Topic", 200, "Enter what it was about", help_text="Name no child.")
    school = PickField(None, sentence="Choose the school", label="School", required=False)
    group = text(
        "Or the group", 150, help_text="Such as: designated safeguarding leads of the coast"
    )
    given_by = text("Who gave it", 150, "Enter who gave it")
    for_whom = text(
        "Whom it was for", 200, "Enter whom it was for", help_text="Such as: teaching assistants"
    )

    def __init__(self, user, *args, **options):
        super().__init__(*args, **options)
        self.fields["school"].queryset = policies.training_schools(user)
        self.fields["school"].label_from_instance = lambda school: school.name_and_place

    def clean(self):
        found = super().clean()
        if "group" in found and "school" in found and bool(found["group"]) == bool(found["school"]):
            self.add_error("group", "Choose a school, or name the group it was given to")
        return found
