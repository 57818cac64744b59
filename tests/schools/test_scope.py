"""What a person's grants reach, held against a count by hand of the rows and dates behind them."""

from collections import Counter, namedtuple
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.grants import Entitlement, drift, end, give
from accounts.models import Role, StaffRole, User
from consultations.models import Consultation
from linkworkers.models import PLACES, Allocation, AllocationKind, LinkWorker
from schools import entitlements
from schools.hub_managers import managers_of
from schools.models import (
    ContactRole,
    Hub,
    HubGrant,
    OwnChildConflict,
    School,
    SchoolContact,
    SchoolGrant,
    SchoolLink,
    SchoolType,
)
from schools.scope import Scope, scope_of

PEOPLE, SCHOOLS, HUBS = range(4), range(4), range(2)
HUB_OF = [0, 0, 1, 1]
LEADING = {ContactRole.HEAD, ContactRole.DSL, ContactRole.DEPUTY}

# Days from now; an end of None is open. ``ended`` rows are ended now, by the act.
Spell = namedtuple("Spell", "start end")
Held = namedtuple("Held", "person school kind spell ended")
Post = namedtuple("Post", "person school roles spell confirmed ended")
Conflict = namedtuple("Conflict", "person school spell")
Duty = namedtuple("Duty", "person role hub spell waits", defaults=[False])
History = namedtuple("History", "allocations posts conflicts duties links")

PAST, NOW, FOR_NOW, LATER = Spell(-9, -3), Spell(-5, None), Spell(-5, 5), Spell(3, 8)
ROLES = [
    frozenset({ContactRole.DSL}),
    frozenset({ContactRole.HEAD, ContactRole.DSL}),
    frozenset({ContactRole.DEPUTY, ContactRole.SENCO}),
    frozenset({ContactRole.SENCO}),
    frozenset({ContactRole.PASTORAL, ContactRole.ATTENDANCE}),
]
DUTIES = [
    Role.LINK_WORKER,
    Role.LINK_WORKER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.ADMINISTRATOR,
]

person, school = st.sampled_from(PEOPLE), st.sampled_from(SCHOOLS)
spells = st.sampled_from([PAST, NOW, FOR_NOW, LATER])
rarely = st.sampled_from([False, False, True])
seldom = st.sampled_from([*[False] * 6, True])
in_a_place = st.builds(Held, person, school, st.sampled_from(PLACES), spells, rarely)
# Cover is named for a period: it always has an end.
periods = st.sampled_from([PAST, FOR_NOW, FOR_NOW, LATER])
covering = st.builds(Held, person, school, st.just(AllocationKind.COVER), periods, rarely)
allocations = st.one_of(in_a_place, in_a_place, covering)
confirmed = st.sampled_from([None, -7, -1])
posts = st.builds(Post, person, school, st.sampled_from(ROLES), spells, confirmed, rarely)
conflicts = st.builds(Conflict, person, school, spells)
duties = st.builds(Duty, person, st.sampled_from(DUTIES), st.sampled_from(HUBS), spells, seldom)
histories = st.builds(
    History,
    allocations=st.lists(allocations, min_size=2, max_size=8),
    posts=st.lists(posts, min_size=2, max_size=8),
    conflicts=st.lists(conflicts, max_size=3),
    duties=st.lists(duties, min_size=2, max_size=6),
    links=st.lists(st.tuples(school, school), max_size=3),
)


# --- the oracle: lists and dates, no query ---------------------------------------------------


def lasts(spell, ended=False):
    """The spell as ``(first day, first day after)``, day 0 being now."""
    last = 99 if spell.end is None else spell.end
    return spell.start, max(spell.start, min(last, 0)) if ended else last


def holds(spell, ended=False):
    first, after = lasts(spell, ended)
    return first <= 0 < after


def overlap(one, other):
    (first, end_of_first), (second, end_of_second) = lasts(*one), lasts(*other)
    return max(first, second) < min(end_of_first, end_of_second)


def possible(history):
    """The history without what the database refuses: two at once in one place."""

    def keep(rows, clash):
        kept = []
        for row in rows:
            if not any(clash(row, other) for other in kept):
                kept.append(row)
        return kept

    def same_place(one, other):
        return (one.person, one.school) == (other.person, other.school)

    def two_allocations(one, other):
        same = one.school == other.school and (one.kind == other.kind or one.person == other.person)
        return same and overlap((one.spell, one.ended), (other.spell, other.ended))

    return History(
        allocations=keep(history.allocations, two_allocations),
        posts=keep(history.posts, same_place),
        conflicts=keep(history.conflicts, same_place),
        duties=keep(history.duties, lambda a, b: (a.person, a.role) == (b.person, b.role)),
        links=[pair for pair in dict.fromkeys(history.links) if pair[0] != pair[1]],
    )


