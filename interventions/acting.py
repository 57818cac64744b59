"""Doing what a form about short work asks, and saying how it went."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from audit.errors import TransitionNotAllowed


def do(request, form, act, said, there):
    """Do ``act`` and say ``said``, or say why it is too late; then go ``there``.

    ``form`` is None for a button alone. ``there`` is what ``redirect`` takes, or a function of what
    the act returned, which is None when it is too late. None where the act refuses what the form
    says: the form then shows why.
    """
    made = None
    try:
        made = act()
    except ValidationError as refused:
        form.refuse(refused)
        return None
    except TransitionNotAllowed as late:
        messages.info(request, str(late))
    else:
        messages.success(request, said)
    return redirect(there(made) if callable(there) else there)
