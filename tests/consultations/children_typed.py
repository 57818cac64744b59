"""What a link worker types about children, and the children themselves opened for it."""

from schools.models import Reason
from schools.services import open_children
from tests.consultations.writing import typed

SIGN_IN = "x" * 64


def opened(user, *pupils):
    """The user, who has given a reason for opening the children in this sign-in."""
    user.sign_in = SIGN_IN
    open_children(user, pupils, Reason.CONSULTATION)
    return user


def about(*parts, school, naming="named", **changes):
    """A filled-in form about children: one dict for each part, its values as a form sends them."""
    data = typed(school, naming=[naming], **changes)
    data["children-TOTAL_FORMS"], data["children-INITIAL_FORMS"] = [str(len(parts))], ["0"]
    for index, part in enumerate(parts):
        for name, value in part.items():
            values = value if isinstance(value, list) else [str(value)]
            data[f"children-{index}-{name}"] = values
    return data
