"""A police notice, for the world of ``tests/world.py``, written directly."""

from datetime import date, timedelta

from referrals.models import DomesticAbuseNotice, NoticeReader, ReaderWhy
from schools.services import involve
from tests.children import child

REPORT = {
    "police_reference": "47260001234",
    "is_present": "yes",
    "grade": "medium",
    "grade_source": "The police",
    "graded_on": date(2026, 3, 2),
    "circumstances": "CANARY-notice",
}


def facts(now, **others):
    """What a report says, as ``services.enter`` takes it."""
    return {**REPORT, "received_at": now - timedelta(minutes=5), **others}


def notice(world, pupil=None, *, told=(), named=(), kept=(), **others):
    """A notice about Ada unless given, entered by the duty manager, on its managers' work.

    ``told`` are users of the school by why they read it, ``named`` link workers.
    """
    pupil = pupil or child(world)
    others.setdefault("received_at", world.yesterday)
    others.setdefault("tell_at", world.yesterday)
    made = DomesticAbuseNotice.objects.create(
        pupil=pupil,
        school=world.oakfield,
        hub=world.coast,
        entered_by=world.duty,
        **{**REPORT, **others},
    )
    who = [(world.duty, ReaderWhy.ENTERED), *((user, ReaderWhy.NAMED) for user in named)]
    who += [(user, ReaderWhy.KEPT) for user in kept]
    for user, why in [*who, *told]:
        NoticeReader.objects.create(notice=made, user=user, why=why, added_by=world.duty)
    for user in (world.manager, *named):
        involve([pupil.pk], made, user=user)
    return made


def posts(world, pupil, words):
    """``(user, address, data)`` of every form of a notice in which somebody types."""
    made = notice(
        world, pupil, told=[(world.dsl, ReaderWhy.DSL)], closed_until=world.tomorrow.date()
    )
    address = f"/notices/{made.pk}/"
    report = {
        **dict.fromkeys(("police_reference", "circumstances", "childs_voice"), words),
        **{"received_on": "yesterday", "received_time": "9:30pm", "graded_on": "yesterday"},
        **{"is_present": "yes", "grade": "high", "grade_source": words},
    }
    assessed = dict.fromkeys(("reason", "record_reference", "sent_to"), words)
    return [
        (world.manager, f"{address}correct/", report),
        (world.manager, f"{address}assess/", {"outcome": "welfare", **assessed}),
        (world.manager, f"{address}decide/", {"decision": words}),
        (world.manager, f"{address}readers/", {"user": world.primary.pk, "reason": words}),
        (world.manager, f"{address}kept/", {"user": world.withheld.pk, "reason": words}),
        (world.dsl, f"{address}support/", {"text": words}),
    ]
