from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import redirect

from accounts import sessions

SIGNED_OUT = {
    "": "You are not signed in. Sign in to carry on.",
    sessions.IDLE: (
        f"You were signed out because nothing happened for "
        f"{settings.SESSION_IDLE_SECONDS // 60} minutes. Sign in to carry on."
    ),
    sessions.ABSOLUTE: (
        f"You were signed out because you signed in "
        f"{settings.SESSION_ABSOLUTE_SECONDS // 3600} hours ago. Sign in to carry on."
    ),
}


def is_autosave(request):
    """The page saved by itself: nobody is known to be sitting there."""
    return request.headers.get("X-Autosave") == "1"


class SessionLimits:
    """Ends a sign-in at its idle and absolute limits, and notes that its user is there.

    Stands before LoginRequiredMiddleware. Pages that need no sign-in are served without a
    look at the session, so that they work when the database does not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return None
        limit = ""
        if request.user.is_authenticated:
            request.user.sign_in = sessions.digest_of(request.session)
            limit = sessions.end_if_over(request)
        if is_autosave(request):
            # A redirect would hand the page of the sign-in form to a script as its answer.
            if not request.user.is_authenticated:
                return JsonResponse({"message": SIGNED_OUT[limit]}, status=401)
            return None
        if limit:
            messages.warning(request, SIGNED_OUT[limit])
            if request.method == "GET":
                return redirect_to_login(request.get_full_path())
            return redirect(settings.LOGIN_URL)
        if request.user.is_authenticated:
            sessions.touch(request.session)
        return None
