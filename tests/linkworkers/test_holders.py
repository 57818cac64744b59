"""What a school's page says of its link workers, to each who may read it."""

from django.template.loader import render_to_string

from accounts.services import deactivate
from linkworkers import services
from linkworkers.holders import link_workers_of
from linkworkers.models import Allocation


def names(holders):
    return [str(holder.allocation.link_worker) for holder in holders]


def shown(school, user):
    return render_to_string(
        "linkworkers/_link_workers.html",
        {"link_workers": link_workers_of(school, user), "school": school},
    )


def test_a_school_sees_its_link_workers_and_earlier_ones(world, django_assert_num_queries):
    """rule 000-3: a named link worker."""
    link_workers_of(world.oakfield, world.dsl)
    with django_assert_num_queries(1):
        found = link_workers_of(world.oakfield, world.dsl)
    assert names(found.current) == ["Priya Primary", "Sam Secondary", "Cole Cover"]
    assert names(found.earlier) == ["Fay Former"]
    assert not found.may_allocate


def test_another_school_sees_none_of_them(world):
    found = link_workers_of(world.oakfield, world.other_dsl)
    assert (found.current, found.earlier) == ([], [])


def test_a_suspended_allocation_is_shown_to_managers_only(world):
    """rule 001-53: for everybody else nobody holds the place, and no reason is given."""
    for user in (world.head_and_dsl, world.other_worker, world.duty, world.other_manager):
        page = shown(world.elmgate, user)
        assert "Connie" not in page
        assert "onflict" not in page
    assert "Conflict declared, suspended" in shown(world.elmgate, world.manager)


def test_a_deactivated_worker_is_no_longer_named_and_managers_are_told_to_replace_them(world):
    """rule 000-3: nobody is sent to somebody who cannot answer."""
    deactivate(world.administrator, world.primary)
    for user in (world.dsl, world.secondary, world.duty, world.other_manager):
        page = shown(world.oakfield, user)
        assert "Priya" not in page
        assert "No primary link worker at present." in page
        assert "Sam Secondary" in page
    page = shown(world.oakfield, world.manager)
    assert "Deactivated, to be replaced" in page
    assert "No primary link worker at present." in page
    assert world.primary.email not in page


def test_a_place_that_nobody_holds_is_said_to_be_empty(world):
    assert "at present" not in shown(world.oakfield, world.dsl)
    assert "No secondary link worker at present." in shown(world.beech, world.other_dsl)
    assert "No primary or secondary link worker at present." in shown(
        world.larkmead, world.other_manager
    )


def test_the_handover_note_is_for_the_worker_and_the_managers(world):
    Allocation.objects.filter(pk=world.primary_allocation.pk).update(handover_note="CANARY-NOTE")
    for user in (world.primary, world.manager):
        assert "CANARY-NOTE" in shown(world.oakfield, user)
    for user in (world.secondary, world.dsl, world.other_manager, world.duty):
        assert "CANARY-NOTE" not in shown(world.oakfield, user)


def test_why_an_allocation_ended_is_for_the_managers(world, anew):
    services.end(world.manager, world.primary_allocation, why="CANARY-WHY")
    assert "CANARY-WHY" in shown(world.oakfield, anew(world.manager))
    for user in (world.dsl, world.secondary, world.primary):
        page = shown(world.oakfield, user)
        assert "CANARY-WHY" not in page
        assert "Priya Primary" in page


def test_only_managers_are_offered_to_change_them(world):
    assert "/allocations/900001/" in shown(world.oakfield, world.manager)
    assert "/allocations/900001/" not in shown(world.oakfield, world.dsl)
    assert "/allocations/900001/" not in shown(world.oakfield, world.primary)
