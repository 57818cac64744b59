"""The register's list and the edit pages: who gets which answer, and what typing leads to."""

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from schools.models import (
    Agency,
    AgencyContact,
    Hub,
    NursingTeam,
    School,
    SchoolContact,
    SchoolStatus,
    SchoolType,
)
from schools.people import people_of

OAKFIELD = "/schools/900001/"
NASTY = ["=1+1", "<script>alert(1)</script>", "\u202eevil", "{{7*7}}", "O’Brien ŵ 😀"]


@pytest.fixture
def agency(world):
    agency = Agency.objects.create(name="Youth Emotional Service")
    AgencyContact.objects.create(agency=agency, name="Duty desk")
    return agency


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text(response):
    return response.content.decode()


NEW = {"name": "Nia Newlead", "roles": ["dsl"], "email": "nia@example.org", "starts_on": ""}

COUNCIL = {
    "primary",
    "other_worker",
    "manager",
    "other_manager",
    "duty",
    "service",
    "coordinator",
    "administrator",
}
SCHOOL = {"dsl", "head", "deputy", "senco", "withheld"}
OUTSIDE = {"governance", "other_dsl", "unconfirmed", "left_lead", "attendee"}
EDITORS = {"primary", "manager", "administrator", "dsl", "head", "withheld"}

