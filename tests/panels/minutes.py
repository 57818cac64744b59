"""Minutes in the world of ``tests/world.py``, made by their acts."""

from datetime import timedelta

from django.utils import timezone

from panels.copies import Minutes
from panels.models import Meeting, MeetingAgency, MeetingPerson
from panels.services import meetings, minutes
from tests.panels.meetings import begun
from tests.world import anew


def again(meeting):
    return Meeting.objects.get(pk=meeting.pk)


def taker(meeting):
    """Who takes its minutes, as their next request meets them."""
    return anew(meeting.minuted_by)


def held(meeting, *, absent=()):
    """The meeting as held with everybody there but the rows in ``absent``; terms accepted."""
    meeting = again(begun(meeting))
    gone = {row.pk for row in absent}
    people = set(meeting.people.filter(removed_at=None).values_list("pk", flat=True)) - gone
    agencies = set(meeting.agencies.values_list("pk", flat=True)) - gone
    by = anew(meeting.organiser)
    meetings.hold(by, meeting, people=people, agencies=agencies, family_present=True)
    for rows in (MeetingPerson, MeetingAgency):
        rows.objects.filter(meeting=meeting, attended=True).update(accepted_at=timezone.now())
    return again(meeting)


def agenda(meeting, *titles):
    """The items of the meeting's agenda, begun where it was not, with these subjects besides."""
    meeting = again(meeting)
    minutes.begin_agenda(anew(meeting.minuted_by or meeting.organiser), meeting)
    meeting = again(meeting)
    for title in titles:
        minutes.add_item(taker(meeting), meeting, title)
    return list(meeting.items.all())


def item_of(meeting, title):
    """The item of that title, added where there is none."""
    agenda(meeting)
    found = meeting.items.filter(title=title).first()
    return found or minutes.add_item(taker(again(meeting)), again(meeting), title)


def write(item, discussion="", decision="", *, audience="everybody", agencies=(), schools=()):
    """The item written; ``agencies`` or ``schools`` make its audience those."""
    meeting = again(item.meeting)
    item = meeting.items.get(pk=item.pk)
    said = minutes.Said(
        discussion,
        decision,
        "chosen" if agencies or schools else audience,
        list(agencies),
        list(schools),
    )
    return minutes.write_item(taker(meeting), item, said, version=item.version)


def agreed(item, what="Send the letter to parents", *, owner=None, days=7, child=None):
    """An action of the item, due in so many days; the organiser's unless somebody else owns it."""
    meeting = again(item.meeting)
    due_on = timezone.localdate() + timedelta(days=days) if days is not None else None
    return minutes.add_action(taker(meeting), item, what, owner=owner, due_on=due_on, child=child)


def minuted(world, meeting, *, owner=None):
    """A meeting that was held, with one item everybody reads and one action.

    The action is the agency's, where there is one and no ``owner``.
    """
    meeting = held(meeting)
    item = item_of(meeting, "What was seen on the line")
    write(item, "Two reports since half term.", "Adults at the stop.")
    agreed(item, owner=owner or meeting.agencies.first() or meeting.people.first())
    return again(meeting)


def final(meeting, *, no_actions_why="", what_changed=""):
    """The minutes as they stand made final; the ``MinutesVersion``."""
    meeting = again(meeting)
    return minutes.finalise(
        taker(meeting),
        meeting,
        seen=minutes.seen_of(Minutes(meeting)),
        no_actions_why=no_actions_why,
        what_changed=what_changed,
    )


def finalised(world, meeting, *, owner=None):
    """The first version of the minutes of ``minuted``."""
    return final(minuted(world, meeting, owner=owner))


def corrected(meeting, what_changed="A name was wrong"):
    """The next version of final minutes."""
    meeting = again(meeting)
    minutes.correct(taker(meeting), meeting)
    return final(meeting, what_changed=what_changed)
