"""The school's own referrals and a police notice in the demonstration, done by the acts."""

from datetime import timedelta

from django.utils import timezone

from consultations.models import MadeChronology
from consultations.services import chronologies
from referrals import domestic_abuse_telling as telling
from referrals.models import ContinuumLine, DomesticAbuseNotice, ReferralSupport
from referrals.services import domestic_abuse, referral_support
from schools.models import SchoolContact
from schools.services import end_involvement, involve

WORRIES = (
    "Maisie comes in late and hungry two or three days a week, falls asleep in lessons, and says "
    "that she looks after her brother in the evenings."
)
TRIED = (
    "Breakfast club since September, a weekly talk with her form tutor, and two meetings with her "
    "mother, who came to the first."
)


def tell_of_referrals(demo, *, main):
    """One referral in preparation, one not accepted, and one notice, at the school of ``main``."""
    school = demo.school(main)
    lead = SchoolContact.objects.current().get(school=school, user=demo.user("dsl"))
    _in_preparation(demo, school, lead)
    _not_accepted(demo, school, lead)
    _notice(demo, school)


def _in_preparation(demo, school, lead):
    worker, maisie = demo.user("linkworker"), demo.children["maisie"]
    involve([maisie.pk], maisie, user=worker)
    made = referral_support.start(worker, school, owner=lead, pupil=maisie, worries=WORRIES)
    end_involvement(maisie, timezone.now())
    features = ContinuumLine.objects.filter(level=None)
    referral_support.prepare(
        demo.user("dsl"),
        made,
        made.version,
        worries=WORRIES,
        working_well="She likes art, has two good friends, and tells her tutor how she is.",
        tried=TRIED,
        school_entries="CPOMS: four entries since September on lateness and on food.",
        level=3,
        level_reason="Several needs at once, which one service alone does not meet.",
        features=[features[2], features[7]],
    )
    referral_support.share_chronology(worker, made, _chronology(demo, maisie))
    ReferralSupport.objects.filter(pk=made.pk).update(started_at=demo.ago(6))


def _chronology(demo, pupil):
    worker = demo.user("linkworker")
    lines = [
        {
            "on": demo.ago(days).date().isoformat(),
            "text": text,
            "effect": effect,
            "action": action,
            "outcome": "",
            "source": "",
            "schools": [],
        }
        for days, text, effect, action in (
            (60, "The school told us that Maisie is late most Mondays.", "Missed lessons", ""),
            (
                34,
                "Her mother said that mornings are hard since a change of shifts.",
                "",
                "Breakfast club offered",
            ),
            (
                9,
                "Maisie said that she puts her brother to bed.",
                "Tired in class",
                "Young carers told",
            ),
        )
    ]
    made = chronologies.start_chronology(worker, pupil, "Chronology for a referral", lines)
    chronologies.finish_chronology(worker, made, made.version)
    at = demo.ago(5)
    MadeChronology.objects.filter(pk=made.pk).update(made_at=at, finished_at=at)
    made.refresh_from_db()
    return made


def _not_accepted(demo, school, lead):
    by = demo.user("dsl")
    made = referral_support.start(
        by,
        school,
        owner=lead,
        initials="K.W.",
        year_group="Year 9",
        worries="Bruises that were explained in two different ways.",
    )
    referral_support.confirm_referred(
        by,
        made,
        referred_on=demo.ago(16).date(),
        reference="FD-2207",
        agreement="risk",
        why="His stepfather was in the room whenever we rang home.",
    )
    referral_support.reply(
        by,
        made,
        outcome="not_accepted",
        words="A health visitor saw the family and is content. They advise early help, and to ring "
        "again if anything changes.",
        on=demo.ago(12).date(),
    )
    ReferralSupport.objects.filter(pk=made.pk).update(started_at=demo.ago(17))


def _notice(demo, school):
    """One that came a few evenings ago; the safeguarding lead has opened it, nobody assessed it."""
    received_at = demo.ago(5) + timedelta(hours=11)
    duty = demo.user("duty")
    made = domestic_abuse.enter(
        duty,
        demo.children["wren"],
        school,
        police_reference="47260198331",
        received_at=received_at,
        happened_on=timezone.localdate(received_at),
        is_present="yes",
        circumstances="Officers went to the home at night after a neighbour rang. Wren was on the "
        "stairs. Nobody was hurt. Wren may be tired and quiet today.",
        childs_voice="“I put my headphones on.”",
        grade="medium",
        grade_source="The police",
        graded_on=timezone.localdate(received_at),
    )
    plan = telling.plan_for(school.pk, received_at)
    entered_at = received_at + timedelta(minutes=25)
    DomesticAbuseNotice.objects.filter(pk=made.pk).update(
        entered_at=entered_at, tell_at=plan.tell_at, closed_until=plan.closed_until
    )
    if plan.tell_at > demo.now:
        return
    telling.tell_school(made.pk, plan.tell_at)
    lead = demo.user("dsl")
    domestic_abuse.open_notice(lead, made)
    domestic_abuse.add_support(lead, made, "A calm start in the library, and lunch with a friend.")
    opened_at = plan.tell_at + timedelta(minutes=20)
    DomesticAbuseNotice.objects.filter(pk=made.pk).update(opened_at=opened_at)
    made.support.update(at=opened_at + timedelta(hours=7))
