import uuid
from datetime import date, time

import pytest
import time_machine
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from govuk.fields import DateField, DayField, PickField, PickSeveralField, TimeField

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday_23_november():
    with time_machine.travel("2026-11-23 10:00:00+00:00", tick=False):
        yield


class Birthday(forms.Form):
    born = DateField(label="Date of birth")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", TODAY),
        (" Today ", TODAY),
        ("yesterday", date(2026, 11, 22)),
        ("23 Nov", TODAY),
        ("23 november", TODAY),
        ("23rd Nov", TODAY),
        ("23/11", TODAY),
        ("23/11/26", TODAY),
        ("23/11/2026", TODAY),
        ("23.11.26", TODAY),
        ("23-11-2026", TODAY),
        ("23 November 2026", TODAY),
        ("23 November, 2026", TODAY),
        ("2026-11-23", TODAY),
        ("4/5/26", date(2026, 5, 4)),
        ("29 Feb 2024", date(2024, 2, 29)),
    ],
)
def test_a_day_is_understood_as_people_write_it(typed, meant):
    assert DayField(label="Date").clean(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("5 January", date(2027, 1, 5)), ("30 Jun", date(2026, 6, 30)), ("1/12", date(2026, 12, 1))],
)
def test_without_a_year_it_is_the_nearest_one(typed, meant):
    assert DayField(label="Date").clean(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "31 Feb",
        "29 Feb 2026",
        "11/23/2026",
        "0/1/2026",
        "23 Octember",
        "soon",
        "23",
        "23/11/0026",
        "23 November 12026",
        "٢٣/١١/٢٦",
        "23\x00 Nov",
        "<b>23 Nov</b>",
        "=1+1",
        "\u202e62/11/32",
        "9" * 5000,
    ],
)
def test_nonsense_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError) as refused:
        DayField(label="Date").clean(typed)
    assert refused.value.messages == ["Date must be a real date, like 23 November 2026"]


def test_what_was_typed_comes_back_as_it_was():
    class When(forms.Form):
        day = DayField(label="Date")

    assert 'value="32 Nov &lt;b&gt;"' in str(When({"day": "32 Nov <b>"})["day"])
    assert 'value="23 November 2026"' in str(When(initial={"day": TODAY})["day"])


def test_an_empty_day_is_none_unless_it_is_asked_for():
    assert DayField(required=False).clean("  ") is None
    with pytest.raises(ValidationError, match="Enter the date of the consultation"):
        DayField(error_messages={"required": "Enter the date of the consultation"}).clean("")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9:30", time(9, 30)),
        ("09:30", time(9, 30)),
        ("9.30am", time(9, 30)),
        ("9.30 AM", time(9, 30)),
        ("14:15", time(14, 15)),
        ("2pm", time(14)),
        ("2:05 p.m.", time(14, 5)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("midday", time(12)),
    ],
)
def test_a_time_is_understood_as_people_write_it(typed, meant):
    assert TimeField(label="Start").clean(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "9:60", "13pm", "0am", "9", "early", "9\x00:30", "<b>"])
def test_a_time_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError) as refused:
        TimeField(label="Start").clean(typed)
    assert refused.value.messages == ["Start must be a time, like 9:30am"]


@pytest.mark.parametrize(
    ("held", "shown"),
    [(time(9, 5), "9:05am"), (time(0, 0), "12:00am"), (time(12, 30), "12:30pm")],
)
def test_a_time_is_shown_on_the_twelve_hour_clock(held, shown):
    assert TimeField().prepare_value(held) == shown


def born(day="", month="", year=""):
    return Birthday({"born_day": day, "born_month": month, "born_year": year})


def test_a_date_of_birth_is_read_from_three_boxes():
    form = born("5", "04", "2015")
    assert form.is_valid()
    assert form.cleaned_data["born"] == date(2015, 4, 5)


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("5", "", "2015"), "Date of birth must include a month", {"month"}),
        (("", "", "2015"), "Date of birth must include a day and month", {"day", "month"}),
        (("31", "2", "2015"), "Date of birth must be a real date", {"day", "month", "year"}),
        (("5", "4", "15"), "Date of birth must be a real date", {"day", "month", "year"}),
        (("x", "4", "2015"), "Date of birth must be a real date", {"day", "month", "year"}),
    ],
)
def test_a_wrong_date_of_birth_says_which_part_and_keeps_what_was_typed(parts, message, wrong):
    form = born(*parts)
    assert form.errors["born"] == [message]
    assert form["born"].field.widget.wrong == wrong
    assert str(form["born"]).count("govuk-input--error") == len(wrong)
    assert all(f'value="{part}"' in str(form["born"]) for part in parts if part)


def test_one_wrong_form_leaves_the_next_one_clean():
    assert born("31", "2", "2015").errors
    assert "govuk-input--error" not in str(Birthday()["born"])


@pytest.mark.parametrize("posted", ["-1", "x", "x\x00", "9" * 5_000, "[]", str(uuid.UUID(int=7))])
def test_a_choice_that_is_none_is_answered_in_our_words(db, posted):
    one = PickField(User.objects.all(), sentence="Choose the person")
    several = PickSeveralField(User.objects.all(), sentence="Choose the people")
    for field, value, sentence in (
        (one, posted, "Choose the person"),
        (several, [posted], "Choose the people"),
        (several, posted, "Choose the people"),
    ):
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        assert refused.value.messages == [sentence]


def test_a_choice_is_the_row_it_names_and_an_empty_one_may_have_a_sentence_of_its_own(db):
    person = User.objects.create(email="jo@example.org", name="Jo")
    assert PickField(User.objects.all(), sentence="Choose").clean(str(person.pk)) == person
    several = PickSeveralField(
        User.objects.all(), sentence="Choose", error_messages={"required": "Choose one or more"}
    )
    assert list(several.clean([str(person.pk)])) == [person]
    with pytest.raises(ValidationError) as refused:
        several.clean([])
    assert refused.value.messages == ["Choose one or more"]
