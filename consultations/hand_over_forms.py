"""To whom a draft is handed, and why."""

from django import forms

from accounts.models import User
from govuk.fields import PickField, long_text
from govuk.forms import Form
from linkworkers.coverage import away_among


class HandOverForm(Form):
    """One of the ``people`` who may finish it, and the reason."""

    to = PickField(
        User.objects.none(),
        label="Who finishes it",
        empty_label=None,
        widget=forms.RadioSelect,
        sentence="Choose who finishes the draft",
    )
    reason = long_text(
        "Why you hand it over",
        500,
        "Enter why you hand it over",
        help_text="Both writers read it. Do not say why somebody is away.",
    )

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        away = away_among(people)
        self.fields["to"].queryset = people
        self.fields["to"].label_from_instance = lambda user: (
            f"{user.name}, away today" if user.pk in away else user.name
        )
