"""What is done with Early help consultations and what follows from them: one function per act.

The consultation's own acts are exported here; those on an action, a child's part, its mark in the
chronology, a comment, a place where something is recorded, an extract, a nurse invitation, a made
chronology or an editable list are in the module of that thing.
"""

from consultations.services.consultations import (
    FORM,
    addendum,
    complete,
    discard,
    entitlement,
    hand_over,
    open_shared,
    remind,
    reply,
    share,
    start,
    stored,
)

__all__ = [
    "FORM",
    "addendum",
    "complete",
    "discard",
    "entitlement",
    "hand_over",
    "open_shared",
    "remind",
    "reply",
    "share",
    "start",
    "stored",
]
