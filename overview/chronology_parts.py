"""What is on record in one child's part of a consultation, or a group's, label by label."""

from django.db.models import Prefetch

from consultations.models import Action, PupilDiscussed
from govuk.words import listed, long_date

# In the order of a conversation; the sources of a statement stand behind it (rule 003-9).
TEXTS = (
    "worries",
    "working_well",
    "needs_to_happen",
    "childs_voice",
    "lived_experience",
    "tried",
    "advice",
    "analysis",
)


def with_details(rows):
    """``PupilDiscussed`` rows with all that ``details_of`` and ``actions_of`` read."""
    return rows.select_related("consultation__school", "consultation__author").prefetch_related(
        Prefetch("actions", Action.objects.select_related("owner_user", "owner_contact")),
        "vulnerabilities",
        "signposts__agency",
    )


def details_of(part):
    """``[(label, text)]`` of a part of a consultation that comes from ``with_details``."""
    told = [(_label(name), _with_source(part, name)) for name in TEXTS]
    told += [
        ("Attendance", f"{part.attendance}%" if part.attendance is not None else ""),
        ("Vulnerabilities", listed([str(each) for each in part.vulnerabilities.all()])),
        ("Level of need, as we judge it", _level(part)),
        ("Level of need, as the school judges it", part.get_level_at_school_display() or ""),
        ("Pointed to", "; ".join(f"{s.get_how_display()} {s.to}" for s in part.signposts.all())),
        ("Family told", _family_told(part)),
        ("Raised by", part.third_party),
    ]
    return [(label, text) for label, text in told if text]


def actions_of(part):
    """What was agreed for the child: what, whose, by when, done."""
    return " ".join(_action(action) for action in part.actions.all())


def _action(action):
    if action.done_at:
        when = "done"
    else:
        when = f"by {long_date(action.due_on)}" if action.due_on else "no date"
    return f"{action.what.rstrip('.')} ({action.owner_text}, {when})."


def _label(name):
    label = PupilDiscussed._meta.get_field(name).verbose_name
    return f"{label[0].upper()}{label[1:]}"


def _with_source(part, name):
    heard = getattr(part, f"get_{name}_heard_display", str)()
    text = getattr(part, name)
    return f"{text} ({heard[0].lower()}{heard[1:]})" if text and heard else text


def _level(part):
    level = part.get_level_display() if part.level else ""
    return f"{level}: {part.level_reason}" if level and part.level_reason else level


def _family_told(part):
    told = part.get_family_told_display()
    return f"{told}: {part.family_why}" if told and part.family_why else told
