from datetime import time

from django.utils import timezone

from config.celery import app
from referrals import domestic_abuse_telling, request_chasing
from referrals.services import escalation


@app.task
def plan():
    """Concerns whose next step is due. Asked for every 15 seconds; several at once do no harm."""
    escalation.plan()


@app.task
def chase_requests():
    """Requests that wait are told from half past seven here, whatever the clocks do; once each."""
    if timezone.localtime().time() >= time(7, 30):
        request_chasing.chase()


@app.task
def tell_of_notices():
    """Police notices that a school is due to hear of, by the clock here; nobody hears twice."""
    domestic_abuse_telling.tell_due()
