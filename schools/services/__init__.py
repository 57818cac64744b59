"""What is done to schools, their contacts and partner agencies: one function per act.

Each locks its row, asks the policy, guards the state, saves, and writes down who did it, in
one transaction with the grants and messages that follow from it.
"""

from schools.services.agencies import remove_agency_contact, save_agency, save_agency_contact
from schools.services.children import (
    checked_words,
    end_involvement,
    involve,
    involve_at,
    open_children,
    to_involve,
)
from schools.services.contacts import (
    add_contact,
    agree_attendees,
    change_contact,
    confirm_contact,
    end_contact,
)
from schools.services.families import link_family, unlink_family
from schools.services.geographies import StaleSchools, assign_geographies, save_geography
from schools.services.moves import hand_over, move
from schools.services.pupils import (
    DuplicateChild,
    add_pupil,
    change_pupil,
    set_identifiers,
)
from schools.services.register import LOCAL_FACTS, add_school, change_school
from schools.services.search import Words, entries_of, index
from schools.services.statuses import (
    add_status_kind,
    change_status_kind,
    end_status,
    raise_status_kind,
    record_status,
)
from schools.services.terms import add_inset_day, remove_inset_day, remove_term, save_term
from schools.services.together import (
    add_also_here,
    add_usual,
    change_also_here,
    change_together,
    read_policy,
    remove_also_here,
)
from schools.services.transition import (
    add_to_transition,
    change_transition,
    end_transition,
    log_talk,
)

__all__ = [
    "LOCAL_FACTS",
    "DuplicateChild",
    "StaleSchools",
    "Words",
    "add_also_here",
    "add_contact",
    "add_inset_day",
    "add_pupil",
    "add_school",
    "add_status_kind",
    "add_to_transition",
    "add_usual",
    "agree_attendees",
    "assign_geographies",
    "change_also_here",
    "change_contact",
    "change_pupil",
    "change_school",
    "change_status_kind",
    "change_together",
    "change_transition",
    "checked_words",
    "confirm_contact",
    "end_contact",
    "end_involvement",
    "end_status",
    "end_transition",
    "entries_of",
    "hand_over",
    "index",
    "involve",
    "involve_at",
    "link_family",
    "log_talk",
    "move",
    "open_children",
    "raise_status_kind",
    "read_policy",
    "record_status",
    "remove_agency_contact",
    "remove_also_here",
    "remove_inset_day",
    "remove_term",
    "save_agency",
    "save_agency_contact",
    "save_geography",
    "save_term",
    "set_identifiers",
    "to_involve",
    "unlink_family",
]
