"""Keeping what somebody types: start, save, consume. Drafts accept anything."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Verb
from audit.services import record
from drafts.errors import StaleDraft
from drafts.models import Draft

# What a form sends for its own working, no part of the text.
WORKING_FIELDS = frozenset({"csrfmiddlewaretoken", "version", "author", "id"})
# How the names of fields begin that look something up beside the text: they are never kept.
LOOKS_UP = "find-"
HANDED_OVER = ["author", "started_by", "handed_over_at", "handed_over_by", "handed_over_why"]


def typed(post):
    """The typed part of a POST as ``{name: [values]}``.

    PostgreSQL stores no NUL character: it is dropped, being no character anyone typed.
    """
    return {
        name: [value.replace("\x00", "") for value in values]
        for name, values in post.lists()
        if name not in WORKING_FIELDS and not name.startswith(LOOKS_UP)
    }


def start(by, form, target_id, data, version=0):
    """The first save of a form: makes the draft at version 1, or saves over one just made.

    A second start for the same target (a double click, a lost answer) keeps the later text;
    StaleDraft when the draft has been saved further since, unless ``version`` is its own.
    PermissionDenied when the target's draft is somebody else's.
    """
    try:
        with transaction.atomic():
            return Draft.objects.create(user=by, form=form, target_id=target_id, data=data)
    except IntegrityError:
        draft = Draft.objects.select_for_update().get(form=form, target_id=target_id)
        if draft.user_id == by.pk and draft.version not in (1, version):
            raise StaleDraft(draft) from None
        return _keep(by, draft, data)


def save(by, draft_id, data, version):
    """Save the draft over version ``version``.

    Draft.DoesNotExist when it was completed or discarded meanwhile, PermissionDenied when it
    is somebody else's, StaleDraft when another tab saved a later version.
    """
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    if draft.user_id == by.pk and draft.version != version:
        raise StaleDraft(draft)
    return _keep(by, draft, data)


def _keep(by, draft, data):
    if draft.user_id != by.pk:
        raise PermissionDenied
    draft.data = data
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.save(update_fields=["data", "version", "saved_at"])
    return draft


def hand_over(by, form, target, to, reason):
    """What ``target``, a ``HandedOver``, is about becomes another person's to write.

    What its former tabs send is stale by that. Who began it stays beside who finishes it.
    Returns the former author; ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Enter why you hand it over"})
    former = target.author
    target.started_by = target.started_by or former
    target.author = to
    target.handed_over_at, target.handed_over_by = timezone.now(), by
    target.handed_over_why = reason.strip()
    target.save(update_fields=HANDED_OVER)
    draft = Draft.objects.select_for_update().get(form=form, target_id=target.pk)
    draft.user = to
    draft.version += 1
    draft.save(update_fields=["user", "version"])
    record(by, Verb.HAND_OVER, target, former=str(former.pk), to=str(to.pk))
    return former


def consume(form, target_id):
    """The act it was typed for has been done: the draft goes."""
    Draft.objects.filter(form=form, target_id=target_id).delete()
