"""A word between managers and the author of a consultation; no school ever reads it."""

from django.db import transaction
from django.utils import timezone

from audit.errors import allow
from audit.models import Verb
from audit.services import record
from consultations import comment_notices, policies
from consultations.models import Comment, Consultation


@transaction.atomic
def comment(by, consultation, text, pk=None):
    """Add to the thread of a consultation, draft or not; the other side is told.

    ``pk`` was made with the page: a second click adds nothing. PermissionDenied for anyone but
    its authors and the managers who read it.
    """
    consultation = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("school", "author", "started_by")
        .get(pk=consultation.pk)
    )
    allow(policies.may_comment(by, consultation))
    if pk and (said := Comment.objects.filter(pk=pk).first()):
        allow(said.consultation_id == consultation.pk)
        return said
    said = Comment(consultation=consultation, text=text, written_by=by)
    if pk:
        said.pk = pk
    said.save(force_insert=True)
    record(by, Verb.COMMENT, consultation, comment=str(said.pk))
    comment_notices.commented(consultation, said)
    return said


def read(by, consultation, shown):
    """Remember that its author opened the thread, of which the comments ``shown`` were shown."""
    if by.pk == consultation.author_id:
        waiting = Comment.objects.waiting_for(by).filter(pk__in=[said.pk for said in shown])
        waiting.update(read_at=timezone.now())
