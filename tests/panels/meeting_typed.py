"""Every text that is typed about meetings and training, as the posts of their forms."""

import uuid

from django.utils import timezone

from panels.copies import Minutes
from panels.models import Meeting
from panels.services import distribution, minutes
from tests.panels.meetings import (
    begun,
    called,
    invite,
    police,
    prepared,
    school_day,
    with_agency,
)
from tests.panels.minutes import final, finalised, minuted, write
from tests.world import anew

# The kinds of message that these posts write.
KINDS = {
    "meeting_called",
    "meeting_cancelled",
    "meeting_actions",
    "meeting_comment",
    "meeting_handed_over",
    "action_given",
    "minutes_sent",
}
HOMES = {
    "consultations_actionchange",
    "panels_actioncomment",
    "panels_meeting",
    "panels_meetingagency",
    "panels_meetinghandover",
    "panels_meetingpupil",
    "panels_agendaitem",
    "panels_distribution",
    "panels_minutedaction",
    "panels_minuteshandover",
    "panels_minutesversion",
    "schools_training",
}


def posts(world, pupil, text):
    """Yields ``(user, address, data)`` about Oakfield and ``pupil``, a child there.

    ``text`` is in every box for words but the place, which every invitation says (design.md 5).
    """
    caso, family = uuid.uuid4(), uuid.uuid4()
    about = {"school": world.oakfield.pk, "title": text, "purpose": text, "our_part": "chair"}
    _, contact = police()
    by, here = world.coordinator, f"/meetings/{caso}/"
    yield by, "/meetings/new/?kind=caso", {**about, "how_many": "several", "id": caso}
    yield by, f"{here}agencies/add/", {"who": contact.pk, "role": text}
    child = {
        "school": world.oakfield.pk,
        "surname": pupil.surname,
        "born_on_day": pupil.born_on.day,
        "born_on_month": pupil.born_on.month,
        "born_on_year": pupil.born_on.year,
        "basis": "agreed",
        "basis_words": text,
    }
    yield by, f"{here}children/add/", child
    yield by, f"{here}call/", _called(caso)
    supports = {**about, "our_part": "support", "chair_name": text}
    yield by, f"{here}change/", supports
    yield by, f"{here}cancel/", {"why": text}
    by, here = world.primary, f"/meetings/{family}/"
    yield by, "/meetings/new/?kind=family", {**about, "id": family}
    yield by, f"{here}call/", _called(family)
    begun(Meeting.objects.get(pk=family))
    yield by, f"{here}held/", {"family_present": "no", "family_why": text}
    yield from _minutes(world, family, text)
    training = {
        "held_on": "yesterday",
        "topic": text,
        "group": text,
        "given_by": text,
        "for_whom": text,
    }
    yield by, "/training/add/", training
    yield from _followed_up(world, text)
    yield from _sent(world, text)


def _sent(world, text):
    """What is typed to call back a copy of minutes, which hold the text themselves."""
    meeting = prepared(world, schools=[world.oakfield])
    row = with_agency(meeting, *police())
    meeting = minuted(world, called(meeting))
    write(meeting.items.get(title="What was seen on the line"), text)
    version = final(meeting)
    by, day = anew(world.coordinator), timezone.localdate()
    [sent] = distribution.send(by, version, [row], day)
    distribution.make_files()
    yield world.coordinator, f"/meetings/{meeting.pk}/sent/{sent.pk}/revoke/", {"why": text}


def _followed_up(world, text):
    """What is typed about an action of final minutes, and of handing the meeting over."""
    meeting = prepared(world, schools=[world.oakfield])
    invite(world, meeting, users=[world.primary], contacts=[world.dsl_post])
    meeting = called(meeting)
    lead, worker = (meeting.people.get(user=user) for user in (world.dsl, world.primary))
    action = finalised(world, meeting, owner=lead).meeting.minuted_actions.get().action
    here = f"/meetings/actions/{action.pk}/"
    yield world.dsl, f"{here}comment/", {"text": text}
    yield world.coordinator, f"{here}move/", {"due_on": f"{school_day():%-d %B %Y}", "reason": text}
    yield world.coordinator, f"{here}hand-over/", {"to": worker.pk, "reason": text}
    handed = {"to": world.manager.pk, "reason": text}
    yield world.coordinator, f"/meetings/{meeting.pk}/hand-over/", handed


def _minutes(world, pk, text):
    """The agenda, an item with its action, who came besides, the final minutes, and a correction.

    They are handed over to a manager at the end.
    """
    by, here = world.primary, f"/meetings/{pk}/minutes/"
    yield by, f"{here}begin/", {}
    yield by, f"{here}items/add/", {"title": text}
    item = Meeting.objects.get(pk=pk).items.filter(title=text).first()
    _, contact = police()
    yield by, f"{here}here/add/", {"who": contact.agency_id, "name": text}
    came = Meeting.objects.get(pk=pk).agencies.get()
    said = {"discussion": text, "decision": text, "audience": "everybody", "version": item.version}
    action = {"new-what": text, "new-owner": came.pk, "new-due_on": f"{school_day():%-d %B %Y}"}
    yield by, f"{here}items/{item.pk}/", {**said, **action}
    yield by, f"{here}items/{item.pk}/name/", {"title": f"{text} again"}
    yield by, f"{here}check/", {"seen": _seen(pk)}
    yield by, f"{here}correct/", {}
    yield by, f"{here}check/", {"seen": _seen(pk), "what_changed": text}
    yield by, f"{here}hand-over/", {"to": world.manager.pk, "reason": text}


def _seen(pk):
    return minutes.seen_of(Minutes(Meeting.objects.get(pk=pk)))


def _called(pk):
    return {
        "day": f"{school_day():%-d %B %Y}",
        "at": "9:30am",
        "minutes": 60,
        "place": "Room 4",
        "version": Meeting.objects.get(pk=pk).version,
    }
