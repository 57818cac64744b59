"""Who may do what with meetings (design.md 4).

The only place of this app that names roles and permission codenames.
"""

from collections import defaultdict

from django.db.models import Q

from accounts.models import Role, StaffRole, User, current, in_force
from consultations.policies import may_hand_on, may_mark_done, may_mark_done_for_school
from linkworkers.models import Allocation, LinkWorker
from panels.models import Meeting, MeetingKind, MeetingSchool, MeetingSeries
from schools.hub_managers import managers_by_hub, managers_of
from schools.models import OwnChildConflict, School, SchoolContact
from schools.scope import scope_of

RUNS, ATTENDS = "run_meeting", "attend_meeting"
# Whose roles take them to meetings at all.
MEET = frozenset({Role.LINK_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.COORDINATOR})
# A link worker calls neither, and who attends a local panel is a manager's to decide (001-96).
NOT_LINK_WORKERS = frozenset({MeetingKind.CASO, MeetingKind.PANEL, MeetingKind.LOCAL})
COORDINATORS = frozenset({MeetingKind.CASO, MeetingKind.PANEL})


def goes_to_meetings(user):
    """Has meetings to look up on the council's side."""
    return not MEET.isdisjoint(scope_of(user).roles)


def going_to_meetings(users):
    """The ids of those of these users who have meetings to look up and sign in still; one query."""
    duties = StaffRole.objects.filter(in_force(), role__in=MEET, user__in=users)
    return set(duties.filter(user__is_active=True).values_list("user", flat=True))


def coordinates(user):
    """Is a coordinator, who follows the actions of their meetings."""
    return user.has_role(Role.COORDINATOR)


def is_invited_by_schools(user):
    """Holds a post at a school, so may be invited for it."""
    return bool(scope_of(user).posts)


def sees_targeting(user):
    """Whether each school has its targeting support meeting: who supports or manages schools."""
    scope = scope_of(user)
    return scope.county or bool(scope.manages or scope.supports)


def kinds_to_call(user):
    """The kinds of meeting a user may call, in their order (design.md 4)."""
    scope = scope_of(user)
    may = set()
    if scope.manages:
        may |= set(MeetingKind)
    if scope.supports:
        may |= set(MeetingKind) - NOT_LINK_WORKERS
    if Role.COORDINATOR in scope.roles:
        may |= COORDINATORS
    return [kind for kind in MeetingKind if kind in may]


def schools_for(user, kind):
    """The open schools a user may call such a meeting for, by name.

    Their own schools and hubs; the coordinator calls CASO meetings for any.
    """
    scope = scope_of(user)
    mine = Q(hub__in=scope.manages)
    if kind not in NOT_LINK_WORKERS:
        mine |= Q(pk__in=scope.supports)
    if Role.COORDINATOR in scope.roles and kind in COORDINATORS:
        mine = Q()
    schools = School.objects.open().filter(mine).exclude(pk__in=scope.excluded)
    return schools.order_by("name", "urn")


def may_call(user, kind, schools=()):
    """Call a meeting of this kind about these schools."""
    if kind not in kinds_to_call(user):
        return False
    ids = {school.pk for school in schools}
    return schools_for(user, kind).filter(pk__in=ids).count() == len(ids)


def may_run(user, meeting):
    """Change it, invite, mark it held, keep its minutes: its organiser and managers of its hubs.

    Nobody whose own child attends one of its schools.
    """
    scope = scope_of(user)
    if MEET.isdisjoint(scope.roles):
        return False
    about = set(MeetingSchool.objects.filter(meeting=meeting).values_list("school", "hub"))
    if any(school in scope.excluded for school, _ in about):
        return False
    hubs = {meeting.hub_id, *(hub for _, hub in about)}
    return meeting.organiser_id == scope.user_id or not hubs.isdisjoint(scope.manages)


def writes_minutes(user, meeting):
    """Write the agenda and the minutes: who takes them, while the meeting is theirs to see."""
    if meeting.minuted_by_id != scope_of(user).user_id or not goes_to_meetings(user):
        return False
    return Meeting.objects.visible_to(user).filter(pk=meeting.pk).exists()


def reads_draft_minutes(user, meeting):
    """Read minutes that are not final yet: who runs the meeting, and who takes them."""
    return may_run(user, meeting) or writes_minutes(user, meeting)


def minute_takers_for(meeting):
    """Who may take its minutes: its organiser, managers of its hubs, colleagues invited; by name.

    Nobody with a conflict at one of the schools.
    """
    about = MeetingSchool.objects.filter(meeting=meeting)
    hubs = {pk for pk in (meeting.hub_id, *about.values_list("hub", flat=True)) if pk}
    invited = meeting.people.filter(removed_at__isnull=True, contact__isnull=True)
    theirs = Q(pk=meeting.organiser_id) | Q(pk__in=invited.values("user"))
    duties = StaffRole.objects.filter(in_force(), role__in=MEET)
    conflicted = OwnChildConflict.objects.filter(current(), school__in=about.values("school"))
    people = User.objects.filter(theirs | Q(pk__in=managers_of(*hubs).values("pk")), is_active=True)
    people = people.filter(pk__in=duties.values("user"))
    return people.exclude(pk__in=conflicted.values("user")).order_by("name")


