from django.core.management import call_command

from config.celery import app


@app.task
def clear_sessions():
    """Delete the sessions that have ended, once a day."""
    call_command("clearsessions")
