"""A county of invented schools, large enough to see what grows (performance.md)."""

import random
from datetime import timedelta
from itertools import accumulate, chain, islice, product

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.grants import give
from accounts.models import Role, StaffRole, User
from consultations.models import Consultation, State
from linkworkers.entitlements import of_allocations
from linkworkers.models import (
    Allocation,
    AllocationKind,
    Contacted,
    EngagementAttempt,
    LinkWorker,
    Visit,
)
from schools.entitlements import of_posts
from schools.hub_managers import appoint_manager
from schools.models import Hub, School, SchoolContact, SchoolGrant, SchoolType
from schools.roles import ContactRole
from schools.services.search import AS_THEY_STAND, CONFIG

SCHOOLS_OF_A_HUB, SCHOOLS_OF_A_WORKER, CONSULTATIONS_OF_A_SCHOOL = 100, 12, 100
FIRST_URN = 500_000
BATCH = 2_000
# The last contacts of the schools are spread over eleven weeks: some are drifting.
DAYS_BETWEEN, DAYS_OF_SILENCE = 10, 77
CONTACTS_OF_A_SCHOOL = 4
# A note is about as long as a real one, with a few words in most notes and most words in few.
WORDS_OF_A_NOTE = 56
SYLLABLES = [a + b for a, b in product("bdfglmnprst", "aeiou")]
WORDS = ["school", "family", "support", "plan", "week", "talked", "agreed", "home", "class", "help"]
WORDS += ["".join(syllables) for syllables in product(SYLLABLES, repeat=2)]
HOW_OFTEN = list(accumulate(1 / rank for rank in range(1, len(WORDS) + 1)))
# One word is in a fifth of the notes, one in very few: the share of each.
COMMON, RARE = "attendance", "bereavement"
KEYWORDS = {COMMON: 0.2, RARE: 0.001}
# What ``index_consultation`` writes of a shared note that has no other text: it says the same to
# the school and to the team.
FINDABLE = """
    INSERT INTO schools_searchentry
        (id, subject_type, subject_id, school_id, hub_id, author_id, at, for_school, words)
    SELECT gen_random_uuid(), %s, id, school_id, hub_id, author_id, held_at, for_school,
           to_tsvector(%s::regconfig, shared_text) || to_tsvector(%s::regconfig, shared_text)
    FROM consultations_consultation, (VALUES (true), (false)) AS audiences (for_school)
    WHERE id = ANY(%s)
"""


def address(role, number=0):
    """The address of an invented person: ``bench-worker-0@example.org``."""
    return f"bench-{role}-{number}@example.org"


def in_batches(model, rows):
    """Write the rows, a batch at a time, and yield each batch when it is written.

    In a transaction of its own: every trigger reads through the checks that wait for a commit.
    """
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield model.objects.bulk_create(batch)


def write(model, rows):
    """Write the rows; returns them."""
    return list(chain.from_iterable(in_batches(model, rows)))


