"""The sessions of one piece of work, on its page; and the notes its school was given."""

from dataclasses import dataclass

from django.db.models import Prefetch

from govuk.words import listed
from interventions import policies
from interventions.models import Contact, Participant, Session, SessionPart
from interventions.school_note import person_text


@dataclass(frozen=True)
class Line:
    """One session of the timeline: with whom, and the parts of its children."""

    session: Session
    with_whom: str
    parts: list

    @property
    def is_direct(self):
        """Direct work that took place: what the plan counts."""
        session = self.session
        is_held = not session.is_draft and session.took_place
        return is_held and session.contact == Contact.DIRECT

    @property
    def to_give(self):
        """The parts whose note the school has not got yet."""
        return [part for part in self.parts if part.school_text and not part.given_at]


def section(user, work):
    """What the page of the work shows of its sessions, newest first; four queries.

    For somebody to whom its children are open. ``held`` is how much direct work took place of what
    is ``planned``.
    """
    lines = [
        Line(
            session,
            with_whom=listed([person_text(person) for person in session.people.all()]),
            parts=list(session.parts.all()),
        )
        for session in _sessions_of(user, work)
    ]
    return {
        "lines": lines,
        "held": sum(line.is_direct for line in lines),
        "planned": work.planned_sessions,
        "may_write": policies.may_work(user, work),
    }


def _sessions_of(user, work):
    parts = SessionPart.objects.select_related("pupil", "stored_by")
    return (
        Session.objects.visible_to(user)
        .filter(intervention=work)
        .select_related("author", "started_by")
        .prefetch_related(
            Prefetch("people", Participant.objects.select_related("pupil")),
            Prefetch("parts", parts),
        )
    )


def given_to_school(work):
    """The children's parts whose note the school was given, the latest session first; one query."""
    return (
        SessionPart.objects.filter(session__intervention=work, given_at__isnull=False)
        .select_related("pupil", "stored_by", "session")
        .order_by("-session__held_on", "-session__started_at", "position")
    )
