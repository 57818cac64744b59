"""What many tests begin from, made once for the run and kept in a database of its own."""

import contextlib
import pickle
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections, transaction

from tests.database import connected_by, copy_of_database


def kept(make):
    """A fixture: what ``make(world)`` returns, with the world as that left it.

    Made when the first test wants it; each test has a copy to itself, of the rows and of what was
    returned, which must therefore be something that pickles. By then it may be minutes old. A
    test that commits, or that has another such fixture before this one, makes its own.
    """

    def fixture(request, world):
        begun = getattr(request.node, "begun", None)
        return begun.thing if begun and begun.make is make else make(world)

    fixture.keeps = make
    return pytest.fixture(fixture)


def kept_for(item):
    """The function that makes what the test begins from: of its first such fixture, or None."""
    for name in item.fixturenames:
        for definition in item._fixtureinfo.name2fixturedefs.get(name, ())[-1:]:
            if hasattr(definition.func, "keeps"):
                return definition.func.keeps
    return None


@dataclass(frozen=True)
class Begun:
    """The world a test begins in, and what ``make`` returned there; None when it made nothing."""

    world: Any
    make: Any = None
    thing: Any = None


class Inhabited(contextlib.ExitStack):
    """The databases of a run, each made when it is first wanted and dropped at the end."""

    def __init__(self):
        super().__init__()
        self._made = {}

    def begin(self, make):
        """A connection to the database where ``make`` has run, and a Begun to oneself."""
        if make not in self._made:
            self._made[make] = self._inhabit(make)
        connection, made = self._made[make]
        world, thing = pickle.loads(made)  # noqa: S301 - our own
        return connection, Begun(world, make, thing)

    def _inhabit(self, make):
        from tests.world import World

        source, world = connections["default"], None
        if make:
            source, begun = self.begin(None)
            world = begun.world
        with contextlib.ExitStack() as kept_if_made:
            copy = copy_of_database(source, f"kept_{len(self._made)}")
            connection = kept_if_made.enter_context(copy)
            with connected_by(connection), transaction.atomic():
                world = world or World()
                made = pickle.dumps((world, make and make(world)))
            self.push(kept_if_made.pop_all())
        return connection, made
