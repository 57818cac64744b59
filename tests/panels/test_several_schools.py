"""A meeting over two schools: nothing of another school's child reaches a school (rule 000-16).

Every page, list, search, PDF, copy, notice and action of the people of Oakfield is looked through
for what is said of Cleo, who is Beechcroft's.
"""

import pytest
from django.utils import timezone

from consultations.models import Action
from notifications.models import Message
from panels.copies import SCHOOL, Minutes, Reader
from panels.models import Distribution, Meeting
from schools.models import ContactRole, OwnChildConflict, SchoolContact, SchoolGrant
from tests.kept import kept
from tests.panels.distribution import TEXTS, Themed, text_of
from tests.panels.meetings import called, invite, prepared, with_agency
from tests.panels.minutes import again, agenda, agreed, final, held, item_of, write
from tests.world import anew

pytestmark = pytest.mark.django_db
CLEOS_ACTION, OUR_ACTION = "CANARY-take-cleo-home", "CANARY-watch-the-gate"


@kept
def themed(world):
    """The themed meeting, final and sent, with an action of each school besides."""
    made = Themed(world)
    bus = item_of(made.meeting, "The bus")
    lead, other = (
        made.meeting.people.get(contact=post) for post in (world.dsl_post, world.other_dsl_post)
    )
    agreed(bus, CLEOS_ACTION, owner=other, child=made.child["cleo"])
    agreed(bus, OUR_ACTION, owner=lead)
    made.final()
    made.send()
    return made


def marks_of(made, first):
    """Every way in which the meeting speaks of one of its children."""
    row = made.child[first]
    return {row.pupil.surname, row.reference, row.pupil.initials, TEXTS[first]}


def seen_by(client, made):
    """All that somebody of a school can open of a meeting, as one text."""
    here = f"/shared/meetings/{made.meeting.pk}/"
    addresses = [
        "/shared/",
        "/shared/meetings/",
        here,
        f"{here}minutes/",
        "/meetings/",
        "/actions/",
    ]
    addresses += [f"/meetings/{made.meeting.pk}/", f"/meetings/{made.meeting.pk}/actions/"]
    addresses += [f"/meetings/{made.meeting.pk}/minutes/", f"/meetings/{made.meeting.pk}/copies/"]
    for copy in Distribution.objects.filter(version__meeting=made.meeting):
        addresses.append(f"{here}minutes/{copy.pk}/pdf/")
    found = []
    for address in addresses:
        answer = client.get(address, follow=True)
        if answer.status_code == 200:
            is_pdf = answer["Content-Type"] == "application/pdf"
            found.append(text_of(answer) if is_pdf else answer.content.decode())
    for action in Action.objects.filter(source_type="meeting"):
        for what in ("comment", "hand-over", "move"):
            answer = client.get(f"/meetings/actions/{action.pk}/{what}/")
            if answer.status_code == 200:
                found.append(answer.content.decode())
    # What was searched for stands on the page again, so it is none of the marks.
    for words in ("CANARY", "Cleo"):
        found.append(client.post("/search/", {"words": words}, follow=True).content.decode())
    return "\n".join(found)


def told(user):
    messages = Message.objects.filter(to=user)
    return "\n".join(f"{one.subject} {one.body}" for one in messages)


def of_cleo(made, text):
    return {mark for mark in {*marks_of(made, "cleo"), CLEOS_ACTION} if mark in text}


def test_a_lead_reads_their_own_schools_parts_and_their_childrens(world, themed, as_):
    text = seen_by(as_(world.dsl), themed)
    assert marks_of(themed, "ada") <= {m for m in marks_of(themed, "ada") if m in text}
    assert OUR_ACTION in text
    assert TEXTS["call"] in text
    assert of_cleo(themed, text + told(world.dsl)) == set()


def test_the_other_schools_lead_reads_theirs(world, themed, as_):
    text = seen_by(as_(world.other_dsl), themed)
    assert TEXTS["cleo"] in text
    assert CLEOS_ACTION in text
    for first in ("ada", "ben"):
        assert not [mark for mark in marks_of(themed, first) if mark in text]
    assert OUR_ACTION not in told(world.other_dsl)


@pytest.mark.parametrize("who", ["dsl", "deputy", "head", "senco", "unconfirmed", "left_lead"])
def test_nobody_of_a_school_finds_another_schools_child_anywhere(world, themed, as_, who):
    user = getattr(world, who)
    assert of_cleo(themed, seen_by(as_(user), themed) + told(user)) == set()


def test_a_head_who_was_not_invited_sees_what_their_people_took_on_and_no_more(world, themed, as_):
    text = seen_by(as_(world.head), themed)
    assert OUR_ACTION in text
    assert TEXTS["all"] not in text


def test_a_senco_who_is_no_lead_reads_of_no_child(world, themed, as_):
    """design.md 4: their own parts; children are for confirmed heads and safeguarding leads."""
    text = seen_by(as_(world.senco), themed)
    assert TEXTS["all"] in text
    for first in ("ada", "ben", "cleo"):
        assert not [mark for mark in marks_of(themed, first) if mark in text]
    assert TEXTS["call"] not in text


