"""No number under five leaves the team, and none that can be worked out."""

from itertools import combinations_with_replacement, product

from interventions.suppression import HELD_BACK, HIDDEN, said, table


def words_of(*counts):
    return [f"group {place}" for place, n in enumerate(counts) for _ in range(n)]


def numbers(*counts):
    found = table(words_of(*counts))
    return None if found is None else sorted(number for _, number in found)


def test_a_number_under_five_is_fewer_than_five_and_nothing_is_none():
    assert [said(n) for n in (0, 1, 4, 5, 12)] == ["none", *["fewer than 5"] * 2, "5", "12"]


def test_groups_of_five_and_more_are_shown():
    assert numbers(5, 7) == ["5", "7"]


def test_one_hidden_group_takes_the_smallest_of_the_others_with_it():
    """The total is known: without that, 14 less 9 less 3 would be the group of two."""
    assert numbers(20, 9, 2) == ["20", HIDDEN, HELD_BACK]


def test_two_hidden_groups_that_cover_each_other_hide_nothing_more():
    assert numbers(9, 3, 2) == ["9", HIDDEN, HIDDEN]


def test_two_hidden_groups_of_four_would_follow_from_their_sum():
    assert numbers(9, 4, 4) == [HIDDEN, HIDDEN, HELD_BACK]


def test_a_table_of_fewer_than_five_in_all_is_not_shown():
    assert table(words_of(2, 1)) is None
    assert table([]) is None


def test_a_table_whose_hidden_numbers_follow_whatever_is_done_is_not_shown():
    assert table(words_of(4, 4)) is None
    assert table(words_of(5, 1)) is None


def test_what_is_hidden_stands_in_the_order_of_the_alphabet():
    words = ["b"] * 3 + ["a"] * 2 + ["c"] * 6
    assert [word for word, _ in table(words)] == ["c", "a", "b"]


def test_whoever_knows_the_total_and_the_rule_cannot_work_out_a_hidden_number():
    """Each hidden group of any table of up to four has two values at least."""
    for size in (1, 2, 3, 4):
        for counts in combinations_with_replacement(range(1, 12), size):
            shown = table(words_of(*counts))
            if shown is None:
                continue
            told = [number for _, number in shown]
            assert all(n not in told for n in ("1", "2", "3", "4"))
            assert not any(len(values) == 1 for values in possible(told, sum(counts)))


def possible(told, total):
    """What each number under five may be, for somebody who knows the total."""
    exact = [int(n) for n in told if n.isdigit()]
    hidden, held_back = told.count(HIDDEN), told.count(HELD_BACK)
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
