from django.conf import settings
from django.http import HttpResponseBadRequest
from django.template.loader import render_to_string

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
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            response = HttpResponseBadRequest(
                render_to_string("400.html", {"council": settings.COUNCIL})
            )
        else:
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response
