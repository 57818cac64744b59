"""Many addresses in messages at once; what one of them does is in test_services."""

import pytest
from django.utils import timezone

from accounts.links import digest, links_for
from accounts.models import Invitation, User


@pytest.fixture
def people(db):
    """Six people, every second one of whom has joined."""
    return User.objects.bulk_create(
        User(
            email=f"person-{number}@example.org",
            name=f"Person {number}",
            joined_at=timezone.now() if number % 2 else None,
        )
        for number in range(6)
    )


def test_everybody_gets_a_link_of_their_own_by_two_queries(people, django_assert_num_queries):
    by = User.objects.system("setup")
    with django_assert_num_queries(2):
        links = links_for([(person, f"/shared/{person.name[-1]}/") for person in people], by)
    for person, link in zip(people, links, strict=True):
        assert link.secret is (person.joined_at is None)
        assert link.url.endswith(f"/shared/{person.name[-1]}/") or link.secret
    invited = [person for person in people if person.joined_at is None]
    tokens = [link.url.partition("?")[0].rstrip("/").rpartition("/")[2] for link in links[::2]]
    kept = dict(Invitation.objects.values_list("user", "token_digest"))
    assert kept == {person.pk: digest(token) for person, token in zip(invited, tokens, strict=True)}
    assert set(User.objects.filter(invited_at__isnull=False)) == set(invited)


def test_who_has_joined_costs_nothing(people, django_assert_num_queries):
    with django_assert_num_queries(0):
        links_for([(person, "/") for person in people if person.joined_at], people[1])
