"""What a session of short work says to a search: to the team alone, whoever has its notes."""

from datetime import datetime, time

from django.utils import timezone

from interventions.models import Session
from schools.services import Words, index

# Of a child's part: one line for each text that somebody may look for later.
OF_A_PART = ("support_given", "analysis", "childs_words", "school_text", "headline")


def index_session(session):
    """Make a completed session findable; called by every act that adds words to it.

    Seven queries, however many children it is about.
    """
    session = with_passages().get(pk=session.pk)
    at = datetime.combine(session.held_on, session.starts_at or time())
    index(
        session,
        Words(for_school="", for_team="\n".join(passages_of(session))),
        school=session.intervention.school,
        author=session.author,
        at=timezone.make_aware(at),
    )


def passages_of(session):
    """The texts of a session; reads its parts and their addenda, which a list prefetches."""
    texts = [session.risks, session.not_held_words]
    for part in session.parts.all():
        texts += [getattr(part, name) for name in OF_A_PART]
        texts += [added.text for added in part.addenda.all()]
    return [text for text in texts if text]


def with_passages():
    """Sessions with all that ``passages_of`` reads and whose work it is, in four queries."""
    return Session.objects.select_related("intervention__school").prefetch_related(
        "parts__addenda", "intervention__participants"
    )
