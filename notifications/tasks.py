from config.celery import app
from notifications import services


@app.task
def dispatch():
    """Send what is due. Asked for every few seconds; several at once do no harm."""
    services.drain()
