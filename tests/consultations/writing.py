"""What a link worker types, and what they decide on the share page."""

from consultations.recipients import OUTSIDE, Decision, Plan, candidates
from schools.models import SchoolContact


def typed(school, **changes):
    """A filled-in form as its POST, ``{name: [values]}``; ``changes`` replace whole fields."""
    lead = SchoolContact.objects.filter(school=school, roles__contains=["dsl"]).first()
    data = {
        "held_on": ["today"],
        "held_time": ["12:01am"],
        "minutes": ["45"],
        "place": ["school"],
        "kind": ["structured"],
        "contacts": [str(lead.pk)],
        "areas": ["attendance"],
        "sub_attendance": ["ebsa"],
        "notes_attendance": ["Lowest in Year 5."],
        "updates_given": ["The drop-in moves to Tuesdays."],
        "training_wanted": ["Talking with parents."],
        "next_on": ["12 January 2031"],
        "shared_text": ["We talked about attendance."],
        "internal_notes": ["Only for us."],
        "people-TOTAL_FORMS": ["1"],
        "people-INITIAL_FORMS": ["0"],
        "people-0-name": ["Nia Nurse"],
        "people-0-organisation": ["School nursing"],
        "people-0-email": ["nia.nurse@example.org"],
        "actions-TOTAL_FORMS": ["1"],
        "actions-INITIAL_FORMS": ["0"],
        "actions-0-what": ["Send the guidance"],
        "actions-0-due_on": ["1 December 2030"],
    }
    worker = school.allocations.filter(kind="primary", ends_at__isnull=True).first()
    data["actions-0-owner"] = [f"user:{worker.link_worker.user_id}"]
    data.update(changes)
    return data


def plan_for(school, content, withhold=None, outsiders=None):
    """The plan of a share page left as it was shown, but for the people named."""
    withhold, outsiders = withhold or {}, outsiders or {}
    decisions = []
    for person in candidates(school, content.attendees if content else []):
        chosen = person.name in outsiders if person.group == OUTSIDE else person.ticked
        decisions.append(
            Decision(
                candidate=person,
                share=chosen,
                withhold=person.name in withhold,
                reason=withhold.get(person.name) or outsiders.get(person.name, ""),
            )
        )
    return Plan(decisions=decisions)
