"""Requests for support in the world of ``tests/world.py``, made by their acts."""

from referrals.models import SupportRequest
from referrals.services import requests

WORDS = "Two families in Year 4 whose mornings are hard: <b>what</b> could we do?"


def facts(**changes):
    """What a school says when it asks."""
    return {
        "wanted": "consultation",
        "words": WORDS,
        "how_soon": "fortnight",
        "suits": "Mondays after school",
        **changes,
    }


def asked(world, by=None, *, school=None, **changes):
    """What Oakfield's safeguarding lead asks for on the school's own page."""
    return requests.ask(by or world.dsl, school or world.oakfield, facts(**changes))


def logged(world, source, by=None, *, school=None, **changes):
    """A phone call of an hour ago about Oakfield, logged by its manager."""
    told = {
        "channel": "phone",
        "received_at": world.now,
        "asked_name": "Freda Frontdoor",
        "asked_role": "Practitioner",
        "contact": None,
        "wanted": "short_work",
    }
    return requests.log(
        by or world.manager, school or world.oakfield, source, facts(**{**told, **changes})
    )


def dated(request, at):
    """The request as if it had come at that instant."""
    SupportRequest.objects.filter(pk=request.pk).update(received_at=at, recorded_at=at)
    return SupportRequest.objects.get(pk=request.pk)
