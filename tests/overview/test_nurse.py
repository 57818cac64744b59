"""The school nurse on My work, on the school's page and on take-up: a yes or no, never a number."""

import csv
import io
import re

import pytest

from consultations.models import NurseInvite
from consultations.services import nurse as nurse_services
from schools.models import School
from tests.consultations.nurse import (
    THURSDAY,
    TODAY,
    at,
    invited,
    proposal,
    school_year,
    term,
)
from tests.world import World

pytestmark = pytest.mark.django_db
AGREE = "Agree a date with {} for this term’s consultation with the school nurse"


@pytest.fixture
def autumn(db, time_machine):
    """The world as it is in the second half of an autumn term."""
    time_machine.move_to(TODAY, tick=False)
    world = World()
    school_year()
    return world


def held_at(world, school):
    held = world.consultation(school, world.primary, "completed", at(THURSDAY))
    held.nurse_present = True
    held.save()
    nurse_services.held(world.primary, held)


def rows_in(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return {row["School"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("now", "group", "words"),
    [
        ("2026-09-14", "This week and soon", ""),
        ("2026-10-20", "This week and soon", 'lb-soon">Due by half-term.'),
        ("2026-11-02", "Overdue", 'lb-late">Half-term has passed.'),
    ],
)
def test_a_proposal_is_on_the_worker_s_desk_amber_by_half_term_and_red_after(
    autumn, page_of, time_machine, now, group, words
):
    """Rule 001-72."""
    invite = proposal(autumn.oakfield)
    time_machine.move_to(f"{now}T09:00:00Z", tick=False)
    html = page_of(autumn.secondary).text
    start = html.index(AGREE.format("Oakfield Primary School"))
    heading = html[:start].rpartition('<h3 class="lb-group')[2].partition("</h3>")[0]
    assert heading.endswith(f">{group}")
    row = html[start:].partition("</li>")[0]
    assert f"/nurse/{invite.pk}/date/" in row
    assert words in row
    assert ("lb-soon" in row, "lb-late" in row) == ("lb-soon" in words, "lb-late" in words)


def test_an_appointment_is_on_the_desk_until_it_is_recorded(autumn, page_of, time_machine):
    invite = invited(autumn.secondary, proposal(autumn.oakfield))
    html = page_of(autumn.secondary).text
    assert "Thursday 3 December at 10:00am." in html
    assert "No nurse confirmed yet." in html
    time_machine.move_to("2026-12-04T09:00:00Z", tick=False)
    html = page_of(autumn.secondary).text
    assert f"/consultations/new/?school=900001&amp;nurse={invite.pk}" in html
    assert "Not recorded yet." in html
    held_at(autumn, autumn.oakfield)
    assert f"/nurse/{invite.pk}/" not in page_of(autumn.secondary).text


def test_nobody_else_has_it_on_their_desk(autumn, page_of):
    invite = proposal(autumn.oakfield)
    for user in (autumn.other_worker, autumn.far_worker, autumn.service, autumn.manager):
        assert str(invite.pk) not in page_of(user).text


def test_the_school_s_page_answers_whether_a_nurse_took_part(autumn, page_of):
    page = "/schools/900001/"
    assert "No date yet" in page_of(autumn.primary, page).text
    invited(autumn.primary, proposal(autumn.oakfield))
    html = page_of(autumn.manager, page).text
    assert "Thursday 3 December, 10:00am" in html
    assert "Invited, no reply known" in html
    held_at(autumn, autumn.oakfield)
    assert "Took part this term" in page_of(autumn.primary, page).text
    for user in (autumn.other_worker, autumn.dsl, autumn.service):
        assert "School nurse, autumn term" not in page_of(user, page).text


def test_take_up_says_yes_no_or_the_date_for_each_school(autumn, page_of):
    """Rule 001-72, and 001-124: no number of consultations, whatever was held."""
    for _ in range(3):
        held_at(autumn, autumn.oakfield)
    invited(autumn.other_worker, proposal(autumn.elmgate))
    School.objects.create(
        urn="900011", name="Acorns Nursery", type_group="nursery", hub=autumn.coast
    )
    School.objects.create(urn="900012", name="Ash School", type_group="primary", hub=autumn.coast)
    rows = rows_in(page_of(autumn.manager, "/take-up/csv/"))
    assert {name: row["School nurse this term"] for name, row in rows.items()} == {
        "Oakfield Primary School": "Yes",
        "Elmgate School": "Date set: 3 December 2026",
        "Ash School": "No",
        "Acorns Nursery": "",
    }
    html = page_of(autumn.manager, "/take-up/").text
    cells = re.findall(r'data-label="Nurse this term">(?:<span[^>]*>([^<]*)</span>)?', html)
    assert sorted(cells) == ["", "Date set: 3 December 2026", "No", "Yes"]


def test_no_total_of_nurse_consultations_is_shown_anywhere(autumn, page_of):
    """Rule 001-124: the pages say the same whether one was held or three."""
    held_at(autumn, autumn.oakfield)
    pages = ("/take-up/", "/take-up/?show=no_nurse", "/schools/900001/", "/schools/900001/nurse/")

    def texts():
        return [
            re.sub(r'csrf\S+ value="[^"]+"|nonce="[^"]+"', "", page_of(autumn.manager, p).text)
            for p in pages
        ]

    def numbers(html):
        part = html.partition("<table")[2] or html.partition("lb-strip")[2].partition("</dl>")[0]
        return re.findall(r"\b[0-9]+ (?:nurse|consultation|school nurse)", part)

    assert not [number for html in texts() for number in numbers(html)]
    assert "no_nurse" in texts()[0]
    assert NurseInvite.objects.filter(school=autumn.oakfield).count() == 1


def test_take_up_narrows_to_schools_without_one_this_term(autumn, page_of):
    held_at(autumn, autumn.oakfield)
    invited(autumn.other_worker, proposal(autumn.elmgate))
    School.objects.create(
        urn="900011", name="Acorns Nursery", type_group="nursery", hub=autumn.coast
    )
    html = page_of(autumn.manager, "/take-up/?show=no_nurse").text.partition("<table")[2]
    assert "Elmgate School" in html
    assert "Oakfield" not in html
    assert "Acorns" not in html


def test_a_nurse_of_last_term_is_no_nurse_this_term(autumn, page_of, time_machine):
    held_at(autumn, autumn.oakfield)
    time_machine.move_to("2027-01-05T09:00:00Z", tick=False)
    assert "Oakfield" in page_of(autumn.manager, "/take-up/?show=no_nurse").text


def test_this_term_is_the_school_s_own(autumn, page_of, time_machine):
    """A school that begins a week later has last term's yes for a week longer."""
    held_at(autumn, autumn.oakfield)
    days = [at(THURSDAY).date().replace(year=2027, month=m, day=d) for m, d in ((1, 11), (3, 25))]
    term("spring", (*days, None, None), school=autumn.oakfield)
    page = "/take-up/?show=no_nurse"
    time_machine.move_to("2027-01-05T09:00:00Z", tick=False)
    assert "Oakfield" not in page_of(autumn.manager, page).text
    time_machine.move_to("2027-01-11T09:00:00Z", tick=False)
    assert "Oakfield" in page_of(autumn.manager, page).text
