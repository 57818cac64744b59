"""What an Early help consultation says to a search: to the school, and to the team."""

from consultations.models import Audience, Consultation
from schools.services import Words, index

# Of a child's part: one line for each text that somebody may look for later.
TEXTS = (
    "cohort",
    "worries",
    "working_well",
    "needs_to_happen",
    "childs_voice",
    "lived_experience",
    "tried",
    "advice",
    "analysis",
    "headline",
    "effect",
    "outcome",
)


def index_consultation(consultation):
    """Make a completed consultation findable; called by every act that adds words to it."""
    school_reads, team_reads = passages_of(consultation)
    index(
        consultation,
        Words("\n".join(school_reads) if consultation.is_shared else "", "\n".join(team_reads)),
        school=consultation.school,
        author=consultation.author,
        at=consultation.held_at,
    )


def passages_of(consultation):
    """``(school_reads, team_reads)``: the texts of a record, those for the school in both.

    Reads ``areas``, ``discussed``, ``actions`` and ``addenda``, which a list prefetches.
    """
    said = list(consultation.addenda.all())
    for_school = [
        consultation.shared_text,
        consultation.updates_given,
        *(part.shared_text for part in consultation.discussed.all()),
        *(action.what for action in consultation.actions.all()),
        *(added.text for added in said if added.audience == Audience.SCHOOL),
    ]
    for_team = [
        consultation.internal_notes,
        *(area.notes for area in consultation.areas.all()),
        *(getattr(part, name) for part in consultation.discussed.all() for name in TEXTS),
        *(added.text for added in said if added.audience == Audience.TEAM),
    ]
    for_school = [text for text in for_school if text]
    return for_school, [*for_school, *(text for text in for_team if text)]


def with_passages():
    """Consultations with all that ``passages_of`` reads, in five queries."""
    return Consultation.objects.prefetch_related("areas", "discussed", "actions", "addenda")
