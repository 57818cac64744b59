"""The days a link worker is away: theirs and their managers' to keep, and never why."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.errors import TransitionNotAllowed
from linkworkers import services
from linkworkers.models import Absence


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.mark.parametrize("who", ["primary", "manager", "service"])
def test_a_worker_and_their_managers_keep_absences(world, today, who):
    by = getattr(world, who)
    absence = services.add_absence(by, world.primary.link_worker, today, today)
    services.change_absence(by, absence, today, today + timedelta(days=3))
    absence.refresh_from_db()
    assert (absence.starts_on, absence.ends_on) == (today, today + timedelta(days=3))
    services.remove_absence(by, absence)
    assert not Absence.objects.exists()
    with pytest.raises(TransitionNotAllowed, match="already been removed"):
        services.remove_absence(by, absence)


def test_a_line_manager_of_another_hub_keeps_them_too(world, today):
    world.primary.link_worker.line_manager = world.other_manager
    world.primary.link_worker.save()
    services.add_absence(world.other_manager, world.primary.link_worker, today)
    world.other_manager.staff_roles.update(ends_at=world.now)
    anew = type(world.other_manager).objects.get(pk=world.other_manager.pk)
    with pytest.raises(PermissionDenied):
        services.add_absence(anew, world.primary.link_worker, today + timedelta(days=9))


@pytest.mark.parametrize("who", ["secondary", "other_manager", "administrator", "duty", "dsl"])
def test_nobody_else_does(world, today, who):
    absence = services.add_absence(world.primary, world.primary.link_worker, today, today)
    by = getattr(world, who)
    for act in (
        lambda: services.add_absence(by, world.primary.link_worker, today + timedelta(days=7)),
        lambda: services.change_absence(by, absence, today),
        lambda: services.remove_absence(by, absence),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize(
    ("starts", "ends", "field", "sentence"),
    [
        (3, 2, "ends_on", "The last day must be"),
        (-400, 2, "starts_on", "within the last year"),
        (900, None, "starts_on", "or the next two"),
        (20, 900, "ends_on", "within the next two years"),
        (-2, 5, "starts_on", "Already away from"),
        (5, None, "starts_on", "Already away from"),
        (0, 30, "starts_on", "Already away from"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(
    world, today, starts, ends, field, sentence
):
    worker = world.primary.link_worker
    services.add_absence(world.primary, worker, today + timedelta(5), today + timedelta(9))
    with pytest.raises(ValidationError, match=sentence) as refused:
        services.add_absence(
            world.primary,
            worker,
            today + timedelta(starts),
            None if ends is None else today + timedelta(ends),
        )
    assert list(refused.value.message_dict) == [field]
    assert Absence.objects.count() == 1


def test_an_absence_without_an_end_leaves_no_room_after_it(world, today):
    worker = world.primary.link_worker
    services.add_absence(world.primary, worker, today)
    with pytest.raises(ValidationError, match="until further notice"):
        services.add_absence(world.primary, worker, today + timedelta(300))
    services.add_absence(world.primary, worker, today - timedelta(9), today - timedelta(1))


def test_an_absence_may_be_changed_over_its_own_days(world, today):
    worker = world.primary.link_worker
    absence = services.add_absence(world.primary, worker, today, today + timedelta(9))
    services.change_absence(world.primary, absence, today, today + timedelta(4))


def test_an_absence_that_began_long_ago_is_ended_all_the_same(world, today):
    """Until further notice may be more than a year."""
    began = today - timedelta(days=500)
    absence = Absence.objects.create(
        link_worker=world.primary.link_worker, starts_on=began, added_by=world.manager
    )
    services.change_absence(world.manager, absence, began, today)
    absence.refresh_from_db()
    assert absence.ends_on == today
    with pytest.raises(ValidationError, match="within the last year"):
        services.change_absence(world.manager, absence, began - timedelta(days=1), today)


def test_i_am_away_leads_to_my_own_page(world, as_, today):
    client = as_(world.primary)
    assert 'href="/away/"' in client.get("/").content.decode()
    page = client.get("/away/", follow=True).content.decode()
    assert "I’m away" in page
    address = reverse("absences", args=[world.primary.link_worker.pk])
    saved = client.post(address, {"starts_on": "tomorrow", "ends_on": ""}, follow=True)
    assert "until further notice" in saved.content.decode()
    again = client.post(address, {"starts_on": "tomorrow", "ends_on": ""})
    assert "Already away from" in again.content.decode()
    assert Absence.objects.get().starts_on == today + timedelta(1)


def test_a_day_that_is_none_is_refused_and_stays_on_the_page(world, as_):
    address = reverse("absences", args=[world.primary.link_worker.pk])
    answer = as_(world.primary).post(address, {"starts_on": "31 February\u202e", "ends_on": "x"})
    page = answer.content.decode()
    assert "First day away must be a real date" in page
    assert "Last day away must be a real date" in page
    assert "31 February\u202e" in page


def test_days_are_changed_and_removed_on_the_pages(world, as_, today):
    absence = services.add_absence(world.primary, world.primary.link_worker, today)
    client = as_(world.manager)
    change = reverse("absence_change", args=[absence.link_worker_id, absence.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"starts_on": "today", "ends_on": "tomorrow"}).status_code == 302
    absence.refresh_from_db()
    assert absence.ends_on == today + timedelta(1)
    removed = client.post(f"{change}remove/", follow=True).content.decode()
    assert "The absence has been removed." in removed
    assert client.post(f"{change}remove/").status_code == 404


def test_the_absence_of_somebody_else_is_not_reached_through_one_s_own_page(world, as_, today):
    absence = services.add_absence(world.secondary, world.secondary.link_worker, today)
    address = reverse("absence_change", args=[world.primary.link_worker.pk, absence.pk])
    assert as_(world.primary).get(address).status_code == 404