def open_conflict(history, held):
    """A conflict that has not ended suspends the allocation, begun or not."""
    return any(
        (conflict.person, conflict.school) == (held.person, held.school)
        and (conflict.spell.end is None or conflict.spell.end > 0)
        for conflict in history.conflicts
    )


def with_predecessors(history, school):
    found, waiting = {school}, [school]
    while waiting:
        successor = waiting.pop()
        for old, new in history.links:
            if new == successor and old not in found:
                found.add(old)
                waiting.append(old)
    return found


def expected(history, person):
    """What ``scope_of`` should answer, in the numbers of schools and hubs."""
    mine = [
        [row for row in rows if row.person == person]
        for rows in (history.allocations, history.posts, history.conflicts, history.duties)
    ]
    allocations, posts, conflicts, duties = mine
    excluded = {conflict.school for conflict in conflicts if holds(conflict.spell)}
    supports, reads, in_post, waiting = set(), set(), set(), set()
    for held in allocations:
        if holds(held.spell, held.ended) and not open_conflict(history, held):
            supports |= with_predecessors(history, held.school)
    for post in posts:
        if holds(post.spell, post.ended):
            only_waits = post.roles <= LEADING and post.confirmed is None
            (waiting if only_waits else in_post).add(post.school)
            if post.roles & LEADING and post.confirmed is not None:
                reads |= with_predecessors(history, post.school)
    now = [duty for duty in duties if holds(duty.spell) and not duty.waits]
    roles = {duty.role for duty in now}
    if roles.isdisjoint({Role.LINK_WORKER, Role.TEAM_MANAGER}):
        supports = set()
    return Scope(
        roles=roles,
        supports=supports - excluded,
        manages={duty.hub for duty in now if duty.role == Role.TEAM_MANAGER},
        reads_shared=reads - excluded,
        posts=in_post,
        waiting=waiting,
        excluded=excluded,
    )


# --- the same history in the database --------------------------------------------------------


class Rows:
    """The history as rows, with the grants that the acts would have written."""

    def __init__(self, history):
        self.now = timezone.now()
        self.hubs = [Hub.objects.create(code=f"hub-{n}", name=f"Hub {n}") for n in HUBS]
        self.schools = [
            School.objects.create(
                urn=f"90000{n}",
                name=f"School {n}",
                type_group=SchoolType.PRIMARY,
                hub=self.hubs[HUB_OF[n]],
            )
            for n in SCHOOLS
        ]
        self.people = [User.objects.create_user(f"p{n}@example.org", f"P {n}") for n in PEOPLE]
        self.system = User.objects.system("tests")
        for old, new in history.links:
            SchoolLink.objects.create(
                predecessor=self.schools[old], successor=self.schools[new], kind="succeeded"
            )
        for conflict in history.conflicts:
            OwnChildConflict.objects.create(
                user=self.people[conflict.person],
                school=self.schools[conflict.school],
                **self.dates(conflict.spell),
            )
        for duty in history.duties:
            self.duty(duty)
        for held in history.allocations:
            self.allocation(held, open_conflict(history, held))
        self.contacts = [self.post(post) for post in history.posts]

    def at(self, day):
        return None if day is None else self.now + timedelta(days=day)

    def dates(self, spell):
        return {"starts_at": self.at(spell.start), "ends_at": self.at(spell.end)}

    def duty(self, duty):
        user = self.people[duty.person]
        confirmed_at = None if duty.waits else self.at(duty.spell.start)
        role = StaffRole.objects.create(
            user=user, role=duty.role, confirmed_at=confirmed_at, **self.dates(duty.spell)
        )
        if duty.role == Role.TEAM_MANAGER:
            hub = self.hubs[duty.hub]
            self.give(HubGrant, user, "manage_hub", [hub.pk], "staff_role", role)

    def allocation(self, held, suspended):
        user, school = self.people[held.person], self.schools[held.school]
        worker, _ = LinkWorker.objects.get_or_create(user=user, hub=self.hubs[0])
        dates = self.dates(held.spell)
        if held.ended:
            dates["ends_at"] = self.end_of(dates)
        row = Allocation.objects.create(
            school=school,
            hub_id=school.hub_id,
            link_worker=worker,
            kind=held.kind,
            allocated_by=self.system,
            ended_by=self.system if dates["ends_at"] else None,
            suspended_at=dates["starts_at"] if suspended else None,
            **dates,
        )
        earlier = entitlements.predecessor_ids([school.pk]).get(school.pk, ())
        if suspended:
            row.ends_at = row.starts_at
        self.give(SchoolGrant, user, "support_school", [school.pk, *earlier], "allocation", row)

    def post(self, post):
        user = self.people[post.person]
        contact = SchoolContact.objects.create(
            school=self.schools[post.school],
            user=user,
            name=user.name,
            email=user.email,
            roles=sorted(post.roles),
            added_by=self.system,
            confirmed_at=self.at(post.confirmed),
            **self.dates(post.spell),
        )
        give(SchoolGrant, entitlements.of_posts([contact]))
        if post.ended:
            contact.ends_at = self.end_of(self.dates(post.spell))
            contact.save()
            end(SchoolGrant, entitlements.POST, [contact.pk], contact.ends_at)
        return contact

    def end_of(self, dates):
        """When a row that is ended now ends: never before its start, never after its end."""
        ends_at = max(self.now, dates["starts_at"])
        return min(ends_at, dates["ends_at"] or ends_at)

    def give(self, model, user, codename, keys, source, row):
        give(
            model,
            [
                Entitlement(user.pk, codename, key, source, row.pk, row.starts_at, row.ends_at)
                for key in keys
            ],
        )


