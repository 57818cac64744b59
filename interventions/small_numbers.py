"""Numbers that leave the team: none under five, and none that can be worked out.

Rules 004-3 and 004-18. A group under five is said to be *fewer than 5*. Whoever knows how many
there are in all could take the others away and have it: then the smallest of those is not shown
either, until what is kept back has more than one answer and is no small number itself. Where that
helps nothing, none of them is shown.
"""

import math
from collections import Counter

FEW = 5
FEWER, NOT_SHOWN = f"Fewer than {FEW}", "Not shown"


def is_few(number):
    """Between one and four; none at all tells of nobody."""
    return 0 < number < FEW


def told(number):
    """The number, or that it is fewer than five."""
    return FEWER if is_few(number) else str(number)


def in_a_sentence(number):
    """What is ``told`` within a sentence: ``none``, ``fewer than 5`` or the number."""
    return told(number).lower() if number else "none"


def parts_told(parts):
    """What is ``told`` of the parts of a sum, in their places, or that they are not shown.

    The sum itself may be known to whoever reads it.
    """
    hidden = [part for part in parts if is_few(part)]
    shown = sorted(
        (place for place, part in enumerate(parts) if part >= FEW),
        key=lambda place: (-parts[place], place),
    )
    held_back = []
    while hidden and _follows(hidden, [parts[n] for n in held_back], [parts[n] for n in shown]):
        if not shown:
            return [NOT_SHOWN] * len(parts)
        held_back.append(shown.pop())
    return [NOT_SHOWN if place in held_back else told(part) for place, part in enumerate(parts)]


def table(words):
    """``[(word, number told), …]`` of a list of words, the largest group first.

    None where nothing of it can be shown. What is kept back stands in the order of the alphabet,
    which tells nothing of its size.
    """
    counts = Counter(words)
    rows = list(zip(counts, parts_told(list(counts.values())), strict=True))
    if all(number == NOT_SHOWN for _, number in rows):
        return None
    return sorted(rows, key=lambda row: (-counts[row[0]] if row[1].isdigit() else 0, row[0]))


def _follows(hidden, held_back, shown):
    """Whether something small follows from what they all come to.

    All of them may be few together, or a hidden number have one answer only: nothing that is held
    back is more than the least that is shown, which a reader may know too.
    """
    together = sum(hidden) + sum(held_back)
    others = len(hidden) - 1
    least = others + len(held_back) * FEW
    most = others * (FEW - 1)
    if held_back:
        most += len(held_back) * min(shown, default=math.inf)
    return is_few(together) or max(1, together - most) >= min(FEW - 1, together - least)
