"""Working with a school: who else works there, its policies and offer, the relationship."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from schools import services
from schools.models import (
    Agency,
    AgencyContact,
    AlsoHere,
    PolicyRead,
    School,
    SchoolPolicy,
    SchoolType,
)
from schools.together import USUAL, together_of, usual_at

OAKFIELD = "/schools/900001/"
RELATIONSHIP = "CANARY-relationship"


@pytest.fixture
def policy(world):
    return SchoolPolicy.objects.create(
        school=world.oakfield, kind="attendance", url="https://www.example.org/attendance"
    )


@pytest.fixture
def nurse(world):
    agency = Agency.objects.get(name="School Health Nurse")
    return AgencyContact.objects.create(
        agency=agency, name="Nell Nurse", job_title="Team lead", phone="01632 960 700"
    )


def section(response):
    html = response.content.decode().partition('aria-labelledby="together"')[2]
    return html.partition("</section>")[0]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- who else works here --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("school_type", "codes"),
    [
        (SchoolType.SECONDARY, ["nurse", "mental-health", "in-reach", "social-worker"]),
        (SchoolType.ALL_THROUGH, ["nurse", "mental-health", "in-reach", "social-worker"]),
        (SchoolType.PRIMARY, ["in-reach", "social-worker"]),
        (SchoolType.APC, ["social-worker"]),
    ],
)
def test_who_usually_works_at_a_school_goes_by_its_phase(school_type, codes):
    """rule 000-4: nurses are based in secondaries, primaries reach theirs through the team."""
    usual = usual_at(School(type_group=school_type))
    assert [each.code for each in usual] == codes
    based = {each.code for each in usual if each.is_based_here}
    assert based == ({"nurse"} if "nurse" in codes else set())


def test_a_suggestion_is_taken_with_one_press_and_then_no_longer_made(as_, world):
    client = as_(world.other_worker)
    page = "/schools/900002/"
    assert "Mental Health Support Team" in section(client.get(page))
    for _ in range(2):
        answer = client.post(f"{page}also-here/usual/", {"usual": "mental-health"})
    assert answer.url == f"{page}#together"
    other = AlsoHere.objects.get(school=world.elmgate)
    assert other.agency.name == "Mental Health Support Team"
    assert other.when_to_contact
    assert [each.code for each in together_of(world.elmgate, world.other_worker).usual] == [
        "nurse",
        "in-reach",
        "social-worker",
    ]


def test_a_suggestion_takes_the_agency_that_is_there_however_it_is_written(world):
    agency = Agency.objects.create(name="social worker for the AREA")
    there = Agency.objects.count()
    other = services.add_usual(world.primary, world.oakfield, "social-worker")
    assert other.agency == agency
    assert Agency.objects.count() == there


def test_what_is_not_usual_at_such_a_school_is_refused(as_, world):
    for code in ("nurse", "nonsense", ""):
        answer = as_(world.primary).post(f"{OAKFIELD}also-here/usual/", {"usual": code})
        assert told(answer)[-1] == "Choose from the list who also works at the school"
    assert not AlsoHere.objects.exists()


def test_a_person_of_an_agency_is_listed_with_when_to_contact_them(as_, world, nurse):
    """rule 000-6"""
    sent = {"who": nurse.pk, "is_based_here": "on", "when_to_contact": "Tuesdays"}
    for _ in range(2):
        as_(world.primary).post(f"{OAKFIELD}also-here/add/", sent)
    other = AlsoHere.objects.get()
    assert (other.agency, other.contact, other.is_based_here) == (nurse.agency, nurse, True)
    for viewer in (world.secondary, world.dsl, world.duty):
        shown = section(as_(viewer).get(OAKFIELD))
        for text in ("School Health Nurse", "Nell Nurse, Team lead", "Tuesdays", "Based here"):
            assert text in shown
        assert 'href="tel:01632960700"' in shown


def test_nobody_is_listed_twice_with_other_words(as_, world, nurse):
    services.add_also_here(world.primary, world.oakfield, agency=nurse.agency, contact=nurse)
    answer = as_(world.primary).post(
        f"{OAKFIELD}also-here/add/", {"who": nurse.pk, "when_to_contact": "Tuesdays"}
    )
    assert "Nell Nurse is already listed at this school" in answer.content.decode()
    other = services.add_also_here(world.primary, world.oakfield, agency=nurse.agency)
    with pytest.raises(ValidationError, match="Nell Nurse is already listed"):
        services.change_also_here(
            world.primary,
            other,
            agency=nurse.agency,
            contact=nurse,
            is_based_here=False,
            when_to_contact="",
        )


def test_an_entry_is_changed_and_removed_from_the_pages(as_, world, nurse):
    other = services.add_also_here(world.primary, world.oakfield, agency=nurse.agency)
    address = f"{OAKFIELD}also-here/{other.pk}/"
    client = as_(world.manager)
    client.post(address, {"who": nurse.pk, "when_to_contact": "Fridays"})
    other.refresh_from_db()
    assert (other.contact, other.when_to_contact) == (nurse, "Fridays")
    assert told(client.post(f"{address}remove/"))[-1] == "Nell Nurse has been removed."
    again = client.post(f"{address}remove/")
    assert told(again)[-1] == "This entry has been removed already."
    assert client.get(address).url == f"{OAKFIELD}#together"
    assert client.get(f"/schools/900002/also-here/{other.pk}/").status_code == 302


@pytest.mark.parametrize("who", ["", "x", "00000000-0000-0000-0000-000000000007"])
def test_who_is_chosen_from_the_list(as_, world, nurse, who):
    answer = as_(world.primary).post(f"{OAKFIELD}also-here/add/", {"who": who})
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()


def test_an_agency_stays_listed_once_when_its_person_goes(world, nurse):
    """Without the person both entries would say the same."""
    services.add_also_here(world.primary, world.oakfield, agency=nurse.agency)
    services.add_also_here(world.primary, world.oakfield, agency=nurse.agency, contact=nurse)
    services.add_also_here(world.manager, world.elmgate, agency=nurse.agency, contact=nurse)
    services.remove_agency_contact(world.manager, nurse)
    assert [
        (other.school, other.contact) for other in AlsoHere.objects.order_by("school__urn")
    ] == [(world.oakfield, None), (world.elmgate, None)]


# --- policies, offer, relationship ----------------------------------------------------------


def together(world, **changes):
    sent = {"relationship": RELATIONSHIP, "policy_attendance": "www.example.org/attendance"}
    return {**sent, "offer_url": "www.example.org/offer", **changes}


def test_policies_offer_and_relationship_are_kept_from_the_page(as_, world):
    """rules 001-18, 001-66, 003-65"""
    assert as_(world.primary).post(f"{OAKFIELD}together/", together(world)).status_code == 302
    world.oakfield.refresh_from_db()
    assert world.oakfield.relationship == RELATIONSHIP
    assert world.oakfield.offer_url == "https://www.example.org/offer"
    assert world.oakfield.policies.get().url == "https://www.example.org/attendance"
    as_(world.primary).post(f"{OAKFIELD}together/", together(world))
    assert Act.objects.filter(verb=Verb.CHANGE, school_id=world.oakfield.pk).count() == 1
    as_(world.primary).post(f"{OAKFIELD}together/", together(world, policy_attendance=""))
    assert not world.oakfield.policies.exists()


@pytest.mark.parametrize("who", ["primary", "manager", "service"])
def test_who_works_with_the_school_reads_the_relationship(as_, world, who):
    School.objects.filter(pk=world.oakfield.pk).update(relationship=RELATIONSHIP)
    assert RELATIONSHIP in section(as_(getattr(world, who)).get(OAKFIELD))


@pytest.mark.parametrize(
    "who", ["dsl", "head", "deputy", "senco", "other_worker", "duty", "administrator"]
)
def test_the_school_and_the_rest_of_the_council_never_see_it(as_, world, who):
    """rule 001-66: the note is the team's own."""
    School.objects.filter(pk=world.oakfield.pk).update(relationship=RELATIONSHIP)
    client = as_(getattr(world, who))
    for path in (OAKFIELD, f"{OAKFIELD}together/", f"{OAKFIELD}contact-card/"):
        assert RELATIONSHIP not in client.get(path).content.decode()


