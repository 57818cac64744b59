"""Forms that were sent too late: kept for their writer, and sent again by them.

Too late is after the sign-in had ended, or after the reason for which a child was open.
"""

import re
from datetime import timedelta

from django.utils import timezone

from drafts.models import UnsavedForm
from drafts.services import LOOKS_UP

KEPT_FOR = timedelta(days=14)
# The field that says which kept form is being sent again.
FIELD = "unsaved_form"
LEFT_OUT = frozenset({"csrfmiddlewaretoken", FIELD})
# What a form sends of its own accord: ids, codes of choices, ticks, numbers of rows.
CODE = re.compile(r"[a-z0-9_:-]*")


def searches(view):
    """Mark a view whose form looks somebody up: what is sent to it is never kept."""
    view.searches = True
    return view


def worth_keeping(request):
    """Whether the POST holds what can be kept: never a password, a file or whom one looked for."""
    names = _kept_of(request.POST)
    is_search = getattr(request.resolver_match.func, "searches", False)
    has_password = any("password" in name for name in names)
    return bool(names) and not (request.FILES or is_search or has_password)


def keep(request):
    """Keep a POST for its writer alone, in place of an earlier one to the same address.

    PostgreSQL stores no NUL character: it is dropped, being no character anyone typed.
    """
    UnsavedForm.objects.filter(sent_at__lt=timezone.now() - KEPT_FOR).delete()
    data = {
        name.replace("\x00", ""): [value.replace("\x00", "") for value in values]
        for name, values in _kept_of(request.POST).items()
    }
    request.unsaved, _ = UnsavedForm.objects.update_or_create(
        user=request.user,
        path=request.get_full_path(),
        defaults={"data": data, "sent_at": timezone.now()},
    )
    return request.unsaved


def was_kept(request):
    """Whether what this request sent is kept, so that it was not taken."""
    return hasattr(request, "unsaved")


def _kept_of(post):
    return {
        name: values
        for name, values in post.lists()
        if name not in LEFT_OUT and not name.startswith(LOOKS_UP)
    }


def of(user):
    """The forms the user has not looked at again, the latest first."""
    since = timezone.now() - KEPT_FOR
    return UnsavedForm.objects.filter(user=user, sent_at__gt=since).order_by("-sent_at")


def drop(by, pk):
    """The text is in its place by now, or its writer wants it gone."""
    UnsavedForm.objects.filter(user=by, pk=pk).delete()


def words_of(kept):
    """What its writer chose or typed in words, as ``[(label, text)]`` in the form's order."""
    return [
        (name.rpartition("-")[2].replace("_", " ").capitalize(), value)
        for name, values in kept.data.items()
        for value in values
        if value.strip() and not CODE.fullmatch(value)
    ]
