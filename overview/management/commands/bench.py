"""Ratios of performance.md, measured turn by turn in one process: job, measured, target, holds."""

import statistics
import time
import uuid

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.grants import Entitlement, give
from accounts.models import User
from consultations.models import Consultation, State
from govuk.paging import Cursor
from overview import search, take_up, themes
from overview.county_plan import plan_the_county
from overview.management.commands.bench_load import COMMON, RARE, address
from schools.models import School, SchoolGrant
from schools.scope import scope_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WORKER = "linkworker@example.org"
ROUNDS = 40
ROWS = 50
GRANTED = 100
# Of the table's first column.
WIDTH = 44
# A word that many notes have and one that few have, and how far below icontains it must stay.
SEARCHED = {COMMON: 0.5, RARE: 0.1}


class Undone(Exception):
    """Takes back what the bench wrote."""


def lower_quartile(seconds):
    """The time a quarter of the runs stay under: what others do on the machine counts less."""
    return statistics.quantiles(seconds, n=4)[0]


def turn_by_turn(jobs, rounds):
    """Lower quartile of seconds for each of ``{name: callable}``, run in turns."""
    taken = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            taken[name].append(time.perf_counter() - started)
    return {name: lower_quartile(seconds) for name, seconds in taken.items()}


def explained(statement):
    """What PostgreSQL says of running a statement: its ``Plan``, and its time in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        return cursor.fetchone()[0][0]


def touched(statement):
    """The buffers a statement touches, as PostgreSQL counts them."""
    plan = explained(statement)["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def in_the_database(job, rounds):
    """Milliseconds that PostgreSQL plans and runs what a job asks of it, in each round."""
    with CaptureQueriesContext(connection) as captured:
        job()
    for _ in range(rounds):
        tellings = [explained(query["sql"]) for query in captured]
        yield sum(told["Planning Time"] + told["Execution Time"] for told in tellings)


class Command(BaseCommand):
    help = "Measure the pages people wait for against an empty page (demonstration data only)."

    def add_arguments(self, parser):
        parser.add_argument("--rounds", type=int, default=ROUNDS)

    def handle(self, *, rounds, **options):
        if not settings.DEMO:
            raise CommandError("The bench writes: it runs on demonstration data only.")
        migrated = User._meta.db_table in connection.introspection.table_names()
        if not (migrated and User.objects.filter(email=WORKER).exists()):
            raise CommandError("There is no demonstration to measure yet: make run makes one.")
        try:
            with transaction.atomic():
                self.measure(rounds)
                raise Undone
        except Undone:
            connection.close()

    def measure(self, rounds):
        worker = User.objects.get(email=WORKER)
        school = School.objects.filter(allocations__link_worker__user=worker).first()
        self.fill(worker, school)
        client = Client(headers={"host": "localhost"})
        client.force_login(worker, backend=BACKEND)
        pk = uuid.uuid4()
        form = {"id": pk, "held_on": "today", "shared_text": "We talked about attendance. " * 40}
        autosave = {"X-Autosave": "1"}
        first = client.post(f"/consultations/new/?school={school.urn}", form, headers=autosave)
        draft_url, version = first.json()["draft_url"], [first.json()["version"]]

        def save():
            answer = client.post(draft_url, {**form, "version": version[0]}, headers=autosave)
            version[0] = answer.json()["version"]

        taken = turn_by_turn(
            {
                "empty": lambda: client.get("/help/"),
                "list": lambda: client.get("/consultations/"),
                "save": save,
                "form": lambda: client.get(f"/consultations/{pk}/edit/"),
                "school": lambda: client.get(f"/schools/{school.urn}/"),
            },
            rounds,
        )
        readers = self.readers()
        buffers = {who: self.buffers(address) for who, address in readers.items()}
        schools, queries = self.take_up_queries(readers["county"])
        deep = turn_by_turn(self.pages(readers["county"]), rounds)
        found = {
            (who, word): self.search_ratio(readers[who], word, rounds)
            for who in ("link worker", "hub", "county")
            for word in SEARCHED
        }
        granted = turn_by_turn(self.grants(worker), rounds)
        plan = plan_the_county()
        self.table(
            [
                ("list of 50 ÷ empty signed-in page", taken["list"] / taken["empty"], 2.5),
                ("draft save ÷ empty signed-in page", taken["save"] / taken["empty"], 3.0),
                ("consultation form ÷ empty page", taken["form"] / taken["empty"], None),
                ("school page ÷ empty page", taken["school"] / taken["empty"], None),
                ("granting 100 schools ÷ bulk_create", granted["grant"] / granted["plain"], 1.5),
                ("seconds to plan 316 schools and 40 workers", plan.seconds, 20),
                ("per cent from the bound of that plan", 100 * plan.gap, None),
                (f"queries of take-up, {schools} schools", queries, 9),
                ("queries of six terms of themes", self.themes_queries(readers["county"]), 3),
                *((f"buffers of the list, {who}", count, 250) for who, count in buffers.items()),
                ("a deep page of the list ÷ its first", deep["deep"] / deep["first"], 1.5),
                *(
                    (f"search ÷ icontains, {who}, {word}", ratio, SEARCHED[word])
                    for (who, word), ratio in found.items()
                ),
            ]
        )

    def grants(self, worker):
        """Granting schools as an allocation does, and writing as many plain rows; undone."""
        now = timezone.now()
        schools = list(School.objects.values_list("pk", flat=True)[:GRANTED])
        [permission] = Permission.objects.filter(codename="support_school")

        def undone(write):
            sources = [uuid.uuid4() for _ in schools]
            with transaction.atomic():
                write(zip(schools, sources, strict=True))
                connection.check_constraints()
                transaction.set_rollback(True)

        def grant(rows):
            give(
                SchoolGrant,
                [
                    Entitlement(worker.pk, permission.codename, school, "allocation", source, now)
                    for school, source in rows
                ],
            )

        def plain(rows):
            SchoolGrant.objects.bulk_create(
                SchoolGrant(
                    user=worker,
                    permission=permission,
                    content_object_id=school,
                    source_type="allocation",
                    source_id=source,
                    starts_at=now,
                )
                for school, source in rows
            )

        return {"grant": lambda: undone(grant), "plain": lambda: undone(plain)}

    def readers(self):
        """Whose lists to measure: of the large county where ``bench_load`` has made one."""
        names = {"link worker": "worker", "hub": "manager", "county": "service", "school": "lead"}
        large = {who: address(role) for who, role in names.items()}
        if User.objects.filter(email__in=large.values()).count() == len(large):
            return large
        small = ("linkworker", "manager", "service.manager", "dsl")
        return {who: f"{name}@example.org" for who, name in zip(names, small, strict=True)}

    def buffers(self, email):
        """How many buffers the statements of the first page of this person's list touch."""
        user = User.objects.get(email=email)
        scope_of(user)
        lists = Consultation.objects
        newest = lists.newest if user.roles else lists.newest_shared_with
        with CaptureQueriesContext(connection) as captured:
            newest(user, n=ROWS + 1)
        return sum(touched(query["sql"]) for query in captured)

    def take_up_queries(self, email):
        """``(open schools, queries of the first page of take-up)`` as this person reads it."""
        user = User.objects.get(email=email)
        schools = take_up.schools_of(user)
        with CaptureQueriesContext(connection) as captured:
            take_up.page_of(schools)
        return schools.count(), len(captured)

    def themes_queries(self, email):
        """The queries of the themes of six terms, whatever there is, as this person reads them."""
        user = User.objects.get(email=email)
        scope_of(user)
        with CaptureQueriesContext(connection) as captured:
            found = themes.children_by(user, themes.spans(timezone.localdate()))
            themes.county_areas(found)
        return len(captured)

    def pages(self, email):
        """The first page of this person's list, and one half-way to their oldest."""
        user = User.objects.get(email=email)
        rows = Consultation.objects.visible_to(user)
        oldest, newest = (rows.order_by(order)[0].held_at for order in ("held_at", "-held_at"))
        half_way = Cursor(oldest + (newest - oldest) / 2, uuid.UUID(int=0))
        return {
            "first": lambda: Consultation.objects.newest(user, n=ROWS + 1),
            "deep": lambda: Consultation.objects.newest(user, half_way, n=ROWS + 1),
        }

    def search_ratio(self, email, word, rounds):
        """Finding the newest notes with a word ÷ reading the same notes for it.

        Without what is asked once a day of each word: how many notes hold it.
        """
        user = User.objects.get(email=email)
        scope_of(user)
        notes = Consultation.objects.visible_to(user).order_by("-held_at", "-pk")
        read = notes.filter(shared_text__icontains=word).values_list("pk")[: search.PAGE + 1]
        query = search.query_of(word)
        search.newest_entries(user, query)
        turns = zip(
            in_the_database(lambda: search.newest_entries(user, query), rounds),
            in_the_database(lambda: list(read), rounds),
            strict=True,
        )
        found, looked_through = map(lower_quartile, zip(*turns, strict=True))
        return found / looked_through

    def fill(self, worker, school):
        missing = [
            Consultation(
                school=school,
                hub_id=school.hub_id,
                author=worker,
                state=State.COMPLETED,
                held_at=school.consultations.latest("held_at").held_at,
                completed_at=school.consultations.latest("held_at").held_at,
                shared_text="We talked about attendance.",
            )
            for _ in range(ROWS)
        ]
        Consultation.objects.bulk_create(missing)

    def table(self, rows):
        self.stdout.write(f"{'job':<{WIDTH}}{'measured':>9}{'target':>8}  holds")
        for job, measured, target in rows:
            holds = "" if target is None else "yes" if measured <= target else "no"
            self.stdout.write(f"{job:<{WIDTH}}{measured:>9.2f}{target or '':>8}  {holds}")
