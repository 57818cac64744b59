from config.celery import app
from linkworkers import services


@app.task
def solve_plan(plan_id):
    """Find the plan that a manager asked for; delivered twice, it is done once."""
    services.solve(plan_id)
