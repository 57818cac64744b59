"""What the school says of the extracts: that one is on the child's own record."""

from django.db import transaction
from django.utils import timezone

from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from consultations import policies
from consultations.models import PupilDiscussed


@transaction.atomic
def stored(by, consultation, part_pk):
    """One child's extract is in the school's own system since today; one lead's word is enough.

    The note itself is stored on its own word. Returns the part. PermissionDenied for anyone but a
    head or safeguarding lead of the school; TransitionNotAllowed when a colleague said so already.
    """
    part = (
        PupilDiscussed.objects.select_for_update(of=("self",))
        .select_related("consultation")
        .get(pk=part_pk, consultation=consultation)
    )
    allow(policies.may_act_for_school(by, part.consultation) and part.consultation.is_shared)
    if part.stored_on:
        raise TransitionNotAllowed("This extract is marked as stored already.")
    part.stored_on, part.stored_by = timezone.localdate(), by
    part.save(update_fields=["stored_on", "stored_by"])
    record(by, Verb.STORED, part, school_id=part.consultation.school_id)
    return part
