"""One line of My work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing to do: what, why now, one verb. ``acts`` is true when the verb is a POST.

    ``late`` and ``soon`` are sentences to be seen, in red and in amber.
    """

    kind: str
    title: str
    url: str
    why: str
    verb: str = ""
    verb_url: str = ""
    verb_about: str = ""
    acts: bool = False
    late: str = ""
    soon: str = ""