class Command(BaseCommand):
    help = "Fill a test or demonstration database with many schools and their consultations."

    def add_arguments(self, parser):
        parser.add_argument("--schools", type=int, default=300)
        parser.add_argument("--workers", type=int, default=25)

    def handle(self, *, schools, workers, **options):
        name = connection.settings_dict["NAME"]
        if not (settings.DEMO or settings.DEBUG or "bench" in name or "test" in name):
            raise CommandError(
                f"The database {name} may hold real records. This fills only a demonstration's, "
                "or one with bench or test in its name."
            )
        if School.objects.filter(urn=str(FIRST_URN)).exists():
            raise CommandError("It is loaded already. Start over with an empty database.")
        self.by, self.chance = User.objects.system("bench"), random.Random(1)  # noqa: S311
        self.long_ago = timezone.now() - timedelta(days=3 * 365)
        made = self.make_schools(schools)
        authors = self.make_workers(workers, made)
        self.make_leads(made)
        self.make_managers(made[0].hub)
        self.make_contacts(made)
        self.make_consultations(made, authors)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{len(made)} schools, each with its consultations.")

    def people(self, role, n):
        return write(
            User,
            (
                User(
                    email=address(role, number),
                    name=f"{role.capitalize()} {number}",
                    joined_at=self.long_ago,
                )
                for number in range(n)
            ),
        )

    def make_schools(self, n):
        hubs = write(
            Hub,
            (
                Hub(code=f"bench-{number}", name=f"Bench hub {number}")
                for number in range(-(-n // SCHOOLS_OF_A_HUB))
            ),
        )
        return write(
            School,
            (
                School(
                    urn=str(FIRST_URN + number),
                    name=f"Bench School {number}",
                    type_group=SchoolType.PRIMARY,
                    hub=hubs[number // SCHOOLS_OF_A_HUB],
                )
                for number in range(n)
            ),
        )

    def make_workers(self, n, schools):
        """Each holds a dozen schools, as far as those go. Returns ``{school: user}``."""
        users = self.people("worker", n)
        now = timezone.now()
        write(
            StaffRole,
            (
                StaffRole(user=user, role=Role.LINK_WORKER, given_by=self.by, confirmed_at=now)
                for user in users
            ),
        )
        held = {
            user: schools[SCHOOLS_OF_A_WORKER * number :][:SCHOOLS_OF_A_WORKER]
            for number, user in enumerate(users)
        }
        workers = write(
            LinkWorker, (LinkWorker(user=user, hub=of[0].hub) for user, of in held.items() if of)
        )
        allocations = (
            Allocation(
                school=school,
                hub=school.hub,
                link_worker=worker,
                kind=AllocationKind.PRIMARY,
                starts_at=self.long_ago,
                allocated_by=self.by,
            )
            for worker in workers
            for school in held[worker.user]
        )
        authors = {}
        for batch in in_batches(Allocation, allocations):
            give(SchoolGrant, of_allocations(batch))
            authors |= {allocation.school: allocation.link_worker.user for allocation in batch}
        return authors

    def make_leads(self, schools):
        """A confirmed safeguarding lead for each school."""
        confirmer = User.objects.system("bench-confirmer")
        posts = (
            SchoolContact(
                school=school,
                user=user,
                name=user.name,
                email=user.email,
                roles=[ContactRole.DSL],
                starts_at=self.long_ago,
                added_by=self.by,
                confirmed_at=self.long_ago,
                confirmed_by=confirmer,
            )
            for school, user in zip(schools, self.people("lead", len(schools)), strict=True)
        )
        for batch in in_batches(SchoolContact, posts):
            give(SchoolGrant, of_posts(batch))

    def make_managers(self, hub):
        """A manager of one hub, and one of all."""
        (manager,), (service,) = self.people("manager", 1), self.people("service", 1)
        appoint_manager(self.by, manager, [hub])
        StaffRole.objects.create(
            user=service,
            role=Role.SERVICE_MANAGER,
            given_by=self.by,
            confirmed_at=timezone.now(),
        )

    def make_contacts(self, schools):
        """Attempts to engage each school, every other one answered, and visits there."""
        today = timezone.localdate()
        days = [
            today - timedelta(days=DAYS_OF_SILENCE + 30 * n) for n in range(CONTACTS_OF_A_SCHOOL)
        ]
        write(
            EngagementAttempt,
            (
                EngagementAttempt(
                    school=school,
                    hub=school.hub,
                    by=self.by,
                    day=day,
                    how=Contacted.PHONE,
                    reached=number % 2 == 0,
                )
                for school in schools
                for number, day in enumerate(days)
            ),
        )
        write(
            Visit,
            (
                Visit(school=school, hub=school.hub, by=self.by, day=day)
                for school in schools
                for day in days
            ),
        )

    def make_consultations(self, schools, authors):
        """In about the order of time: those of one school lie far from one another on the disk."""
        now = timezone.now()
        rows = (
            Consultation(
                school=school,
                hub=school.hub,
                author=authors.get(school, self.by),
                state=State.SHARED,
                held_at=(held_at := self.held_at(now, place, number)),
                completed_at=held_at,
                shared_at=held_at,
                version=1,
                shared_text=self.note(),
            )
            for number in reversed(range(CONSULTATIONS_OF_A_SCHOOL))
            for place, school in enumerate(schools)
        )
        for batch in in_batches(Consultation, rows):
            ids = [consultation.pk for consultation in batch]
            with connection.cursor() as cursor:
                cursor.execute(
                    FINDABLE, [Consultation._meta.label_lower, CONFIG, AS_THEY_STAND, ids]
                )

    def held_at(self, now, place, number):
        """When the school at ``place`` had its last consultation but ``number``."""
        days = DAYS_BETWEEN * number + place % DAYS_OF_SILENCE
        return now - timedelta(days=days, minutes=place)

    def note(self):
        words = self.chance.choices(WORDS, cum_weights=HOW_OFTEN, k=WORDS_OF_A_NOTE)
        return " ".join(
            words + [word for word, share in KEYWORDS.items() if self.chance.random() < share]
        )