# page: (who gets it, who knows of it and may not); for everybody else it does not exist.
PAGES = {
    "/schools/": (COUNCIL | SCHOOL | {"other_dsl"}, set()),
    "/schools/add/": ({"administrator"}, COUNCIL),
    f"{OAKFIELD}change/": ({"manager", "administrator"}, COUNCIL | SCHOOL),
    f"{OAKFIELD}attendees/": (
        {"primary", "manager", "dsl", "head", "withheld"},
        COUNCIL | SCHOOL,
    ),
    f"{OAKFIELD}contacts/add/": (EDITORS, COUNCIL | SCHOOL),
    f"{OAKFIELD}contacts/{{post}}/": (EDITORS, COUNCIL | SCHOOL),
    "/geographies/": ({"administrator"}, COUNCIL),
    "/geographies/hubs/add/": ({"administrator"}, COUNCIL),
    "/geographies/hubs/{hub}/": ({"administrator"}, COUNCIL),
    "/geographies/nursing-teams/{team}/": ({"administrator"}, COUNCIL),
    "/agencies/": (COUNCIL, set()),
    "/agencies/add/": (
        {"administrator", "coordinator", "manager", "other_manager"},
        COUNCIL,
    ),
    "/agencies/{agency}/": (
        {"administrator", "coordinator", "manager", "other_manager"},
        COUNCIL,
    ),
    "/agencies/{agency}/contacts/{agency_contact}/": (
        {"administrator", "coordinator", "manager", "other_manager"},
        COUNCIL,
    ),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_answers_each_person_as_the_table_says(page, as_, world, agency):
    allowed, forbidden = PAGES[page]
    address = page.format(
        post=world.senco_post.pk,
        hub=world.coast.pk,
        team=world.nurses.pk,
        agency=agency.pk,
        agency_contact=agency.contacts.get().pk,
    )
    answers = {
        who: as_(getattr(world, who)).get(address).status_code for who in COUNCIL | SCHOOL | OUTSIDE
    }
    assert answers == {
        who: 200 if who in allowed else 403 if who in forbidden else 404 for who in answers
    }


@pytest.mark.parametrize(
    "address", ["/schools/12/change/", "/schools/9000011/change/", "/geographies/nonsense/add/"]
)
def test_an_address_of_nothing_is_not_found(as_, world, address):
    assert as_(world.administrator).get(address).status_code == 404


@pytest.mark.parametrize("act", ["confirm", "end"])
def test_acts_take_post_only(as_, world, act):
    address = f"{OAKFIELD}contacts/{world.senco_post.pk}/{act}/"
    assert as_(world.manager).get(address).status_code == 405


# --- the list -------------------------------------------------------------------------------


def more_schools(world, count):
    School.objects.bulk_create(
        School(
            urn=f"{100_000 + number}",
            name=f"School {number:03}",
            type_group=SchoolType.PRIMARY,
            hub=world.coast,
            town="Lancing",
        )
        for number in range(count)
    )


def listed(response):
    return [school.name for school in response.context["schools"]]


@pytest.mark.parametrize("words", ["oakfield", "Shoreham oak", "900001", "SHORE"])
def test_a_school_is_found_by_name_town_or_urn(as_, world, words):
    assert listed(as_(world.primary).get("/schools/", {"words": words})) == [
        "Oakfield Primary School"
    ]


@pytest.mark.parametrize("words", ["BN43 5AA", "bn435aa", "BN43"])
def test_a_school_is_found_by_postcode_with_its_space_or_without(as_, world, words):
    School.objects.filter(pk=world.oakfield.pk).update(postcode="BN43 5AA")
    assert listed(as_(world.primary).get("/schools/", {"words": words})) == [
        "Oakfield Primary School"
    ]


def test_the_list_is_narrowed_by_hub_and_type(as_, world):
    client = as_(world.primary)
    assert listed(client.get("/schools/", {"hub": world.downs.pk})) == [
        "Beechcroft Junior School",
        "Larkmead College",
    ]
    assert listed(client.get("/schools/", {"type": "college"})) == ["Larkmead College"]


def test_closed_schools_are_listed_when_asked_for(as_, world):
    School.objects.filter(pk=world.elmgate.pk).update(status=SchoolStatus.CLOSED)
    client = as_(world.primary)
    assert "Elmgate School" not in listed(client.get("/schools/"))
    assert "Elmgate School" in listed(client.get("/schools/", {"closed": "on"}))


def test_school_people_find_their_own_school_only(as_, world):
    assert listed(as_(world.dsl).get("/schools/")) == ["Oakfield Primary School"]
    assert listed(as_(world.dsl).get("/schools/", {"words": "Beechcroft"})) == []


def test_pages_go_on_and_back_without_a_total(as_, world):
    """rule 001-124"""
    more_schools(world, 100)
    client = as_(world.primary)
    first = client.get("/schools/", {"words": "School 0"})
    assert listed(first) == [f"School {number:03}" for number in range(50)]
    assert not first.context["previous"]
    second = client.get("/schools/", {"words": "School 0", "after": first.context["following"]})
    assert listed(second) == [f"School {number:03}" for number in range(50, 100)]
    assert not second.context["following"]
    back = client.get("/schools/", {"words": "School 0", "before": second.context["previous"]})
    assert listed(back) == listed(first)
    assert not back.context["previous"]
    assert "words=School+0" in text(first)


@pytest.mark.parametrize("nonsense", ["x", "999999", "９", "'--", "9" * 5000])
def test_a_nonsense_place_in_the_list_is_its_beginning(as_, world, nonsense):
    response = as_(world.primary).get("/schools/", {"after": nonsense})
    assert listed(response)[0] == "Beechcroft Junior School"


@pytest.mark.parametrize("asked", [{"words": "x" * 101}, {"hub": "x"}, {"type": "x"}])
def test_a_search_that_cannot_be_read_says_so(as_, world, asked):
    response = as_(world.primary).get("/schools/", asked)
    assert response.status_code == 200
    assert "There is a problem" in text(response)
    assert "UUID" not in text(response)


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1", *NASTY])
def test_nothing_matches_what_no_school_is_called(as_, world, words):
    response = as_(world.primary).get("/schools/", {"words": words})
    assert listed(response) == []
    assert "No school matches" in text(response)


def test_an_empty_register_says_who_fills_it(as_, world):
    School.objects.update(status=SchoolStatus.CLOSED)
    assert "There are no open schools here yet" in text(as_(world.primary).get("/schools/"))


def test_the_list_takes_the_same_few_queries_whatever_its_length(as_, world):
    client = as_(world.primary)
    client.get("/schools/")
    with CaptureQueriesContext(connection) as few:
        client.get("/schools/")
    more_schools(world, 60)
    with CaptureQueriesContext(connection) as many:
        client.get("/schools/")
    assert len(many) == len(few)
    assert sum("schools_school" in query["sql"] for query in many) <= 3


# --- people at a school ---------------------------------------------------------------------


def test_a_lead_is_added_and_confirmed_from_the_pages(as_, world):
    response = as_(world.primary).post(f"{OAKFIELD}contacts/add/", NEW)
    assert response.url == f"{OAKFIELD}#people"
    assert told(response) == ["Nia Newlead has been added. A second person now confirms the post."]
    contact = SchoolContact.objects.get(email="nia@example.org")
    as_(world.manager).post(f"{OAKFIELD}contacts/{contact.pk}/confirm/")
    contact.refresh_from_db()
    assert contact.confirmed_by == world.manager


def test_a_double_click_adds_one_person(as_, world):
    for _ in range(2):
        as_(world.primary).post(f"{OAKFIELD}contacts/add/", NEW)
    assert SchoolContact.objects.filter(email="nia@example.org").count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Enter the person’s name"),
        ({"name": "x" * 151}, "Name must be 150 characters or fewer"),
        ({"name": "a\0b"}, "Name has a character that cannot be kept"),
        ({"roles": []}, "Choose at least one role"),
        ({"roles": ["king"]}, "Choose roles from the list"),
        ({"roles": ["other"]}, "Enter their job title"),
        ({"email": "nobody"}, "Enter an email address in the correct format"),
        ({"email": "dora@example.org\r\nBcc: x@example.org"}, "Enter an email address"),
        ({"email": "dsl@example.org"}, "Dora Lead already uses this address"),
        ({"starts_on": "31/02/2026"}, "must be a real date"),
        ({"phone": "0" * 31}, "Telephone number must be 30 characters or fewer"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(as_, world, typed, says):
    sent = {**NEW, "job_title": "", "note": "Mornings are best", **typed}
    response = as_(world.primary).post(f"{OAKFIELD}contacts/add/", sent)
    assert response.status_code == 200
    assert says in text(response)
    assert "Mornings are best" in text(response)
    assert not SchoolContact.objects.filter(email="nia@example.org").exists()


@pytest.mark.parametrize("name", NASTY)
def test_an_odd_name_is_kept_as_typed(as_, world, name):
    as_(world.primary).post(f"{OAKFIELD}contacts/add/", {**NEW, "name": name})
    assert SchoolContact.objects.get(email="nia@example.org").name == name


def test_a_note_on_somebody_is_the_councils_own(as_, world):
    SchoolContact.objects.filter(pk=world.senco_post.pk).update(note="Only in the mornings")
    page = f"{OAKFIELD}contacts/{world.senco_post.pk}/"
    assert "Only in the mornings" in text(as_(world.primary).get(page))
    assert "Only in the mornings" not in text(as_(world.dsl).get(page))
    as_(world.dsl).post(
        page, {"name": "Selma Senco", "roles": ["senco"], "email": world.senco.email}
    )
    world.senco_post.refresh_from_db()
    assert world.senco_post.note == "Only in the mornings"


def test_an_act_that_comes_too_late_is_said_kindly(as_, world):
    address = f"{OAKFIELD}contacts/{world.senco_post.pk}/end/"
    as_(world.primary).post(address)
    response = as_(world.manager).post(address, follow=False)
    assert response.url == f"{OAKFIELD}#people"
    assert told(response)[-1] == "This post has already ended."


def test_the_confirmed_and_the_outsider_get_no_further_by_post(as_, world):
    address = f"{OAKFIELD}contacts/{world.unconfirmed_post.pk}/"
    assert as_(world.service).post(f"{address}confirm/").status_code == 403
    assert as_(world.other_dsl).post(f"{address}confirm/").status_code == 404
    assert as_(world.unconfirmed).post(f"{address}confirm/").status_code == 404
    assert as_(world.deputy).post(f"{address}end/").status_code == 403
    world.unconfirmed_post.refresh_from_db()
    assert world.unconfirmed_post.confirmed_at is None
    assert world.unconfirmed_post.ends_at is None


def test_a_contact_is_found_under_its_own_school_only(as_, world):
    address = f"/schools/900002/contacts/{world.senco_post.pk}/"
    assert as_(world.manager).get(address).status_code == 404


def test_people_are_listed_with_what_the_viewer_may_do(world):
    """Safeguarding leads come first; a button that would be refused is not shown."""
    mine = {person.contact.name: person for person in people_of(world.oakfield, world.dsl)}
    assert next(iter(mine)) == "Dora Lead"
    assert "Lena Left" not in mine
    assert mine["Una Unconfirmed"].waits
    assert mine["Una Unconfirmed"].may_confirm
    others = people_of(world.oakfield, world.deputy)
    assert others
    assert not any(person.may_confirm or person.may_change for person in others)
    assert people_of(world.oakfield, world.other_dsl) == []


def test_attendees_are_agreed_from_the_page(as_, world):
    response = as_(world.head).post(
        f"{OAKFIELD}attendees/", {"contacts": [world.dsl_post.pk], "agreed_on": "today"}
    )
    assert response.url == f"{OAKFIELD}#people"
    assert world.oakfield.agreed_attendees.get() == world.dsl_post


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"agreed_on": "1 January 2099"}, "must be today or in the past"),
        ({"agreed_on": ""}, "Enter the day it was agreed"),
        ({"contacts": []}, "Choose at least one person"),
        ({"contacts": ["elsewhere"]}, "Choose people who are at the school now"),
        ({"contacts": ["x"]}, "Choose people who are at the school now"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused_with_a_sentence(as_, world, typed, says):
    sent = {"contacts": [world.dsl_post.pk], "agreed_on": "today", **typed}
    if sent["contacts"] == ["elsewhere"]:
        sent["contacts"] = [world.other_dsl_post.pk]
    assert says in text(as_(world.head).post(f"{OAKFIELD}attendees/", sent))


# --- schools, geographies, agencies ---------------------------------------------------------


def test_local_facts_are_changed_from_the_page(as_, world):
    facts = {
        "hub": world.coast.pk,
        "panel_area": "",
        "nursing_team": world.nurses.pk,
        "feeders": "900003\nLarkmead College\n",
        "good_to_know": "Mondays are best",
        "deputies_told": "on",
    }
    response = as_(world.manager).post(f"{OAKFIELD}change/", facts)
    assert response.url == OAKFIELD
    world.oakfield.refresh_from_db()
    assert world.oakfield.deputies_told
    assert world.oakfield.panel_area is None
    assert set(world.oakfield.feeders.all()) == {world.beech, world.larkmead}
    again = as_(world.manager).get(f"{OAKFIELD}change/")
    assert "Beechcroft Junior School, Steyning, 900003" in text(again)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"hub": ""}, "Choose the hub"),
        ({"feeders": "Hogwarts"}, "No school here is “Hogwarts”"),
        ({"good_to_know": "x" * 501}, "Good to know must be 500 characters or fewer"),
        ({"good_to_know": "x" * 1_000_000}, "Good to know must be 500 characters or fewer"),
        ({"feeders": "900003\nOakfield"}, "No school here is “Oakfield”"),
    ],
)
def test_a_local_fact_that_cannot_be_is_refused_with_a_sentence(as_, world, typed, says):
    sent = {"hub": world.coast.pk, "partnership": "Shoreham partnership", **typed}
    response = as_(world.manager).post(f"{OAKFIELD}change/", sent)
    assert says in text(response)
    assert "Shoreham partnership" in text(response)


