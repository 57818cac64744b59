"""A college for the county, and people read afresh between two acts."""

import pytest

from accounts.grants import drift
from accounts.models import User
from schools.models import School, SchoolType


@pytest.fixture
def college(world):
    """An Alternative Provision College in the manager's hub, supported by nobody."""
    return School.objects.create(
        urn="900009",
        name="Coast Alternative Provision College",
        type_group=SchoolType.APC,
        hub=world.coast,
        town="Lancing",
    )


@pytest.fixture
def anew():
    """``anew(user)``: the person as their next request reads them, scope and roles included."""
    return lambda user: User.objects.get(pk=user.pk)


@pytest.fixture
def drift_at_schools():
    """``drift_at_schools()``: what ``verify_grants`` finds wrong with grants on schools."""
    return lambda: [finding for finding in drift() if finding.startswith("schools.SchoolGrant")]
