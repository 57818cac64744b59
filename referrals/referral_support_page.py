"""A referral that is prepared, as its pages say it: what is there, what is missing, the pack."""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from consultations.models import MadeChronology
from consultations.policies import may_read_all
from govuk.words import long_date
from referrals import policies
from referrals.models import CHECKED, TEXTS, Agreement, ContinuumLine, ReferralState
from schools.scope import scope_of

LABELS = {
    "worries": "What the school is worried about",
    "working_well": "What is working well",
    "tried": "What was tried, and what came of it",
    "childs_view": "What the child says",
    "hoped_for": "What the school hopes for",
    "direct_work": "Direct work with the child or family",
    "home_visits": "Home visits",
    "school_entries": "Entries in the school’s own system",
}
# In the order in which a front door's form asks (domain-facts.md 3.6).
ORDER = (*TEXTS[:3], *CHECKED, *TEXTS[3:])
COLOURS = {
    ReferralState.PREPARING: "yellow",
    ReferralState.REFERRED: "blue",
    ReferralState.STOPPED: "grey",
}


@dataclass(frozen=True)
class Check:
    """One line of the checklist: ``state`` in a few words, and whether it is there."""

    what: str
    is_there: bool
    state: str


def checks_of(referral):
    """The checklist (rule 001-99): nothing on it has to be there before the school refers."""
    found = [
        Check(
            "Chronology",
            referral.chronology_id is not None,
            "In the pack" if referral.chronology_id else "Not in the pack",
        )
    ]
    for name in CHECKED:
        is_there = bool(getattr(referral, name).strip())
        found.append(Check(LABELS[name], is_there, "Written" if is_there else "Nothing yet"))
    level = referral.get_level_display() or "Not judged yet"
    found.append(Check("Looked at against the continuum of need", bool(referral.level), level))
    said = referral.get_agreement_display() or "The school has not said yet"
    found.append(Check("What the parents or carers said", bool(referral.agreement), said))
    return found


def place_of(referral):
    """``(words, colour)``: where it stands, for a tag."""
    if referral.state == ReferralState.ANSWERED:
        return referral.get_outcome_display(), "red" if referral.was_not_accepted else "green"
    return referral.get_state_display(), COLOURS[referral.state]


def acts_for(user, referral):
    """What the user may do with it, for its page."""
    speaks = policies.may_speak_in_referral(user, referral)
    helps = referral.school_id in policies.supported(user)
    return {
        "may_prepare": referral.is_open and (speaks or helps),
        "may_speak": speaks,
        "may_refer": speaks and referral.is_preparing,
        "may_reply": speaks and referral.state == ReferralState.REFERRED,
        "may_agree": speaks and referral.state != ReferralState.STOPPED,
        "may_hand_over": speaks and referral.is_open,
        "may_name_child": helps and referral.is_open and referral.pupil_id is None,
        "may_share": helps and referral.is_open and referral.pupil_id is not None,
    }


def finished_for(user, referral):
    """The finished chronologies of the child that the user has read to the end."""
    rows = MadeChronology.objects.filter(pupil=referral.pupil_id, finished_at__isnull=False)
    return [made for made in rows.select_related("made_by") if may_read_all(user, made)]


# --- the pack -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pack:
    """What the school may take into its own referral.

    ``texts`` are ``(label, text)``; ``events`` are ``(date, line)`` of the chosen chronology;
    ``is_whole`` says that all of that is open to the reader.
    """

    texts: list
    features: list
    level: str
    level_reason: str
    agreement: str
    events: list = field(default_factory=list)
    analysis: str = ""
    is_whole: bool = True


def pack_of(user, referral):
    """The ``Pack`` of a referral for one reader; two queries at most."""
    made = referral.chronology
    events, is_whole = [], True
    if made:
        is_whole = may_read_all(user, made)
        lines = made.lines_for(scope_of(user).excluded)
        events = [(date.fromisoformat(line["on"]), line) for line in lines]
    texts = ((LABELS[name], getattr(referral, name).strip()) for name in ORDER)
    return Pack(
        texts=[(label, text) for label, text in texts if text],
        features=[line.name for line in referral.features.all()],
        level=referral.get_level_display() or "",
        level_reason=referral.level_reason.strip(),
        agreement=agreement_text(referral),
        events=events,
        analysis=made.analysis if made and is_whole else "",
        is_whole=is_whole,
    )


def agreement_text(referral):
    """What the parents said, by whom and when, on one line; empty until the school says it."""
    if not referral.agreement:
        return ""
    asked = ", ".join(
        filter(
            None,
            (
                referral.agreement_who,
                long_date(referral.agreement_on) if referral.agreement_on else "",
            ),
        )
    )
    said = referral.get_agreement_display()
    if referral.agreement in (Agreement.AGREED, Agreement.NOT_AGREED) and asked:
        said = f"{said} ({asked})"
    return f"{said}. {referral.agreement_why}".strip() if referral.agreement_why else f"{said}."


def text_of(referral, pack):
    """The pack as plain text, to paste into the front door's form."""
    council = settings.COUNCIL
    lines = [
        f"{council.front_door}: {council.front_door_phone}, {council.front_door_hours}. "
        f"Out of hours: {council.out_of_hours_phone}. In danger now: 999.",
        f"Child: {_child(referral)}",
        f"School: {referral.school.name}. Refers: {referral.owner.name},"
        f" {referral.owner.role_text}",
        f"Parents or carers: {pack.agreement}" if pack.agreement else "",
        *(f"{label}:\n{text}" for label, text in pack.texts),
        "\n".join(["Features:", *(f"- {name}" for name in pack.features)]) if pack.features else "",
        " ".join(filter(None, (f"{pack.level}.", pack.level_reason))) if pack.level else "",
    ]
    if pack.events:
        lines.append("Chronology:")
        lines += [_event(day, line) for day, line in pack.events]
    if pack.analysis:
        lines.append(f"Analysis:\n{pack.analysis}")
    return "\n\n".join(line for line in lines if line)


def _child(referral):
    pupil = referral.pupil
    if pupil and pupil.born_on:
        return f"{pupil.first_names} {pupil.surname}, born {long_date(pupil.born_on)}"
    return referral.child_text


def _event(day, line):
    more = (
        f"{label}: {line[name]}"
        for name, label in (("effect", "Effect"), ("action", "Action"), ("outcome", "Outcome"))
        if line.get(name)
    )
    return "\n".join([f"{long_date(day)}: {line['text']}", *more])


def levels():
    """``[(level, [words, …])]`` of what each level means in the council's words; one query."""
    found = {}
    for line in ContinuumLine.objects.filter(level__isnull=False, is_offered=True):
        found.setdefault(line.get_level_display(), []).append(line.name)
    return list(found.items())