def test_a_college_is_added_by_hand_once(as_, world):
    college = {
        "urn": "130844",
        "name": "Northbrook College",
        "type_group": "college",
        "hub": world.coast.pk,
        "website": "www.example.org",
    }
    assert as_(world.administrator).post("/schools/add/", college).url == "/schools/130844/"
    again = as_(world.administrator).post("/schools/add/", college)
    assert "Northbrook College already has this URN" in text(again)


@pytest.mark.parametrize("urn", ["", "1234", "１３０８４４", "13084a"])
def test_a_urn_typed_by_hand_is_five_or_six_digits(as_, world, urn):
    sent = {"urn": urn, "name": "Northbrook", "type_group": "college", "hub": world.coast.pk}
    response = as_(world.administrator).post("/schools/add/", sent)
    assert response.status_code == 200
    assert "URN" in response.context["form"].errors["urn"][0]


def test_two_nursing_teams_never_share_an_inbox_however_it_is_capitalised(as_, world):
    """rule 001-73: an invitation to the wrong region would go unnoticed."""
    client = as_(world.administrator)
    told = {"name": "North", "inbox": world.nurses.inbox.upper()}
    html = text(client.post("/geographies/nursing-teams/add/", told))
    assert "This is the duty inbox of the West team. Enter this team’s own" in html
    with pytest.raises(IntegrityError), transaction.atomic():
        NursingTeam.objects.create(**told)
    for name in ("North", "South"):
        client.post("/geographies/nursing-teams/add/", {"name": name})
    assert NursingTeam.objects.filter(inbox="").count() == 2
    page = f"/geographies/nursing-teams/{world.nurses.pk}/"
    assert client.post(page, {"name": "West", "inbox": told["inbox"]}).url == "/geographies/"


