"""The invented county of the growth measurements."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.grants import drift
from accounts.models import User
from consultations.models import Consultation
from consultations.searching import index_consultation
from overview.management.commands import bench_load
from overview.search import search
from schools.models import School, SearchEntry

PEOPLE = {"worker": 24, "manager": 30, "service": 39, "lead": 3}


@pytest.fixture
def few_consultations(monkeypatch):
    monkeypatch.setattr(bench_load, "CONSULTATIONS_OF_A_SCHOOL", 3)
    monkeypatch.setattr(bench_load, "SCHOOLS_OF_A_HUB", 10)
    monkeypatch.setattr(bench_load, "SCHOOLS_OF_A_WORKER", 8)


def load():
    call_command("bench_load", schools=13, workers=2, stdout=StringIO())


def test_everybody_of_the_invented_county_reads_what_is_theirs(db, few_consultations):
    load()
    for role, most in PEOPLE.items():
        user = User.objects.get(email=bench_load.address(role))
        lists = Consultation.objects
        newest = lists.newest if user.roles else lists.newest_shared_with
        assert len(newest(user)) == most, role
    assert drift() == []


def test_its_notes_are_found_as_if_they_had_been_shared_one_by_one(db, few_consultations):
    load()
    columns = [field.name for field in SearchEntry._meta.fields if field.name != "id"]
    found = SearchEntry.objects.values_list(*columns).order_by("subject_id", "for_school")
    loaded = list(found)
    notes = Consultation.objects.select_related("school", "author")
    assert len(loaded) == 2 * len(notes)
    for note in notes:
        index_consultation(note)
    assert list(found) == loaded
    manager = User.objects.get(email=bench_load.address("manager"))
    assert search(manager, bench_load.WORDS[0]).hits


def test_it_is_made_once(db, few_consultations):
    load()
    with pytest.raises(CommandError, match="already"):
        load()
    assert School.objects.filter(name__startswith="Bench").count() == 13


def test_a_database_that_may_hold_real_records_is_left_alone(db, settings, monkeypatch):
    settings.DEMO = settings.DEBUG = False
    monkeypatch.setitem(connection.settings_dict, "NAME", "linkbook")
    with pytest.raises(CommandError, match="real records"):
        load()
    assert not School.objects.filter(name__startswith="Bench").exists()


def test_the_bench_says_what_it_needs_where_there_is_no_demonstration(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="make run makes one"):
        call_command("bench")
