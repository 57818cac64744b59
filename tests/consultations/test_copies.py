"""Who reads what of a note about children: the school the whole, an outsider what was chosen."""

import uuid
from datetime import date

import pytest
from django.utils import timezone

from audit.models import Access, Look
from consultations import services
from consultations.models import Audience, Consultation, ConsultationGrant, Share, State
from consultations.note import note_for
from consultations.recipients import ADDRESSES
from consultations.searching import index_consultation
from notifications.models import Message
from overview.search import search
from tests.children import child, children_of, works_with
from tests.consultations.about_children import part_about
from tests.consultations.children_typed import about, opened
from tests.consultations.copies import found_in, outsiders_copy, read_by_school, secret_part
from tests.consultations.test_queries import queries
from tests.consultations.test_views import NEW
from tests.consultations.writing import plan_for

GUEST = "attendee-" + str(uuid.uuid5(ADDRESSES, "nia.nurse@example.org"))
PAGES = ("", "print/", "pdf/")


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def held(world, children):
    """The shared one of Oakfield, about Ada and Ben by name, a child without one and a group."""
    for word, pupil in (("ada", children.ada), ("ben", children.ben)):
        secret_part(world.shared, pupil, word)
    world.shared.discussed.create(
        position=2, subject="unnamed", year_group=3, shared_text="CANARY_unnamed_shared_text"
    )
    world.shared.discussed.create(
        position=3, subject="cohort", cohort="CANARY_cohort_who", analysis="CANARY_cohort_analysis"
    )
    return world.shared


GENERAL = {
    f"CANARY-900001-shared-{word}"
    for word in (
        "shared",
        "updates",
        "training",
        "resource",
        "action",
        "attendee",
        "school-addendum",
    )
}
NAMES = {"CANARY-900001-ada", "CANARY-900001-ben"}
WHOLE = GENERAL | NAMES | read_by_school("ada") | read_by_school("ben")
WHOLE |= {"CANARY_unnamed_shared_text", "CANARY_cohort_who"}


def test_the_school_is_told_that_somebody_outside_it_raised_a_worry_and_not_who(
    world, as_, children
):
    """Rules 003-10 and 003-11: logged as reported, and sent to the school."""
    part = part_about(world.shared, children.ada, third_party="A neighbour")
    note = f"/shared/{world.shared.pk}/"
    for address in (note, f"{note}extracts/{part.pk}/"):
        page = as_(world.dsl).get(address).content.decode()
        assert "Somebody outside the school raised this" in page
        assert "neighbour" not in page
        assert "not checked" in page
        assert "advised to ring" not in page


def test_that_they_were_advised_to_ring_the_front_door_is_said_where_it_is_recorded(
    world, as_, children
):
    """Rule 003-10: on the note and in the extract alike."""
    part = part_about(
        world.shared, children.ada, third_party="A neighbour", third_party_advised=True
    )
    note = f"/shared/{world.shared.pk}/"
    for address in (note, f"{note}print/", f"{note}extracts/{part.pk}/"):
        page = as_(world.dsl).get(address).content.decode()
        assert "They were advised to ring the" in page, address


@pytest.mark.parametrize("with_general", [False, True])
def test_the_next_date_is_in_a_copy_with_the_general_text(world, as_, held, with_general):
    """domain-facts.md 3.1: what the school asked for and when they meet again."""
    Consultation.objects.filter(pk=held.pk).update(next_on=date(2031, 1, 13))
    outsiders_copy(world.attendee_share, held.discussed.first(), with_general=with_general)
    words = "The next consultation is on Monday 13 January 2031."
    for page in ("", "print/"):
        assert words in as_(world.dsl).get(f"/shared/{held.pk}/{page}").content.decode()
        copy = as_(world.attendee).get(f"/shared/{held.pk}/{page}").content.decode()
        assert (words in copy) is with_general


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("actor", ["dsl", "deputy", "head", "senco"])
def test_the_school_reads_of_each_child_the_text_the_advice_and_the_actions_and_no_more(
    world, as_, held, actor, page
):
    """design.md 3, rules 001-65 and 001-114: nothing that stays in the team leaves it."""
    found = found_in(as_(getattr(world, actor)).get(f"/shared/{held.pk}/{page}"))
    assert found - {"CANARY-900001-shared-reply"} == WHOLE


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("with_general", [False, True])
def test_an_outsider_s_copy_holds_the_children_chosen_and_no_other(
    world, as_, held, page, with_general
):
    """rules 003-47 and 001-118"""
    outsiders_copy(world.attendee_share, held.discussed.first(), with_general=with_general)
    found = found_in(as_(world.attendee).get(f"/shared/{held.pk}/{page}"))
    allowed = read_by_school("ada") | {"CANARY-900001-ada", "CANARY-900001-shared-attendee"}
    assert found == (allowed | GENERAL if with_general else allowed)


