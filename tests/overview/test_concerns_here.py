"""Concerns, requests and absences on the first page, and open requests in take-up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from linkworkers.models import Absence
from notifications.health import beat
from notifications.models import Heartbeat
from overview import concerns
from referrals.models import Concern
from referrals.services import concerns as services
from tests.children import child
from tests.referrals.concerns import raised
from tests.world import anew

pytestmark = pytest.mark.django_db


def home(as_, user):
    return as_(user).get("/").content.decode()


def test_a_manager_reads_first_what_nobody_has_the_least_time_left_first(world, as_):
    later, sooner = raised(world, words="later"), raised(world, words="sooner", hours_ago=21)
    page = home(as_, world.manager)
    assert page.index("sooner") < page.index("later") < page.index("Requests waiting")
    assert page.count("I have this") == 2
    assert later.get_absolute_url() in page
    assert sooner.get_absolute_url() in page


def test_no_name_of_a_child_stands_on_the_first_page(world, as_):
    raised(world, words="He has a bruise", pupil=child(world, "Theo", "Bramall"), about_name="Theo")
    assert "Theo" not in home(as_, world.manager)


def test_the_raiser_sees_that_nobody_has_it_and_takes_nothing(world, as_):
    raised(world)
    page = home(as_, world.primary)
    assert "No manager has it yet" in page
    assert "I have this" not in page


def test_who_has_one_decides_it_from_there(world, as_):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    page = home(as_, world.manager)
    assert "Yours to decide" in page
    assert f"{concern.get_absolute_url()}#decide" in page


def test_one_held_for_half_a_day_and_not_decided_has_come_up(world, as_):
    concern = raised(world)
    services.acknowledge(anew(world.manager), concern)
    assert "taken and not decided" not in home(as_, world.service)
    Concern.objects.update(acknowledged_at=Now() - timedelta(hours=12))
    assert "taken and not decided" in home(as_, world.service)


def test_however_many_wait_to_be_decided_what_nobody_has_is_never_cut_off(world, monkeypatch):
    """Rule 001-106."""
    monkeypatch.setattr(concerns, "MOST", 1)
    new = raised(world)
    old = raised(world, hours_ago=5)
    services.acknowledge(anew(world.manager), old)
    here = concerns.concerns_of(anew(world.manager))
    assert [row for row, _ in here.unheld] == [new]


def test_the_first_page_costs_the_same_for_one_concern_and_for_many(world, as_):
    raised(world)
    home(as_, world.manager)
    with CaptureQueriesContext(connection) as one:
        home(as_, world.manager)
    for _ in range(4):
        raised(world)
    with CaptureQueriesContext(connection) as many:
        home(as_, world.manager)
    assert len(one) == len(many)


def test_a_manager_reads_whether_messages_go_out(world, as_):
    beat()
    assert "Messages are going out" in home(as_, world.manager)
    Heartbeat.objects.update(at=Now() - timedelta(minutes=6))
    assert "Messages are not going out" in home(as_, world.manager)


def test_a_manager_reads_who_is_away_today(world, as_):
    assert "Nobody of the team is away today." in home(as_, world.manager)
    Absence.objects.create(
        link_worker=world.primary.link_worker,
        starts_on=world.yesterday.date(),
        added_by=world.manager,
    )
    assert "Until further notice." in home(as_, world.manager)
