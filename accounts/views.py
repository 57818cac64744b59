from allauth.account import views as allauth
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import forms, services, sessions
from accounts.links import digest, is_own_path
from accounts.models import Invitation
from audit.errors import TransitionNotAllowed
from govuk.forms import posted

# --- signing in and out -------------------------------------------------------------------


class SignIn(allauth.LoginView):
    form_class = forms.SignInForm
    template_name = "account/login.html"

    @transaction.atomic
    def form_valid(self, form):
        return super().form_valid(form)


# Attempts are counted in the database. Counted inside a request's transaction, everybody behind
# a school's one address would wait for the slow password check of the person before them.
sign_in = transaction.non_atomic_requests(SignIn.as_view())


class SignOut(allauth.LogoutView):
    template_name = "account/logout.html"

    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SignUp(allauth.SignupView):
    """Nobody signs up: people are invited. allauth wants the name to exist."""

    def closed(self):
        raise Http404


# --- the session --------------------------------------------------------------------------


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def session(request):
    """How the sign-in stands, for the page's scripts. POST says that its user is there.

    ``{"signed_in": bool, "user": id or null, "csrf": token, "expires_in": seconds}``.
    GET leaves the idle clock alone; POST without a sign-in answers 401.
    """
    if request.user.is_authenticated:
        sessions.end_if_over(request)
    signed_in = request.user.is_authenticated
    if signed_in and request.method == "POST":
        sessions.touch(request.session)
    return JsonResponse(
        {
            "signed_in": signed_in,
            "user": str(request.user.pk) if signed_in else None,
            "csrf": get_token(request),
            "expires_in": sessions.seconds_left(request.session) if signed_in else 0,
        },
        status=401 if request.method == "POST" and not signed_in else 200,
    )


# --- an invitation ------------------------------------------------------------------------


def _next(request):
    path = request.GET.get("next", "")
    return path if is_own_path(path) else "/"


def _without_token(response):
    """Keep the token out of Referer. ``no-referrer`` would also empty the Origin that the
    check against forged posts reads."""
    response["Referrer-Policy"] = "strict-origin"
    return response


@never_cache
@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request, token):
    """Join with a password of one's choice, and go on to ``next``."""
    found = (
        Invitation.objects.select_related("user", "invited_by")
        .filter(token_digest=digest(token))
        .first()
    )
    if found is None or not found.is_open():
        return _without_token(_ended(request, token, found))
    form = forms.AcceptInvitationForm(posted(request), user=found.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept(token, form.cleaned_data["password1"])
        except TransitionNotAllowed:
            found.refresh_from_db()
            return _without_token(_ended(request, token, found))
        # Whoever was signed in in this browser is not the person invited.
        logout(request)
        return perform_login(request, user, redirect_url=_next(request))
    page = {"form": form, "invitation": found}
    return _without_token(render(request, "accounts/invitation.html", page))


def _ended(request, token, found):
    joined = found is not None and found.user.joined_at is not None
    page = {
        "token": token,
        "joined": joined,
        "next": _next(request),
        "hours": settings.INVITATION_HOURS,
    }
    return render(request, "accounts/invitation_ended.html", page, status=410)


@login_not_required
@require_POST
def invitation_renew(request, token):
    """Send a new link to the address the old one went to; the answer is always the same."""
    services.renew(token)
    return _without_token(render(request, "accounts/invitation_renewed.html"))


# --- your account -------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def account(request):
    """Your details, your password and where you are signed in."""
    form = forms.DetailsForm(posted(request), person=request.user)
    if request.method == "POST" and form.is_valid():
        services.change_details(request.user, request.user, **form.cleaned_data)
        messages.success(request, "Your details have been changed.")
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form})


@require_http_methods(["GET", "POST"])
def cadence(request):
    """``/account/emails/``: how often somebody is written to."""
    form = forms.CadenceForm(posted(request), initial={"cadence": request.user.cadence})
    if request.method == "POST" and form.is_valid():
        services.choose_cadence(request.user, form.cleaned_data["cadence"])
        messages.success(request, "Saved. Concerns and emergencies still come at once.")
        return redirect("account")
    context = {"form": form, "title": "Emails to you", "back": reverse("account")}
    return render(request, "accounts/cadence.html", context)


@require_http_methods(["GET", "POST"])
def session_list(request):
    """Where you are signed in. POST signs you out everywhere else."""
    if request.method == "POST":
        sessions.end_all(request.user, but=request.session.session_key)
        messages.success(request, "You have been signed out everywhere else.")
        return redirect("usersessions_list")
    rows = [
        {
            "id": row.pk,
            "device": sessions.device_of(row.user_agent),
            "ip": row.ip,
            "since": row.created_at,
            "is_this": row.session_key == request.session.session_key,
        }
        for row in sessions.of(request.user)
    ]
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


@require_POST
def session_end(request, pk):
    """Sign yourself out in one other place."""
    row = get_object_or_404(request.user.usersession_set, pk=pk)
    if row.session_key == request.session.session_key:
        return redirect("account_logout")
    row.end()
    messages.success(request, "You have been signed out there.")
    return redirect("usersessions_list")
