"""A school's children to discuss: those whose attendance is at or under the threshold."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audit.models import Look
from audit.services import looked
from schools import policies, services
from schools.attendance_children import to_discuss
from schools.models import AttendanceWeek, Reason, School

BASIS = "attendance discussion"
# As many as one conversation with a school can be about.
MOST = 10


def _fetch(request, urn):
    """The school, for those who talk about attendance there; 404 for everybody else."""
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    if not policies.may_discuss_attendance(request.user, school):
        raise Http404
    return school


@require_GET
def school_attendance(request, urn):
    """``/schools/<urn>/attendance/``: opening the list is one look, whoever is on it."""
    school = _fetch(request, urn)
    found = to_discuss(school, timezone.localdate())
    looked(
        request.user,
        AttendanceWeek,
        Look.LIST,
        basis=BASIS,
        school_id=school.pk,
        reason=f"Attendance of {found.threshold}% or less this term",
    )
    context = {"school": school, "found": found, "nav": "schools"}
    return render(request, "schools/attendance/to_discuss.html", context)


@require_POST
def discuss(request, urn):
    """``/schools/<urn>/attendance/discuss/``: open children of the list for this reason.

    One goes to the child's page; those ticked go, as ids, to a new consultation with the school.
    """
    school = _fetch(request, urn)
    is_one = "open" in request.POST
    chosen = request.POST.getlist("open" if is_one else "child")[: MOST + 1]
    listed = to_discuss(school, timezone.localdate()).pupils
    refusal = _refusal(chosen, listed)
    if refusal:
        messages.warning(request, refusal)
        return redirect("school_attendance", urn)
    pupils = [listed[pk] for pk in dict.fromkeys(chosen)]
    services.open_children(request.user, pupils, Reason.ATTENDANCE)
    if is_one:
        return redirect(pupils[0].get_absolute_url())
    asked = [("school", school.urn), *(("discuss", pupil.pk) for pupil in pupils)]
    return redirect(f"{reverse('consultation_new')}?{urlencode(asked)}")


def _refusal(chosen, listed):
    """Why these children cannot be opened from the list; empty when they can."""
    if not chosen:
        return "Tick the children you want to discuss first."
    if len(chosen) > MOST:
        return f"Choose {MOST} children at most for one consultation."
    if not listed.keys() >= set(chosen):
        return "The list has changed since you opened it. Choose the children again."
    return ""
