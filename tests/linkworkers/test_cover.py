"""Somebody covers a school for a period (rule 001-48): named, refused, ended, told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from audit.models import Act, Verb
from consultations.models import Consultation
from linkworkers import services
from linkworkers.models import Allocation
from notifications.models import Message
from schools.models import OwnChildConflict, SchoolGrant
from schools.scope import scope_of


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def uncovered_world(world):
    """The world without its cover of Oakfield."""
    SchoolGrant.objects.filter(source_id=world.cover_allocation.pk).delete()
    world.cover_allocation.delete()
    return world


def cover(world, who, starts_on, ends_on, by=None, school=None):
    return services.cover(
        by or world.manager, school or world.oakfield, who.link_worker, starts_on, ends_on
    )


def test_a_cover_sees_the_school_while_it_lasts_and_no_longer(uncovered_world, today, anew):
    """rule 001-48."""
    world = uncovered_world
    named = cover(world, world.former, today, today + timedelta(days=2))
    assert world.oakfield.pk in scope_of(anew(world.former)).supports
    assert Consultation.objects.visible_to(anew(world.former)).filter(pk=world.completed.pk)
    assert (named.kind, named.last_day) == ("cover", today + timedelta(days=2))
    grant = SchoolGrant.objects.get(source_id=named.pk)
    assert grant.ends_at == named.ends_at
    SchoolGrant.objects.filter(pk=grant.pk).update(
        starts_at=world.yesterday, ends_at=timezone.now()
    )
    assert world.oakfield.pk not in scope_of(anew(world.former)).supports


def test_a_cover_to_come_opens_nothing_yet(uncovered_world, today, anew):
    world = uncovered_world
    cover(world, world.former, today + timedelta(days=1), today + timedelta(days=2))
    assert world.oakfield.pk not in scope_of(anew(world.former)).supports


def test_the_grants_are_what_the_cover_says(uncovered_world, today, drift_at_schools):
    world = uncovered_world
    named = cover(world, world.former, today, today)
    assert drift_at_schools() == []
    services.end(world.manager, named, why="Back early")
    assert drift_at_schools() == []


def test_a_cover_is_ended_early(uncovered_world, today, anew):
    world = uncovered_world
    named = cover(world, world.former, today, today + timedelta(days=9))
    services.end(world.manager, named, why="Back early")
    assert world.oakfield.pk not in scope_of(anew(world.former)).supports
    again = cover(world, world.former, today, today + timedelta(days=1))
    assert again.is_live


def test_a_worker_of_another_hub_covers_without_more_ado(uncovered_world, today):
    world = uncovered_world
    assert cover(world, world.far_worker, today, today).is_live


def test_a_college_is_covered_without_the_county(world, college, today):
    """rule 001-51: its two places need every manager, cover for a while does not."""
    named = cover(world, world.far_worker, today, today, school=college)
    assert named.is_live
    assert not college.county_agreements.exists()


def test_a_conflict_refuses_cover(uncovered_world, today):
    """rule 001-53: cover is no way round."""
    world = uncovered_world
    OwnChildConflict.objects.create(user=world.former, school=world.oakfield)
    with pytest.raises(TransitionNotAllowed) as refused:
        cover(world, world.former, today, today)
    assert str(refused.value) == "Conflict declared"


def test_a_conflict_declared_later_suspends_the_cover(uncovered_world, today, drift_at_schools):
    """rule 001-53."""
    world = uncovered_world
    named = cover(world, world.former, today, today + timedelta(days=3))
    services.declare_conflict(world.former, world.oakfield)
    named.refresh_from_db()
    assert named.suspended_at is not None
    assert drift_at_schools() == []


def test_who_has_a_place_there_does_not_cover_it_too(uncovered_world, today):
    """rule 001-48: two different people."""
    world = uncovered_world
    for who, place in ((world.primary, "primary"), (world.secondary, "secondary")):
        with pytest.raises(TransitionNotAllowed, match=f"is the {place} link worker of Oakfield"):
            cover(world, who, today, today + timedelta(days=3))


def test_a_place_to_come_counts_from_its_day_only(world, today):
    """``future`` becomes Larkmead's secondary tomorrow."""
    by = world.other_manager
    with pytest.raises(TransitionNotAllowed, match="secondary link worker of Larkmead"):
        cover(world, world.future, today, today + timedelta(days=2), by, world.larkmead)
    assert cover(world, world.future, today, today, by, world.larkmead).is_live


