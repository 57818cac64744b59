import pytest
from django.utils import timezone

from accounts.models import Role, StaffRole, User
from tests.world import PASSWORD


@pytest.fixture
def person(db):
    """``person("name", *roles)``: somebody who has joined, ``name@example.org``."""

    def make(name="jo", *roles, **fields):
        fields.setdefault("joined_at", "2026-01-05T09:00:00Z")
        user = User.objects.create_user(
            f"{name}@example.org", name.title(), fields.pop("password", PASSWORD), **fields
        )
        for role in roles:
            StaffRole.objects.create(user=user, role=role, confirmed_at=timezone.now())
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def administrator(person):
    return person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def sign_in(client):
    """``sign_in("jo@example.org")`` by the form, with the right password unless told otherwise."""

    def post(email, password=PASSWORD, using=client, **extra):
        return using.post("/sign-in/", {"login": email, "password": password}, **extra)

    return post
