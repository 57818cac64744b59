"""The calendar: the council's terms, a school's own, INSET days."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from audit.history import track
from govuk.words import long_date, lower_first
from schools.models.register import School
from schools.years import NamedTerm, TermName, first_day_of, last_day_of, year_text


class DateRange(Func):
    """PostgreSQL's ``daterange``."""

    function = "DATERANGE"
    output_field = DateRangeField()


@track("source")
class Term(models.Model):
    """A term of the council's calendar, or one school's own in its place (``school`` is set).

    Half-term may be left empty. The days between terms need no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="own_terms"
    )
    # The calendar year in which the school year begins: 2025 for 2025/26.
    school_year = models.PositiveSmallIntegerField()
    name = models.CharField("term", max_length=6, choices=TermName)
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    half_term_starts_on = models.DateField("first day of half-term", null=True, blank=True)
    half_term_ends_on = models.DateField("last day of half-term", null=True, blank=True)
    source = models.CharField("where the dates are from", max_length=200, blank=True)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "name"],
                nulls_distinct=False,
                name="term_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="term_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(half_term_starts_on__isnull=True, half_term_ends_on__isnull=True)
                | Q(
                    half_term_starts_on__gt=F("starts_on"),
                    half_term_ends_on__gte=F("half_term_starts_on"),
                    half_term_ends_on__lt=F("ends_on"),
                ),
                name="term_half_term_inside",
            ),
            ExclusionConstraint(
                name="term_one_at_a_time",
                expressions=[
                    (Coalesce("school", Value(uuid.UUID(int=0))), RangeOperators.EQUAL),
                    (DateRange(F("starts_on"), F("ends_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return str(NamedTerm(self.school_year, self.name))

    @property
    def span(self):
        """``3 September 2025 to 19 December 2025``."""
        return f"{long_date(self.starts_on)} to {long_date(self.ends_on)}"

    @property
    def half_term(self):
        """``27 October 2025 to 31 October 2025``; empty without one."""
        if self.half_term_starts_on is None:
            return ""
        return f"{long_date(self.half_term_starts_on)} to {long_date(self.half_term_ends_on)}"

    def teaches_on(self, day):
        """The date is in the term and not in its half-term, whatever day of the week it is."""
        in_half_term = (
            self.half_term_starts_on is not None
            and self.half_term_starts_on <= day <= self.half_term_ends_on
        )
        return self.starts_on <= day <= self.ends_on and not in_half_term

    def clean(self):
        """ValidationError with a sentence on the field that is to be put right."""
        self._check_days()
        self._check_half_term()
        others = Term.objects.filter(school=self.school).exclude(pk=self.pk)
        for other in others.filter(school_year=self.school_year):
            self._check_beside(other)

    def _check_days(self):
        first, last = first_day_of(self.school_year), last_day_of(self.school_year)
        for field in ("starts_on", "ends_on"):
            if not first <= getattr(self, field) <= last:
                what = self._meta.get_field(field).verbose_name
                raise ValidationError(
                    {
                        field: f"The {what} must be in the school year"
                        f" {year_text(self.school_year)}, from {long_date(first)} to"
                        f" {long_date(last)}"
                    }
                )
        if self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": "The last day must be after the first day"})

    def _check_half_term(self):
        first, last = self.half_term_starts_on, self.half_term_ends_on
        if first is None and last is None:
            return
        if first is None or last is None:
            field, what = (
                ("half_term_starts_on", "first") if first is None else ("half_term_ends_on", "last")
            )
            sentence = f"Enter the {what} day of half-term, or leave both days of it empty"
            raise ValidationError({field: sentence})
        if last < first:
            raise ValidationError(
                {"half_term_ends_on": "The last day of half-term must not be before its first day"}
            )
        if not self.starts_on < first <= last < self.ends_on:
            raise ValidationError(
                {"half_term_starts_on": f"Half-term must be inside the term, {self.span}"}
            )

    def _check_beside(self, other):
        """``other`` is of the same calendar and year."""
        if other.name == self.name:
            raise ValidationError(
                {"name": f"The {lower_first(str(other))} is entered already. Change that one"}
            )
        if self.starts_on <= other.ends_on and other.starts_on <= self.ends_on:
            raise ValidationError(
                {
                    "starts_on": f"These days overlap the {lower_first(str(other))}, {other.span}."
                    " Change the days of one of the two"
                }
            )
        mine, theirs = TermName(self.name).position, TermName(other.name).position
        if (mine < theirs) != (self.starts_on < other.starts_on):
            raise ValidationError(
                {
                    "starts_on": f"This term must be {'before' if mine < theirs else 'after'} the"
                    f" {lower_first(str(other))}, {other.span}"
                }
            )


@track()
class InsetDay(models.Model):
    """A day in term on which a school teaches its staff and not its pupils."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, related_name="inset_days")
    day = models.DateField()

    class Meta:
        ordering = ["day"]
        verbose_name = "INSET day"
        constraints = [
            models.UniqueConstraint(fields=["school", "day"], name="inset_day_once_a_school")
        ]
