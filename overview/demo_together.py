"""Who else works at the demonstration's schools, and what a link worker knows of them."""

from datetime import timedelta

from django.utils import timezone

from schools import services
from schools.models import Agency, AgencyContact, PolicyRead

# Agency: what to ask it for, and the person or desk to ask; everybody is invented.
AGENCIES = {
    "School Health Nurse": (
        "A pupil’s health, and how it touches their schooling",
        ("Imogen Ashdown", "School nurse", "nurse.west@example.org", "01632 960770"),
    ),
    "Mental Health Support Team": (
        "Mild to moderate worries about a pupil’s mental health",
        ("Duty desk", "", "mhst@example.org", "01632 960771"),
    ),
    "Young carers’ service": (
        "Pupils who look after somebody at home",
        ("Petra Vaughan", "Family worker", "carers@example.org", "01632 960772"),
    ),
}
RELATIONSHIP = (
    "Good since the new safeguarding lead came. The pastoral team likes a short call before each"
    " visit; the head wants to see the termly plan in the first week."
)


def tell_of_working_together(demonstration, *, main, feeders):
    """Fill in the main school as its link worker would; ``feeders`` are URNs of primaries."""
    worker = demonstration.user("linkworker")
    school = demonstration.school(main)
    contacts = {name: _agency(name, *facts) for name, facts in AGENCIES.items()}
    for code in ("nurse", "mental-health", "in-reach"):
        services.add_usual(worker, school, code)
    nurse = school.also_here.get(agency__name="School Health Nurse")
    services.change_also_here(
        worker,
        nurse,
        agency=nurse.agency,
        contact=contacts["School Health Nurse"],
        is_based_here=True,
        when_to_contact="Tuesdays and Thursdays, about a pupil’s health",
    )
    services.change_together(
        worker,
        school,
        links={
            "attendance": "https://www.example.org/attendance-policy",
            "behaviour": "https://www.example.org/behaviour-policy",
            "child_protection": "https://www.example.org/child-protection-policy",
        },
        offer_url="https://www.example.org/early-help-offer",
        relationship=RELATIONSHIP,
    )
    PolicyRead.objects.create(
        policy=school.policies.get(kind="attendance"),
        user=worker,
        read_on=timezone.localdate(demonstration.now) - timedelta(days=62),
    )
    school.feeders.set(demonstration.school(urn) for urn in feeders)


def _agency(name, what_for, contact):
    agency, _ = Agency.objects.get_or_create(name=name, defaults={"what_for": what_for})
    person, job_title, email, phone = contact
    return AgencyContact.objects.create(
        agency=agency, name=person, job_title=job_title, email=email, phone=phone
    )
