"""Rows of several tables in one statement: the history and the constraints of each hold."""

import pghistory
import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role, StaffRole, User
from audit.inserts import insert_together
from audit.models import Act, Verb
from audit.services import act_of, record_all
from consultations.models import AreaDiscussed, Consultation, Theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return User.objects.create_user("manager@example.org", "Max Manager")


def newcomer_with_role(manager):
    """Somebody new and the role they get, neither of them in the database."""
    person = User(email="new@example.org", name="Nora New")
    return person, StaffRole(user=person, role=Role.COORDINATOR, given_by=manager)


def test_rows_of_several_tables_are_written_in_one_statement(manager, django_assert_num_queries):
    person, role = newcomer_with_role(manager)
    with django_assert_num_queries(1):
        record_all([act_of(manager, Verb.ADD, person), role, person])
    assert User.objects.get(email="new@example.org") == person
    assert person.staff_roles.get() == role
    assert Act.objects.get(subject_id=str(person.pk)).by == manager


def test_every_row_has_its_history_with_who_made_it(manager):
    person, role = newcomer_with_role(manager)
    with pghistory.context(user=str(manager.pk), page="person_add"):
        insert_together([person, role])
    for row in (person, role):
        event = row.events.get()
        assert event.pgh_label == "insert"
        assert event.pgh_context.metadata == {"user": str(manager.pk), "page": "person_add"}


def test_a_row_that_is_refused_takes_the_others_with_it(manager):
    person, role = newcomer_with_role(manager)
    again = User(email=manager.email, name="Max again")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together([act_of(manager, Verb.ADD, person), person, role, again])
    assert not Act.objects.exists()
    assert not User.objects.filter(pk=person.pk).exists()


def test_a_row_can_be_saved_again_once_it_is_written(manager):
    person, role = newcomer_with_role(manager)
    insert_together([person, role])
    person.name = "Nora Newer"
    person.save()
    assert User.objects.get(pk=person.pk).name == "Nora Newer"


def test_rows_numbered_by_the_database_are_written_beside_others(world):
    theme = Theme(name="Night shifts")
    through = Consultation.themes.through
    area = AreaDiscussed(consultation=world.completed, area="send", notes="Support plan")
    insert_together([through(consultation=world.completed, theme=theme), theme, area])
    assert list(world.completed.themes.all()) == [theme]
    assert area in world.completed.areas.all()


def test_nothing_is_sent_for_no_rows(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        record_all([])
