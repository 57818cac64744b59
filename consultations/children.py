"""The children of a consultation, as far as they are open to whoever reads or writes it.

The gate is ``schools.children``: on current work, or for a reason given in this sign-in (rule
001-58). It holds for drafts, records, prints and previews on the team's side.
"""

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from audit.models import Look
from audit.services import look_of
from consultations.models import PupilDiscussed
from consultations.part_words import judged_in, line_of, said_in, title_of, told_apart
from drafts.models import Draft
from schools.children import basis_shown, open_pupils
from schools.models import Enrolment, Involvement, Pupil
from schools.policies import may_ask
from schools.scope import scope_of


def discussable(user, school, also=()):
    """Children whom ``user`` may pick in a consultation with ``school``, by name.

    They are open to the user, and taught there now, in no school of the register, or on the
    school's current work: ``belongs``. Those of the ids ``also`` that are open come too.
    """
    now = Enrolment.objects.filter(pupil=OuterRef("pk"), ends_on__isnull=True)
    of_school = Involvement.objects.current().filter(pupil=OuterRef("pk"), school=school)
    return (
        open_pupils(user)
        .annotate(
            belongs=Exists(now.filter(school=school))
            | ~Exists(now.filter(school__isnull=False))
            | Exists(of_school)
        )
        .filter(Q(belongs=True) | Q(pk__in=also))
        .order_by("surname", "first_names", "pk")
    )


def to_open(user, pupil_ids):
    """The children among these ids for whom the user must give a reason, and may.

    ``pupil_ids`` may hold anything a form sent.
    """
    return (
        on_record(pupil_ids)
        .not_at(scope_of(user).excluded)
        .exclude(pk__in=open_pupils(user).values("pk"))
    )


def may_all_be_opened(user, pupil_ids):
    """Whether a reason of the user's opens every one of these children, so that one is asked for.

    ``pupil_ids`` may hold anything a form sent.
    """
    shut = on_record(pupil_ids).filter(
        enrolments__school__in=scope_of(user).excluded, enrolments__ends_on=None
    )
    return may_ask(user) and not shut.exists()


def on_record(pupil_ids):
    """The children among these ids, which may hold anything a form sent."""
    ids = {pk for pk in map(as_uuid, pupil_ids) if pk}
    return Pupil.objects.filter(pk__in=ids) if ids else Pupil.objects.none()


def open_among(user, pupil_ids):
    """The children on record among these ids, from ``open_pupils``; None while one is closed.

    ``pupil_ids`` may hold anything a form sent. Two queries, if any.
    """
    ids = {pk for pk in map(as_uuid, pupil_ids) if pk}
    pupils = list(open_pupils(user).filter(pk__in=ids)) if ids else []
    is_one_closed = on_record(ids - {pupil.pk for pupil in pupils}).exists()
    return None if is_one_closed else pupils


def as_uuid(text):
    """The UUID that ``text`` is, or None."""
    if isinstance(text, uuid.UUID):
        return text
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def named_in(data):
    """Who was discussed, as the rows of a draft (``{name: [values]}``) say: ids and codes."""
    return [value for _, values in _rows_of(data) for value in values]


def _rows_of(data):
    """``(prefix, whom the row names)`` of each row of a draft, those taken out included."""
    for name, values in data.items():
        if name.startswith("children-") and name.endswith("-who"):
            yield name.removesuffix("-who"), values


def named_beside(consultation):
    """Ids of the children on record in the consultations linked to this one, kept or in a draft.

    A child taken out of a draft is in it no more. Two queries.
    """
    linked = consultation.linked.values("pk")
    drafts = Draft.objects.filter(target_id__in=linked)
    typed = {
        as_uuid(who)
        for data in drafts.values_list("data", flat=True)
        for row, values in _rows_of(data)
        if not any(data.get(f"{row}-DELETE", ()))
        for who in values
    }
    held = PupilDiscussed.objects.filter(consultation__in=linked)
    return (typed | set(held.values_list("pupil", flat=True))) - {None}


@dataclass(frozen=True)
class Part:
    """One child's part in words, for the page of the record."""

    row: PupilDiscussed
    title: str
    line: str
    said: list
    judged: list


@dataclass(frozen=True)
class Parts:
    """The children's parts of a completed consultation, for one reader.

    ``shown`` are ``Part`` s; where ``is_held_back``, they are those that name nobody, and every
    text of the consultation is kept back until a reason is given, if one ``may_open`` it.
    """

    shown: list
    pupils: list
    is_held_back: bool
    may_open: bool

    def looks(self, user, consultation):
        """The access-log rows of the children whose part is shown, one each."""
        return looks_at(user, consultation, self.pupils)


def parts_for(user, consultation):
    """The ``Parts`` of a consultation; five queries at most."""
    rows = list(
        consultation.discussed.select_related("pupil", "stored_by").prefetch_related(
            "vulnerabilities", "signposts__agency"
        )
    )
    named = {row.pupil_id for row in rows if row.pupil_id}
    pupils = list(open_pupils(user).filter(pk__in=named)) if named else []
    is_held_back = len(pupils) < len(named)
    if is_held_back:
        rows, pupils = [row for row in rows if not row.pupil_id], []
    shown = [
        Part(row, title, line_of(row), said_in(row), judged_in(row))
        for row, title in zip(rows, told_apart([*map(title_of, rows)]), strict=True)
    ]
    may_open = is_held_back and may_all_be_opened(user, named)
    return Parts(shown, pupils, is_held_back, may_open)


def looks_at(user, thing, pupils, action=Look.VIEW):
    """Unsaved access-log rows: ``user`` saw, in ``thing``, what is about each of the children.

    ``pupils`` come from ``open_pupils``.
    """
    looks = []
    for pupil in pupils:
        basis, reason = basis_shown(pupil)
        looks.append(look_of(user, thing, action, basis=basis, child_id=pupil.pk, reason=reason))
    return looks


def all_open(user, note):
    """The children a ``Note`` names, from ``open_pupils``; None while one of them is closed.

    One query, if any.
    """
    named = {part.pupil.pk for part in note.named}
    pupils = list(open_pupils(user).filter(pk__in=named)) if named else []
    return pupils if len(pupils) == len(named) else None


def naming_closed(user):
    """For a query-set of consultations: whether one names a child not open to the user."""
    named = PupilDiscussed.objects.filter(consultation=OuterRef("pk"), pupil__isnull=False)
    return Exists(named.exclude(pupil__in=open_pupils(user).values("pk")))
