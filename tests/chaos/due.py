"""What finding the concerns that are due costs, however many there are (performance.md)."""

import contextlib
import json
import os
from datetime import timedelta

import psycopg2
from environ import Env

from tests.chaos.concerns import raise_many
from tests.chaos.report import Finding

DUE = 200


def due_scan(rig, *sizes):
    """Pages touched for each due row, as many due among few concerns and among very many."""
    from referrals.models import Concern
    from referrals.services.escalation import database_now

    now = database_now()
    [first] = raise_many(rig.world.primary, 1, now)
    there = Concern.objects.count()
    for size in sizes:
        _copy(first, there, size, now)
        there = size
        due = Concern.objects.due(now)[:DUE]
        taken = Concern.objects.due(now).select_for_update(skip_locked=True, no_key=True)[:DUE]
        for what, rows, most in (("found", due, 1.1), ("taken", taken, 3.3)):
            pages = _pages(rows)
            yield Finding(
                f"pages for each due concern {what}, among {size:,}",
                f"{pages / DUE:.2f}",
                f"{most}",
                pages <= most * DUE,
            )


def _copy(first, there, size, now):
    """Copies of one concern up to so many; ``DUE`` of all of them are due."""
    from referrals.models import Concern

    columns = [field.column for field in Concern._meta.concrete_fields]
    values = {
        "id": "gen_random_uuid()",
        "reference": "lpad(to_hex(number), 6, '0')",
        "remind_at": "CASE WHEN number <= %(due)s THEN %(early)s ELSE %(late)s END",
    }
    told = {
        # The first is not due itself.
        "due": DUE + 1,
        "early": now - timedelta(hours=1),
        "late": now + timedelta(hours=1),
        "from": there,
        "to": size,
        "first": str(first),
    }
    insert = (
        f"INSERT INTO referrals_concern ({', '.join(columns)})"  # noqa: S608 - our own columns
        f" SELECT {', '.join(values.get(name, name) for name in columns)}"
        " FROM referrals_concern, generate_series(%(from)s + 1, %(to)s) number"
        " WHERE id = %(first)s"
    )
    with contextlib.closing(_owner()) as owner, owner.cursor() as cursor:
        # A million copies make no million rows of history.
        cursor.execute("ALTER TABLE referrals_concern DISABLE TRIGGER USER")
        cursor.execute(insert, told)
        cursor.execute("ALTER TABLE referrals_concern ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE referrals_concern")


def _owner():
    """A connection of the tables' owner, each statement for itself."""
    names = Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    owner = psycopg2.connect(
        dbname=names["NAME"], user=names["USER"], password=names["PASSWORD"], host=names["HOST"]
    )
    owner.autocommit = True
    return owner


def _pages(rows):
    from django.db import transaction

    with transaction.atomic():
        plan = json.loads(rows.explain(analyze=True, buffers=True, format="json"))[0]["Plan"]
    assert plan["Actual Rows"] == DUE, plan
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
