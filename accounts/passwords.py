"""What makes a password good enough, and how we say what is wrong with one."""

import re
import unicodedata

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

MAXIMUM_LENGTH = 4096
CONTEXT_WORDS = ("linkbook", "mosaic", "cpoms", "safeguarding", "school", "password")
# Letters that must be left once the words everybody here would try are taken out.
LETTERS_OF_ONES_OWN = 8

SENTENCES = {
    "password_too_short": "Your password must have at least %(min_length)d characters",
    "password_too_common": "Choose a password that is harder to guess, such as four random words",
    "password_too_similar": "Choose a password that is not like your name or email address",
    "password_too_long": f"Your password must have {MAXIMUM_LENGTH:,} characters or fewer",
    "password_of_context_words": (
        "Choose a password that does not rest on words such as the council's name, "
        "Linkbook, school or safeguarding"
    ),
}


def check(password, user=None):
    """Raise ValidationError, in our own sentences, when the password will not do."""
    if len(password) > MAXIMUM_LENGTH:
        raise ValidationError(SENTENCES["password_too_long"], code="password_too_long")
    try:
        validate_password(password, user)
    except ValidationError as errors:
        raise ValidationError(
            [
                ValidationError(
                    SENTENCES.get(error.code, error.message), code=error.code, params=error.params
                )
                for error in errors.error_list
            ]
        ) from None


class ContextWordValidator:
    """Refuses passwords that rest on the words of this service (security.md 2.6, 6.2.11)."""

    def __init__(self):
        council = re.findall(r"\w{4,}", settings.COUNCIL.name.casefold())
        joined = "".join(settings.COUNCIL.name.casefold().split())
        words = sorted({joined, *council, *CONTEXT_WORDS}, key=len, reverse=True)
        self.words = re.compile("|".join(map(re.escape, words)))

    def validate(self, password, user=None):
        plain = unicodedata.normalize("NFKC", password).casefold()
        rest, found = self.words.subn("", plain)
        if found and sum(map(str.isalpha, rest)) < LETTERS_OF_ONES_OWN:
            raise ValidationError(
                SENTENCES["password_of_context_words"], code="password_of_context_words"
            )

    def get_help_text(self):
        return SENTENCES["password_of_context_words"] + "."
