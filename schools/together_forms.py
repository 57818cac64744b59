"""Forms about working with a school."""

import hashlib
import json

from django import forms

from govuk.fields import long_text, text
from govuk.forms import Form
from govuk.layout import FormHelper
from govuk.words import lower_first
from schools.agencies import offered_agencies
from schools.models import PolicyKind

LONGEST_URL = 200


def _link(label, what, **options):
    """The address of a page; may stay empty. ``what`` names it in a sentence."""
    return forms.URLField(
        label=label,
        max_length=LONGEST_URL,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": f"Enter the address of {what}, like www.example.org/page"},
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        **options,
    )


class TogetherForm(Form):
    """The relationship with a school, and where its policies and own offer are read."""

    relationship = long_text(
        "How we work together",
        1000,
        help_text="What helps the relationship, and what is being done where it is new or has been"
        " difficult. Seen by the council people who work with the school, never by the school."
        " Nothing about a child or a family.",
    )
    offer_url = _link(
        "The school’s own early help offer",
        "the school’s offer",
        help_text="Its address on the school’s website",
    )

    def __init__(self, *args, shows_relationship, **options):
        super().__init__(*args, **options)
        for kind in PolicyKind:
            self.fields[f"policy_{kind}"] = _link(
                f"{kind.label} policy", f"the {lower_first(kind.label)} policy"
            )
        if not shows_relationship:
            del self.fields["relationship"]
        self.helper = FormHelper(self)

    @property
    def facts(self):
        """What ``services.change_together`` takes; the form is valid."""
        told = self.cleaned_data
        facts = {
            "links": {kind.value: told[f"policy_{kind}"] for kind in PolicyKind},
            "offer_url": told["offer_url"],
        }
        if "relationship" in told:
            facts["relationship"] = told["relationship"]
        return facts


def together_now(school):
    """What ``TogetherForm`` starts with."""
    return {
        "relationship": school.relationship,
        "offer_url": school.offer_url,
        **{f"policy_{policy.kind}": policy.url for policy in school.policies.all()},
    }


def seen_of(school):
    """A short mark of what ``together_now`` holds, to tell a page that was opened before."""
    told = json.dumps(together_now(school), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


class AlsoHereForm(Form):
    """Who else works at a school, and when to contact them (rules 000-4, 000-6)."""

    who = forms.ChoiceField(
        label="Agency, or one of its people",
        error_messages={
            "required": "Choose who works at the school",
            "invalid_choice": "Choose an agency or a person from the list",
        },
    )
    is_based_here = forms.BooleanField(label="Based at the school", required=False)
    when_to_contact = text(
        "When to contact them",
        300,
        help_text="Such as: Tuesdays, about anxiety. The school reads this on its contact card.",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._known, choices = {}, [("", "Choose")]
        for key, agency, contact, name in offered_agencies():
            self._known[key] = agency, contact
            choices.append((key, name))
        self.fields["who"].choices = choices

    @property
    def facts(self):
        """What the acts of ``schools.services`` take; the form is valid."""
        agency, contact = self._known[self.cleaned_data["who"]]
        return {
            "agency": agency,
            "contact": contact,
            "is_based_here": self.cleaned_data["is_based_here"],
            "when_to_contact": self.cleaned_data["when_to_contact"],
        }


def also_here_now(other):
    """What ``AlsoHereForm`` starts with."""
    return {
        "who": other.contact_id or other.agency_id,
        "is_based_here": other.is_based_here,
        "when_to_contact": other.when_to_contact,
    }