@pytest.mark.parametrize("who", ["unconfirmed", "left_lead"])
def test_who_is_not_confirmed_or_has_left_finds_nothing_of_the_meeting(world, themed, as_, who):
    text = seen_by(as_(getattr(world, who)), themed)
    assert not [canary for canary in [*TEXTS.values(), OUR_ACTION, CLEOS_ACTION] if canary in text]


def test_a_lead_who_leaves_finds_nothing_from_that_moment(world, themed, as_):
    SchoolContact.objects.filter(pk=world.dsl_post.pk).update(ends_at=timezone.now())
    SchoolGrant.objects.filter(user=world.dsl).update(ends_at=timezone.now())
    text = seen_by(as_(world.dsl), themed)
    assert not [canary for canary in [*TEXTS.values(), OUR_ACTION] if canary in text]


def test_a_lead_with_a_child_at_the_school_finds_nothing(world, themed, as_):
    OwnChildConflict.objects.create(
        user=world.dsl, school=world.oakfield, starts_at=world.yesterday
    )
    text = seen_by(as_(world.dsl), themed)
    assert not [canary for canary in [*TEXTS.values(), OUR_ACTION] if canary in text]


def test_a_head_of_both_schools_reads_the_actions_of_both(world, themed, as_):
    world.post(world.beech, world.head, ContactRole.HEAD)
    text = seen_by(as_(anew(world.head)), themed)
    assert {OUR_ACTION, CLEOS_ACTION} <= {one for one in (OUR_ACTION, CLEOS_ACTION) if one in text}


def test_the_copy_of_a_school_is_the_same_whoever_of_it_reads(world, themed):
    minutes = Minutes(themed.meeting)
    for school, others in ((world.oakfield, ["cleo"]), (world.beech, ["ada", "ben"])):
        copy = str(minutes.copy_for(Reader(SCHOOL, school.pk, school.name)).as_json)
        for first in others:
            assert not [mark for mark in marks_of(themed, first) if mark in copy]


def test_an_action_that_goes_on_speaks_of_a_child_who_is_not_on_the_next_meeting_to_the_team_alone(
    world, themed
):
    """It is taken over into a meeting that has no Cleo, and neither school nor agency reads it."""
    made = prepared(world, schools=[world.oakfield, world.beech])
    Meeting.objects.filter(pk=made.pk).update(previous=themed.meeting)
    invite(world, again(made), contacts=[world.dsl_post, world.other_dsl_post])
    nurse = with_agency(made, themed.agency["School nursing"], themed.contact["School nursing"])
    agenda(called(again(made)))
    minutes = Minutes(again(made))
    assert {row.pupil.first_names for row in minutes.earlier} == {"Ada", "Cleo"}
    for reader in (Reader(SCHOOL, world.oakfield.pk), Reader("agency", nurse.agency_id)):
        assert CLEOS_ACTION not in str(minutes.copy_for(reader))
    assert CLEOS_ACTION in str(minutes.copy_for(Reader(SCHOOL, world.beech.pk)))
    closed = minutes.closed_to(anew(world.primary))
    assert CLEOS_ACTION not in str(minutes.copy_for(Reader("team", closed=closed)))


def test_another_schools_worker_finds_the_words_of_its_child_in_no_list(world, themed, as_):
    """Rule 001-58: of the council's people only who has the child open reads an action on it."""
    for who, canary in ((world.primary, CLEOS_ACTION), (world.far_worker, TEXTS["call"])):
        client = as_(who)
        text = client.get("/").content.decode() + client.get("/actions/").content.decode()
        text += client.get("/actions/?whose=schools").content.decode()
        text += client.get(f"/schools/{world.oakfield.urn}/").content.decode()
        text += client.get(f"/meetings/{themed.meeting.pk}/actions/").content.decode()
        text += client.post("/search/", {"words": "CANARY"}, follow=True).content.decode()
        assert canary not in text


def test_minutes_with_such_an_action_are_checked_and_become_final(world, themed):
    """What an earlier meeting agreed stands in the way of nothing, whomever it names."""
    Action.objects.filter(what=CLEOS_ACTION).update(what="Take Cleo home")
    made = prepared(world, schools=[world.oakfield, world.beech])
    Meeting.objects.filter(pk=made.pk).update(previous=themed.meeting)
    made = held(called(invite(world, again(made), contacts=[world.dsl_post])))
    write(item_of(made, "The bus"), "Nothing new.", "We go on.")
    version = final(made)
    assert "Take Cleo home" in str(version.content)
    minutes = Minutes(again(made))
    closed = minutes.closed_to(anew(world.primary))
    copy = str(minutes.copy_for(Reader("team", closed=closed)))
    assert "Take Cleo home" not in copy
    assert TEXTS["call"] in copy
