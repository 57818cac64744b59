"""Short work in a chronology: its sessions, when it was asked for, and how it ended.

In a child's, each session's part about the child; in a school's, each session with all its parts.
"""

from dataclasses import replace

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Value
from django.db.models.functions import Cast

from govuk.words import long_date
from interventions.models import Participant, Session, SessionPart, ShortIntervention
from interventions.school_note import action_text, actions_of
from overview.chronology_children import opened_among, part_of
from overview.chronology_entries import A_MOMENT, Entry, areas_text, entered_later
from schools.children import open_pupils
from schools.scope import scope_of


def sessions(user, pupil, asked, n):
    """The child's own part of each completed session, whichever school it was at (design.md 4)."""
    rows = (
        SessionPart.objects.filter(pupil=pupil, session__completed_at__isnull=False)
        .exclude(session__intervention__school__in=scope_of(user).excluded)
        .select_related("session__intervention__school", "session__author")
        .prefetch_related("addenda")
        .annotate(event_at=Cast("session__held_on", DateTimeField()))
    )
    if asked.school:
        rows = rows.filter(session__intervention__school=asked.school)
    if asked.area:
        rows = rows.filter(session__intervention__area=asked.area)
    if asked.significant:
        rows = rows.filter(is_significant=True)
    parts = list(asked.of(rows, "event_at", n, "session__author"))
    actions = actions_of(parts)
    seen = _seen({part.session.intervention_id for part in parts}, user)
    held = {part.session_id for part in parts}
    linked = Session.objects.visible_to(user).filter(pk__in=held).order_by()
    linked = set(linked.values_list("pk", flat=True))
    return [
        _session(
            part,
            actions[part.pk],
            is_linked=part.session_id in linked,
            is_whole=seen.get(part.session.intervention_id),
        )
        for part in parts
    ]


def sessions_at(user, place, asked, n):
    """Each completed session at a school with the part of each child; six queries."""
    rows = (
        Session.objects.visible_to(user)
        .filter(intervention__school__in=place.school_ids, completed_at__isnull=False)
        .select_related("intervention__school", "author")
        .annotate(event_at=Cast("held_on", DateTimeField()))
    )
    if asked.area:
        rows = rows.filter(intervention__area=asked.area)
    parts = SessionPart.objects.prefetch_related("addenda").order_by("position")
    if asked.significant:
        parts = parts.filter(is_significant=True, pupil__in=open_pupils(user).values("pk"))
        rows = rows.filter(Exists(parts.filter(session=OuterRef("pk"))))
    held = {session.pk: session for session in asked.of(rows, "event_at", n, "author")}
    parts = list(parts.filter(session__in=held))
    actions, opened = actions_of(parts), opened_among(user, {part.pupil_id for part in parts})
    seen = _seen({session.intervention_id for session in held.values()}, user)
    told = {pk: [] for pk in held}
    for part in parts:
        told[part.session_id].append(_part(part, held, actions[part.pk], opened))
    return [
        _whole_session(session, told[session.pk], is_whole=seen.get(session.intervention_id))
        for session in held.values()
    ]


def _seen(work_ids, user):
    """``{work id: whether its own texts show}`` of the work among these visible to the user.

    What is said of the whole work tells of everybody in it, so that it shows where the work's own
    page does: with all its children open (rule 001-118). Two queries at most.
    """
    visible = ShortIntervention.objects.visible_to(user).filter(pk__in=work_ids).order_by()
    people = Participant.objects.filter(intervention__in=visible, pupil__isnull=False)
    taking_part = list(people.order_by().values_list("intervention", "pupil"))
    opened = opened_among(user, {pupil for _, pupil in taking_part})
    seen = {}
    for work, pupil in taking_part:
        seen[work] = seen.get(work, True) and pupil in opened
    return seen


def _session(part, actions, *, is_linked, is_whole):
    session, work = part.session, part.session.intervention
    has_line = part.is_significant and part.headline
    not_held = [("What was done", session.not_held_words)] if is_whole else []
    return Entry(
        part.event_at,
        part.pk,
        line=part.headline if has_line else _line(session),
        is_significant=part.is_significant,
        about=areas_text([work.area]),
        action=_actions_text(actions),
        source=f"Session at {work.school.name}, recorded by {session.author.name}",
        details=_said(_told_in(part) + not_held),
        entered_on=entered_later(session.completed_at, session.held_on),
        url=session.get_absolute_url() if is_linked else "",
        school_ids=(work.school_id,),
    )


def _whole_session(session, parts, *, is_whole):
    work = session.intervention
    not_held = [("What was done", session.not_held_words)] if is_whole else []
    return Entry(
        session.event_at,
        session.pk,
        line=_line(session),
        about=areas_text([work.area]),
        source=f"Session at {work.school.name}, recorded by {session.author.name}",
        details=_said(not_held),
        parts=parts,
        entered_on=entered_later(session.completed_at, session.held_on),
        url=session.get_absolute_url(),
    )


