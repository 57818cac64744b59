"""Short work in a child's chronology: each session's part about the child, and its turns."""

from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Cast

from consultations.models import Action
from govuk.words import long_date
from interventions.models import Participant, Session, SessionPart, ShortIntervention
from interventions.school_note import SOURCE, action_text
from overview.chronology_entries import A_MOMENT, Entry, areas_text, entered_later
from schools.children import closed_children
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
    parts = list(asked.of(rows, "event_at", n))
    actions = {}
    agreed = Action.objects.filter(source_type=SOURCE, source_id__in=[part.pk for part in parts])
    for action in agreed.select_related("owner_user", "owner_contact"):
        actions.setdefault(action.source_id, []).append(action_text(action))
    seen = _seen({part.session.intervention_id for part in parts}, user)
    held = {part.session_id for part in parts}
    linked = Session.objects.visible_to(user).filter(pk__in=held).order_by()
    linked = set(linked.values_list("pk", flat=True))
    return [
        _session(
            part,
            actions.get(part.pk, []),
            is_linked=part.session_id in linked,
            is_whole=seen.get(part.session.intervention_id),
        )
        for part in parts
    ]


def _seen(work_ids, user):
    """``{work id: whether its own texts show}`` of the work among these visible to the user.

    What is said of the whole work tells of everybody in it, so that it shows where the work's own
    page does: with all its children open (rule 001-118). Three queries at most.
    """
    visible = ShortIntervention.objects.visible_to(user).filter(pk__in=work_ids).order_by()
    people = Participant.objects.filter(intervention__in=visible, pupil__isnull=False)
    taking_part = list(people.order_by().values_list("intervention", "pupil"))
    closed = closed_children(user, {pupil for _, pupil in taking_part})
    seen = {}
    for work, pupil in taking_part:
        seen[work] = seen.get(work, True) and pupil not in closed
    return seen


def _session(part, actions, *, is_linked, is_whole):
    session, work = part.session, part.session.intervention
    told = [
        ("Support given", part.support_given),
        ("Analysis", part.analysis),
        ("The child’s own words", part.childs_words),
        ("Seen alone", part.get_seen_alone_display() if part.seen_alone else ""),
        ("What was done", session.not_held_words if is_whole else ""),
        *(("Added later", addendum.text) for addendum in part.addenda.all()),
    ]
    has_line = part.is_significant and part.headline
    missed = "" if session.took_place else f". {session.get_attended_display()}"
    return Entry(
        part.event_at,
        part.pk,
        line=part.headline if has_line else f"{session.what}{missed}",
        is_significant=part.is_significant,
        about=areas_text([work.area]),
        action=" ".join(actions),
        source=f"Session at {work.school.name}, recorded by {session.author.name}",
        details=[(label, text) for label, text in told if text],
        entered_on=entered_later(session.completed_at, session.held_on),
        url=session.get_absolute_url() if is_linked else "",
        school_ids=(work.school_id,),
    )


def short_work(user, pupil, asked, n):
    """When short work was asked for, what the family said, and how it ended."""
    if asked.significant:
        return []
    rows = (
        ShortIntervention.objects.filter(participants__pupil=pupil)
        .exclude(school__in=scope_of(user).excluded)
        .select_related("school", "work_type", "recorded_by", "closed_by")
        .prefetch_related("consents")
    )
    if asked.school:
        rows = rows.filter(school=asked.school)
    if asked.area:
        rows = rows.filter(area=asked.area)
    begun = rows.annotate(event_at=Cast("asked_on", DateTimeField()))
    ended = rows.filter(closed_on__isnull=False).annotate(
        event_at=ExpressionWrapper(
            Cast("closed_on", DateTimeField()) + Value(A_MOMENT), DateTimeField()
        )
    )
    begun, ended = (list(asked.of(found, "event_at", n)) for found in (begun, ended))
    seen = _seen({work.pk for work in (*begun, *ended)}, user)
    return [*(_asked(work, seen) for work in begun), *(_ended(work, seen) for work in ended)]


def _details(work, told, seen):
    """The ``(label, text)`` of ``told`` that say something, where the user reads them."""
    return [(label, text) for label, text in told if text] if seen.get(work.pk) else []


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
