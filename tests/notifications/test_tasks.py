"""What the clock asks the worker to do."""

from importlib import import_module

from config.celery import app
from notifications import tasks
from tests.notifications.conftest import URGENT, states


def test_every_scheduled_task_exists(settings):
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {
        "notifications.tasks.dispatch",
        "notifications.tasks.dispatch_urgent",
        "referrals.tasks.plan",
        "consultations.tasks.propose_nurse_consultations",
        "consultations.tasks.follow_nursing_teams",
        "consultations.tasks.chase",
        "overview.tasks.send_digests",
    } <= names
    for name in names:
        import_module(name.rpartition(".")[0])
        assert name in app.tasks


def test_what_is_urgent_has_a_queue_that_waits_for_nothing_else(db, sink, write, settings):
    """security.md 4.3, F-10"""
    entry = settings.CELERY_BEAT_SCHEDULE["dispatch_urgent"]
    assert entry["options"]["queue"] == "urgent"
    assert set(app.amqp.queues) == {"celery", "urgent"}, "a worker that is told nothing hears both"
    write("one")
    write("urgent", kind=URGENT)
    tasks.dispatch_urgent()
    assert states() == {"one": "pending", "urgent": "sent"}


def test_a_worker_whose_clock_is_two_hours_ahead_still_hears_the_ticks(settings):
    """security.md 4.3, F-15"""
    for name in ("dispatch", "dispatch_urgent", "beat"):
        assert settings.CELERY_BEAT_SCHEDULE[name]["options"]["expires"] > 2 * 60 * 60


def test_the_task_sends_all_that_is_due_batch_by_batch(db, sink, write):
    for number in range(45):
        write(str(number))
    tasks.dispatch()
    tasks.dispatch()
    assert set(states().values()) == {"sent"}
    assert len(sink.ids) == len(set(sink.ids)) == 45
