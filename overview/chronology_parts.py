"""What is on record in one child's part of a consultation, or a group's, label by label."""

from django.db.models import Prefetch

from consultations.models import Action
from consultations.part_words import found_in, said_in
from govuk.words import long_date, lower_first


def with_details(rows):
    """``PupilDiscussed`` rows with all that ``details_of`` and ``actions_of`` read."""
    return rows.select_related("consultation__school", "consultation__author").prefetch_related(
        Prefetch("actions", Action.objects.select_related("owner_user", "owner_contact")),
        "vulnerabilities",
        "signposts__agency",
    )


def details_of(part):
    """``[(label, text)]`` of a part of a consultation that comes from ``with_details``.

    The source of a statement stands behind it (rule 003-9).
    """
    told = [
        *(
            (label, f"{text} ({lower_first(heard)})" if heard else text)
            for label, text, heard in said_in(part)
        ),
        ("For the child’s record at the school", part.shared_text),
        ("Attendance", f"{part.attendance}%" if part.attendance is not None else ""),
        ("Level of need, as we judge it", part.get_level_display() if part.level else ""),
        ("Family told", part.get_family_told_display()),
        *found_in(part),
    ]
    return [(label, text) for label, text in told if text]


def actions_of(part):
    """What was agreed for the child: what, whose, by when, done."""
    return actions_text(part.actions.all())


def actions_text(actions):
    """Actions of consultations in one text: what, whose, by when, done."""
    return " ".join(map(_action, actions))


def _action(action):
    if action.done_at:
        when = "done"
    else:
        when = f"by {long_date(action.due_on)}" if action.due_on else "no date"
    return f"{action.what.rstrip('.')} ({action.owner_text}, {when})."
