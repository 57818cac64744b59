from datetime import time

from django.utils import timezone

from accounts.models import User
from config.celery import app
from consultations import chasing
from consultations.services import nurse as nurse_services


@app.task
def propose_nurse_consultations():
    """Early in each term, every school is due one with the nurse; run again, it adds nothing."""
    nurse_services.propose(_calendar())


@app.task
def follow_nursing_teams():
    """Appointments go where their school's nursing team is reached now; run again, none moves."""
    nurse_services.follow_teams(_calendar())


def _calendar():
    return User.objects.system("calendar")


@app.task
def chase():
    """What is late is told from half past seven here, whatever the clocks do; once a day each."""
    if timezone.localtime().time() >= time(7, 30):
        chasing.chase()
