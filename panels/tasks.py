from datetime import time

from django.utils import timezone

from config.celery import app
from panels import action_chasing, minutes_chasing, targeting_chasing
from panels.services import distribution


@app.task
def make_copy_files(version_id=None):
    """The printable copies of minutes that are not made yet; run again, it goes on."""
    distribution.make_files(version_id)


@app.task
def chase_minutes():
    """Full minutes due and actions that nobody does, from half past seven here; once each."""
    if timezone.localtime().time() >= time(7, 30):
        distribution.send_due_minutes()
        distribution.remind()
        action_chasing.chase()


@app.task
def chase_late_minutes():
    """Minutes that are not final when they should be, from half past seven here; once each."""
    if timezone.localtime().time() >= time(7, 30):
        minutes_chasing.chase()


@app.task
def chase_targeting():
    """Schools without a targeting support meeting this term, from half past seven; once each."""
    if timezone.localtime().time() >= time(7, 30):
        targeting_chasing.chase()
