"""Meetings, who is in them, their minutes, and who was sent which copy."""

from panels.models.distribution import CopyFile, Distribution, MinutesLink
from panels.models.meetings import (
    INVITED,
    ORGANISER,
    Meeting,
    MeetingGrant,
    MeetingHandOver,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    OurPart,
)
from panels.models.minutes import (
    ActionComment,
    AgendaItem,
    ItemAudience,
    ItemKind,
    MinutedAction,
    MinutesHandOver,
    MinutesVersion,
)
from panels.models.people import (
    MeetingAgency,
    MeetingPerson,
    MeetingPupil,
    MeetingSchool,
    PanelRecord,
    PlacementCategory,
    Reply,
    SharingBasis,
)

__all__ = [
    "INVITED",
    "ORGANISER",
    "ActionComment",
    "AgendaItem",
    "CopyFile",
    "Distribution",
    "ItemAudience",
    "ItemKind",
    "Meeting",
    "MeetingAgency",
    "MeetingGrant",
    "MeetingHandOver",
    "MeetingKind",
    "MeetingPerson",
    "MeetingPupil",
    "MeetingSchool",
    "MeetingSeries",
    "MeetingState",
    "MinutedAction",
    "MinutesHandOver",
    "MinutesLink",
    "MinutesVersion",
    "OurPart",
    "PanelRecord",
    "PlacementCategory",
    "Reply",
    "SharingBasis",
]
