"""Forms that were sent after a sign-in had ended: kept for their writer, and sent again by them."""

import re
from datetime import timedelta

from django.utils import timezone

from drafts.models import UnsavedForm

KEPT_FOR = timedelta(days=14)
# The field that says which kept form is being sent again.
FIELD = "unsaved_form"
LEFT_OUT = frozenset({"csrfmiddlewaretoken", FIELD})
# What a form sends of its own accord: ids, codes of choices, ticks, numbers of rows.
CODE = re.compile(r"[a-z0-9_:-]*")


def worth_keeping(request):
    """Whether the POST holds anything that can be kept: never a password, never a file."""
    names = set(request.POST) - LEFT_OUT
    return bool(names) and not request.FILES and not any("password" in name for name in names)


def keep(by, path, post):
    """Keep a POST to ``path`` for its writer alone, in place of an earlier one to it.

    PostgreSQL stores no NUL character: it is dropped, being no character anyone typed.
    """
    UnsavedForm.objects.filter(sent_at__lt=timezone.now() - KEPT_FOR).delete()
    data = {
        name.replace("\x00", ""): [value.replace("\x00", "") for value in values]
        for name, values in post.lists()
        if name not in LEFT_OUT
    }
    kept, _ = UnsavedForm.objects.update_or_create(
        user=by, path=path, defaults={"data": data, "sent_at": timezone.now()}
    )
    return kept


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
