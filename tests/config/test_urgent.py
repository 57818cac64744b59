"""The pages that answer with everything else down. Without the ``db`` fixture a query fails."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from config import urgent
from config.councils import PRESETS
from notifications import kinds, tasks
from notifications.models import Message
from notifications.services import store

urlpatterns = [
    path("urgent/", urgent.urgent, name="urgent"),
    path("healthz", urgent.healthz, name="healthz"),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize("key", list(PRESETS))
def test_everybody_reaches_the_councils_numbers_without_a_database(key):
    """rules 001-100, 001-103"""
    council = PRESETS[key]
    with override_settings(COUNCIL=council):
        response = Client().get("/urgent/")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="tel:999"' in page
    for words, number in (
        (council.front_door, council.front_door_tel),
        (council.out_of_hours, council.out_of_hours_tel),
    ):
        assert words in page
        assert f'href="tel:{number}"' in page


def test_the_numbers_come_before_anything_else_one_could_do():
    page = Client().get("/urgent/").content.decode()
    main = page[page.index("<main") :]
    assert main.index("tel:999") < main.index("tel:" + settings.COUNCIL.front_door_tel)
    assert "<form" not in page
    assert "<input" not in page


def test_the_urgent_page_has_no_script_and_leaves_nothing_behind():
    response = Client().get("/urgent/")
    assert b"<script" not in response.content
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"


def test_the_urgent_page_only_reads():
    assert Client().post("/urgent/").status_code == 405


@pytest.mark.parametrize("view", [urgent.urgent, urgent.healthz])
def test_no_transaction_is_opened_for_them(view):
    assert "default" in view._non_atomic_requests


@pytest.mark.django_db
def test_health_says_whether_messages_go_out(monkeypatch):
    """security.md 4.1: what an outside watch reads. Late messages take no page away."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register("health_test")
    store("health_test", "one", subject="", body="", address="a@example.org")
    Message.objects.update(created_at=Now() - timedelta(minutes=7))
    response = Client().get("/healthz")
    lines = response.content.decode().splitlines()
    assert response.status_code == 200
    assert lines[0] == "# ok"
    assert "linkbook_oldest_unsent_seconds 420" in lines
    assert "linkbook_beat_silent_seconds nan" in lines
    tasks.beat()
    assert "linkbook_beat_silent_seconds 0" in Client().get("/healthz").content.decode()


def test_a_database_that_does_not_answer_is_503_and_says_no_more(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("could not connect to server at 10.0.0.7")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (503, b"not ok")


def test_urgent_help_is_there_with_the_database_down_and_the_cookie_of_a_sign_in(client):
    """rules 001-100 and 001-103: this test may not touch the database, and need not."""
    client.cookies["sessionid"] = "a" * 32
    answer = client.get("/urgent/")
    assert answer.status_code == 200
    assert b"999" in answer.content
    assert "Content-Security-Policy" in answer.headers