PARTS = ("roles", "supports", "manages", "reads_shared", "posts", "waiting", "excluded")


def test_scope_is_what_the_rows_and_dates_say(db):
    seen = Counter()

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(histories)
    def holds_for(history):
        history = possible(history)
        with transaction.atomic():
            rows = Rows(history)
            for n in PEOPLE:
                should = expected(history, n)
                check(rows, history, User.objects.get(pk=rows.people[n].pk), should)
                seen.update(part for part in PARTS if getattr(should, part))
            assert not [finding for finding in drift() if "SchoolGrant: post" in finding]
            transaction.set_rollback(True)

    holds_for()
    assert all(seen[part] >= 5 for part in PARTS), f"The histories leave parts untried: {seen}"


def check(rows, history, user, should):
    scope = scope_of(user)
    number = {thing.pk: m for things in (rows.schools, rows.hubs) for m, thing in enumerate(things)}
    assert scope.roles == should.roles
    for part in PARTS[1:]:
        assert {number[key] for key in getattr(scope, part)} == getattr(should, part), part
    visible = set(SCHOOLS) if should.roles else should.posts
    assert {number[s.pk] for s in School.objects.visible_to(user)} == visible
    assert set(SchoolContact.objects.visible_to(user)) == {
        contact for contact in rows.contacts if number[contact.school_id] in visible
    }
    assert {number[a.school_id] for a in Allocation.objects.visible_to(user)} == {
        held.school for held in history.allocations if held.school in visible
    }
    for m, school in enumerate(rows.schools):
        near = should.county or m in should.supports or HUB_OF[m] in should.manages
        assert scope.reaches(school) == (near and m not in should.excluded)


# --- one query, and nobody in particular -----------------------------------------------------


def test_a_scope_takes_one_query_and_is_kept_for_the_request(world, django_assert_num_queries):
    user = User.objects.get(pk=world.manager.pk)
    with django_assert_num_queries(1):
        assert scope_of(user) is scope_of(user)
        assert user.roles == {Role.TEAM_MANAGER}


def test_nothing_opens_while_a_role_waits_for_its_second_person(world):
    """security.md 5.3: neither the hub nor the school that was given with the role."""
    for user, reached in ((world.manager, world.coast), (world.primary, world.oakfield)):
        user.staff_roles.update(confirmed_at=None)
        scope = scope_of(User.objects.get(pk=user.pk))
        assert (scope.roles, scope.manages, scope.supports) == (set(), set(), set()), reached
    assert world.manager not in managers_of(world.coast.pk)
    assert not Consultation.objects.visible_to(User.objects.get(pk=world.primary.pk)).exists()


def test_a_deactivated_person_reaches_nothing(world):
    assert scope_of(world.deactivated) == Scope()
    assert not SchoolContact.objects.visible_to(world.deactivated).exists()


def test_an_unconfirmed_lead_sees_neither_school_nor_contacts(world):
    assert scope_of(world.unconfirmed).waiting == {world.oakfield.pk}
    assert not School.objects.visible_to(world.unconfirmed).exists()
    assert not SchoolContact.objects.visible_to(world.unconfirmed).exists()


def test_a_superuser_flag_opens_nothing(world):
    world.senco.is_superuser = True
    world.senco.save()
    assert not world.senco.has_perm("schools.view_shared_record", world.oakfield)
