"""Which parts of the home page are whose: the only place of this app that names roles."""

from accounts.models import Role


def has_own_work(user):
    """Records consultations: link workers, and managers where they hold one themselves."""
    return user.has_role(Role.LINK_WORKER, Role.TEAM_MANAGER)


def has_desk(user):
    """Answers for hubs: team managers for theirs, the service manager for all."""
    return user.has_role(Role.TEAM_MANAGER, Role.SERVICE_MANAGER)


def runs_the_service(user):
    return user.has_role(Role.ADMINISTRATOR)


def sees_register_only(user):
    """A council person whose work here is, so far, to find a school and whom to ask there."""
    return not (has_own_work(user) or has_desk(user) or runs_the_service(user))
