"""What a search found has an address to come back to, and the address holds none of its words."""

import re
from html import unescape

import pytest

from audit.models import Access, Look
from consultations.models import Consultation
from consultations.searching import index_consultation
from drafts.asked import ASKED, LATEST

NOTHING = "Nothing that you may read matches."


@pytest.fixture
def ask(as_):
    """``ask(user, words)``: a signed-in client and the address that the words led to."""

    def send(user, words):
        client = as_(user)
        answer = client.post("/search/", {"words": words})
        assert answer.status_code == 302
        return client, answer.url

    return send


def text(answer):
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def searches():
    return Access.objects.filter(action=Look.SEARCH).count()


def test_what_was_found_can_be_gone_back_to_and_every_time_is_logged(world, ask):
    """security.md 14.2.1"""
    client, there = ask(world.primary, "Oakfield")
    assert "oakfield" not in there.lower()
    assert searches() == 0
    for times in (1, 2):
        page = text(client.get(there))
        assert f"/schools/{world.oakfield.urn}/" in page
        assert 'value="Oakfield"' in page
        assert searches() == times


@pytest.mark.parametrize("asked", ["", "nonsense", "1" * 5_000])
def test_an_id_that_nothing_was_asked_under_is_the_empty_page(world, as_, asked):
    page = text(as_(world.primary).get("/search/", {"asked": asked}))
    assert NOTHING not in page
    assert "There is a problem" not in page
    assert searches() == 0


def test_another_sign_in_finds_nothing_under_it(world, ask, as_):
    _, there = ask(world.primary, "Oakfield")
    assert "Oakfield" not in text(as_(world.secondary).get(there))
    assert "Oakfield" not in text(as_(world.primary).get(there))


def test_only_the_latest_few_are_kept(world, as_):
    client = as_(world.primary)
    words = [f"word{number}" for number in range(LATEST + 1)]
    addresses = [client.post("/search/", {"words": word}).url for word in words]
    pages = [text(client.get(address)) for address in addresses]
    assert [word in page for word, page in zip(words, pages, strict=True)] == [
        False,
        *[True] * LATEST,
    ]


def test_what_cannot_be_searched_for_is_said_at_once_and_not_kept(world, as_):
    client = as_(world.primary)
    page = text(client.post("/search/", {"words": "   "}))
    assert "Enter a word to search for" in page
    assert ASKED not in client.session


def test_the_older_notes_have_an_address_of_their_own(world, ask, monkeypatch):
    monkeypatch.setattr("overview.search.PAGE", 1)
    for note in (world.shared, world.completed):
        Consultation.objects.filter(pk=note.pk).update(internal_notes="quokka")
        index_consultation(Consultation.objects.select_related("school").get(pk=note.pk))
    client, there = ask(world.primary, "quokka")
    first = text(client.get(there))
    older = re.search(r'<a class="govuk-link" rel="next" href="([^"]*)"', first)[1]
    second = text(client.get(f"/search/{older}"))
    hits = [re.findall(r'href="(/consultations/[0-9a-f-]{36}/)', page) for page in (first, second)]
    assert [len(found) for found in hits] == [1, 1]
    assert hits[0] != hits[1]
    assert 'rel="next"' not in second
