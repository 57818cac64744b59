from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts import sessions
from accounts.middleware import is_autosave
from drafts import unsaved

SIGN_IN = "account_login"


class KeepUnsaved:
    """A form sent after the sign-in had ended is kept, and shown to its writer once back.

    Stands before SessionLimits, which ends the sign-in and answers with the sign-in page, and
    behind the check against forged posts.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method != "POST" or response.status_code >= 400:
            return response
        if unsaved.FIELD in request.POST and not unsaved.was_kept(request):
            drop_sent_again(request)
        if is_sign_in(request) and request.user.is_authenticated:
            return to_what_was_kept(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        if (
            request.method == "POST"
            and getattr(view, "login_required", True)
            and not is_autosave(request)
            and request.user.is_authenticated
            and sessions.limit_reached(request.session)
            and unsaved.worth_keeping(request)
        ):
            unsaved.keep(request)
            messages.info(
                request, "What you sent has been kept. You will see it once you have signed in."
            )
        return None


def to_what_was_kept(request, response):
    """From a sign-in to the latest kept form, which leads on to where the writer was going."""
    kept = unsaved.of(request.user).first()
    if kept is None or not isinstance(response, HttpResponseRedirect):
        return response
    then = urlencode({"next": response.url})
    return redirect(f"{reverse('unsaved_form', args=[kept.pk])}?{then}")


def is_sign_in(request):
    return request.resolver_match is not None and request.resolver_match.view_name == SIGN_IN


def drop_sent_again(request):
    """The form has been taken, or is back on its own page with what to change."""
    try:
        pk = UUID(request.POST[unsaved.FIELD])
    except ValueError:
        return
    if request.user.is_authenticated:
        unsaved.drop(request.user, pk)
