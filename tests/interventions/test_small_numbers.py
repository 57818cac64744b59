"""No number under five leaves the team, and none that can be worked out (rules 004-3, 004-18)."""

from itertools import combinations_with_replacement, product

import pytest

from interventions.small_numbers import FEWER, NOT_SHOWN, in_a_sentence, parts_told, table, told


def words_of(*counts):
    return [f"group {place}" for place, n in enumerate(counts) for _ in range(n)]


def numbers(*counts):
    found = table(words_of(*counts))
    return None if found is None else sorted(number for _, number in found)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1, "Fewer than 5"), (4, "Fewer than 5"), (5, "5"), (1200, "1200")],
)
def test_one_to_four_are_told_as_fewer_than_five(number, text):
    assert told(number) == text


def test_within_a_sentence_nothing_is_none():
    said = [in_a_sentence(n) for n in (0, 1, 4, 5, 12)]
    assert said == ["none", "fewer than 5", "fewer than 5", "5", "12"]


# --- the parts of a sum -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([5, 6, 7], ["5", "6", "7"]),
        ([0, 9, 0], ["0", "9", "0"]),
        # One alone could be worked out from the sum, so the next smallest goes with it.
        ([3, 20, 8], [FEWER, "20", NOT_SHOWN]),
        ([12, 0, 3], [NOT_SHOWN, "0", FEWER]),
        # Two whose sum is small still tell of few people.
        ([1, 2, 10], [FEWER, FEWER, NOT_SHOWN]),
        ([3, 4, 10], [FEWER, FEWER, "10"]),
        # Two of four would follow from their sum.
        ([4, 9, 4], [FEWER, NOT_SHOWN, FEWER]),
        # Nothing helps: whatever is kept back has one answer.
        ([4, 4, 0], [NOT_SHOWN] * 3),
        ([4, 0, 0], [NOT_SHOWN] * 3),
        ([], []),
    ],
)
def test_what_is_few_cannot_be_worked_out_from_the_sum(parts, said):
    """Secondary suppression, each part in its place."""
    assert parts_told(parts) == said


def test_what_is_kept_back_is_no_small_number_together():
    """Whoever takes what is shown from the sum has not found fewer than five people."""
    for parts in product(range(12), repeat=3):
        shown = [int(number) for number in parts_told(list(parts)) if number.isdigit()]
        left = sum(parts) - sum(shown)
        assert left == 0 or left >= 5 or not shown, parts


# --- tables of words ----------------------------------------------------------------------


def test_groups_of_five_and_more_are_shown():
    assert numbers(5, 7) == ["5", "7"]


def test_one_hidden_group_takes_the_smallest_of_the_others_with_it():
    """The total is known: without that, 14 less 9 less 3 would be the group of two."""
    assert numbers(20, 9, 2) == ["20", FEWER, NOT_SHOWN]


def test_two_hidden_groups_that_cover_each_other_hide_nothing_more():
    assert numbers(9, 3, 2) == ["9", FEWER, FEWER]


def test_a_table_of_fewer_than_five_in_all_is_not_shown():
    assert table(words_of(2, 1)) is None
    assert table([]) is None


def test_a_table_whose_hidden_numbers_follow_whatever_is_done_is_not_shown():
    assert table(words_of(4, 4)) is None
    assert table(words_of(5, 1)) is None


def test_the_largest_group_comes_first_and_what_is_kept_back_in_the_order_of_the_alphabet():
    words = ["b"] * 3 + ["a"] * 2 + ["c"] * 6 + ["d"] * 7
    assert [word for word, _ in table(words)] == ["d", "c", "a", "b"]


def test_whoever_knows_the_total_and_the_rule_cannot_work_out_a_hidden_number():
    """Each hidden group of any table of up to four has two values at least."""
    for size in (1, 2, 3, 4):
        for counts in combinations_with_replacement(range(1, 12), size):
            shown = table(words_of(*counts))
            if shown is None:
                continue
            said = [number for _, number in shown]
            assert all(n not in said for n in ("1", "2", "3", "4"))
            assert not any(len(values) == 1 for values in possible(said, sum(counts)))


def possible(said, total):
    """What each number under five may be, for somebody who knows the total."""
    exact = [int(n) for n in said if n.isdigit()]
    hidden, held_back = said.count(FEWER), said.count(NOT_SHOWN)
    if not hidden:
        return []
    left = total - sum(exact)
    largest = min(exact, default=total)
    found = [set() for _ in range(hidden)]
    for small in product(range(1, 5), repeat=hidden):
        for rest in product(range(5, largest + 1), repeat=held_back):
            if sum(small) + sum(rest) == left:
                for place, n in enumerate(small):
                    found[place].add(n)
    return found
