"""Forms about cover and absences."""

from django.db.models import Case, Exists, OuterRef, When
from django.utils import timezone

from accounts.models import current
from govuk.fields import DayField, PickField, text
from govuk.forms import Form
from linkworkers.coverage import is_away
from linkworkers.models import PLACES, Allocation, LinkWorker
from schools.models import OwnChildConflict


def who_may_cover(field, school):
    """Offer the workers in post without a place or a conflict at the school, its hub's first."""
    held = Allocation.objects.current().filter(school=school, kind__in=PLACES)
    declared = OwnChildConflict.objects.filter(current(), school=school)
    field.queryset = (
        LinkWorker.objects.in_post()
        .with_names()
        .filter(
            ~Exists(held.filter(link_worker=OuterRef("pk"))),
            ~Exists(declared.filter(user=OuterRef("user"))),
        )
        .annotate(is_away=is_away(OuterRef("pk"), timezone.localdate()))
        .order_by(Case(When(hub=school.hub_id, then=0), default=1), "hub__name", "user__name")
    )
    field.label_from_instance = _named


def _named(worker):
    away = ", away today" if worker.is_away else ""
    return f"{worker}, {worker.hub}, {worker.hours}{away}"


class CoverForm(Form):
    """Who covers a school, and when."""

    link_worker = PickField(
        LinkWorker.objects.none(),
        label="Who covers",
        empty_label="Choose a link worker",
        sentence="Choose a link worker from the list",
    )
    starts_on = DayField(
        label="First day", error_messages={"required": "Enter the first day of the cover"}
    )
    ends_on = DayField(
        label="Last day", error_messages={"required": "Enter the last day of the cover"}
    )
    reason = text(
        "Note",
        500,
        help_text="Kept with the cover for managers. Do not say why somebody is away.",
    )

    def __init__(self, *args, school, **options):
        super().__init__(*args, **options)
        who_may_cover(self.fields["link_worker"], school)


class AbsenceForm(Form):
    """The days somebody is away. Why is not asked."""

    starts_on = DayField(
        label="First day away", error_messages={"required": "Enter the first day away"}
    )
    ends_on = DayField(
        label="Last day away",
        required=False,
        help_text="Leave empty until you know. Somebody answers meanwhile.",
    )
