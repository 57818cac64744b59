from django.conf import settings

from accounts import sessions
from drafts import unsaved
from overview import navigation


def shell(request):
    """What ``base.html`` needs: the council's words and, signed in, where this person can go.

    ``unsaved_forms`` are for the pages that people come home to; on others they cost no query.
    """
    context = {"council": settings.COUNCIL, "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    return context | {
        "navigation": navigation.items(user),
        "is_council_user": bool(user.roles),
        "unsaved_forms": unsaved.of(user).only("sent_at"),
        "session_expires": sessions.seconds_left(request.session),
        "session_warning": settings.SESSION_WARNING_SECONDS,
    }
