"""The fields of a form: text, addresses, one or several rows, and dates and times as people
write them.

A day or a time is one box that understands, or three for a birthday. ``govuk.forms`` says what
is wrong with the label of the field; only what else there is to say is said here.
"""

import re
from datetime import date, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from govuk.words import long_date, spoken

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
NUMBERS = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})(?:[/.\- ]([0-9]{2}|[0-9]{4}))?")
WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[ \-]([a-z]+)(?:[ \-]([0-9]{2}|[0-9]{4}))?")
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur|sat|sun)(?:day)?,? ")
CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))? ?(am|pm|a\.m\.|p\.m\.)?")


EMAIL_FORMAT = "Enter an email address in the correct format, like name@example.com"
LONGEST_ADDRESS = 254


def text(label, longest, required="", **options):
    """One line of at most ``longest`` characters; ``required`` is the sentence for an empty one.

    Without that sentence the field may stay empty; ``options`` are those of ``CharField``.
    """
    messages = options.pop("error_messages", {})
    if required:
        messages = {"required": required, **messages}
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        error_messages=messages,
        **options,
    )


def long_text(label, longest, required="", rows=3, **options):
    """Several lines, as ``text`` otherwise; the box is ``rows`` high and grows."""
    return text(label, longest, required, widget=forms.Textarea({"rows": rows}), **options)