def organisers_for(meeting):
    """Who may take the meeting over: who may call its kind for all its schools; by name.

    Nobody with a conflict at one of them.
    """
    about = list(MeetingSchool.objects.filter(meeting=meeting).values_list("school", "hub"))
    schools = {school for school, _ in about}
    hubs = {meeting.hub_id, *(hub for _, hub in about)} - {None}
    by_hub = managers_by_hub(hubs)
    groups = [{user.pk for user in by_hub.get(hub, [])} for hub in hubs]
    chosen = Q(pk__in=set.intersection(*groups) if groups else set())
    if meeting.kind in COORDINATORS:
        chosen |= Q(pk__in=_coordinators())
    if meeting.kind not in NOT_LINK_WORKERS and schools:
        chosen |= Q(pk__in=_supporting_all(schools))
    conflicted = OwnChildConflict.objects.filter(current(), school__in=schools)
    people = User.objects.filter(chosen, is_active=True)
    return people.exclude(pk__in=conflicted.values("user")).order_by("name")


def _coordinators():
    """The ids of whoever is a coordinator now, for a query."""
    return StaffRole.objects.filter(in_force(), role=Role.COORDINATOR).values("user")


def _supporting_all(schools):
    """The ids of the users who support each of these schools now."""
    held = defaultdict(set)
    rows = Allocation.objects.covering().filter(school__in=schools)
    for user, school in rows.values_list("link_worker__user", "school"):
        held[user].add(school)
    return {user for user, theirs in held.items() if theirs >= schools}


def may_tick_action(user, action, meeting):
    """Say that an action of the meeting is done, and comment on it.

    Its owner, who records at its school or leads its owner's, and who runs the meeting.
    """
    return (
        may_mark_done(user, action)
        or may_mark_done_for_school(user, action)
        or may_run(user, meeting)
    )


def may_hand_on_action(user, action, meeting):
    """Hand it over or move its date: its owner, and who runs the meeting."""
    return may_hand_on(user, action) or may_run(user, meeting)


def plans_series(user):
    """Plans panels and forums that come again: team managers, coordinators for theirs."""
    return user.has_role(Role.COORDINATOR) or bool(scope_of(user).manages)


def may_plan_series(user, kind, hub):
    """Plan such a series for a hub: its managers; the coordinator a placement panel for any."""
    coordinates = user.has_role(Role.COORDINATOR) and kind in COORDINATORS
    return coordinates or hub.pk in scope_of(user).manages


def series_of(user):
    """The series somebody sees: what they planned, and their hubs'."""
    scope = scope_of(user)
    return MeetingSeries.objects.filter(Q(made_by=user.pk) | Q(hub__in=scope.manages))


def may_keep_series(user, series):
    """Plan it on and end it: who made it, while they plan any, and managers of its hub."""
    is_theirs = series.made_by_id == user.pk and plans_series(user)
    return is_theirs or series.hub_id in scope_of(user).manages


def may_assign(user, meeting):
    """Say who attends a local panel: managers of its hub alone (rule 001-96)."""
    scope = scope_of(user)
    hubs = set(MeetingSchool.objects.filter(meeting=meeting).values_list("hub", flat=True))
    return not {meeting.hub_id, *hubs}.isdisjoint(scope.manages)


def colleagues_for(meeting):
    """The council users who may be invited: who supports or manages the schools, by name.

    To a panel any link worker in post of its hub; to what coordinators call, every coordinator.
    Nobody with a conflict at one of the schools.
    """
    about = MeetingSchool.objects.filter(meeting=meeting)
    schools = about.values("school")
    hubs = {pk for pk in (meeting.hub_id, *about.values_list("hub", flat=True)) if pk}
    supporting = Allocation.objects.covering().filter(school__in=schools)
    managers = managers_of(*hubs).values("pk")
    chosen = Q(pk__in=supporting.values("link_worker__user")) | Q(pk__in=managers)
    if meeting.kind in (MeetingKind.PANEL, MeetingKind.LOCAL, MeetingKind.FORUM):
        in_post = LinkWorker.objects.in_post().filter(hub__in=hubs)
        chosen |= Q(pk__in=in_post.values("user"))
    if meeting.kind in COORDINATORS:
        chosen |= Q(pk__in=_coordinators())
    conflicted = OwnChildConflict.objects.filter(current(), school__in=schools)
    people = User.objects.filter(chosen, is_active=True)
    return people.exclude(pk__in=conflicted.values("user")).order_by("name")


def contacts_for(meeting):
    """The people in post at the meeting's schools who may be invited, by school and name.

    A safeguarding post that nobody has confirmed opens nothing, and is not invited.
    """
    schools = MeetingSchool.objects.filter(meeting=meeting).values("school")
    posts = (
        SchoolContact.objects.current()
        .confirmed()
        .filter(school__in=schools)
        .select_related("school", "user")
    )
    return posts.order_by("school__name", "name")


def basis(user, meeting):
    """The relation that opened a meeting, for the access log."""
    scope = scope_of(user)
    if not scope.roles:
        return "attendee"
    if meeting.organiser_id == scope.user_id:
        return "author"
    if scope.county:
        return "county"
    hubs = set(MeetingSchool.objects.filter(meeting=meeting).values_list("hub", flat=True))
    return "attendee" if {meeting.hub_id, *hubs}.isdisjoint(scope.manages) else "manager"
