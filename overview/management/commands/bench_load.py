"""A county of invented schools, large enough to see what grows (performance.md)."""

import random
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.grants import give
from accounts.models import Role, StaffRole, User
from consultations.models import Consultation, State
from linkworkers.entitlements import of_allocations
from linkworkers.models import Allocation, AllocationKind, LinkWorker
from schools.entitlements import of_posts
from schools.hub_managers import appoint_manager
from schools.models import Hub, School, SchoolContact, SchoolGrant, SchoolType
from schools.roles import ContactRole

SCHOOLS_OF_A_HUB, SCHOOLS_OF_A_WORKER, CONSULTATIONS_OF_A_SCHOOL = 100, 12, 100
FIRST_URN = 500_000
BATCH = 2_000
# A note is about as long as a real one; one word is in a fifth of them, one in very few.
WORDS_OF_A_NOTE = 56
WORDS = ["school", "family", "support", "plan", "week", "talked", "agreed", "home", "class", "help"]
KEYWORDS = ("attendance", 0.2), ("bereavement", 0.001)


def address(role, number=0):
    """The address of an invented person: ``bench-worker-0@example.org``."""
    return f"bench-{role}-{number}@example.org"


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
        with transaction.atomic():
            made = self.make_schools(schools)
            authors = self.make_workers(workers, made)
            self.make_leads(made)
            self.make_managers(made[0].hub)
        self.make_consultations(made, authors)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"{len(made)} schools, each with its consultations.")

    def people(self, role, n):
        return User.objects.bulk_create(
            [
                User(
                    email=address(role, number),
                    name=f"{role.capitalize()} {number}",
                    joined_at=self.long_ago,
                )
                for number in range(n)
            ]
        )

    def make_schools(self, n):
        hubs = Hub.objects.bulk_create(
            [
                Hub(code=f"bench-{number}", name=f"Bench hub {number}")
                for number in range(-(-n // SCHOOLS_OF_A_HUB))
            ]
        )
        return School.objects.bulk_create(
            [
                School(
                    urn=str(FIRST_URN + number),
                    name=f"Bench School {number}",
                    type_group=SchoolType.PRIMARY,
                    hub=hubs[number // SCHOOLS_OF_A_HUB],
                )
                for number in range(n)
            ]
        )

    def make_workers(self, n, schools):
        """Each holds a dozen schools, as far as those go. Returns ``{school: user}``."""
        users = self.people("worker", n)
        StaffRole.objects.bulk_create(
            StaffRole(
                user=user,
                role=Role.LINK_WORKER,
                given_by=self.by,
                confirmed_at=timezone.now(),
            )
            for user in users
        )
        held = {
            user: schools[SCHOOLS_OF_A_WORKER * number :][:SCHOOLS_OF_A_WORKER]
            for number, user in enumerate(users)
        }
        workers = LinkWorker.objects.bulk_create(
            [LinkWorker(user=user, hub=of[0].hub) for user, of in held.items() if of]
        )
        allocations = Allocation.objects.bulk_create(
            [
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
            ]
        )
        give(SchoolGrant, of_allocations(allocations))
        return {allocation.school: allocation.link_worker.user for allocation in allocations}

    def make_leads(self, schools):
        """A confirmed safeguarding lead for each school."""
        confirmer = User.objects.system("bench-confirmer")
        posts = SchoolContact.objects.bulk_create(
            [
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
            ]
        )
        give(SchoolGrant, of_posts(posts))

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

    def make_consultations(self, schools, authors):
        now = timezone.now()
        rows = (
            Consultation(
                school=school,
                hub=school.hub,
                author=authors.get(school, self.by),
                state=State.SHARED,
                held_at=(held_at := now - timedelta(days=10 * number, minutes=place)),
                completed_at=held_at,
                shared_at=held_at,
                version=1,
                shared_text=self.note(),
            )
            for place, school in enumerate(schools)
            for number in range(CONSULTATIONS_OF_A_SCHOOL)
        )
        while batch := list(islice(rows, BATCH)):
            Consultation.objects.bulk_create(batch)

    def note(self):
        words = self.chance.choices(WORDS, k=WORDS_OF_A_NOTE)
        return " ".join(words + [word for word, share in KEYWORDS if self.chance.random() < share])
