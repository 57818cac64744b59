"""The week of a manager, behind sign-in."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from audit.models import Look
from audit.services import looked
from overview.digest import WEEK, Week, digest_of
from overview.policies import has_desk
from schools.models import Opening
from schools.scope import scope_of

# As far back as a page still answers.
OLDEST = timedelta(weeks=52)


@require_GET
def digest(request):
    """``/digest/?week=``: the exceptions of the week before a Monday, by default the last."""
    user = request.user
    if not has_desk(user):
        raise Http404
    latest = Week.before(timezone.localdate())
    week = _asked_for(request, latest)
    looked(user, Opening, Look.LIST, basis="county" if scope_of(user).county else "manager")
    return render(
        request,
        "overview/digest.html",
        {
            "week": week,
            "sections": digest_of(user, week),
            "earlier": week.ends_on - WEEK if latest.ends_on - week.ends_on < OLDEST else None,
            "later": week.ends_on + WEEK if week != latest else None,
            "nav": "looks",
        },
    )


def _asked_for(request, latest):
    """The week that the address names, or the latest where it names none that has been."""
    try:
        day = parse_date(request.GET.get("week", ""))
    except ValueError:
        day = None
    if day is None or not latest.ends_on - OLDEST <= day <= latest.ends_on:
        return latest
    return Week.before(day)