def test_an_outsider_for_whom_nobody_was_chosen_reads_of_no_child(world, as_, held):
    found = found_in(as_(world.attendee).get(f"/shared/{held.pk}/"))
    assert found == GENERAL


def test_a_grant_without_a_share_reads_nothing_of_the_note(world, held):
    world.attendee_share.delete()
    note = note_for(world.attendee, held)
    assert (list(note.parts), note.text, note.actions) == ([], "", [])


def test_a_withheld_person_finds_nothing_of_the_children(world, as_, held):
    """design.md 6.14"""
    part = held.discussed.first()
    client = as_(world.withheld)
    extract = f"extracts/{part.pk}/"
    for page in (*PAGES, extract, f"{extract}pdf/"):
        assert client.get(f"/shared/{held.pk}/{page}").status_code == 404, page
    assert client.post(f"/shared/{held.pk}/{extract}stored/").status_code == 404
    index_consultation(held)
    assert search(world.withheld, "CANARY_ada_advice").hits == []


def test_the_year_group_is_that_of_the_day(world, as_, held):
    held.discussed.filter(position=0).update(year_group=7)
    html = as_(world.dsl).get(f"/shared/{held.pk}/").content.decode()
    assert "Ada CANARY-900001-ada, Year 7" in html
    assert "A child without a name, Year 3" in html


def test_a_correction_made_internal_afterwards_does_not_reach_the_school(world, as_, held):
    """security.md N-03"""
    before = as_(world.dsl).get(f"/shared/{held.pk}/print/").content
    works_with(world, held.discussed.all()[0].pupil)
    services.addendum(world.primary, held, "CANARY_correction_for_us", Audience.TEAM)
    after = as_(world.dsl).get(f"/shared/{held.pk}/print/").content
    assert found_in(as_(world.dsl).get(f"/shared/{held.pk}/pdf/")) == WHOLE
    assert b"CANARY_correction" not in after
    assert len(before) == len(after)


def test_what_is_added_later_is_no_news_for_a_copy_without_the_general_text(world, held):
    outsiders_copy(world.attendee_share, held.discussed.first())
    Share.objects.update(opened_at=timezone.now())
    services.addendum(world.primary, held, "The bus pass came.", Audience.SCHOOL)
    told = {m.to for m in Message.objects.filter(kind="consultation_added")}
    assert told == {world.dsl, world.head, world.senco}
    world.attendee_share.refresh_from_db()
    assert world.attendee_share.opened_at is not None


def test_an_addition_for_the_school_is_in_a_copy_with_the_general_text(world, held):
    """The text added for the team is in none."""
    outsiders_copy(world.attendee_share, with_general=True)
    additions = note_for(world.attendee, held).additions
    assert {added.text for added in additions} == {"CANARY-900001-shared-school-addendum"}


def test_the_team_s_pdf_and_print_leave_a_row_for_the_note_and_one_for_each_child(
    world, as_, children, held
):
    """security.md N-16"""
    works_with(world, children.ada)
    works_with(world, children.ben)
    client = as_(world.primary)
    for page, look in (("pdf/", Look.PDF), ("print/", Look.PRINT)):
        before = Access.objects.count()
        client.get(f"/shared/{held.pk}/{page}")
        rows = list(Access.objects.order_by("-at")[: Access.objects.count() - before])
        assert {row.child_id for row in rows} == {None, children.ada.pk, children.ben.pk}
        assert {row.action for row in rows} == {look}


def test_neither_school_sees_the_other_s_child_nor_that_the_consultations_are_linked(
    world, as_, children
):
    """security.md N-04"""
    here, there = world.shared, world.far_shared
    secret_part(here, children.ada, "ada")
    secret_part(there, children.cleo, "cleo")
    here.linked.add(there)
    for user, held, own, other in (
        (world.dsl, here, "ada", there),
        (world.other_dsl, there, "cleo", here),
    ):
        client = as_(user)
        for page in PAGES:
            answer = client.get(f"/shared/{held.pk}/{page}")
            found = {text for text in found_in(answer) if text.startswith("CANARY_")}
            assert found == read_by_school(own)
            if page != "pdf/":
                html = answer.content.decode()
                assert str(other.pk) not in html
                assert "Linked" not in html
                assert other.school.name not in html


