"""Who hears what about a consultation, and when it is no longer theirs to hear (design.md 5).

Nothing personal is in a message: a date, the school, a link behind sign-in.
"""

from django.db.models import Q
from django.urls import reverse

from accounts.notices import tell
from consultations.models import Consultation, Share
from consultations.recipients import ALWAYS
from linkworkers.policies import service_managers
from notifications import kinds
from schools.hub_managers import managers_of
from schools.models import SchoolContact, SchoolGrant

HELD = "consultation_held"
SHARED = "consultation_shared"
ADDED = "consultation_added"
WITHHELD = "consultation_withheld"
REPLIED = "consultation_replied"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(HELD, still_due=_not_shared, may_receive=_is_lead, label="Consultation held")
    kinds.register(SHARED, may_receive=_may_read, label="Consultation shared")
    kinds.register(ADDED, may_receive=_may_read, label="Addition to a shared consultation")
    kinds.register(WITHHELD, may_receive=_may_open, label="Note withheld from somebody")
    kinds.register(REPLIED, may_receive=_may_open, label="Reply from a school")


def _consultation(message):
    return Consultation.objects.filter(pk=message.about_id).first()


def _may_read(message):
    return (
        message.to is not None
        and Consultation.objects.shared_with(message.to).filter(pk=message.about_id).exists()
    )


def _may_open(message):
    consultation = _consultation(message)
    return message.to is not None and consultation and _can_open(message.to, consultation)


def _not_shared(message):
    consultation = _consultation(message)
    return consultation is not None and not consultation.is_shared


def _is_lead(message):
    consultation = _consultation(message)
    return (
        consultation is not None
        and SchoolGrant.objects.live()
        .filter(
            user=message.to,
            content_object=consultation.school_id,
            permission__codename="view_shared_record",
        )
        .exists()
        and not consultation.withholdings.filter(
            Q(user=message.to) | Q(contact__in=SchoolContact.objects.lineage_of(message.to_id))
        ).exists()
    )


def _tell(kind, consultation, key, to, by, path, template, **context):
    tell(
        kind,
        f"{kind}:{key}:{to.pk}",
        to=to,
        by=by,
        path=path,
        template=f"consultations/email/{template}.txt",
        context={"held_on": consultation.held_at, "school": consultation.school, **context},
        about=consultation,
    )


def held(consultation, plan):
    """Head and safeguarding leads hear that it was held; who took part is behind sign-in."""
    for decision in plan.decisions:
        person = decision.candidate
        always = person.group == ALWAYS or decision.stands_in
        if always and person.can_receive and not decision.withhold:
            _tell(
                HELD,
                consultation,
                consultation.pk,
                person.contact.user,
                consultation.author,
                reverse("shared_list"),
                "held",
            )


def _roles(share):
    """The roles a message lists. Where a guest works was typed by hand: it stays behind sign-in."""
    return share.role_text if share.from_school else "somebody who took part"


def shared(consultation, shares, by):
    """One message per person, listing their roles (rule 003-1)."""
    for share in shares:
        _tell(
            SHARED,
            consultation,
            f"{consultation.pk}:{share.version}",
            share.user,
            by,
            reverse("shared_note", args=[consultation.pk]),
            "shared",
            role_text=_roles(share),
        )


def added_to(consultation, by):
    """The same people hear that something was added."""
    for share in Share.objects.filter(consultation=consultation).select_related("user"):
        _tell(
            ADDED,
            consultation,
            f"{consultation.pk}:{consultation.version}",
            share.user,
            by,
            reverse("shared_note", args=[consultation.pk]),
            "added",
            role_text=_roles(share),
        )


def withheld(consultation, by):
    """The hub's managers hear that somebody was kept from a note; who is behind sign-in."""
    latest = consultation.withholdings.latest("withheld_at").pk
    for manager in _managers(consultation):
        if manager != by:
            _tell(
                WITHHELD,
                consultation,
                f"{consultation.pk}:{latest}",
                manager,
                by,
                reverse("consultation", args=[consultation.pk]),
                "withheld",
            )


def replied(consultation, answer):
    """The author hears it, and the school's link workers now; with neither, the managers."""
    supporting = SchoolGrant.objects.live().filter(
        content_object=consultation.school_id, permission__codename="support_school"
    )
    people = {grant.user for grant in supporting.select_related("user")}
    people.add(consultation.author)
    people = {user for user in people if _can_open(user, consultation)}
    for user in people or _managers(consultation):
        _tell(
            REPLIED,
            consultation,
            answer.pk,
            user,
            answer.replied_by,
            reverse("consultation", args=[consultation.pk]),
            "replied",
        )


def _managers(consultation):
    """The hub's managers who may open it, or the service managers where there is none."""
    managers = [user for user in managers_of(consultation.hub_id) if _can_open(user, consultation)]
    return managers or [user for user in service_managers() if _can_open(user, consultation)]


def _can_open(user, consultation):
    return (
        user.is_active and Consultation.objects.visible_to(user).filter(pk=consultation.pk).exists()
    )
