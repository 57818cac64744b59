"""Ratios of performance.md, measured turn by turn in one process: job, measured, target, holds."""

import statistics
import time
import uuid

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from consultations.models import Consultation, State
from schools.models import School

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROUNDS = 40
ROWS = 50


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


class Command(BaseCommand):
    help = "Measure the pages people wait for against an empty page (demonstration data only)."

    def add_arguments(self, parser):
        parser.add_argument("--rounds", type=int, default=ROUNDS)

    def handle(self, *, rounds, **options):
        if not settings.DEMO:
            raise CommandError("The bench writes: it runs on demonstration data only.")
        try:
            with transaction.atomic():
                self.measure(rounds)
                raise Undone
        except Undone:
            connection.close()

    def measure(self, rounds):
        worker = User.objects.get(email="linkworker@example.org")
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
        self.table(
            [
                ("list of 50 ÷ empty signed-in page", taken["list"] / taken["empty"], 2.5),
                ("draft save ÷ empty signed-in page", taken["save"] / taken["empty"], 3.0),
                ("consultation form ÷ empty page", taken["form"] / taken["empty"], None),
                ("school page ÷ empty page", taken["school"] / taken["empty"], None),
            ]
        )

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
        self.stdout.write(f"{'job':<38}{'measured':>9}{'target':>8}  holds")
        for job, measured, target in rows:
            holds = "" if target is None else "yes" if measured <= target else "no"
            self.stdout.write(f"{job:<38}{measured:>9.2f}{target or '':>8}  {holds}")
