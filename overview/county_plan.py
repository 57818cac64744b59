"""A plan as large as they come, for the bench: a whole county between invented people."""

import math
import random

from linkworkers import planner
from linkworkers.load import load_of, with_load
from linkworkers.models import PLACES
from linkworkers.planning import places_of
from schools.models import School

SCHOOLS, WORKERS = 316, 40
SEED = 2026
# How much one more school counts against being near, when somebody is chosen to begin with.
KM_FOR_A_SCHOOL = 1.2
GAPS = 0.04


def plan_the_county(workers=WORKERS):
    """The ``planner.Plan`` for a county's open schools of the register and this many workers.

    Schools that the register does not place are put somewhere in the county; three workers in
    five work all week. The same every time; ``seconds`` and ``gap`` are what there is to see.
    """
    chance = random.Random(SEED)  # noqa: S311 - the same every time
    schools = list(with_load(School.objects.open().order_by("urn"))[:SCHOOLS])
    placed = places_of(schools)
    somewhere = sorted(placed.values())
    at = {school.pk: placed.get(school.pk) or chance.choice(somewhere) for school in schools}
    homes = [chance.choice(somewhere) for _ in range(workers)]
    days = [chance.sample(planner.WEEK, chance.choice([5, 5, 5, 4, 3])) for _ in homes]
    held, carried = {}, [0.0] * workers
    for school in schools:
        near = sorted(range(workers), key=lambda w: math.dist(homes[w], at[school.pk]) + carried[w])
        for place, worker in zip(PLACES, near, strict=False):
            carried[worker] += KM_FOR_A_SCHOOL
            if chance.random() > GAPS:
                held[school.pk, place] = worker
    return planner.solve(
        planner.Problem(
            schools=[
                planner.School(
                    school.pk, {place: load_of(school, place) for place in PLACES}, at[school.pk]
                )
                for school in schools
            ],
            workers=[
                planner.Worker(n, None, frozenset(days[n]), len(days[n]) / 5, at=home)
                for n, home in enumerate(homes)
            ],
            held=held,
        )
    )