def test_hubs_and_nursing_inboxes_are_added_and_changed(as_, world):
    """rule 001-73"""
    client = as_(world.administrator)
    client.post("/geographies/hubs/add/", {"name": "Crawley"})
    assert Hub.objects.get(name="Crawley").code == "crawley"
    client.post(
        f"/geographies/nursing-teams/{world.nurses.pk}/",
        {"name": "West", "inbox": "nurses@example.org"},
    )
    assert NursingTeam.objects.get().inbox == "nurses@example.org"
    taken = client.post("/geographies/hubs/add/", {"name": "CRAWLEY"})
    assert "There is already one named CRAWLEY" in text(taken)
    assert "nurses@example.org" in text(client.get("/geographies/"))


def test_agencies_and_their_contacts_are_kept_from_the_pages(as_, world, agency):
    client = as_(world.coordinator)
    client.post("/agencies/add/", {"name": "Rail police", "what_for": "Operation Encompass"})
    police = Agency.objects.get(name="Rail police")
    client.post(f"/agencies/{police.pk}/contacts/add/", {"name": "Front desk", "email": ""})
    page = text(as_(world.primary).get("/agencies/"))
    assert "Operation Encompass" in page
    assert "Front desk" in page
    assert "Add an agency" not in page
    contact = police.contacts.get()
    elsewhere = f"/agencies/{agency.pk}/contacts/{contact.pk}/remove/"
    address = f"/agencies/{police.pk}/contacts/{contact.pk}/remove/"
    assert as_(world.coordinator).post(elsewhere).status_code == 404
    assert as_(world.primary).post(address).status_code == 403
    as_(world.coordinator).post(address)
    assert not police.contacts.exists()


