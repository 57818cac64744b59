"""Who hears that a meeting has another organiser: the former and the new one.

A date, a reference and a link; why is behind sign-in (design.md 5).
"""

from django.urls import reverse

from accounts.notices import Notice, tell
from notifications import kinds

HANDED_OVER = "meeting_handed_over"


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        HANDED_OVER,
        may_receive=lambda message: message.to.is_active,
        label="Meeting handed over",
    )


def handed_over(handed, by):
    """Both hear once, but who did it; who does not see the meeting any more goes to the list."""
    meeting = handed.meeting
    paths = {
        handed.to: meeting.get_absolute_url(),
        handed.former: reverse("meetings"),
    }
    tell(
        [
            Notice(
                kind=HANDED_OVER,
                key=f"{HANDED_OVER}:{handed.pk}:{user.pk}",
                to=user,
                path=path,
                template="panels/email/meeting_handed_over.txt",
                context={"meeting": meeting, "is_theirs": user == handed.to},
                about=meeting,
            )
            for user, path in paths.items()
            if user != by
        ],
        by,
    )
