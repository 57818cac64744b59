"""What somebody looks for, kept in the session, so that no address holds them.

An address names them by an id (security.md 14.2.1).
"""

import secrets

# Where the session keeps the words of the latest searches, ``{id: words}``.
ASKED = "asked"
# So many can be come back to.
LATEST = 5


def keep(request, words):
    """The id by which the words can be asked for in this sign-in, as ``?asked=<id>``."""
    asked = secrets.token_urlsafe(8)
    kept = {**request.session.get(ASKED, {}), asked: words}
    request.session[ASKED] = dict(list(kept.items())[-LATEST:])
    return asked


def kept(request):
    """The words that the address asks for; None when there are none."""
    return request.session.get(ASKED, {}).get(request.GET.get(ASKED))
