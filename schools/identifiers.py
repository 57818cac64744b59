"""What other systems call a child: how it is written, and what is wrong with it."""

import re

from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength
from stdnum.exceptions import ValidationError as NotAUpn
from stdnum.gb import upn

from schools.models import IdentifierKind

# Letters that look like digits: no UPN has them.
CONFUSING = re.compile("[IOS]")
NUMBER = re.compile("[A-Z0-9][A-Z0-9/-]{1,29}")
EXAMPLE = "like X938400124001"


class WrongIdentifier(ValueError):
    """``str(error)`` is what is wrong and what to do, to follow the name of a field."""


def read_identifier(kind, text):
    """The identifier in capitals and without spaces, or "" for nothing.

    WrongIdentifier when no child can have it.
    """
    value = "".join(text.split()).upper()
    if not value:
        return ""
    if kind in (IdentifierKind.UPN, IdentifierKind.FORMER_UPN):
        return _read_upn(value)
    if not NUMBER.fullmatch(value):
        raise WrongIdentifier("must be 2 to 30 letters and digits")
    return value


def _read_upn(value):
    """The checks are those of the Department for Education: letters, digits, check letter."""
    try:
        return upn.validate(value)
    except InvalidLength:
        wrong = f"must have 13 characters, {EXAMPLE}"
    except NotAUpn as error:
        if CONFUSING.search(value):
            wrong = "cannot have the letters I, O or S. Use the digits 1, 0 or 5 where they belong"
        elif isinstance(error, InvalidChecksum):
            wrong = "has a first letter that does not fit the rest. Check each character"
        elif isinstance(error, InvalidComponent):
            wrong = "names no local authority in its first three digits. Check each character"
        else:
            wrong = f"must be a letter and 12 digits, {EXAMPLE}; a temporary one ends in a letter"
    raise WrongIdentifier(wrong)


def is_temporary(value):
    """A UPN that ends in a letter, given until the one of an earlier school is known."""
    return value[-1:].isalpha()