def test_a_lead_keeps_the_links_and_cannot_touch_the_relationship(as_, world):
    School.objects.filter(pk=world.oakfield.pk).update(relationship=RELATIONSHIP)
    sent = together(world, relationship="Written by the school")
    assert as_(world.dsl).post(f"{OAKFIELD}together/", sent).status_code == 302
    world.oakfield.refresh_from_db()
    assert world.oakfield.offer_url == "https://www.example.org/offer"
    assert world.oakfield.relationship == RELATIONSHIP
    with pytest.raises(PermissionDenied):
        services.change_together(world.dsl, world.oakfield, links={}, offer_url="", relationship="")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"relationship": "x" * 1001}, "How we work together must be 1,000 characters or fewer"),
        ({"policy_send": "javascript:alert(1)"}, "Enter the address of the SEND policy"),
        ({"offer_url": "x" * 201}, "The school’s own early help offer must be 200 characters"),
        ({"policy_attendance": "not a page"}, "Enter the address of the attendance policy"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(as_, world, typed, says):
    sent = together(world, policy_behaviour="www.example.org/kept", **typed)
    page = as_(world.primary).post(f"{OAKFIELD}together/", sent).content.decode()
    assert says in page
    assert "www.example.org/kept" in page


def test_reading_a_policy_takes_two_presses_and_is_kept_by_person(as_, world, policy):
    """rule 001-18: the link is one, "I read it today" the other."""
    shown = section(as_(world.primary).get(OAKFIELD))
    assert f'href="{policy.url}"' in shown
    assert "You have not read it yet" in shown
    address = f"{OAKFIELD}policies/{policy.pk}/read/"
    assert f'action="{address}"' in shown
    client = as_(world.primary)
    for _ in range(2):
        client.post(address)
    read = PolicyRead.objects.get()
    assert (read.user, read.read_on) == (world.primary, timezone.localdate())
    assert Act.objects.filter(verb=Verb.READ).count() == 1
    assert "You read it on" in section(client.get(OAKFIELD))
    assert "Priya Primary on" in section(as_(world.manager).get(OAKFIELD))
    assert "Priya Primary on" not in section(as_(world.dsl).get(OAKFIELD))


def test_reading_it_again_moves_the_date(world, policy):
    earlier = timezone.localdate() - timedelta(days=300)
    PolicyRead.objects.create(policy=policy, user=world.primary, read_on=earlier)
    assert together_of(world.oakfield, world.primary).policies[0].read_on == earlier
    services.read_policy(world.primary, policy)
    assert PolicyRead.objects.get().read_on == timezone.localdate()


def test_a_policy_that_moved_is_a_new_text(as_, world, policy):
    services.read_policy(world.primary, policy)
    sent = together(world, policy_attendance="www.example.org/new")
    as_(world.primary).post(f"{OAKFIELD}together/", sent)
    assert not PolicyRead.objects.exists()
    late = as_(world.primary).post(f"{OAKFIELD}policies/{policy.pk}/read/")
    assert told(late)[-1] == "The link to this policy has changed. Read the new one."


def test_a_policy_that_moved_while_it_was_read_is_not_taken_for_read(world, policy):
    SchoolPolicy.objects.all().delete()
    with pytest.raises(TransitionNotAllowed, match="has changed"):
        services.read_policy(world.primary, policy)


def test_only_todays_link_workers_are_named_beside_a_policy(world, policy):
    for reader in (world.secondary, world.former, world.other_worker):
        PolicyRead.objects.create(policy=policy, user=reader, read_on=timezone.localdate())
    reads = together_of(world.oakfield, world.manager).policies[0].reads
    assert [name for name, _ in reads] == ["Sam Secondary"]


# --- the section on the school's page -------------------------------------------------------


def test_feeder_schools_are_shown_both_ways(as_, world):
    world.elmgate.feeders.add(world.oakfield, world.beech)
    secondary = section(as_(world.manager).get("/schools/900002/"))
    assert "Pupils come from" in secondary
    assert secondary.index("Beechcroft") < secondary.index("Oakfield")
    assert "Pupils go on to" in section(as_(world.primary).get(OAKFIELD))
    mine = section(as_(world.dsl).get(OAKFIELD))
    assert "Elmgate School" in mine
    assert "/schools/900002/" not in mine


def test_the_nursing_team_stands_by_itself(as_, world):
    shown = section(as_(world.primary).get(OAKFIELD))
    assert "School nursing team West" in shown
    assert "mailto:nurses.west@example.org" in shown


def test_who_may_change_nothing_finds_no_buttons(as_, world, policy):
    for viewer in (world.deputy, world.other_worker, world.duty):
        shown = section(as_(viewer).get(OAKFIELD))
        for address in ("also-here/", "together/", "/read/"):
            assert address not in shown


def test_it_takes_the_same_three_queries_however_much_there_is(world, policy):
    def cost():
        school = School.objects.select_related("nursing_team").get(pk=world.oakfield.pk)
        together_of(school, world.primary)
        with CaptureQueriesContext(connection) as captured:
            for other in together_of(school, world.primary).others:
                assert other.who.startswith("Agency")
        return len(captured)

    few = cost()
    for number in range(20):
        agency = Agency.objects.create(name=f"Agency {number}")
        AlsoHere.objects.create(school=world.oakfield, agency=agency)
        feeder = School.objects.create(
            urn=f"91{number:04}", name=f"Feeder {number}", type_group="primary", hub=world.coast
        )
        world.oakfield.feeders.add(feeder)
    for kind in ("behaviour", "send", "other"):
        other = SchoolPolicy.objects.create(school=world.oakfield, kind=kind, url="https://a.org")
        PolicyRead.objects.create(policy=other, user=world.secondary, read_on="2026-01-01")
    assert cost() == few == 3


def test_every_suggestion_fits_where_it_is_kept():
    for usual in USUAL:
        Agency(name=usual.agency, what_for=usual.what_for).clean_fields()
        AlsoHere(when_to_contact=usual.when_to_contact).clean_fields(["school", "agency"])


def test_a_page_opened_before_somebody_elses_change_does_not_wipe_it(world, as_):
    address = f"/schools/{world.oakfield.urn}/together/"
    seen = as_(world.primary).get(address).context["seen"]
    services.change_together(
        world.manager, world.oakfield, links={}, offer_url="", relationship="The head is new"
    )
    typed = {"relationship": "We meet on Mondays", "seen": seen}
    refused = as_(world.primary).post(address, typed)
    assert refused.status_code == 409
    assert "We meet on Mondays" in refused.text
    world.oakfield.refresh_from_db()
    assert world.oakfield.relationship == "The head is new"
    again = as_(world.primary).post(address, typed | {"seen": refused.context["seen"]})
    assert again.status_code == 302
    world.oakfield.refresh_from_db()
    assert world.oakfield.relationship == "We meet on Mondays"
