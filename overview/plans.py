"""What other apps know of Early Help Plans, for pages about schools and link workers."""

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from interventions.models import EarlyHelpPlan


def open_plans():
    """For a query-set of schools: how many plans are open there, whoever leads them.

    Null in a hub of which no plan is on record, for then nothing is known of them.
    """
    plans = EarlyHelpPlan.objects.open().order_by()
    here = plans.filter(school=OuterRef("pk")).values("school")
    counted = Subquery(here.annotate(number=Count("pk")).values("number"))
    known = EarlyHelpPlan.objects.filter(hub=OuterRef("hub"))
    return Case(
        When(Exists(known), then=Coalesce(counted, 0)),
        default=None,
        output_field=IntegerField(),
    )
