"""The kinds of message, each registered by the app that sends it (design.md 5)."""

from collections.abc import Callable
from dataclasses import dataclass


class UnknownKind(LookupError):
    """No app has registered this kind of message."""


@dataclass(frozen=True)
class Kind:
    """What the outbox knows and asks about a message; ``label`` is for its page."""

    name: str
    label: str
    still_due: Callable
    may_receive: Callable
    when_dead: Callable
    is_urgent: bool
    may_wait: bool


_kinds = {}


def register(
    name,
    *,
    still_due=None,
    may_receive=None,
    when_dead=None,
    is_urgent=False,
    may_wait=True,
    label="",
):
    """Make a kind known; called while the apps start.

    ``still_due(message) -> bool``: is there still something to say? ``may_receive(message) ->
    bool``: may this recipient still hear it? Both are yes when left out. What ``is_urgent``
    leaves before everything else. What ``may_wait`` comes as often as its reader wants to be
    written to, or not at all; what may not, such as a concern or what guards an account, and what
    is urgent, nobody can mute. ValueError when the name is taken.

    ``when_dead(message)``: there is still something to say, and this recipient will never hear
    it. ``message.state`` is dead when the address was refused for good or the message cannot be
    sent at all, and suppressed when the person was deactivated or may not receive it any more;
    what has expired or is no longer due is nobody's loss. Called in the transaction that marks
    the message, once. When it raises, the message is not marked and is tried again later.
    """
    if name in _kinds:
        raise ValueError(f"The kind of message {name!r} is registered already.")
    _kinds[name] = Kind(
        name=name,
        label=label or name.replace("_", " ").capitalize(),
        still_due=still_due or _always,
        may_receive=may_receive or _always,
        when_dead=when_dead or _nothing,
        is_urgent=is_urgent,
        may_wait=may_wait and not is_urgent,
    )


def get(name):
    """The Kind of that name. Raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(f"No app has registered the kind of message {name!r}.") from None


def label(name):
    """What people read for the kind, whether or not an app still knows it."""
    return _kinds[name].label if name in _kinds else name


def _always(message):
    return True


def _nothing(message):
    pass
