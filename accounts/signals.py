"""Sign-ins, failures and sign-outs, written down as they happen. Nothing else hangs on these.

allauth's signal is used for sign-ins: it is sent when the whole sign-in is done.
"""

import logging

from allauth.account.signals import user_logged_in
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts.models import User
from audit.models import Verb
from audit.services import record

security_log = logging.getLogger("linkbook.security")


def refused(email, why):
    """Write down a refused sign-in: on the person's record, or, unknown, without the address.

    ``why`` is ``"password"`` or ``"limit"``.
    """
    user = User.objects.filter(email=email.strip().lower(), is_system=False).first()
    if user:
        record(user, Verb.SIGN_IN_REFUSED, user, why=why)
    else:
        security_log.warning("sign-in refused (%s) for an address that has no account", why)


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    """The whole sign-in is done."""
    record(user, Verb.SIGN_IN, user)


@receiver(user_login_failed)
def password_refused(sender, credentials, **kwargs):
    """The address or the password was wrong."""
    refused(credentials.get("email") or "", "password")


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs):
    """By the person, or by the end of their session: ``request.signed_out_by`` says which."""
    if user is not None:
        record(user, Verb.SIGN_OUT, user, because=getattr(request, "signed_out_by", "asked"))
