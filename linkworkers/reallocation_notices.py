"""Who hears what when several places change hands at once (design.md 5).

One message per person, with all that concerns them, whatever their parts in it (rule 003-1). It
names schools and a day; who and why wait behind sign-in.
"""

from dataclasses import dataclass, field
from operator import attrgetter

from django.urls import reverse

from accounts.models import User
from accounts.notices import Notice, tell
from linkworkers import notices
from linkworkers.models import PLACES, Allocation
from notifications import kinds
from schools.hub_managers import managers_by_hub
from schools.people import leads_by_school

REALLOCATED = "reallocated"


@dataclass
class Summary:
    """What one person hears: the allocations by which each of their parts is touched."""

    to: User
    gains: list = field(default_factory=list)
    loses: list = field(default_factory=list)
    leads: list = field(default_factory=list)
    manages: list = field(default_factory=list)

    @property
    def about(self):
        """The allocation by which they may hear it."""
        return next(iter(self.gains or self.loses or self.leads or self.manages))

    @property
    def path(self):
        """Where they go on: to their work, their school, or the allocations they oversee."""
        if self.gains or self.loses or len(_schools(self.leads)) > 1:
            return reverse("home")
        if self.leads:
            return self.leads[0].school.get_absolute_url()
        return reverse("allocations")

    @property
    def context(self):
        """What the template says."""
        return {
            "gains": sorted(self.gains, key=_by_school),
            "loses": sorted(self.loses, key=_by_school),
            "led": _schools(self.leads),
            "managed": _schools(self.manages),
        }


def reallocated(changes, by):
    """Tell everybody concerned by ``[(new allocation, its predecessor or None), …]``.

    The workers who gain and lose places, the leads of the schools, and the managers of the hubs
    of both, but ``by``.
    """
    summaries = _summaries(changes, by)
    batch = changes[0][0].pk
    tell(
        [
            Notice(
                kind=REALLOCATED,
                key=f"{REALLOCATED}:{batch}:{summary.to.pk}",
                to=summary.to,
                path=summary.path,
                template=f"linkworkers/email/{REALLOCATED}.txt",
                context=summary.context,
                about=summary.about,
            )
            for summary in summaries
        ],
        by,
    )


def _summaries(changes, by):
    found = {}

    def of(user):
        return found.setdefault(user.pk, Summary(user))

    managers = managers_by_hub(
        {hub for new, _ in changes for hub in (new.hub_id, new.link_worker.hub_id)}
    )
    leads = leads_by_school({new.school_id for new, _ in changes})
    for new, predecessor in changes:
        of(new.link_worker.user).gains.append(new)
        if predecessor:
            of(predecessor.link_worker.user).loses.append(predecessor)
        for lead in leads.get(new.school_id, ()):
            of(lead).leads.append(new)
        for hub_id in {new.hub_id, new.link_worker.hub_id}:
            for manager in managers.get(hub_id, ()):
                if manager != by:
                    of(manager).manages.append(new)
    return sorted(found.values(), key=attrgetter("to.email"))


def _by_school(allocation):
    return allocation.school.name, allocation.school.urn


def _schools(allocations):
    """The schools of these allocations, each once, by name."""
    return list({a.school_id: a.school for a in sorted(allocations, key=_by_school)}.values())


def register_kinds():
    """Make the outbox know the kind here; called once, when the app is ready."""
    kinds.register(
        REALLOCATED,
        still_due=_still_news,
        may_receive=_is_concerned,
        label="Schools re-allocated",
    )


def _is_concerned(message):
    return (
        notices.is_the_worker(message)
        or notices.leads_the_school(message)
        or notices.manages_either(message)
    )


def _still_news(message):
    """They are concerned by what still stands: not all of it was called off or replaced since."""
    first = Allocation.objects.filter(pk=_batch_in(message.key)).first()
    if first is None:
        return False
    # One instant and one mover: the moves that were made together.
    made = Allocation.objects.filter(
        starts_at=first.starts_at, allocated_by=first.allocated_by_id, kind__in=PLACES
    )
    standing = [a for a in made.select_related("school", "link_worker__user") if not a.has_ended]
    gone = {
        (held.school_id, held.kind): held
        for held in Allocation.objects.filter(
            school__in={a.school_id for a in standing}, ends_at=first.starts_at
        ).with_names()
    }
    changes = [(new, gone.get((new.school_id, new.kind))) for new in standing]
    concerned = _summaries(changes, first.allocated_by)
    return any(summary.to.pk == message.to_id for summary in concerned)


def _batch_in(key):
    """The id in the key of a message about several changes; None where there is none."""
    return key.removeprefix(f"{REALLOCATED}:").partition(":")[0] or None
