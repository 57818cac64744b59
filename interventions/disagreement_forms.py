"""Why a school disagrees, and what a manager answers."""

from consultations.note_fields import note_text
from govuk.forms import Form


class DisagreeForm(Form):
    """What the school says against a decision."""

    why = note_text("Why your school disagrees", "Enter why your school disagrees", rows=4)


class AnswerForm(Form):
    """What a manager answers."""

    answer = note_text(
        "Your answer",
        "Enter your answer",
        rows=6,
        help_text="The school’s head and safeguarding leads read this.",
    )
