"""How an agency's contact, who has no account, gets to their copy: a link, and a code mailed apart.

A link is good for 28 days, its code for ten minutes and one use. Nobody who holds a link alone is
told whose it is, whether the address they typed is the right one, or whether a code is still good.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.links import digest
from accounts.models import User
from audit.models import Look
from panels import distribution_notices
from panels.models import Distribution, MinutesLink
from panels.services import readers

CODE_LASTS = timedelta(minutes=10)
TRIES = 10
DIGITS = 6


def find_open(token):
    """The ``MinutesLink`` that a token leads to, with its copy; None for any that leads nowhere.

    One whose copy was replaced by a later version is open still, to say so.
    """
    return _open().filter(token_hash=digest(token)).first()


def _open():
    return MinutesLink.objects.filter(
        expires_at__gt=timezone.now(),
        distribution__revoked_at__isnull=True,
        distribution__agency__isnull=False,
    ).select_related(
        "action",
        "distribution__agency__agency",
        "distribution__version__meeting",
        "distribution__file",
    )


def newer_than(distribution):
    """The copy of a later version that the same recipient was sent, or None.

    One that was called back since replaces this one none the less.
    """
    later = Distribution.objects.filter(
        agency=distribution.agency_id,
        version__meeting=distribution.version.meeting_id,
        version__number__gt=distribution.version.number,
    )
    return later.order_by("-version__number").first()


@transaction.atomic
def ask_code(token, address):
    """Mail a code to whoever the link was sent to, if that is the address; says nothing of it."""
    link = _locked(token)
    if link is None or link.distribution.agency.email.casefold() != address.strip().casefold():
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    link.code_hash, link.code_tries = _digest(link, code), 0
    link.code_expires_at = timezone.now() + CODE_LASTS
    link.save(update_fields=["code_hash", "code_tries", "code_expires_at"])
    distribution_notices.code(link, code)


@transaction.atomic
def try_code(token, typed):
    """The ``MinutesLink`` that the code opens, once; None for any other, which is counted.

    After ten wrong ones the code is closed, not the link, and nobody is told.
    """
    link = _locked(token)
    if link is None or not link.code_hash or link.code_expires_at <= timezone.now():
        return None
    is_right = constant_time_compare(_digest(link, "".join(typed.split())), link.code_hash)
    link.code_tries += 1
    if is_right or link.code_tries >= TRIES:
        link.code_hash = ""
    link.save(update_fields=["code_hash", "code_tries"])
    return link if is_right else None


def _locked(token):
    return _open().select_for_update(of=["self"]).filter(token_hash=digest(token)).first()


def _digest(link, code):
    return salted_hmac("panels.minutes", f"{link.pk}:{code}", algorithm="sha256").hexdigest()


def opened(link, action=Look.VIEW):
    """Write down that somebody opened the copy by this link, with the children it speaks of."""
    by = User.objects.system("partner")
    readers.opened(by, link.distribution, action, basis=readers.PARTNER)
