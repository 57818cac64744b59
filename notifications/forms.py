from django import forms

from notifications.models import Message, State


class OutboxFilter(forms.Form):
    """Which messages the page shows, from its address. What is wrong there is left out."""

    state = forms.ChoiceField(choices=State, required=False)
    before = forms.ModelChoiceField(Message.objects, required=False)
    after = forms.ModelChoiceField(Message.objects, required=False)

    def page(self):
        """As ``MessageQuerySet.page``."""
        self.is_valid()
        wanted = self.cleaned_data
        messages = Message.objects.defer("subject", "body", "calendar")
        if wanted.get("state"):
            messages = messages.filter(state=wanted["state"])
        return messages.page(before=wanted.get("before"), after=wanted.get("after"))
