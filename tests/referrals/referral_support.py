"""A referral being prepared, for the world of ``tests/world.py``, written directly."""

from django.utils import timezone

from consultations.models import MadeChronology
from referrals.models import CHECKED, TEXTS, Agreement, ReferralState, ReferralSupport
from schools.services import involve
from tests.children import child


def being_prepared(world, pupil=None, *, school=None, owner=None, **fields):
    """A referral of Oakfield about Ada unless given, owned by its safeguarding lead.

    On the school's current work, as starting it writes that. With ``initials`` it names no child.
    """
    school = school or world.oakfield
    if pupil is None and "initials" not in fields:
        pupil = child(world, school=school)
    fields.setdefault("started_by", world.dsl)
    made = ReferralSupport.objects.create(
        school=school,
        hub_id=school.hub_id,
        pupil=pupil,
        owner=owner or world.dsl_post,
        **fields,
    )
    if pupil:
        involve([pupil.pk], made, school=school)
    return made


def referred(world, pupil=None, **fields):
    """One of which the school has said that it referred today."""
    fields = {"agreement": Agreement.RISK, "referred_on": timezone.localdate()} | fields
    return being_prepared(world, pupil, **{"state": ReferralState.REFERRED, **fields})


def chronology(world, pupil, *, finished=True, text="CANARY-line", **fields):
    """A chronology that the primary worker made of the child."""
    return MadeChronology.objects.create(
        pupil=pupil,
        title="Chronology for a referral",
        lines=[{"on": "2026-11-02", "text": text, "schools": []}],
        made_by=world.primary,
        finished_at=timezone.now() if finished else None,
        **fields,
    )


def posts(world, pupil, words):
    """``(user, address, data)`` of every form of a referral in which somebody types."""
    made, other = being_prepared(world, pupil), being_prepared(world, initials="A.B.")
    address = f"/referral-support/{made.pk}/"
    said = {"referred_on": "today", "reference": words, "agreement": "not_agreed"}
    started = {"initials": "C.D.", "year_group": words, "owner": world.dsl_post.pk}
    return [
        (
            world.dsl,
            f"/referral-support/new/?school={world.oakfield.urn}",
            {**started, "worries": words},
        ),
        (
            world.primary,
            f"{address}prepare/",
            {"version": 1, **dict.fromkeys((*TEXTS, *CHECKED, "level_reason"), words)},
        ),
        (world.dsl, f"{address}referred/", {**said, "who": words, "why": words, "on": "today"}),
        (
            world.dsl,
            f"{address}outcome/",
            {"outcome": "advice", "words": words, "on": "today"},
        ),
        (world.dsl, f"/referral-support/{other.pk}/stop/", {"why": words}),
    ]
