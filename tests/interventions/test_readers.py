"""Who may still be told of short work when a message leaves."""

import pytest

from interventions import (
    consent_notices,
    disagreement_notices,
    plan_notices,
    session_notices,
    work_notices,
)
from interventions.readers import may_open, may_read, may_speak
from notifications import kinds
from notifications.models import Message
from tests.children import child
from tests.interventions.short_work import plan_with, under_way

pytestmark = pytest.mark.django_db


def about(row, to):
    return Message(to=to, about_id=str(row.pk))


def test_the_team_opens_it_the_school_speaks_and_both_read_it(world):
    made = under_way(world)
    answers = {
        who: tuple(may(about(made, getattr(world, who))) for may in (may_open, may_speak, may_read))
        for who in ("primary", "dsl", "far_worker")
    }
    assert answers == {
        "primary": (True, False, True),
        "dsl": (False, True, True),
        "far_worker": (False, False, False),
    }


@pytest.mark.parametrize(
    "kind",
    [
        work_notices.ASKED,
        work_notices.ALLOCATED,
        work_notices.PASSED_ON,
        work_notices.SCHOOL_TOLD,
        work_notices.ENDED,
        consent_notices.CONFIRMED,
        disagreement_notices.SAID,
        disagreement_notices.ANSWERED,
        session_notices.GIVEN,
        session_notices.HANDED_OVER,
    ],
)
def test_nobody_is_told_of_work_who_has_no_account_in_use(world, kind):
    made = under_way(world)
    assert not kinds.get(kind).may_receive(about(made, None))
    world.primary.is_active = False
    assert not kinds.get(kind).may_receive(about(made, world.primary))


@pytest.mark.parametrize(
    "kind", [plan_notices.ASKED, plan_notices.ANSWERED, plan_notices.TAKEN, plan_notices.ALLOCATED]
)
def test_nobody_is_told_of_a_plan_who_has_no_account_in_use(world, kind):
    plan = plan_with(world, child(world))
    assert not kinds.get(kind).may_receive(about(plan, None))
    world.primary.is_active = False
    assert not kinds.get(kind).may_receive(about(plan, world.primary))
