"""What the team does beside consultations in the demonstration: rules 001-54, 001-61, 001-70 to 78.

Done by the acts at the main schools and then dated back; county-wide it is written in bulk.
"""

from datetime import timedelta

from django.utils import timezone

from linkworkers import services as linking
from linkworkers.models import (
    Allocation,
    AllocationKind,
    Contacted,
    EngagementAttempt,
    EnhancedSupport,
    Focus,
    Frequency,
    Presence,
    PresenceKind,
    SupportCriterion,
    Visit,
)
from overview.contact import last_contact
from schools.models import School


def tell_of_support(demo, *, main, quiet, transition, nurture, absent):
    """Presence, visits, attempts, enhanced support, focus and absences.

    ``demo`` is the ``Demonstration``; ``main``, ``quiet``, ``transition`` and ``nurture`` are
    URNs of the story's schools, ``absent`` is the mailbox name of a worker who is away.
    """
    _presence(demo, main, nurture)
    _attempts(demo, quiet)
    _enhanced(demo, main, quiet, transition)
    _absences(demo, absent)
    _county(demo)


def _presence(demo, main, nurture):
    manager, worker = demo.user("manager"), demo.user("linkworker")
    for urn, kind, frequency, reason in (
        (
            main,
            PresenceKind.DESK,
            Frequency.WEEKLY,
            "Many families ask for her by name",
        ),
        (nurture, PresenceKind.DROP_IN, Frequency.HALF_TERMLY, "To get to know the new head"),
    ):
        row = linking.agree_presence(
            manager,
            demo.school(urn),
            kind=kind,
            frequency=frequency,
            reason=reason,
            agreed_on=demo.ago(70).date(),
        )
        Presence.objects.filter(pk=row.pk).update(set_at=demo.ago(70))
    for days in (21, 14, 7):
        day = demo.ago(days)
        visit = linking.log_visit(worker, demo.school(main), day.date())
        Visit.objects.filter(pk=visit.pk).update(logged_at=day)


def _attempts(demo, quiet):
    school, worker = demo.school(quiet), demo.user("linkworker")
    for days, how, outcome in (
        (31, Contacted.EMAIL, "asked for a date this half term"),
        (10, Contacted.PHONE, "left a message with the office"),
    ):
        linking.log_attempt(
            worker, school, day=demo.ago(days).date(), how=how, reached=False, outcome=outcome
        )
    linking.adjust_focus(
        demo.user("manager"),
        school,
        decision="Priya and I visit the head together before the end of term",
    )


def _enhanced(demo, main, quiet, transition):
    manager, today = demo.user("manager"), timezone.localdate(demo.now)
    criteria = {c.suggests or c.name: c for c in SupportCriterion.objects.all()}
    for urn, names, reason, ago, review in (
        (main, ["suspensions"], "Suspensions doubled over the summer term", 80, 5),
        (transition, ["deprivation"], "Many families new to the town this year", 60, 60),
    ):
        row = linking.enhance(
            manager,
            demo.school(urn),
            criteria=[criteria[name] for name in names],
            reason=reason,
            review_on=today + timedelta(days=review),
        )
        EnhancedSupport.objects.filter(pk=row.pk).update(decided_at=demo.ago(ago))


def _absences(demo, absent):
    monday = timezone.localdate(demo.now)
    monday -= timedelta(days=monday.weekday())
    linking.add_absence(
        demo.user("manager"), demo.workers[absent], monday, monday + timedelta(days=11)
    )
    linking.add_absence(
        demo.user("manager2"),
        demo.workers["linkworker2"],
        monday + timedelta(days=21),
        monday + timedelta(days=25),
    )


def _county(demo):
    """Visits and unanswered calls all over the county, and a manager's decision here and there."""
    schools = (
        School.objects.open()
        .filter(allocations__in=Allocation.objects.live().filter(kind=AllocationKind.PRIMARY))
        .annotate(last_contact_at=last_contact())
        .select_related("hub")
        .order_by("urn")
    )
    holders = dict(
        Allocation.objects.live()
        .filter(kind=AllocationKind.PRIMARY)
        .values_list("school", "link_worker__user")
    )
    visits, attempts, focuses = [], [], []
    for number, school in enumerate(schools):
        facts = {"school": school, "hub_id": school.hub_id}
        if number % 9 == 3:
            at = demo.ago(4 + number % 20)
            visits.append(Visit(by_id=holders[school.pk], day=at.date(), logged_at=at, **facts))
        at = school.last_contact_at
        if at and at < demo.now - timedelta(weeks=6) and number % 4:
            attempts.append(
                EngagementAttempt(
                    by_id=holders[school.pk],
                    day=demo.ago(3 + number % 12).date(),
                    how=demo.chance.choice([Contacted.PHONE, Contacted.EMAIL]),
                    reached=False,
                    outcome=demo.chance.choice(["no answer", "the office will ring back", ""]),
                    **facts,
                )
            )
            if number % 3 == 0:
                focuses.append(
                    Focus(
                        decision="Offer a joint visit with the locality manager",
                        decided_by=demo.managers[school.hub.name],
                        decided_at=demo.ago(2),
                        **facts,
                    )
                )
    Visit.objects.bulk_create(visits)
    EngagementAttempt.objects.bulk_create(attempts)
    Focus.objects.bulk_create(focuses)