def test_two_people_do_not_cover_at_once(uncovered_world, today):
    world = uncovered_world
    cover(world, world.former, today + timedelta(days=2), today + timedelta(days=4))
    for starts, ends in ((0, 2), (3, 3), (4, 9), (0, 9)):
        with pytest.raises(TransitionNotAllowed, match="Fay Former covers Oakfield"):
            cover(
                world,
                world.far_worker,
                today + timedelta(days=starts),
                today + timedelta(days=ends),
            )
    assert cover(world, world.far_worker, today, today + timedelta(days=1)).is_live
    cover(world, world.future, today + timedelta(days=5), today + timedelta(days=6))


@pytest.mark.parametrize(
    ("starts", "ends", "field", "sentence"),
    [
        (-1, 3, "starts_on", "today or later"),
        (-40_000, 3, "starts_on", "today or later"),
        (900, 3, "starts_on", "within a year"),
        (3, 2, "ends_on", "The last day must be"),
        (0, 400, "ends_on", "within a year"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(
    uncovered_world, today, starts, ends, field, sentence
):
    world = uncovered_world
    with pytest.raises(ValidationError, match=sentence) as refused:
        cover(world, world.former, today + timedelta(days=starts), today + timedelta(days=ends))
    assert list(refused.value.message_dict) == [field]
    assert not Allocation.objects.filter(kind="cover").exists()


def test_who_left_and_a_closed_school_are_refused(uncovered_world, today):
    world = uncovered_world
    world.former.link_worker.left_at = world.now
    world.former.link_worker.save()
    with pytest.raises(TransitionNotAllowed, match="no longer works"):
        cover(world, world.former, today, today)
    world.oakfield.status = "closed"
    world.oakfield.save()
    with pytest.raises(TransitionNotAllowed, match="is closed"):
        cover(world, world.future, today, today)


@pytest.mark.parametrize("who", ["other_manager", "primary", "administrator", "duty", "dsl"])
def test_only_managers_of_the_hub_name_cover(uncovered_world, today, who):
    """rule 001-50."""
    world = uncovered_world
    with pytest.raises(PermissionDenied):
        cover(world, world.former, today, today, by=getattr(world, who))


def test_the_cover_and_the_school_hear_of_it(uncovered_world, today):
    world = uncovered_world
    cover(world, world.former, today, today + timedelta(days=1))
    to_cover = Message.objects.get(kind="allocated")
    assert to_cover.to == world.former
    assert to_cover.subject == "You cover Oakfield Primary School"
    assert {m.to for m in Message.objects.filter(kind="school_told")} == {
        world.dsl,
        world.head,
        world.withheld,
    }
    assert not Message.objects.filter(to=world.manager).exists()


def test_it_is_written_down_who_named_whom(uncovered_world, today):
    world = uncovered_world
    named = cover(world, world.former, today, today)
    act = Act.objects.get(verb=Verb.COVER)
    assert (act.by, act.subject_id) == (world.manager, str(named.pk))


# --- the pages -----------------------------------------------------------------------------


def page(response):
    return response.content.decode()


def test_a_manager_names_cover_from_the_page(uncovered_world, as_, today):
    world = uncovered_world
    client = as_(world.manager)
    address = reverse("cover", args=[world.oakfield.urn])
    assert "Name cover" in page(client.get(address))
    posted = {
        "link_worker": world.far_worker.link_worker.pk,
        "starts_on": "today",
        "ends_on": (today + timedelta(days=3)).isoformat(),
        "reason": "",
    }
    done = client.post(address, posted, follow=True)
    assert "Farah Farhub covers Oakfield Primary School from" in page(done)
    again = page(client.post(address, posted))
    assert "Farah Farhub covers Oakfield Primary School from" in again
    assert Allocation.objects.filter(kind="cover").count() == 1


def test_what_was_typed_stays_when_the_days_are_refused(uncovered_world, as_):
    world = uncovered_world
    posted = {
        "link_worker": world.former.link_worker.pk,
        "starts_on": "today",
        "ends_on": "1 January 2020",
        "reason": "<b>Half term</b>",
    }
    answer = as_(world.manager).post(reverse("cover", args=[world.oakfield.urn]), posted)
    assert answer.status_code == 200
    assert "The last day must be" in page(answer)
    assert 'value="1 January 2020"' in page(answer)
    assert "&lt;b&gt;Half term&lt;/b&gt;" in page(answer)


def test_who_cannot_cover_is_not_offered(uncovered_world, as_):
    """rule 001-53: not a word of why."""
    world = uncovered_world
    OwnChildConflict.objects.create(user=world.future, school=world.oakfield)
    form = page(as_(world.manager).get(reverse("cover", args=[world.oakfield.urn])))
    options = form.partition("<select")[2].partition("</select>")[0]
    assert "Fay Former" in options
    for name in ("Priya Primary", "Sam Secondary", "Finn Future", "Dee Deactivated"):
        assert name not in options
