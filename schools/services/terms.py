"""The days a school teaches: the council's terms, a school's own, and its INSET days."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from govuk.words import long_date
from schools import policies
from schools.models import InsetDay, Term
from schools.services.locks import locked_school
from schools.services.saving import save

GONE = "These dates have been removed already."


@transaction.atomic
def save_term(by, term):
    """Add or change a term of the council's calendar, or of one school's own.

    ValidationError on the field to put right when the days make no sense beside the others.
    """
    if term.school:
        locked_school(term.school)
    allow(policies.may_edit_terms(by, term.school))
    term.clean()
    try:
        with transaction.atomic():
            return save(by, term)
    except IntegrityError as error:
        raise ValidationError(
            "Somebody else has entered these terms meanwhile. Look at the list before you save"
        ) from error


@transaction.atomic
def remove_term(by, term):
    """Take a term out of its calendar; TransitionNotAllowed when that has been done already."""
    allow(policies.may_edit_terms(by, term.school))
    term = Term.objects.select_for_update(of=["self"]).filter(pk=term.pk).first()
    if term is None:
        raise TransitionNotAllowed(GONE)
    record(by, Verb.REMOVE, term)
    term.delete()


@transaction.atomic
def add_inset_day(by, school, day):
    """Say that the school teaches no pupils on this date; once more is the one that stands.

    ValidationError on ``day`` for a Saturday or Sunday.
    """
    school = locked_school(school)
    allow(policies.may_edit_terms(by, school))
    if day.weekday() > 4:
        raise ValidationError(
            {"day": f"{long_date(day)} is a {day:%A}. Enter a day on which the school would teach"}
        )
    inset_day, is_new = InsetDay.objects.get_or_create(school=school, day=day)
    if is_new:
        record(by, Verb.ADD, inset_day)
    return inset_day


@transaction.atomic
def remove_inset_day(by, inset_day):
    """The school teaches on that date after all; TransitionNotAllowed when that is so already."""
    school = locked_school(inset_day.school)
    allow(policies.may_edit_terms(by, school))
    inset_day = InsetDay.objects.select_for_update(of=["self"]).filter(pk=inset_day.pk).first()
    if inset_day is None:
        raise TransitionNotAllowed(GONE)
    record(by, Verb.REMOVE, inset_day)
    inset_day.delete()
