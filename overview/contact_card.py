"""The card that tells a school whom to contact, and when (rule 000-6)."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.services import looked
from linkworkers.holders import link_workers_of
from linkworkers.models import AllocationKind
from overview import policies
from overview.school_facts import basis
from schools.models import School
from schools.together import others_at

WHEN = {
    AllocationKind.PRIMARY: "First: to arrange an Early help consultation, or to talk through what"
    " might help a family early",
    AllocationKind.SECONDARY: "When the primary link worker is away",
    AllocationKind.COVER: "In place of a link worker who is away",
}


@require_GET
def contact_card(request, urn):
    """``/schools/<urn>/contact-card/``: to print and pin up; it is the school's own too."""
    user = request.user
    schools = School.objects.visible_to(user).select_related("nursing_team")
    school = get_object_or_404(schools, urn=urn)
    looked(user, school, basis=basis(user, school), school_id=school.pk)
    holders = [holder for holder in link_workers_of(school, user).current if holder.covers]
    context = {
        "school": school,
        "as_school": policies.reads_as_school(user, school),
        "today": timezone.localdate(),
        "holders": [(holder, WHEN[holder.allocation.kind]) for holder in holders],
        "others": others_at(school),
        "nav": "schools",
    }
    return render(request, "overview/contact_card.html", context)
