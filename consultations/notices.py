"""Who hears what about a consultation, and when it is no longer theirs to hear (design.md 5).

Nothing personal is in a message: a date, the school, a link behind sign-in.
"""

from django.urls import reverse

from accounts.links import link_for
from accounts.models import current
from consultations.models import Consultation, Share, Withholding
from notifications import kinds
from notifications.services import enqueue
from schools.models import HubGrant, SchoolGrant

HELD = "consultation_held"
SHARED = "consultation_shared"
ADDED = "consultation_added"
WITHHELD = "consultation_withheld"
REPLIED = "consultation_replied"


def register():
    """Tell the outbox of the kinds here; called once, when the app is ready."""
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
    return (
        message.to is not None
        and Consultation.objects.visible_to(message.to).filter(pk=message.about_id).exists()
    )


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
        and not Withholding.objects.filter(consultation=consultation, user=message.to).exists()
    )


def _tell(kind, consultation, key, to, by, path, template, **context):
    link = link_for(to, path, by)
    enqueue(
        kind,
        f"{kind}:{key}:{to.pk}",
        to=to,
        template=f"consultations/email/{template}.txt",
        context={
            "held_on": consultation.held_at,
            "school": consultation.school,
            "link": link.url,
            "is_invitation": link.secret,
            **context,
        },
        about=consultation,
        secret=link.secret,
        expires_at=link.expires_at,
    )


def held(consultation, plan):
    """Head and safeguarding leads hear that it was held; who took part is behind sign-in."""
    for decision in plan.decisions:
        person = decision.candidate
        if person.group == "always" and person.can_receive and not decision.withhold:
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
    for grant in (
        HubGrant.objects.live()
        .filter(content_object=consultation.hub_id, permission__codename="manage_hub")
        .exclude(user=by)
        .select_related("user")
    ):
        _tell(
            WITHHELD,
            consultation,
            f"{consultation.pk}:{consultation.withholdings.latest('withheld_at').pk}",
            grant.user,
            by,
            reverse("consultation", args=[consultation.pk]),
            "withheld",
        )


def replied(consultation, answer):
    """The author hears it, and the school's link workers now."""
    supporting = SchoolGrant.objects.filter(
        current(),
        content_object=consultation.school_id,
        permission__codename="support_school",
    ).select_related("user")
    people = {grant.user_id: grant.user for grant in supporting}
    author = consultation.author
    if Consultation.objects.visible_to(author).filter(pk=consultation.pk).exists():
        people[author.pk] = author
    for user in people.values():
        _tell(
            REPLIED,
            consultation,
            answer.pk,
            user,
            answer.replied_by,
            reverse("consultation", args=[consultation.pk]),
            "replied",
        )
