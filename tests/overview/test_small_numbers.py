"""Nothing of fewer than five people leaves the team, nor what they could be worked out from."""

import pytest

from overview.small_numbers import hidden, parts_told, told


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (1200, "1200")],
)
def test_one_to_four_are_told_as_few(number, text):
    assert told(number) == text


@pytest.mark.parametrize(
    ("parts", "kept_back"),
    [
        ([5, 6, 7], set()),
        ([0, 9, 0], set()),
        # One alone could be worked out from the sum, so the next smallest goes with it.
        ([3, 20, 8], {0, 2}),
        ([12, 0, 3], {0, 2}),
        # Two whose sum is small still tell of few people.
        ([1, 2, 10], {0, 1, 2}),
        ([3, 4, 10], {0, 1}),
        ([4, 0, 0], {0}),
        ([], set()),
    ],
)
def test_what_is_few_cannot_be_worked_out_from_the_sum(parts, kept_back):
    """rules 004-3 and 004-18: secondary suppression."""
    assert hidden(parts) == kept_back


def test_for_every_three_parts_the_reader_is_left_with_more_than_one_possibility():
    """Whoever knows the sum and the parts shown finds at least two ways to fill the rest."""
    for first in range(12):
        for second in range(12):
            for third in range(12):
                parts = [first, second, third]
                kept_back = hidden(parts)
                if not kept_back or sum(parts) < 5:
                    continue
                assert len(kept_back) > 1, parts
                assert sum(parts[place] for place in kept_back) >= 5, parts


def test_parts_are_told_in_their_places():
    assert parts_told([12, 0, 3]) == ["not shown", "0", "not shown"]
