"""Every text that is typed about meetings and training, as the posts of their forms."""

import uuid

from panels.models import Meeting
from tests.panels.meetings import begun, police, school_day

# The kinds of message that these posts write.
KINDS = {"meeting_called", "meeting_cancelled"}
HOMES = {
    "panels_meeting",
    "panels_meetingagency",
    "panels_meetingpupil",
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
    training = {
        "held_on": "yesterday",
        "topic": text,
        "group": text,
        "given_by": text,
        "for_whom": text,
    }
    yield by, "/training/add/", training


def _called(pk):
    return {
        "day": f"{school_day():%-d %B %Y}",
        "at": "9:30am",
        "minutes": 60,
        "place": "Room 4",
        "version": Meeting.objects.get(pk=pk).version,
    }