def radios(label, choices, sentence, **options):
    """One of some radios; ``sentence`` says what to choose, whatever is posted instead."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": sentence, "invalid_choice": sentence},
        **options,
    )


def whole_number(label, least, most, like, name=""):
    """A whole number in a short box, or nothing; ``like`` is an example.

    ``name`` stands in the sentences about it where the label is a question.
    """
    name = name or label
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        error_messages={
            "invalid": f"{name} must be a whole number, like {like}",
            "min_value": f"{name} must be {least} or more",
            "max_value": f"{name} must be {most} or fewer",
        },
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )


def minutes():
    """How long somebody was there, twelve hours at most; it may stay empty."""
    return whole_number("Minutes", 1, 720, like=45)


def phone(label="Telephone number", longest=30, autocomplete="off"):
    """A telephone number as somebody writes it; may stay empty."""
    return text(
        label, longest, widget=forms.TextInput({"type": "tel", "autocomplete": autocomplete})
    )


def email(label="Email address", **options):
    """The address of somebody else; may stay empty."""
    return forms.EmailField(
        label=label,
        required=False,
        max_length=LONGEST_ADDRESS,
        error_messages={"invalid": EMAIL_FORMAT},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        **options,
    )


class Pick:
    """Whatever is posted that is none of the rows is answered with the one sentence.

    Django answers an id of the wrong shape with words for programmers.
    """

    codes = ("required", "invalid_choice", "invalid_list", "invalid_pk_value")

    def __init__(self, queryset, *, sentence, **options):
        messages = {**dict.fromkeys(self.codes, sentence), **options.pop("error_messages", {})}
        super().__init__(queryset, error_messages=messages, **options)

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code in self.codes:
                raise
            sentence = self.error_messages["invalid_choice"]
            raise ValidationError(sentence, code="invalid_choice") from error


class PickField(Pick, forms.ModelChoiceField):
    """One of some rows, or None; ``sentence`` says what to choose."""


class PickSeveralField(Pick, forms.ModelMultipleChoiceField):
    """Some of some rows, as tick boxes; ``sentence`` says what to choose."""

    widget = forms.CheckboxSelectMultiple


def read_day(text, today):
    """The date that ``text`` means in UK order, or ValueError.

    Understands "today", "yesterday", "tomorrow", "23 Nov", "23/11/26", "23 November 2026" and
    "2026-11-23". Without a year it is the one that puts the date nearest to ``today``.
    """
    text = WEEKDAY.sub("", " ".join(text.lower().replace(",", " ").split()), count=1)
    named = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if text in named:
        return today + timedelta(days=named[text])
    if match := ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return date(year, month, day)
    if match := NUMBERS.fullmatch(text):
        day, month, year = match.groups()
        month = int(month)
    elif match := WORDS.fullmatch(text):
        day, month, year = match.groups()
        month = MONTHS.get(month, 0)
    else:
        raise ValueError(text)
    if year is None:
        return _nearest(int(day), month, today)
    return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))


def _nearest(day, month, today):
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    if not found:
        raise ValueError(f"{day}/{month}")
    return min(found, key=lambda candidate: abs(candidate - today))


class DayField(forms.Field):
    """A date in one box; cleans to a ``date`` between 1900 and 2100, or None when empty."""

    widget = forms.TextInput
    default_error_messages = {
        "required": "Enter a date",
        "invalid": "%(label)s must be a real date, like %(example)s",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.attrs.setdefault("class", "govuk-input--width-10")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value):
        return long_date(value) if isinstance(value, date) else value

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        today = timezone.localdate()
        try:
            day = read_day(text, today)
            if not 1900 <= day.year <= 2100:
                raise ValueError(text)
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                self.error_messages["invalid"],
                code="invalid",
                params={"label": self.label or "Date", "example": long_date(today)},
            ) from error
        return day

    def has_changed(self, initial, data):
        return bool(str(data or "").strip())


class PastDayField(DayField):
    """A day that is not in the future; ``what`` names it in the sentence."""

    def __init__(self, *, what, **options):
        self.what = what
        super().__init__(**options)

    def clean(self, value):
        """As ``DayField``, with ValidationError for a day to come."""
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError(f"{self.what} must be today or in the past")
        return day


class TimeField(forms.Field):
    """A time of day in one box ("9:30", "9.30am", "2pm"); cleans to a ``time`` or None."""

    widget = forms.TextInput
    default_error_messages = {
        "required": "Enter a time",
        "invalid": "%(label)s must be a time, like 9:30am",
        "half": "%(label)s must say am or pm, like 2:15pm",
    }

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.attrs.setdefault("class", "govuk-input--width-5")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value):
        if isinstance(value, time):
            return spoken(value)
        return value

    def to_python(self, value):
        text = " ".join(str(value or "").lower().split())
        if not text:
            return None
        if text in ("noon", "midday"):
            return time(12)
        match = CLOCK.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
            if half is None and match[2] is None:
                raise ValueError(text)
            # Nobody meets a school at night: 2:15 is the afternoon's, but they should say so.
            if half is None and 1 <= hour <= 6 and len(match[1]) == 1:
                raise self._refusal("half")
            if half is not None:
                if not 1 <= hour <= 12:
                    raise ValueError(text)
                hour = hour % 12 + (12 if half.startswith("p") else 0)
            return time(hour, minute)
        except ValueError as error:
            raise self._refusal("invalid") from error

    def _refusal(self, code):
        params = {"label": self.label or "Time"}
        return ValidationError(self.error_messages[code], code=code, params=params)


class DateWidget(forms.MultiWidget):
    """Day, month and year in three boxes, for dates of birth."""

    template_name = "govuk/date.html"
    use_fieldset = True
    wrong = frozenset()

    def __init__(self, attrs=None):
        parts = {
            name: forms.TextInput({"inputmode": "numeric"}) for name in ("day", "month", "year")
        }
        super().__init__(parts, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, (label, size) in zip(
            context["widget"]["subwidgets"], (("Day", 2), ("Month", 2), ("Year", 4)), strict=True
        ):
            part.update(label=label, size=size, wrong=label.lower() in self.wrong)
        return context


class DateField(forms.MultiValueField):
    """A date in three boxes that says which part is wrong; cleans to a ``date`` or None."""

    widget = DateWidget

    def __init__(self, **options):
        parts = [forms.CharField(required=False, max_length=9) for _ in range(3)]
        options.setdefault("require_all_fields", False)
        super().__init__(fields=parts, **options)

    def clean(self, value):
        parts = dict(
            zip(
                ("day", "month", "year"),
                (str(part or "").strip() for part in value or ("", "", "")),
                strict=True,
            )
        )
        self.widget.wrong = frozenset()
        if not any(parts.values()):
            if self.required:
                self._refuse(parts, self.error_messages["required"], "required")
            return None
        missing = [name for name, part in parts.items() if not part]
        if missing:
            self._refuse(
                missing, f"{self.label} must include a {' and '.join(missing)}", "incomplete"
            )
        try:
            day = date(*(int(parts[name]) for name in ("year", "month", "day")))
            if day.year < 1900:
                raise ValueError(day)
        except (ValueError, OverflowError):
            self._refuse(parts, f"{self.label} must be a real date", "invalid")
        self.run_validators(day)
        return day

    def _refuse(self, wrong, message, code):
        self.widget.wrong = frozenset(wrong)
        raise ValidationError(message, code)
