from datetime import time

from django.utils import timezone

from config.celery import app
from interventions import plan_chasing, review_chasing, watching
from interventions.services import feedback


@app.task
def forget_addresses():
    """Addresses of families that have served; run again, there is nothing left to forget."""
    feedback.forget_addresses()


@app.task
def look_again():
    """Days to look again are told from half past seven here, whatever the clocks do; once each."""
    if timezone.localtime().time() >= time(7, 30):
        watching.remind()


@app.task
def chase_reviews():
    """Reviews that are due are told from half past seven here, whatever the clocks do."""
    if timezone.localtime().time() >= time(7, 30):
        review_chasing.chase()


@app.task
def chase_plans():
    """Schools that have not answered are reminded from half past seven here; once for a plan."""
    if timezone.localtime().time() >= time(7, 30):
        plan_chasing.remind()
