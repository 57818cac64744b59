"""The password once more, before an act that hands something to others (security.md 2.7, 7.5.3)."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from django.conf import settings


def _entered_long_ago(request):
    """Whether the password was last entered, signing in or since, five minutes ago or earlier."""
    entered = [record["at"] for record in get_authentication_records(request, request.user)]
    return time.time() - max(entered, default=0) >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


@reauthentication_required(enabled=_entered_long_ago)
def ask_password_again(request):
    """Go on only where the password was entered just now; what was posted goes on after it."""