def test_the_team_is_told_of_the_linked_consultation_where_it_may_read_it(world, as_, children):
    """security.md N-04"""
    world.shared.linked.add(world.far_shared)
    for user, is_told in ((world.service, True), (world.primary, False), (world.manager, False)):
        html = as_(user).get(f"/consultations/{world.shared.pk}/").content.decode()
        assert (str(world.far_shared.pk) in html) is is_told, user
        assert (world.beech.name in html) is is_told, user


# --- who gets what is decided on the share page --------------------------------------------


@pytest.fixture
def to_complete(world, as_, children):
    """The address on which a note about Ada and Ben is completed, and the client."""
    client = as_(world.primary)
    for pupil in (children.ada, children.ben):
        works_with(world, pupil)
    data = about(
        {"who": children.ada.pk, "shared_text": "Comes in late.", "advice": "A later start."},
        {"who": children.ben.pk, "shared_text": "Tired, like Ada.", "level": ""},
        school=world.oakfield,
    )
    data |= {"id": [str(uuid.uuid4())], "complete": ["1"]}
    return client, client.post(NEW, data).url


def press(**fields):
    return {"how": "here", "share": "1", f"share_{GUEST}": "on", f"reason_{GUEST}": "Nurse"} | {
        f"{name}_{GUEST}": value for name, value in fields.items()
    }


def test_no_child_is_ticked_for_an_outsider_beforehand(to_complete):
    client, url = to_complete
    form = client.get(url).context["form"]
    assert form[f"children_{GUEST}"].value() is None
    assert form[f"general_{GUEST}"].value() is False
    assert "children_contact" not in "".join(form.fields)


def test_an_outsider_ticked_without_anything_to_read_is_asked_what_it_is(to_complete):
    client, url = to_complete
    html = client.post(url, press()).content.decode()
    assert "Select what Nia Nurse reads about" in html
    assert 'value="Nurse"' in html


def test_an_outsider_gets_what_was_ticked(world, to_complete):
    """rule 003-47"""
    client, url = to_complete
    client.post(url, press(children=["1"]))
    share = Share.objects.get(user__email="nia.nurse@example.org")
    assert [part.pupil.first_names for part in share.children.all()] == ["Ben"]
    assert not share.with_general
    record = client.get(f"/consultations/{share.consultation_id}/").content.decode()
    assert "Their copy: Ben CANARY-900001-ben" in record


@pytest.mark.parametrize("choice", ["2", "-1", "x", str(uuid.uuid4())])
def test_a_part_that_is_not_in_the_note_cannot_be_chosen(to_complete, choice):
    client, url = to_complete
    page = client.post(url, press(children=[choice], general="on"))
    assert page.status_code == 200
    assert not Share.objects.filter(user__email="nia.nurse@example.org").exists()


def test_without_children_an_outsider_reads_the_general_text_and_is_asked_nothing(world, as_):
    client = as_(world.primary)
    data = about(school=world.oakfield) | {"id": [str(uuid.uuid4())], "complete": ["1"]}
    url = client.post(NEW, data).url
    assert f"children_{GUEST}" not in client.get(url).context["form"].fields
    client.post(url, press())
    share = Share.objects.get(user__email="nia.nurse@example.org")
    assert share.with_general
    assert note_for(share.user, share.consultation).text == "We talked about attendance."


def test_a_preview_shows_what_somebody_would_read_and_shares_nothing(to_complete):
    client, url = to_complete
    fields = press(children=["1"])
    del fields["share"]
    page = client.post(url, {**fields, "preview": "1", "as": GUEST})
    assert page.context["reader"].name == "Nia Nurse"
    paper = page.content.decode().split('lb-paper lb-note">')[1].split("</section>")[0]
    assert "Tired, like Ada." in paper
    assert "Comes in late." not in paper
    assert "We talked about attendance." not in paper
    assert "There is a problem" not in page.content.decode()
    assert page.context["form"][f"children_{GUEST}"].value() == ["1"]
    assert not Share.objects.filter(user__email="nia.nurse@example.org").exists()
    for who in ("", "nobody", "contact-x"):
        whole = client.post(url, {"preview": "1", "as": who}).content.decode()
        assert "Comes in late." in whole.split('lb-paper lb-note">')[1]


