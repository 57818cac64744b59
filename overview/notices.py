"""What managers hear of their week: that there is something to look at, and nothing of it."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notices import Notice, tell
from notifications import kinds
from overview.digest import Week, digest_of
from overview.policies import digest_readers, has_desk

DIGEST = "weekly_digest"


def send_digests(day):
    """Tell every manager whose last week before ``day`` has an exception; once a week each."""
    week, by = Week.before(day), User.objects.system("digest")
    tell(
        [
            Notice(
                kind=DIGEST,
                key=f"{DIGEST}:{user.pk}:{week.ends_on}",
                to=user,
                path=f"{reverse('digest')}?week={week.ends_on}",
                template="overview/email/digest.txt",
                context={"week": week},
                about=user,
            )
            for user in digest_readers()
            if digest_of(user, week)
        ],
        by,
    )


def _still_something(message):
    week = Week.before(timezone.localdate(message.created_at))
    return bool(digest_of(message.to, week))


def _is_manager(message):
    return message.to.is_active and has_desk(message.to)


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        DIGEST, still_due=_still_something, may_receive=_is_manager, label="Weekly digest"
    )
