"""Doing an act that a page asks for, and saying how it went."""

from django.contrib import messages
from django.shortcuts import redirect

from audit.errors import TransitionNotAllowed


def do(request, act, done, then):
    """Do ``act`` and say ``done``, or say why it is too late; then go on to ``then``."""
    try:
        act()
    except TransitionNotAllowed as too_late:
        messages.warning(request, str(too_late))
    else:
        messages.success(request, done)
    return redirect(then)
