"""Who may be told of a piece of short work, and where they read it."""

from django.urls import reverse

from interventions import policies
from interventions.models import ShortIntervention
from schools.people import leads_of


def leads_told(work):
    """The heads and designated safeguarding leads of the school who may read of the work, by name.

    Whoever the consultation it came from is withheld from is left out (design.md 6.14), as is
    whose own child attends the school.
    """
    leads = leads_of(work.school).order_by("name")
    return [user for user in leads if policies.may_speak_for(user, work)]


def address_for(user, work):
    """Where ``user`` reads the work: on the team's side, on the school's; empty for nowhere."""
    if not user.is_active:
        return ""
    if ShortIntervention.objects.visible_to(user).filter(pk=work.pk).exists():
        return work.get_absolute_url()
    return at_school(work) if policies.may_speak_for(user, work) else ""


def at_school(work):
    """The address of the work on the school's side."""
    return reverse("shared_work", args=[work.pk])
