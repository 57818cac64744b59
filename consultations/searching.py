"""What an Early help consultation says to a search: to the school, and to the team."""

from consultations.models import Audience, Consultation
from schools.services import Words, entries_of, index

# Of a child's part: one line for each text that somebody may look for later.
FOR_SCHOOL = ("cohort", "shared_text", "advice")
FOR_TEAM = (
    "worries",
    "working_well",
    "needs_to_happen",
    "childs_voice",
    "lived_experience",
    "family_view",
    "tried",
    "analysis",
    "third_party",
    "headline",
    "effect",
    "outcome",
)


def index_consultation(consultation):
    """Make a completed consultation findable; called by every act that adds words to it."""
    index(consultation, **_said_in(consultation))


def first_entries(consultation, **rows):
    """What makes a consultation findable from its completion on: unsaved rows.

    ``rows`` are its ``areas``, ``discussed``, ``actions`` and ``addenda``, not in the database yet.
    """
    return entries_of(consultation, **_said_in(consultation, **rows))


def _said_in(consultation, **rows):
    school_reads, team_reads = passages_of(consultation, **rows)
    return {
        "words": Words(
            "\n".join(school_reads) if consultation.is_shared else "", "\n".join(team_reads)
        ),
        "school": consultation.school,
        "author": consultation.author,
        "at": consultation.held_at,
    }


def passages_of(consultation, *, areas=None, discussed=None, actions=None, addenda=None):
    """``(school_reads, team_reads)``: the texts of a record, those for the school in both.

    Reads ``areas``, ``discussed``, ``actions`` and ``addenda`` where they are not given, which a
    list prefetches.
    """
    parts = consultation.discussed.all() if discussed is None else discussed
    said = consultation.addenda.all() if addenda is None else addenda
    for_school = [
        consultation.shared_text,
        consultation.updates_given,
        consultation.training_wanted,
        *(resource["title"] for resource in consultation.resources),
        *(getattr(part, name) for part in parts for name in FOR_SCHOOL),
        *(action.what for action in (consultation.actions.all() if actions is None else actions)),
        *(added.text for added in said if added.audience == Audience.SCHOOL),
    ]
    for_team = [
        consultation.internal_notes,
        *(area.notes for area in (consultation.areas.all() if areas is None else areas)),
        *(getattr(part, name) for part in parts for name in FOR_TEAM),
        *(added.text for added in said if added.audience == Audience.TEAM),
    ]
    for_school = [text for text in for_school if text]
    return for_school, [*for_school, *(text for text in for_team if text)]


def with_passages():
    """Consultations with all that ``passages_of`` reads, in five queries."""
    return Consultation.objects.prefetch_related("areas", "discussed", "actions", "addenda")
