"""Small numbers in what leaves the team: groups under five are told as such, and cannot be
worked out from what stands beside them (rules 004-3 and 004-18).
"""

FEW = 5
TOLD = f"fewer than {FEW}"


def is_few(number):
    """Between one and four; none at all tells of nobody."""
    return 0 < number < FEW


def told(number):
    """The number, or that it is small."""
    return TOLD if is_few(number) else str(number)


def hidden(parts):
    """The places in ``parts`` that are kept back where their sum is told as well.

    All that are few; and then the next smallest, until what is kept back is at least two parts
    and no small number itself.
    """
    kept_back = {place for place, part in enumerate(parts) if is_few(part)}
    others = sorted((part, place) for place, part in enumerate(parts) if part >= FEW)
    for _, place in others:
        if not kept_back or (len(kept_back) > 1 and sum(parts[one] for one in kept_back) >= FEW):
            break
        kept_back.add(place)
    return kept_back


def parts_told(parts):
    """``parts`` as text, those kept back as small."""
    kept_back = hidden(parts)
    return ["not shown" if place in kept_back else str(part) for place, part in enumerate(parts)]
