"""What people do at a school, and which of it counts for safeguarding."""

from django.db import models


class ContactRole(models.TextChoices):
    """What a person does at a school; one person may do several (rule 003-1)."""

    HEAD = "head", "Headteacher"
    DSL = "dsl", "Designated safeguarding lead"
    DEPUTY = "deputy", "Deputy safeguarding lead"
    SENCO = "senco", "SENCO"
    PASTORAL = "pastoral", "Pastoral lead"
    ATTENDANCE = "attendance", "Attendance lead"
    DA_CHAMPION = "da_champion", "Domestic abuse champion"
    OTHER = "other", "Other"


SHORT_ROLES = {ContactRole.DSL: "DSL", ContactRole.DEPUTY: "Deputy DSL"}
# Whoever holds one of these answers for the school's posts, once confirmed.
LEADS = frozenset({ContactRole.HEAD, ContactRole.DSL})
# Whoever holds one of these reads what was shared with the school, once confirmed.
SAFEGUARDING = LEADS | {ContactRole.DEPUTY}
# Whoever holds one of these asks the team for support, confirmed or not (design.md 4).
ASKERS = frozenset({ContactRole.SENCO, ContactRole.PASTORAL, ContactRole.ATTENDANCE})
