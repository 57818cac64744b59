from datetime import time

from django.db import transaction
from django.utils import timezone

from config.celery import app
from overview import notices


@app.task
def send_digests():
    """Monday's message to managers, from half past seven here; a week is told once."""
    now = timezone.localtime()
    if now.time() >= time(7, 30):
        with transaction.atomic():
            notices.send_digests(now.date())
