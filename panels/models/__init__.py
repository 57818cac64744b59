"""Meetings: their kinds and series, and the schools, people, agencies and children in them."""

from panels.models.meetings import (
    INVITED,
    ORGANISER,
    Meeting,
    MeetingGrant,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    OurPart,
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
    "Meeting",
    "MeetingAgency",
    "MeetingGrant",
    "MeetingKind",
    "MeetingPerson",
    "MeetingPupil",
    "MeetingSchool",
    "MeetingSeries",
    "MeetingState",
    "OurPart",
    "PanelRecord",
    "PlacementCategory",
    "Reply",
    "SharingBasis",
]
