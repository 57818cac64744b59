"""Numbers that leave the team: none under five, and none that can be worked out.

A group under five is said to be *fewer than 5*. Whoever knows how many there are in all could
take the others away and have it: then the smallest of those goes too, until what is hidden has
more than one answer, and where that helps nothing the whole table stays out.
"""

import math
from collections import Counter

FEWEST = 5
HIDDEN, HELD_BACK = f"Fewer than {FEWEST}", "Not shown"


def said(number):
    """A number within a sentence: ``none``, ``fewer than 5`` or the number."""
    if not number:
        return "none"
    return str(number) if number >= FEWEST else HIDDEN.lower()


def table(words):
    """``[(word, number said), …]`` of a list of words, the largest group first.

    None where it cannot be shown: the total is under five, or what is hidden follows from it. The
    total itself may be known to whoever reads it. What is not shown stands in the order of the
    alphabet, which tells nothing of its size.
    """
    counts = Counter(words)
    if sum(counts.values()) < FEWEST:
        return None
    hidden = [n for n in counts.values() if n < FEWEST]
    shown = sorted(
        (word for word, n in counts.items() if n >= FEWEST), key=lambda w: (-counts[w], w)
    )
    held_back = []
    while hidden and _follows(hidden, [counts[w] for w in held_back], [counts[w] for w in shown]):
        if not shown:
            return None
        held_back.append(shown.pop())
    rest = sorted(counts.keys() - set(shown))
    return [
        *((word, str(counts[word])) for word in shown),
        *((word, HIDDEN if counts[word] < FEWEST else HELD_BACK) for word in rest),
    ]


def _follows(hidden, held_back, shown):
    """Whether a hidden number has one answer only, given what they all come to.

    Nothing that is held back is more than the least that is shown, which a reader may know too.
    """
    together = sum(hidden) + sum(held_back)
    others = len(hidden) - 1
    least = others + len(held_back) * FEWEST
    most = others * (FEWEST - 1)
    if held_back:
        most += len(held_back) * min(shown, default=math.inf)
    return max(1, together - most) >= min(FEWEST - 1, together - least)
