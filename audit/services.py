"""What the audit is told: what was done, who looked, and who was turned away."""

from django.db import transaction

from audit.inserts import insert_together
from audit.models import Access, Act, Look, Verb

# What stands for the id of a list that was downloaded.
FILE = "file"


def subject_of(thing):
    """``(type, id)`` of a model instance, as plain text: ``("schools.school", "0b1f…")``."""
    return thing._meta.label_lower, str(thing.pk)


def record(by, verb, thing, *, school_id=None, **detail):
    """Write down that ``by`` did ``verb`` on ``thing``; as ``act_of`` and ``record_all``."""
    act = act_of(by, verb, thing, school_id=school_id, **detail)
    record_all([act])
    return act


def act_of(by, verb, thing, *, school_id=None, **detail):
    """What ``record_all`` writes down: ``by`` did ``verb`` on ``thing``.

    ``detail`` holds identifiers and names of fields, never text that somebody typed.
    ValueError for a verb that is not one of ``Verb``.
    """
    subject_type, subject_id = subject_of(thing)
    return Act(
        by=by,
        verb=Verb(verb),
        subject_type=subject_type,
        subject_id=subject_id,
        school_id=school_id or getattr(thing, "school_id", None),
        detail=detail,
    )


def record_all(rows):
    """Write these acts down in one statement; call it inside their transaction.

    New rows of other models that an act leaves behind may stand among them: they are written by
    the very statement that says who made them.
    """
    insert_together(rows)


def looked(user, thing, action=Look.VIEW, *, basis, school_id=None, child_id=None, reason=""):
    """Write down that ``user`` opened ``thing``, before the page is made: no row, no page.

    Otherwise as ``look_of``. Runs in the view's transaction, so a row that cannot be written
    takes the page with it (security.md 2.12, 16.5).
    """
    look = look_of(
        user, thing, action, basis=basis, school_id=school_id, child_id=child_id, reason=reason
    )
    look.save(force_insert=True)
    return look


def look_of(user, thing, action=Look.VIEW, *, basis, school_id=None, child_id=None, reason=""):
    """What ``looked_at_all`` writes down: ``user`` opened ``thing``.

    ``thing`` is an instance, or a model class for a list.
    """
    if isinstance(thing, type):
        subject_type, subject_id = thing._meta.label_lower, ""
    else:
        subject_type, subject_id = subject_of(thing)
        school_id = school_id or getattr(thing, "school_id", None)
    return Access(
        user=user,
        action=Look(action),
        subject_type=subject_type,
        subject_id=subject_id,
        school_id=school_id,
        child_id=child_id,
        basis=basis,
        reason=reason,
    )


def as_file(looks):
    """These looks at a list, unsaved, of what left the service as a file."""
    for look in looks:
        look.subject_id = FILE
    return looks


def looked_at_all(looks):
    """Write these looks down in one statement, before the page is made."""
    Access.objects.bulk_create(looks)


def refused(user, page, *, status, subject_id=""):
    """Write down that ``user`` asked for ``page`` and was answered 403 or 404.

    ``page`` is the name of a URL pattern. Has a transaction of its own and refuses to be part
    of another (RuntimeError), whose end could take the row with it.
    """
    with transaction.atomic(durable=True, savepoint=False):
        return Access.objects.create(
            user=user,
            action=Look.VIEW,
            subject_type=page[:60],
            subject_id=subject_id,
            basis="none",
            status=status,
        )
