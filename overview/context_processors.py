from django.conf import settings

from accounts import sessions
from overview import navigation


def shell(request):
    """What ``base.html`` needs: the council's words and, signed in, where this person can go."""
    context = {"council": settings.COUNCIL, "demo": settings.DEMO}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    return context | {
        "navigation": navigation.items(user),
        "is_council_user": bool(user.roles),
        "session_expires": sessions.seconds_left(request.session),
        "session_warning": settings.SESSION_WARNING_SECONDS,
    }
