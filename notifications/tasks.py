from config.celery import app
from notifications import health, notify, services


@app.task
def dispatch():
    """Send what is due. Asked for every few seconds; several at once do no harm."""
    services.drain()


@app.task
def dispatch_urgent():
    """Send what is urgent and due, in a queue that waits for nothing else."""
    services.drain(urgent_only=True)


@app.task
def hear_of_bounces():
    """Ask GOV.UK Notify which messages came to no mailbox; asked for where one sends by it."""
    services.bounce(notify.bounced())


@app.task
def beat():
    """Leave a sign that ticks are made, carried and heard."""
    health.beat()