def test_the_directory_of_agencies_is_sorted_by_the_kind_of_service(as_, world, agency):
    """Rules 001-44 and 003-49."""
    client = as_(world.coordinator)
    for name, category in (("Debt line", "advice"), ("Parents of SEND", "send")):
        client.post("/agencies/add/", {"name": name, "category": category, "is_offered": "on"})
    page = text(as_(world.primary).get("/agencies/")).partition("</h1>")[2]
    shown = [
        "SEND services and support groups",
        "Parents of SEND",
        "Advice and welfare",
        "Debt line",
        "Other services",
        agency.name,
    ]
    places = [page.index(words) for words in shown]
    assert places == sorted(places)
    assert "Health<" not in page


# --- what a school types in ----------------------------------------------------------------

TYPED_IN = ["attendees/", "contacts/add/", "contacts/{contact}/"]


@pytest.mark.parametrize("page", TYPED_IN)
@pytest.mark.parametrize("who", ["dsl", "head"])
def test_above_every_box_a_school_types_in_stands_that_it_is_no_referral(as_, world, page, who):
    """rules 001-97, 001-103."""
    address = OAKFIELD + page.format(contact=world.senco_post.pk)
    form = text(as_(getattr(world, who)).get(address)).partition('<form method="post" novalidate')[
        0
    ]
    assert "This is not a referral" in form
    assert "is not a referral and may not be read out of hours." in form
    assert "call 999" in form


@pytest.mark.parametrize("page", TYPED_IN)
def test_the_council_types_without_being_told_to_refer_to_itself(as_, world, page):
    address = OAKFIELD + page.format(contact=world.senco_post.pk)
    assert "not a referral" not in text(as_(world.primary).get(address))


def test_a_page_that_a_school_only_reads_speaks_of_no_box(world, as_):
    page = text(as_(world.dsl).get(OAKFIELD))
    assert "This is not a referral" in page
    assert "What you type here" not in page


def test_a_new_installation_begins_with_the_agencies_of_its_council(as_, world, settings):
    """Rules 000-4, 000-8: the directory is there before anybody types, and is edited like the rest.

    Each says what to ask it for.
    """
    page = text(as_(world.coordinator).get("/agencies/"))
    for name in (
        "Police",
        "Learner Engagement",
        "SENSS",
        "OXSIT",
        "Informed PSHE",
        "EET",
        "Phoenix Team",
        "YJES",
        "School Health Nurse",
        "Mental Health Support Team",
        "Link workers",
    ):
        assert name in page
    for agency in Agency.objects.all():
        assert dict(settings.COUNCIL.agencies)[agency.name] == agency.what_for != ""
