"""Enhanced support listed for review, and what the service suggests (rule 001-54)."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.errors import allow
from audit.models import Look
from audit.services import looked
from linkworkers.models import EnhancedSupport
from linkworkers.suggestions import suggestions_for
from overview import policies
from overview.contact import last_contact
from overview.plans import open_plans
from schools.doors import council_only
from schools.models import School
from schools.scope import scope_of

# A review comes to the top this many days before its date.
AHEAD = 14
# As many suggestions as somebody can think about; the next ones come up when these are decided.
MOST = 20


@require_GET
def enhanced_support(request):
    """``/enhanced-support/``: due for review, suggested, and every school that has it, by hub."""
    council_only(request)
    user = request.user
    allow(policies.may_see_take_up(user))
    looked(user, EnhancedSupport, Look.LIST, basis="county" if scope_of(user).county else "manager")
    soon = timezone.localdate() + timedelta(days=AHEAD)
    current = list(
        EnhancedSupport.objects.overseen_by(user)
        .filter(ended_at=None)
        .select_related("school", "hub", "decided_by")
        .prefetch_related("criteria")
        .order_by("hub__name", "review_on", "school__name")
    )
    suggestions = suggestions_for(_schools_of(user))
    return render(
        request,
        "overview/enhanced_support.html",
        {
            "due": sorted(
                (support for support in current if support.review_on <= soon),
                key=lambda support: support.review_on,
            ),
            "later": [support for support in current if support.review_on > soon],
            "suggestions": suggestions[:MOST],
            "has_more": len(suggestions) > MOST,
            "today": timezone.localdate(),
            "nav": "take_up",
        },
    )


def _schools_of(user):
    scope = scope_of(user)
    schools = School.objects.open().exclude(pk__in=scope.excluded)
    if not scope.county:
        schools = schools.filter(hub__in=scope.manages)
    return schools.annotate(last_contact_at=last_contact(), open_plans=open_plans())
