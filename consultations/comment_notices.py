"""Who hears of a comment on a consultation: the other side, and nothing of what it says."""

from django.urls import reverse

from accounts.notices import Notice, tell
from consultations import policies
from consultations.models import Consultation
from notifications import kinds

COMMENTED = "consultation_commented"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(COMMENTED, may_receive=_takes_part, label="Comment on a consultation")


def commented(consultation, said):
    """The authors hear of a manager's word, and of an author's those managers who wrote before."""
    by = said.written_by
    authors = set(consultation.authors)
    if by in authors:
        before = consultation.comments.exclude(written_by__in=authors).select_related("written_by")
        people = {comment.written_by for comment in before}
    else:
        people = authors
    tell(
        [
            Notice(
                kind=COMMENTED,
                key=f"{COMMENTED}:{said.pk}:{user.pk}",
                to=user,
                path=reverse("consultation_comments", args=[consultation.pk]),
                template="consultations/email/commented.txt",
                context={"held_on": consultation.held_at, "school": consultation.school},
                about=consultation,
            )
            for user in sorted(people, key=lambda user: user.email)
            if _may_read(user, consultation)
        ],
        by,
    )


def _takes_part(message):
    consultation = Consultation.objects.select_related("school").filter(pk=message.about_id).first()
    return consultation is not None and _may_read(message.to, consultation)


def _may_read(user, consultation):
    return (
        user.is_active
        and Consultation.objects.visible_to(user).filter(pk=consultation.pk).exists()
        and policies.may_comment(user, consultation)
    )
