"""F-4, F-5, F-10, F-15, F-16 and F-18: many at once, a slow server, wrong clocks, a late answer."""

import random
import re
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.utils import timezone

from tests.chaos.concerns import FIRST_STEP, raise_many, reckon, settle
from tests.chaos.report import Finding
from tests.chaos.rig import patiently, until

RAISED = "concern_raised"


def many_planners(rig, concerns, planners=20):
    """F-4: two beats and twenty planners write each message once."""
    from django.db import connection

    from notifications.models import Message
    from referrals.services.escalation import plan

    raised = raise_many(rig.world.primary, concerns, timezone.now() - FIRST_STEP)
    from referrals.models import Concern

    Concern.objects.filter(pk__in=raised).update(remind_at=timezone.now())
    Message.objects.filter(about_id__in=[str(concern) for concern in raised]).delete()
    together = threading.Barrier(planners)

    def work(_):
        together.wait()
        try:
            plan()
        finally:
            connection.close()

    with ThreadPoolExecutor(planners) as pool:
        list(pool.map(work, range(planners)))
    rows = Message.objects.filter(about_id__in=[str(concern) for concern in raised])
    each = Counter(rows.values_list("key", flat=True))
    told = Counter(rows.values_list("about_id", flat=True))
    rows.delete()
    return Finding(
        f"F-4 {planners} planners, {concerns} concerns",
        f"{max(each.values(), default=0)} message a key, {len(told)} concerns told of",
        f"1, {concerns}",
        set(each.values()) == {1} and len(told) == concerns,
    )


def many_dispatchers(rig, concerns, workers=5, processes=4):
    """F-5: all due at the same second, twenty dispatchers."""
    from notifications.models import Message

    raised = raise_many(rig.world.primary, concerns)
    rows = Message.objects.filter(about_id__in=[str(concern) for concern in raised])
    rows.update(next_try_at=timezone.now() + timedelta(days=1))
    rig.start_mail()
    rig.start_beat()
    for number in range(workers):
        rig.start_worker(f"worker-{number}", processes=processes)
    _wait_for_beat()
    time.sleep(5)
    now = timezone.now()
    rows.update(next_try_at=now, created_at=now)
    settle(raised, ["0"])
    rig.stop_all()
    found = reckon(rig, raised, ["0"])
    print(f"F-5: {found}", flush=True)
    within = 120 * rig.patience
    return Finding(
        f"F-5 {workers} x {processes} dispatchers, {concerns} due at once",
        f"{len(found.lost)} lost, {found.twice} twice, all out after {max(found.lateness):.0f} s",
        f"0, 0, {within} s",
        found.is_clean and not found.twice and max(found.lateness) <= within,
    )


def slow_server(rig, slowness, ordinary, seconds):
    """F-10: a server that takes long, ordinary messages in plenty, and a concern."""
    from notifications.backends import ACCOUNT
    from notifications.models import Message
    from notifications.services import enqueue_many, written

    before = {accepted.id for accepted in rig.journal.read()}
    letters = [
        written(ACCOUNT, f"slow:{uuid.uuid4()}", subject="S", body="B", address="a@example.org")
        for _ in range(ordinary)
    ]
    enqueue_many(letters)
    rig.start_usual(CHAOS_SLOW=str(slowness))
    _wait_for_beat()
    until(lambda: rig.journal.ids() - before, 120, "the server has taken a message")
    (concern,) = raised = raise_many(rig.world.primary, 1)
    settle(raised, ["0"])
    time.sleep(seconds)
    beat_late = _beat_silent()
    rig.stop_all()
    found = reckon(rig, [concern], ["0"])
    copies = Counter(one.id for one in rig.journal.read() if one.id not in before)
    twice = sum(count - 1 for count in copies.values())
    Message.objects.unsent().filter(kind=ACCOUNT).delete()
    wait, within = max(found.lateness), (slowness + 30) * rig.patience
    return Finding(
        f"F-10 {slowness:.0f} s a message, {ordinary} waiting",
        f"the concern left after {wait:.0f} s, {twice} sent again, beat silent {beat_late:.0f} s",
        f"{within:.0f} s, 0, {within + 15:.0f} s",
        wait <= within and not twice and beat_late <= within + 15,
    )


