"""A shared consultation about children, every text of it a canary; and what its readers find."""

import re
from io import BytesIO

from pypdf import PdfReader

from tests.consultations.about_children import action_about, part_about

CANARY = re.compile(r"CANARY-[0-9]{6}-[a-z-]+[a-z]|CANARY_[a-z]+_[a-z_]+[a-z]")
# What of a child's part the school reads, beside the actions about the child.
FOR_SCHOOL = {"shared_text", "advice"}
FOR_TEAM = {
    "worries",
    "working_well",
    "needs_to_happen",
    "childs_voice",
    "lived_experience",
    "family_view",
    "tried",
    "level_reason",
    "risk_reason",
    "analysis",
    "family_why",
    "third_party",
    "headline",
    "effect",
    "outcome",
}


def secret_part(consultation, pupil, word, **fields):
    """A part about a child with a canary ``CANARY_<word>_<field>`` in every text, and an action."""
    texts = {name: f"CANARY_{word}_{name}" for name in FOR_SCHOOL | FOR_TEAM}
    part = part_about(consultation, pupil, **{**texts, "level": 3, **fields})
    action_about(part, consultation.author, what=f"CANARY_{word}_action")
    return part


def read_by_school(word):
    """The canaries of such a part that leave the team."""
    return {f"CANARY_{word}_{name}" for name in FOR_SCHOOL | {"action"}}


def found_in(answer):
    """The canaries of a page or a PDF, its properties and file name included."""
    assert answer.status_code == 200, answer
    data = answer.getvalue()
    if answer["Content-Type"] == "application/pdf":
        document = PdfReader(BytesIO(data))
        text = "".join(page.extract_text() for page in document.pages).replace("\n", "")
        text += f"{document.metadata} {answer['Content-Disposition']}"
    else:
        text = data.decode()
    return set(CANARY.findall(text))


def outsiders_copy(share, *parts, with_general=False):
    """Make the share of somebody not at the school a copy about these parts."""
    share.from_school = share.is_lead = False
    share.with_general = with_general
    share.save()
    share.children.set(parts)
    return share
