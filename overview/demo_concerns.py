"""Concerns in the demonstration: nobody has one, one is to be decided, one is decided.

Raised by the acts, with the time of becoming aware in the past, as somebody types one late.
"""

from datetime import timedelta

from django.db.models import F

from notifications.models import Message, State
from referrals.clock import STEPS
from referrals.models import About, Concern, ConcernDecision, ConcernNote, Decision, Told
from referrals.services import concerns, fallbacks
from referrals.services.escalation import database_now, plan

LATE = (
    "The safeguarding lead rang me after football on Saturday. He came with a mark on his neck "
    "and told the coach “Dad grabbed me because I spilt it”. The coach rang her that evening.\n\n"
    "She has not spoken to the parents. He is due in school tomorrow. There is a younger sister "
    "in Reception."
)
ADULT = (
    "The mother of a Year 8 girl told me on the phone that her carer has been using her bank card "
    "and takes her phone away when she complains. She is alone with him at night."
)
HELD = (
    "She wrote in her book that she does not want to go home at the weekend, and asked the "
    "learning mentor whether she could stay at school."
)


def tell_of_concerns(demo, *, main, other):
    """Four concerns at the schools ``main`` and ``other``, and who is told besides."""
    worker, manager = demo.user("linkworker"), demo.user("manager")
    administrator = demo.user("admin")
    for about, mailbox, role in (
        (About.CHILD, "service.manager", "Designated safeguarding lead of the service"),
        (About.CHILD, "duty", "Duty manager"),
        (About.ADULT, "service.manager", "Leadership team"),
    ):
        fallbacks.add_fallback(administrator, about, demo.user(mailbox), role)
    late = concerns.raise_concern(
        worker,
        LATE,
        school=demo.school(main),
        aware_at=database_now() - timedelta(hours=4, minutes=40),
        told_words="Emergency duty team, an hour after I heard",
    )
    _waited(late, timedelta(hours=16, minutes=32))
    concerns.raise_concern(
        demo.user("tom.reilly"),
        ADULT,
        about=About.ADULT,
        about_name="A parent",
        school=demo.school(other),
    )
    held = concerns.raise_concern(demo.user("grace.whitlock"), HELD, school=demo.school(other))
    concerns.acknowledge(manager, held)
    _moved_back(held, timedelta(minutes=66))
    decided = concerns.raise_concern(
        worker,
        "He is left alone with his brothers until late most evenings, a neighbour says.",
        school=demo.school(main),
    )
    concerns.acknowledge(manager, decided)
    concerns.decide(
        manager,
        decided,
        Decision.SCHOOL,
        "The school has seen the same since October. It refers today, and you help with the "
        "chronology.",
        discussed="With Priya by phone, and with the head.",
        level=3,
    )
    _moved_back(decided, timedelta(days=3))


def _waited(concern, by):
    """Nobody took it for ``by``, a ``timedelta``, after it was raised: the steps came since."""
    _moved_back(concern, by)
    concern.refresh_from_db()
    for step in STEPS:
        at = concern.aware_at + timedelta(hours=step, minutes=1)
        if concern.raised_at < at < database_now():
            plan(at)
            messages = Message.objects.about(concern).filter(key__contains=f":{step}:")
            messages.update(created_at=at, sent_at=at, state=State.SENT, attempts=1)


def _moved_back(concern, by):
    """All of it so far happened ``by`` earlier, and was sent."""
    earlier = {
        Concern: ["aware_at", "raised_at", "acknowledged_at", "decided_at", "remind_at"],
        Told: ["told_at"],
        ConcernNote: ["added_at"],
        ConcernDecision: ["decided_at"],
    }
    for model, names in earlier.items():
        rows = {"pk" if model is Concern else "concern": concern.pk}
        model.objects.filter(**rows).update(**{name: F(name) - by for name in names})
    messages = Message.objects.about(concern)
    messages.update(
        created_at=F("created_at") - by,
        sent_at=F("created_at") - by,
        state=State.SENT,
        attempts=1,
    )
