"""Who may be told of a piece of short work, where they read it, and whether they still may."""

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


# --- asked again as a message leaves ----------------------------------------------------------


def work_of(message):
    """The work that a message is about, or None."""
    return ShortIntervention.objects.filter(pk=message.about_id).first()


def is_in_use(message):
    """Whether who is told has an account in use."""
    return message.to is not None and message.to.is_active


def may_open(message):
    """Whether who is told opens the work on the team's side."""
    return is_in_use(message) and (
        ShortIntervention.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )


def may_speak(message):
    """Whether who is told speaks for the school about the work."""
    work = work_of(message)
    return work is not None and is_in_use(message) and policies.may_speak_for(message.to, work)


def may_read(message):
    """Whether who is told reads the work on either side."""
    work = work_of(message)
    return work is not None and is_in_use(message) and bool(address_for(message.to, work))
