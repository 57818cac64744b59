"""How long a place has been empty, in words."""

from datetime import datetime

import pytest
from django.utils import timezone

from linkworkers.board import Place
from linkworkers.models import AllocationKind
from schools.calendar import Calendar
from tests.schools.test_calendar import TERMS, term


@pytest.mark.parametrize(
    ("since", "now", "words"),
    [
        ("2025-11-20", "2025-11-28", "No primary for 6 school days"),
        ("2025-12-19", "2026-01-05", "No primary for 1 school day"),
        ("2025-12-19", "2026-01-02", "No primary for 14 days"),
        ("2025-11-28", "2025-11-28", "No primary since today"),
        ("2025-07-20", "2025-09-05", "No primary for 47 days"),
    ],
)
def test_a_gap_is_told_in_school_days_where_the_terms_are_known(time_machine, since, now, words):
    """rule 001-47"""
    time_machine.move_to(f"{now}T12:00:00Z")
    empty_since = timezone.make_aware(datetime.fromisoformat(f"{since}T09:00:00"))
    calendar = Calendar(term(name) for name in TERMS)
    place = Place(AllocationKind.PRIMARY, None, None, empty_since, calendar)
    assert place.waiting == words
