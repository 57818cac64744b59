"""Putting the words of a record where a search finds them."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import TextField, Value

from schools.models import SearchEntry

# A copy of PostgreSQL's English that reads letters without their accents; and the same words as
# they stand, without those of no meaning, for beginnings that are longer than a stem.
CONFIG = "linkbook"
AS_THEY_STAND = "linkbook_words"
# One apostrophe, whichever was typed.
APOSTROPHES = str.maketrans("’‘", "''")


@dataclass(frozen=True)
class Words:
    """What a record says: ``for_school`` to the school and the team, ``for_team`` to the team."""

    for_school: str
    for_team: str


@transaction.atomic
def index(subject, words, *, school, author, at):
    """Make ``subject`` findable by these ``Words``, and by no others; two queries at most.

    Otherwise as ``entries_of``.
    """
    SearchEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk
    ).delete()
    SearchEntry.objects.bulk_create(entries_of(subject, words, school=school, author=author, at=at))


def entries_of(subject, words, *, school, author, at):
    """What makes ``subject`` findable by these ``Words``: unsaved rows, to be its only ones.

    ``school`` is where it belongs, ``author`` reads it when nobody else may, ``at`` is the time
    of the event.
    """
    return [
        SearchEntry(
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            school=school,
            hub_id=school.hub_id,
            author=author,
            at=at,
            for_school=for_school,
            words=words_of(text.translate(APOSTROPHES)),
        )
        for for_school, text in ((True, words.for_school), (False, words.for_team))
        if text.strip()
    ]


def words_of(text):
    """The SQL of the words by which a text, with straight apostrophes, is found."""
    said = Value(text, output_field=TextField())
    return SearchVector(said, config=CONFIG) + SearchVector(said, config=AS_THEY_STAND)
