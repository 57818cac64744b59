"""Link workers: their hub, hours, line manager and absences."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.errors import TransitionNotAllowed, allow
from audit.models import Verb
from audit.services import record
from linkworkers import policies
from linkworkers.models import LinkWorker, WorkerKind, whole_week
from linkworkers.services.locks import locked_worker


@transaction.atomic
def appoint(by, user, *, hub, kind, line_manager=None, fte=1, working_days=None):
    """Make ``user`` a link worker of ``hub``, or bring one who came back to these facts.

    ``fte`` is a fraction of full time, ``working_days`` are ``Weekday`` numbers (default all
    five). Returns the ``LinkWorker``, as it stands when it is in post in that hub already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    allow(policies.may_appoint(by, hub))
    facts = {
        "hub": hub,
        "kind": WorkerKind(kind),
        "line_manager": line_manager,
        "fte": fte,
        "working_days": whole_week() if working_days is None else sorted(working_days),
        "left_at": None,
    }
    link_worker = LinkWorker.objects.select_for_update(no_key=True).filter(user=user).first()
    if link_worker is None:
        link_worker = LinkWorker.objects.create(user=user, **facts)
        record(by, Verb.ADD, link_worker, hub=str(hub.pk))
    elif link_worker.left_at is not None or link_worker.hub != hub:
        allow(link_worker.left_at is not None or policies.may_change(by, link_worker))
        _save_facts(by, link_worker, facts)
    return link_worker


@transaction.atomic
def change(by, link_worker, *, hub, line_manager, fte, working_days):
    """Change a worker's hub, line manager and working pattern; their schools stay theirs."""
    link_worker = locked_worker(link_worker)
    allow(policies.may_change(by, link_worker))
    facts = {
        "hub": hub,
        "line_manager": line_manager,
        "fte": fte,
        "working_days": sorted(working_days),
    }
    _save_facts(by, link_worker, facts)
    return link_worker


@transaction.atomic
def leave(by, link_worker):
    """Take a worker out of post; ``appoint`` brings them back.

    TransitionNotAllowed while they hold a school, suspended or yet to begin included: a school
    is allocated again before its link worker goes, so that it is nobody's by oversight.
    """
    link_worker = locked_worker(link_worker)
    allow(policies.may_change(by, link_worker))
    if link_worker.allocations.not_ended().exists():
        raise TransitionNotAllowed(
            f"{link_worker} still holds schools. A team manager allocates those to somebody else,"
            " or ends the allocations, first."
        )
    if link_worker.left_at is None:
        _save_facts(by, link_worker, {"left_at": timezone.now()})
    return link_worker


def _save_facts(by, link_worker, facts):
    changed = [name for name, value in facts.items() if getattr(link_worker, name) != value]
    if changed:
        for name in changed:
            setattr(link_worker, name, facts[name])
        link_worker.save(update_fields=changed)
        record(by, Verb.CHANGE, link_worker, fields=changed)
