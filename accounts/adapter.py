from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import notices, passwords, services, sessions, signals
from accounts.links import absolute, is_own_path


class AccountAdapter(DefaultAccountAdapter):
    """allauth's decisions, as this service makes them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Enter a correct email address and password",
        "enter_current_password": "Enter your current password as it is now",
        "incorrect_password": "Enter the password you sign in with",
        "too_many_login_attempts": (
            "There were too many attempts to sign in. Try again in 5 minutes, "
            "or choose a new password"
        ),
    }

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        return bool(url) and is_own_path(url)

    def clean_password(self, password, user=None):
        passwords.check(password, user)
        return password

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            signals.refused(credentials.get("email", ""), "limit")
            raise

    def login(self, request, user):
        super().login(request, user)
        sessions.begin(request.session)

    def get_password_change_redirect_url(self, request):
        return reverse("account")

    def get_reset_password_from_key_url(self, key):
        uid, _, token = key.partition("-")
        return absolute(
            reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        )

    def send_password_reset_mail(self, user, email, context):
        if user.joined_at is None:
            services.renew_invitation(user)
        else:
            notices.password_reset(user, context["password_reset_url"], context["key"])

    def send_mail(self, template_prefix, email, context):
        # Nobody gets mail from us because somebody else typed their address.
        if template_prefix != "account/email/unknown_account":
            super().send_mail(template_prefix, email, context)