def wrong_clock(rig, hours, concerns):
    """F-15: the workers' clock is wrong; only the database's counts."""
    ahead = {"CHAOS_CLOCK_AHEAD": str(hours * 3600)}
    rig.start_mail()
    rig.start_beat()
    rig.start_worker("worker-1", **ahead)
    rig.start_worker("urgent", queues="urgent", processes=1, **ahead)
    # Due again in two hours and a little: at once, by a clock that is two hours ahead.
    aware_at = timezone.now() - FIRST_STEP + timedelta(hours=2) - timedelta(minutes=1)
    raised = raise_many(rig.world.primary, concerns, aware_at)
    settle(raised, ["0"], 180)
    time.sleep(30)
    rig.stop_all()
    found = reckon(rig, raised, ["0"])
    early = found.messages - concerns
    return Finding(
        f"F-15 workers' clock {hours:+d} h",
        f"{len(found.lost)} lost, {early} early, {found.twice} twice",
        "0, 0, 0",
        found.is_clean and not early and not found.twice,
    )


def acknowledged_while_sending(rig, concerns):
    """F-16: somebody takes each concern about when its reminder is on the way."""
    from django.db import connection

    from referrals.models import Concern
    from referrals.services.concerns import acknowledge

    rig.start_usual()
    _wait_for_beat()
    due_in = 10 + concerns * 0.1
    aware_at = timezone.now() - FIRST_STEP + timedelta(seconds=due_in)
    due_at = time.time() + due_in
    raised = raise_many(rig.world.primary, concerns, aware_at)
    settle(raised, ["0"])

    def take(pk):
        # A reminder is written within 15 seconds of falling due and leaves 5 seconds later.
        time.sleep(max(due_at + random.uniform(0, 20) - time.time(), 0))  # noqa: S311
        try:
            acknowledge(rig.world.manager, Concern.objects.get(pk=pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(take, raised))
    time.sleep(20)
    rig.stop_all()
    taken = dict(Concern.objects.filter(pk__in=raised).values_list("pk", "acknowledged_at"))
    late = _sent_after(rig, taken, 5)
    sent = [one for one in rig.journal.read() if one.kind == RAISED]
    return Finding(
        f"F-16 {concerns} taken while a reminder is on its way",
        f"{late} sent more than 5 s later",
        "0",
        not late and bool(sent),
    )


def _sent_after(rig, taken, seconds):
    """How many reminders were accepted so long after their concern was acknowledged."""
    from notifications.models import Message

    rows = Message.objects.filter(about_id__in=[str(pk) for pk in taken], kind=RAISED)
    concern_of = dict(rows.values_list("message_id", "about_id"))
    return sum(
        one.at > taken[uuid.UUID(concern_of[one.id])].timestamp() + seconds
        for one in rig.journal.read()
        if one.id in concern_of
    )


def double_click(rig, rounds):
    """F-18: the form is sent twice at once; one concern, and both answers lead to it."""
    from referrals.models import Concern

    rig.start_web()
    cookie = rig.session_of(rig.world.primary)
    before = Concern.objects.count()
    same, failed = 0, 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            path, session, body = _filled_form(rig, cookie)
            post = partial(rig.ask, "POST", path, cookie=session, body=body)
            both = [click.result() for click in [pool.submit(post) for _ in range(2)]]
            failed += sum(status not in (200, 302) for status, _, _ in both)
            places = [headers.get("Location") for _, headers, _ in both]
            same += places[0] is not None and places[0] == places[1]
    rig.stop_all()
    rows = Concern.objects.count() - before
    return Finding(
        f"F-18 {rounds} x 2 at once",
        f"{rows} concerns, {same} pairs of answers alike, {failed} failed",
        f"{rounds}, {rounds}, 0",
        (rows, same, failed) == (rounds, rounds, 0),
    )


def _filled_form(rig, cookie):
    """``(path, cookies, body)`` of the form of a new concern, with what its page had in it."""
    status, headers, page = rig.ask("GET", "/concerns/new/", cookie=cookie)
    path = "/concerns/new/"
    if status == 302:
        path = headers["Location"]
        status, headers, page = rig.ask("GET", path, cookie=cookie)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    token = next(
        value.partition(";")[0]
        for name, value in headers.items()
        if name == "Set-Cookie" and value.startswith("csrftoken")
    )
    body = urlencode({**hidden, "words": "What was seen.", "about": "child"})
    return path, f"{cookie}; {token}", body


def _beat_silent():
    from notifications.health import health

    silent = patiently(health).beat_silent
    return silent.total_seconds() if silent else float("inf")


def _wait_for_beat():
    until(lambda: _beat_silent() < 10, 300, "beat is seen")
