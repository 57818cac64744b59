"""Who may do what with short work, plans and programmes (design.md 4)."""

from schools.scope import scope_of


def may_request(user, school):
    """Ask for short work at a school: its link workers and the managers of its hub.

    The service manager sees the work and asks for none.
    """
    scope = scope_of(user)
    return school.pk not in scope.excluded and (
        school.pk in scope.supports or school.hub_id in scope.manages
    )


def may_allocate(user, work):
    """Give work to somebody, or not: managers of its hub (rule 001-86)."""
    scope = scope_of(user)
    return work.school_id not in scope.excluded and work.hub_id in scope.manages


def may_work(user, work):
    """Record what is done: who does the work, the school's link workers, managers of the hub."""
    scope = scope_of(user)
    if work.school_id in scope.excluded or not scope.roles:
        return False
    return (
        scope.user_id in work.worker_ids
        or work.school_id in scope.supports
        or work.hub_id in scope.manages
    )


def may_confirm(user, work):
    """Say what the family answered: a confirmed head or safeguarding lead of the school, or who
    does the work and was told by them (rules 001-79, 001-80).
    """
    return may_speak_for_school(user, work.school_id) or may_work(user, work)


def may_speak_for_school(user, school_id):
    """Head and safeguarding leads of the school, confirmed ones."""
    scope = scope_of(user)
    return school_id in scope.reads_shared and school_id not in scope.excluded
