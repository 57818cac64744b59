"""Who may do what with a concern (design.md 4).

Any signed-in council user raises one and sees their own. It is taken by who was told of it, by
managers of its hub and by the service manager; never by who raised it, who is named in it, or whose
own child attends the school.
"""

from django.db.models import Q

from accounts.models import StaffRole, User, in_force
from accounts.policies import may_administer
from linkworkers.coverage import away_among
from linkworkers.models import LinkWorker
from linkworkers.policies import service_managers
from referrals.concern_routing import kept_ids, managers_to_ask
from referrals.models import Concern, Fallback, ToldAs
from schools.children import Door, door_of
from schools.hub_managers import managers_of
from schools.models import SchoolContact
from schools.scope import scope_of


def may_raise(user):
    """The council's people, whatever their role, and who is on a list of who is told."""
    return scope_of(user).is_council or Fallback.objects.now_for(user)


def hub_of(user):
    """The id of the hub of whose team somebody is, or None."""
    return LinkWorker.objects.filter(user=user).values_list("hub", flat=True).first()


def may_read(user, concern):
    """Whoever sees it may read and add to it."""
    return Concern.objects.visible_to(user).filter(pk=concern.pk).exists()


def may_acknowledge(user, concern):
    """Everybody who sees it, but its raiser."""
    return user.pk != concern.raised_by_id and may_read(user, concern)


def may_correct(user, concern):
    """Put right what was typed in a hurry: its raiser, and who may take it."""
    return may_read(user, concern)


def may_disagree(user, concern):
    """Say that what became of it is wrong, and that it is not about somebody named: its raiser."""
    return user.pk == concern.raised_by_id


def may_name(user, pupil):
    """Say that a concern is about a child: who has opened that child."""
    return door_of(user, pupil) >= Door.IDENTITY


def may_take_over(user, concern):
    """Take it from whoever has it: who was asked to, and anybody once its holder cannot act."""
    was_asked = concern.told.filter(user=user, told_as=ToldAs.PASSED).exists()
    return was_asked or holder_is_gone(concern)


def holder_is_gone(concern):
    """Whoever has it is away, or may not even read it any more."""
    holder = concern.acknowledged_by
    return bool(away_among([holder])) or not may_read(holder, concern)


def told_as(user, concern):
    """What somebody who takes a concern is, where nobody told them."""
    scope = scope_of(user)
    if concern.hub_id in scope.manages:
        return ToldAs.HUB_MANAGER
    return ToldAs.SERVICE_MANAGER if scope.county else ToldAs.FALLBACK


def may_answer_objection(user, concern):
    """Another manager than who has it and who decided."""
    return may_acknowledge(user, concern) and user.pk not in decided_by(concern)


def may_answer_objection_of(concern):
    """``{user: ToldAs}``: the managers of the hub and the service manager, or any other manager."""
    without = decided_by(concern) | kept_ids(concern)
    hub = [] if concern.hub_id is None else managers_of(concern.hub_id)
    found = {user: ToldAs.HUB_MANAGER for user in hub if user.pk not in without}
    for user in service_managers():
        if user.pk not in without:
            found.setdefault(user, ToldAs.SERVICE_MANAGER)
    if not found:
        people = managers_to_ask(concern).exclude(pk__in=without)
        found = dict.fromkeys(people, ToldAs.TEAM_MANAGER)
    return found


def decided_by(concern):
    """The ids of who has it and of who decided."""
    return {concern.acknowledged_by_id, *concern.decisions.values_list("decided_by", flat=True)}


def may_keep_fallbacks(user):
    """Say who is told where a line manager cannot be: administrators (design.md 5)."""
    return may_administer(user)


def may_be_listed():
    """The users an administrator may put on a list, by name: nobody who is a school's alone.

    The lists are never taken from a school's contacts (design.md 5).
    """
    in_post = SchoolContact.objects.current().filter(user__isnull=False)
    in_role = StaffRole.objects.filter(in_force())
    at_schools = Q(pk__in=in_post.values("user")) & ~Q(pk__in=in_role.values("user"))
    people = User.objects.filter(is_active=True, is_system=False).exclude(at_schools)
    return people.order_by("name", "email")
