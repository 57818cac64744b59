"""What a manager's week is made of: sections of lines."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One exception: what, and more about it; ``url`` leads to where it is dealt with."""

    title: str
    why: str
    url: str


@dataclass(frozen=True)
class Section:
    """The exceptions of one kind; ``link`` is the page behind them, ``(words, address)``."""

    key: str
    title: str
    lines: list
    link: tuple
