"""The page of a child."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from overview.chronology_views import filters_of_child, looked_at_child, of_child
from overview.looks import may_see_looks
from overview.pupil import identity_of, work_with
from referrals.models import DomesticAbuseNotice
from referrals.policies import lists_notices, may_enter_notice, may_start_referral
from schools.children import Door, may_change_child
from schools.doors import ask_for_reason, fetch_child
from schools.policies import may_see_transition


@require_GET
def pupil(request, pk):
    """``/pupils/<id>/``: as far as it is open to the viewer (rule 001-58).

    Closed, the reason page; for who does not work there, who the child is and who is involved;
    for who does, the notes.
    """
    pupil, door = fetch_child(request, pk)
    if door is Door.REASON:
        return ask_for_reason(request, pk, then=request.get_full_path())
    looked_at_child(request, pupil)
    identity = identity_of(request.user, pupil)
    school = identity.now.school if identity.now else None
    context = {
        "pupil": pupil,
        "identity": identity,
        "shows_notes": door is Door.NOTES,
        "may_see_looks": may_see_looks(request.user, pupil),
        "may_enter_notice": school and may_enter_notice(request.user, school),
        "notices": _notices(request.user, pupil),
        "nav": "find",
    }
    if door is Door.NOTES:
        context |= of_child(request, pupil, filters_of_child(request, pupil))
        context["work"] = work_with(request.user, pupil, identity)
        context["may_change"] = may_change_child(request.user, pupil)
        context["may_see_transition"] = may_see_transition(request.user)
        context["may_start_referral"] = school and may_start_referral(request.user, school)
    return render(request, "overview/pupil.html", context)


def _notices(user, pupil):
    """The police notices of the child that the user is named in."""
    if not lists_notices(user):
        return ()
    return DomesticAbuseNotice.objects.visible_to(user).filter(pupil=pupil)
