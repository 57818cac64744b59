"""Doing what a form asks, and saying how it went: for short work and what is asked for besides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import ChoiceField
from django.shortcuts import redirect
from django.urls import reverse

from audit.errors import TransitionNotAllowed
from drafts import unsaved


def do(request, form, act, said, there):
    """Do ``act`` and say ``said``, or say why it is too late; then go ``there``.

    ``form`` is None for a button alone. ``there`` is what ``redirect`` takes, or a function of what
    the act returned, which is None when it is too late. None where nothing is done: the form was
    not sent, is not whole, or the act refuses what it says. It then shows why.
    """
    if form is not None and not form.is_valid():
        return None
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


def unless_late(request, form, record, there):
    """The ``there`` of ``do`` for an act on ``record``: its writer loses no words that came late.

    They go on to ``there`` or, where the act came too late, to what they typed. What ``record``
    holds already was sent twice.
    """

    def onwards(made):
        if made is not None:
            return there
        record.refresh_from_db()
        held = {text.strip() for text in vars(record).values() if isinstance(text, str)}
        if {text.strip() for text in _typed(form)} - {""} <= held:
            return there
        return reverse("unsaved_form", args=[unsaved.keep(request).pk])

    return onwards


def _typed(form):
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        is_typed = isinstance(value, str) and not field.widget.is_hidden
        if is_typed and not isinstance(field, ChoiceField):
            yield value
