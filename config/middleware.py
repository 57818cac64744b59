from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseNotAllowed
from django.shortcuts import resolve_url

from accounts.links import is_own_path
from config import errors

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class PrivatePages:
    """Headers that keep pages private, on every answer but the static files (security.md 2.3).

    Nothing is kept by a browser or a proxy between; no search engine lists it. A NUL character
    in an address, which PostgreSQL would refuse, is answered as a bad request.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    # Not before the other middleware: the refusal wants their headers as well.
    def process_view(self, request, view, args, kwargs):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request)
        return None


class RefusedMethods:
    """A page for a method that an address does not take; Django answers with nothing to read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.method_not_allowed(response)
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Django's, but a page that needs no sign-in is served without a look at the session.

    Django's asks for the user first, which fails on /urgent/ when the database is down and
    the browser still holds the cookie of a sign-in (rules 001-100, 001-103).
    """

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request, view):
        """The way back leads to the page on which a button was pressed, and never to the press."""
        if request.method != "POST":
            return super().handle_no_permission(request, view)
        messages.info(request, "You were signed out before that was done. Sign in and do it again.")
        page = urlsplit(request.headers.get("Referer", ""))
        is_ours = page.netloc == request.get_host() and is_own_path(page.path)
        return redirect_to_login(page.path if is_ours else "/", resolve_url(settings.LOGIN_URL))
