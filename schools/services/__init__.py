"""What is done to schools, their contacts and partner agencies: one function per act.

Each locks its row, asks the policy, guards the state, saves, and writes down who did it, in
one transaction with the grants and messages that follow from it.
"""

from schools.services.agencies import remove_agency_contact, save_agency, save_agency_contact
from schools.services.children import end_involvement, involve, open_children
from schools.services.contacts import (
    add_contact,
    agree_attendees,
    change_contact,
    confirm_contact,
    end_contact,
    post_of_same_person,
)
from schools.services.geographies import StaleSchools, assign_geographies, save_geography
from schools.services.register import LOCAL_FACTS, add_school, change_school
from schools.services.search import Words, index
from schools.services.terms import add_inset_day, remove_inset_day, remove_term, save_term
from schools.services.together import (
    add_also_here,
    add_usual,
    change_also_here,
    change_together,
    read_policy,
    remove_also_here,
)

__all__ = [
    "LOCAL_FACTS",
    "StaleSchools",
    "Words",
    "add_also_here",
    "add_contact",
    "add_inset_day",
    "add_school",
    "add_usual",
    "agree_attendees",
    "assign_geographies",
    "change_also_here",
    "change_contact",
    "change_school",
    "change_together",
    "confirm_contact",
    "end_contact",
    "end_involvement",
    "index",
    "involve",
    "open_children",
    "post_of_same_person",
    "read_policy",
    "remove_agency_contact",
    "remove_also_here",
    "remove_inset_day",
    "remove_term",
    "save_agency",
    "save_agency_contact",
    "save_geography",
    "save_term",
]
