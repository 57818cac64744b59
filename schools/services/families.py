"""Children who belong together: siblings, a shared home."""

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from schools.children import Door, door_of
from schools.models import FamilyLink
from schools.services.pupils import locked_child


@transaction.atomic
def link_family(by, pupil, other, kind):
    """Link two children; said again, how they belong together changes.

    ``by`` may change the first, and has opened the other.
    """
    pupil = locked_child(by, pupil)
    allow(door_of(by, other) >= Door.IDENTITY)
    if pupil == other:
        raise ValidationError("Choose another child: this one is the child of the page")
    first, second = sorted((pupil, other), key=lambda child: child.pk)
    link, is_new = FamilyLink.objects.get_or_create(
        one=first, other=second, defaults={"kind": kind, "added_by": by}
    )
    if not is_new and link.kind == kind:
        return link
    if not is_new:
        link.kind = kind
        link.save(update_fields=["kind"])
    record(by, Verb.LINK, link)
    return link


@transaction.atomic
def unlink_family(by, pupil, link):
    """Take back that two children belong together. TransitionNotAllowed when it is gone."""
    pupil = locked_child(by, pupil)
    link = FamilyLink.objects.select_for_update().filter(pk=link.pk).first()
    if link is None:
        raise TransitionNotAllowed("These children are not linked any more.")
    allow(pupil.pk in (link.one_id, link.other_id))
    record(by, Verb.REMOVE, link)
    link.delete()