def test_the_worker_is_warned_before_sharing_that_a_text_names_another_child(to_complete):
    """rule 001-118"""
    client, url = to_complete
    html = client.get(url).content.decode()
    assert "for the record of Ben CANARY-900001-ben may name another child: Ada" in html
    assert "for the record of Ada" not in html


def test_no_message_says_which_children_or_that_it_is_a_copy(to_complete):
    """security.md N-30"""
    client, url = to_complete
    client.post(url, press(children=["1"]))
    for message in Message.objects.all():
        for word in ("Ada", "Ben", "CANARY", "copy", "child's", "extract"):
            assert word not in message.subject + message.body


# --- the search ----------------------------------------------------------------------------


def found(user, words):
    return [hit.note.pk for hit in search(user, words).hits]


def test_a_note_is_found_once_completed_and_by_the_school_once_shared(world, children):
    worker = opened(world.primary, children.ada)
    held = world.consultation(world.oakfield, world.primary, State.COMPLETED)
    part_about(held, children.ada, shared_text="wallaby", analysis="quokka", advice="bilby")
    services.share(worker, held, plan_for(world.oakfield, None))
    for words in ("wallaby", "bilby"):
        assert found(world.dsl, words) == [held.pk]
    assert found(world.dsl, "quokka") == []
    assert found(world.primary, "quokka") == [held.pk]
    services.addendum(worker, held, "numbat", Audience.TEAM)
    services.addendum(worker, held, "potoroo", Audience.SCHOOL)
    assert found(world.dsl, "numbat") == []
    assert found(world.dsl, "potoroo") == found(world.primary, "numbat") == [held.pk]


def test_a_completed_note_is_found_by_the_team_and_not_yet_by_the_school(world, to_complete):
    client, url = to_complete
    client.post(url, {"how": "here", "later": "1"})
    held = Consultation.objects.get(pk=url.split("/")[2])
    assert found(world.primary, "Tired") == [held.pk]
    assert found(world.dsl, "Tired") == []


def test_an_outsider_finds_no_word_of_a_note_of_which_they_have_a_part(world, held):
    outsiders_copy(world.attendee_share, held.discussed.first())
    index_consultation(held)
    for words in ("CANARY_ben_advice", "CANARY_ada_advice", "shared"):
        assert found(world.attendee, words) == []
    assert found(world.senco, "CANARY_ben_advice") == [held.pk]


# --- queries -------------------------------------------------------------------------------


def test_the_note_takes_as_many_queries_for_ten_children_as_for_one(world, as_):
    """performance.md"""
    outsiders_copy(world.attendee_share, with_general=True)

    def counted():
        sent = {}
        for user in (world.dsl, world.attendee):
            client = as_(user)
            client.get("/account/")
            for page in ("", "print/"):
                address = f"/shared/{world.shared.pk}/{page}"
                ask = lambda address=address, client=client: client.get(address)  # noqa: E731
                sent[user.email, page] = len(queries(ask))
        return sent

    def add(n):
        for number in range(n):
            part = secret_part(world.shared, child(world, f"Kim{number}"), "kim")
            world.attendee_share.children.add(part)

    add(1)
    few = counted()
    add(9)
    assert counted() == few
    assert max(few.values()) <= 14, few


@pytest.mark.parametrize("page", PAGES)
def test_an_outsider_of_the_council_who_reads_the_whole_gives_a_reason_first(
    world, as_, held, page
):
    """rule 001-58: the service manager took part, and the note was shared with them."""
    Share.objects.filter(pk=world.attendee_share.pk).update(user=world.service)
    ConsultationGrant.objects.filter(user=world.attendee).update(user=world.service)
    client = as_(world.service)
    address = f"/shared/{held.pk}/{page}"
    answer = client.get(address)
    assert answer.status_code == 302
    assert client.post(answer.url, {"reason": "cover", "words": ""}).status_code == 302
    before = Access.objects.filter(child_id__isnull=False).count()
    assert found_in(client.get(address)) >= NAMES
    assert Access.objects.filter(child_id__isnull=False).count() == before + len(NAMES)


def test_who_wrote_a_note_and_leads_the_school_now_reads_it_as_the_school_does(world, as_, held):
    Consultation.objects.filter(pk=held.pk).update(author=world.dsl)
    client = as_(world.dsl)
    for page in PAGES:
        assert client.get(f"/shared/{held.pk}/{page}").status_code == 200, page