def _part(part, held, actions, opened):
    return part_of(
        held[part.session_id].event_at,
        part.pk,
        opened.get(part.pupil_id),
        is_significant=part.is_significant,
        about=part.headline,
        action=_actions_text(actions),
        details=_said(_told_in(part)),
    )


def _line(session):
    missed = "" if session.took_place else f". {session.get_attended_display()}"
    return f"{session.what}{missed}"


def _told_in(part):
    return [
        ("Support given", part.support_given),
        ("Analysis", part.analysis),
        ("The child’s own words", part.childs_words),
        ("Seen alone", part.get_seen_alone_display()),
        ("For the child’s record at the school", part.school_text),
        *(("Added later", addendum.text) for addendum in part.addenda.all()),
    ]


def _actions_text(actions):
    return " ".join(map(action_text, actions))


def _said(told):
    """The ``(label, text)`` among these that say something."""
    return [(label, text) for label, text in told if text]


def short_work(user, pupil, asked, n):
    """When short work was asked for, what the family said, and how it ended."""
    if asked.significant:
        return []
    rows = ShortIntervention.objects.filter(participants__pupil=pupil)
    rows = rows.exclude(school__in=scope_of(user).excluded)
    if asked.school:
        rows = rows.filter(school=asked.school)
    begun, ended = _turns(rows, asked, n)
    seen = _seen({work.pk for work in (*begun, *ended)}, user)
    return [*(_asked(work, seen) for work in begun), *(_ended(work, seen) for work in ended)]


def short_work_at(user, place, asked, n):
    """Short work at a school as ``short_work``, with the children it is with; seven queries."""
    if asked.significant:
        return []
    rows = ShortIntervention.objects.visible_to(user).filter(school__in=place.school_ids)
    begun, ended = _turns(rows, asked, n)
    found = {work.pk for work in (*begun, *ended)}
    people = Participant.objects.filter(intervention__in=found, pupil__isnull=False)
    people = list(people.order_by("position"))
    opened = opened_among(user, {person.pupil_id for person in people})
    taking_part = {pk: [] for pk in found}
    for person in people:
        taking_part[person.intervention_id].append(person)
    seen = {
        pk: all(person.pupil_id in opened for person in those) for pk, those in taking_part.items()
    }

    def with_children(work, entry):
        parts = [
            part_of(entry.at, person.pk, opened.get(person.pupil_id))
            for person in taking_part[work.pk]
        ]
        return replace(entry, parts=parts)

    return [
        *(with_children(work, _asked(work, seen)) for work in begun),
        *(with_children(work, _ended(work, seen)) for work in ended),
    ]


def _turns(rows, asked, n):
    """``(begun, ended)``: the first ``n`` of each of these works, with what is told of them."""
    rows = rows.select_related("school", "work_type", "recorded_by", "closed_by")
    rows = rows.prefetch_related("consents")
    if asked.area:
        rows = rows.filter(area=asked.area)
    begun = rows.annotate(event_at=Cast("asked_on", DateTimeField()))
    ended = rows.filter(closed_on__isnull=False).annotate(
        event_at=ExpressionWrapper(
            Cast("closed_on", DateTimeField()) + Value(A_MOMENT), DateTimeField()
        )
    )
    return (
        list(asked.of(begun, "event_at", n, "recorded_by")),
        list(asked.of(ended, "event_at", n, "closed_by")),
    )


def _details(work, told, seen):
    """The ``(label, text)`` of ``told`` that say something, where the user reads them."""
    return _said(told) if seen.get(work.pk) else []


def _asked(work, seen):
    said = [
        f"{consent.get_answer_display()} on {long_date(consent.obtained_on)}"
        for consent in work.consents.all()
    ]
    told = [("Hoped for", work.hoped_for), ("What the family said", ". ".join(said))]
    return Entry(
        work.event_at,
        work.pk,
        line=f"Short work asked for: {work.support}",
        about=areas_text([work.area]),
        source=f"{work.get_asked_by_display()}. Recorded by {work.recorded_by.name}",
        details=_details(work, told, seen),
        entered_on=entered_later(work.recorded_at, work.asked_on),
        url=work.get_absolute_url() if work.pk in seen else "",
        school_ids=(work.school_id,),
    )


def _ended(work, seen):
    told = [
        ("How it ended", work.end_words),
        ("What the school goes on doing", work.school_continues),
        ("How the child sees it", work.childs_view),
        ("How the parent or carer sees it", work.parents_view),
    ]
    return Entry(
        work.event_at,
        work.pk,
        line=f"Short work ended: {work.support}",
        about=areas_text([work.area]),
        outcome=work.get_end_reason_display(),
        source=f"Recorded by {work.closed_by.name}",
        details=_details(work, told, seen),
        url=work.get_absolute_url() if work.pk in seen else "",
        school_ids=(work.school_id,),
    )
