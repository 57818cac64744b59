"""The child whom short work is with."""

import pytest

from tests.children import child, works_with


@pytest.fixture
def ada(world):
    """A child at Oakfield, on its current work."""
    pupil = child(world)
    works_with(world, pupil)
    return pupil
