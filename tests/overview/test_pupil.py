"""A child's page, as far as it is open to the viewer."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import Access
from consultations.models import Action, Destination, PupilDiscussed, RecordingTask, Subject
from schools.models import (
    AttendanceWeek,
    Enrolment,
    Involvement,
    OwnChildConflict,
    PupilStatus,
    StatusKind,
)
from tests.children import child, children_of, works_with
from tests.overview.test_chronology import give_reason


@pytest.fixture
def ada(world):
    """Ada, with a status, a school before, and a note about her at Oakfield."""
    found = children_of(world).ada
    PupilStatus.objects.create(
        pupil=found,
        kind=StatusKind.objects.first(),
        starts_on=date(2025, 3, 1),
        social_worker="Sadia Social",
        recorded_by=world.primary,
    )
    Enrolment.objects.create(
        pupil=found, school=world.beech, starts_on=date(2022, 9, 1), ends_on=date(2024, 7, 20)
    )
    part = PupilDiscussed.objects.create(
        consultation=world.completed, subject=Subject.PUPIL, pupil=found, worries="A-WORRY"
    )
    of_oakfield = {"school": world.oakfield, "hub_id": world.oakfield.hub_id}
    Action.objects.create(
        consultation=world.completed,
        about=part,
        what="Meet at the gate",
        owner_user=world.dsl,
        due_on=timezone.localdate() - timedelta(days=2),
        **of_oakfield,
    )
    RecordingTask.objects.create(
        discussed=part,
        pupil=found,
        owner=world.primary,
        to=Destination.MOSAIC,
        due_on=timezone.localdate() + timedelta(days=2),
        **of_oakfield,
    )
    return found


def url(pupil):
    return f"/pupils/{pupil.pk}/"


def html_of(client, pupil):
    answer = client.get(url(pupil))
    assert answer.status_code == 200
    return answer.content.decode()


IDENTITY = ("Oakfield Primary School", "Beechcroft Junior School", "2 March 2015", "Sadia Social")
NOTES = ("A-WORRY", "Meet at the gate", "/recording/", "Chronology", "UPN", "brother or sister")


def test_a_child_on_current_work_is_open_with_everything_about_the_work(world, ada, as_):
    works_with(world, ada)
    html = html_of(as_(world.primary), ada)
    for text in (*IDENTITY, *NOTES, "Was due", "Link workers of Oakfield Primary School"):
        assert text in html, text
    look = Access.objects.get(child_id=ada.pk)
    assert (look.basis, look.subject_type) == ("current work", "schools.pupil")


def test_neither_title_nor_address_names_the_child(world, ada, as_):
    """design.md 8; security.md 5.4."""
    works_with(world, ada)
    html = html_of(as_(world.primary), ada)
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert title == "A child’s record – Linkbook"
    assert ada.surname not in url(ada)


def test_without_a_reason_the_page_asks_for_one(world, ada, as_):
    """Rule 001-58; security.md N-14."""
    answer = as_(world.primary).get(url(ada))
    assert answer.status_code == 302
    assert answer.url == f"/pupils/{ada.pk}/reason/?next=%2Fpupils%2F{ada.pk}%2F"
    assert not answer.content
    assert not Access.objects.filter(child_id=ada.pk).exists()


def test_the_reason_for_one_child_does_not_open_another(world, ada, as_):
    """security.md N-15."""
    client = give_reason(as_, world.primary, ada)
    assert client.get(url(ada)).status_code == 200
    assert client.get(url(child(world, "Bea"))).status_code == 302


def test_another_schools_worker_sees_who_the_child_is_and_no_notes(world, ada, as_):
    """design.md 4; rule 003-21: whoever else is involved is on record."""
    works_with(world, ada)
    client = give_reason(as_, world.far_worker, ada)
    given = Access.objects.filter(child_id=ada.pk).count()
    html = html_of(client, ada)
    for text in (*IDENTITY, "Priya Primary", "Link workers of Oakfield Primary School"):
        assert text in html, text
    assert "Notes are for those who work with the child" in html
    for text in (*NOTES, "/change/", "Give a reason"):
        assert text not in html, text
    assert Access.objects.filter(child_id=ada.pk).count() == given + 1


def test_a_brother_who_is_closed_has_no_name_on_his_sisters_page(world, ada, as_):
    """peers.md U35, within rule 001-58."""
    ben = children_of(world).ben
    works_with(world, ada)
    other = child(world, "Cleo", surname="CANARY-900001-sister")
    from schools.models import FamilyLink

    one, two = sorted((ada, other), key=lambda pupil: pupil.pk)
    FamilyLink.objects.create(one=one, other=two, added_by=world.manager)
    html = html_of(as_(world.primary), ada)
    assert "A brother or sister on record" in html
    assert f"/pupils/{other.pk}/reason/" in html
    assert "CANARY-900001-sister" not in html
    works_with(world, other)
    assert "CANARY-900001-sister" in html_of(as_(world.primary), ada)
    assert str(ben.pk) not in html


def test_attendance_is_told_as_a_fact(world, ada, as_):
    """Rule 004-5: no level follows from it."""
    works_with(world, ada)
    today = timezone.localdate()
    AttendanceWeek.objects.create(
        pupil=ada,
        school=world.oakfield,
        week=today - timedelta(days=today.weekday()),
        possible=10,
        missed=1,
    )
    html = html_of(as_(world.primary), ada)
    assert "90.0% this term: 10% or more missed" in html
    assert "Level" not in html


def test_a_conflict_closes_the_child_and_leaves_no_trace_elsewhere(world, ada, as_):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    assert as_(world.manager).get(url(ada)).status_code == 404
    OwnChildConflict.objects.create(user=world.service, school=world.beech)
    html = html_of(give_reason(as_, world.service, ada), ada)
    assert "Beechcroft" not in html


@pytest.mark.parametrize(
    "who", ["dsl", "head", "attendee", "coordinator", "governance", "administrator"]
)
def test_who_may_not_ask_finds_no_child(world, ada, as_, who):
    """security.md N-13 and N-17."""
    assert as_(getattr(world, who)).get(url(ada)).status_code == 404


def test_who_may_not_change_a_child_finds_no_button(world, ada, as_):
    """security.md N-29."""
    Involvement.objects.create(
        pupil=ada, user=world.duty, source_type="concern", source_id=world.completed.pk
    )
    html = html_of(as_(world.duty), ada)
    assert "A-WORRY" in html
    for address in ("/status/add/", "/change/", "/move/", "/chronology/new/"):
        assert address not in html
    works_with(world, ada)
    html = html_of(as_(world.primary), ada)
    for address in ("/status/add/", "/change/", "/move/", "/chronology/new/"):
        assert address in html


def test_a_child_not_born_yet_has_a_page(world, as_):
    """Rule 003-43."""
    baby = child(world, "Cleo")
    baby.first_names, baby.born_on, baby.due_on = "", None, timezone.localdate()
    baby.save()
    works_with(world, baby)
    html = html_of(as_(world.primary), baby)
    assert "Baby CANARY-900001-cleo" in html
    assert "Not born yet" in html
