"""What the clock asks the worker to do."""

from importlib import import_module

from config.celery import app
from notifications import tasks
from tests.notifications.conftest import states


def test_every_scheduled_task_exists(settings):
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "notifications.tasks.dispatch" in names
    for name in names:
        import_module(name.rpartition(".")[0])
        assert name in app.tasks


def test_the_task_sends_all_that_is_due_batch_by_batch(db, sink, write):
    for number in range(45):
        write(str(number))
    tasks.dispatch()
    tasks.dispatch()
    assert set(states().values()) == {"sent"}
    assert len(sink.ids) == len(set(sink.ids)) == 45
