"""Concerns for tests: raised through the act, at a time of one's choosing."""

from datetime import timedelta
from uuid import uuid4

from linkworkers.models import Absence, LinkWorker
from notifications.models import Message
from referrals.models import Concern, Objection
from referrals.services.concerns import raise_concern
from referrals.services.escalation import database_now
from tests.world import anew

WORDS = "canary-concern-words"


def work_every_day():
    """Everybody works on all seven days: no test depends on the day it runs."""
    LinkWorker.objects.update(working_days=list(range(7)))


def raised(world, by=None, hours_ago=0, **fields):
    """A concern at Oakfield raised by its primary link worker, who became aware so long ago."""
    work_every_day()
    fields.setdefault("school", world.oakfield)
    if hours_ago:
        fields["aware_at"] = database_now() - timedelta(hours=hours_ago)
    concern = raise_concern(anew(by or world.primary), fields.pop("words", WORDS), **fields)
    return Concern.objects.get(pk=concern.pk)


def away(user, world):
    """They are away since yesterday, until further notice."""
    Absence.objects.create(
        link_worker=user.link_worker, starts_on=world.yesterday.date(), added_by=world.service
    )


def told(concern, kind="concern_raised"):
    """The people to whom a message of this kind was written, by their first name, in order."""
    rows = Message.objects.about(concern).filter(kind=kind).select_related("to")
    return sorted(row.to.get_short_name() for row in rows)


def told_at(concern, step):
    """Whom the step, in hours, told: their first names, in order."""
    rows = Message.objects.about(concern).filter(key__startswith=f"concern:{concern.pk}:{step}:")
    return sorted(row.to.get_short_name() for row in rows.select_related("to"))


KINDS = {
    "concern_raised",
    "concern_taken",
    "concern_no_need",
    "concern_decided",
    "concern_objected",
    "concern_objection_answered",
    "concern_added",
    "concern_passed",
}


def posts(world, secret):
    """Everything that is typed into a concern, as ``(user, address, data)``."""
    pk = uuid4()
    there = f"/concerns/{pk}/"
    typed = dict.fromkeys(("words", "about_name", "school", "told_words", "not_to_why"), secret)
    typed |= {"when": "earlier", "aware_day": secret, "not_to_manager": "on", "id": pk}
    yield world.primary, "/concerns/new/", typed
    yield world.primary, f"{there}add/", {"words": secret}
    correct = {"about": "adult", "school": secret}
    yield world.primary, f"{there}correct/", correct
    yield world.service, f"{there}pass/", {"to": world.other_manager.pk, "why": secret}
    yield world.other_manager, f"{there}acknowledge/", {}
    decided = {"discussed": secret, "decision": "other", "reason": secret}
    yield world.other_manager, f"{there}decide/", decided
    yield world.primary, f"{there}disagree/", {"why": secret}
    objection = Objection.objects.get(concern=pk)
    yield world.service, f"{there}objections/{objection.pk}/", {"answer": secret}
    yield world.other_manager, f"{there}close/", {"words": secret}
