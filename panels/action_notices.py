"""Who hears of a meeting's actions: its owners with an account, and who organises it.

The date of the meeting, its reference and a link: what is to be done is behind sign-in (design.md
5). An agency hears with its copy of the minutes.
"""

from django.urls import reverse

from accounts.notices import Notice, tell
from consultations.models import MEETING, Action
from consultations.notices import owner_of
from notifications import kinds
from panels.models import Meeting

AGREED, COMMENTED = "meeting_actions", "meeting_comment"


def register_kinds():
    """Make the outbox know the kinds here; called once, when the app is ready."""
    kinds.register(
        AGREED,
        still_due=_is_theirs_to_do,
        may_receive=lambda message: message.to.is_active,
        label="Actions of a meeting",
    )
    kinds.register(
        COMMENTED,
        may_receive=_organises,
        label="Comment on an action",
    )


def agreed(version, actions, by):
    """Each owner with an account hears of what this version of the minutes gave them."""
    told = {}
    made = Action.objects.filter(pk__in=[action.pk for action in actions])
    for action in made.select_related("owner_user", "owner_contact__user"):
        user, path = owner_of(action)
        if user and user != by and user.is_active:
            told[user] = path
    tell(
        [
            Notice(
                kind=AGREED,
                key=f"{AGREED}:{version.pk}:{user.pk}",
                to=user,
                path=path,
                template="panels/email/meeting_actions.txt",
                context={"meeting": version.meeting},
                about=version.meeting,
            )
            for user, path in told.items()
        ],
        by,
    )


def commented(comment, meeting, by):
    """The organiser of the meeting hears that something was said of an action, unless ``by``."""
    if meeting.organiser == by:
        return
    notice = Notice(
        kind=COMMENTED,
        key=f"{COMMENTED}:{comment.pk}",
        to=meeting.organiser,
        path=reverse("meeting_actions", args=[meeting.pk]),
        template="panels/email/meeting_comment.txt",
        context={"meeting": meeting},
        about=meeting,
    )
    tell([notice], by)


def _organises(message):
    rows = Meeting.objects.visible_to(message.to)
    return rows.filter(pk=message.about_id, organiser=message.to).exists()


def _is_theirs_to_do(message):
    """An open action of the meeting is theirs, and they may read it."""
    user = message.to
    rows = Action.objects.open().filter(source_type=MEETING, source_id=message.about_id)
    return (
        rows.visible_to(user).filter(owner_user=user).exists()
        or rows.for_school(user).filter(owner_contact__user=user).exists()
    )
