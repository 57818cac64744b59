"""Guidance by key area and what to be alert to: kept by the administrator, without a release."""

import pytest

from audit.models import Act
from consultations.models import GuidanceLink, Vulnerability
from schools.models import Agency

NEW = "/consultations/new/?school=900001"
LINK = {
    "area": "neglect",
    "title": "Neglect toolkit",
    "url": "https://example.org/neglect",
    "edition": "Third edition",
    "dated": "1 May 2026",
    "source": "The safeguarding partnership",
}


def test_guidance_is_added_changed_and_removed_and_stands_beside_its_area(world, as_):
    """rules 001-27, 001-45 and 001-122: with its edition and date."""
    client = as_(world.administrator)
    client.post("/guidance/add/", LINK)
    link = GuidanceLink.objects.get()
    form = as_(world.primary).get(NEW).content.decode()
    assert 'href="https://example.org/neglect"' in form
    assert "Third edition, May 2026" in form
    assert "For the team only" not in form
    client = as_(world.administrator)
    client.post(f"/guidance/{link.pk}/", {**LINK, "title": "Toolkit", "is_internal": "on"})
    assert "For the team only" in as_(world.primary).get(NEW).content.decode()
    client = as_(world.administrator)
    assert "Toolkit" in client.get("/guidance/").content.decode()
    client.post(f"/guidance/{link.pk}/remove/")
    assert not GuidanceLink.objects.exists()
    assert [act.verb for act in Act.objects.filter(by=world.administrator).order_by("at")] == [
        "add",
        "change",
        "remove",
    ]


def test_guidance_stands_in_a_child_s_part_beside_the_area_too(world, as_):
    """rules 001-25 and 001-27: whatever is ticked for the consultation as a whole."""
    GuidanceLink.objects.create(area="neglect", title="Toolkit", url="https://example.org/neglect")
    form = as_(world.primary).get(NEW).content.decode()
    part = form.partition('<template data-row="children">')[2].partition("</template>")[0]
    beside = part.partition('data-area="neglect"')[2].partition("</div>")[0]
    assert 'href="https://example.org/neglect"' in beside
    assert part.count("data-area=") == 1


def test_an_agency_offered_no_longer_is_not_suggested_as_a_service(world, as_):
    Agency.objects.create(name="Find It Out")
    Agency.objects.create(name="Closed Club", is_offered=False)
    form = as_(world.primary).get(NEW).content.decode()
    suggested = form.partition('<datalist id="agencies">')[2].partition("</datalist>")[0]
    assert "Find It Out" in suggested
    assert "Closed Club" not in suggested


def test_a_link_for_the_team_is_on_no_page_a_school_reads(world, as_):
    """rule 001-122"""
    GuidanceLink.objects.create(
        area="attendance", title="How we do it", url="https://inside.example.org/", is_internal=True
    )
    assert "inside.example.org" in as_(world.primary).get(NEW).content.decode()
    client = as_(world.dsl)
    for address in ("", "print/", "pdf/"):
        answer = client.get(f"/shared/{world.shared.pk}/{address}")
        assert answer.status_code == 200
        assert b"inside.example.org" not in answer.getvalue()
        assert b"How we do it" not in answer.getvalue()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "not a link", "", "https://" + "a" * 600 + ".org/"]
)
def test_only_a_web_address_is_a_link(world, as_, url):
    page = as_(world.administrator).post("/guidance/add/", {**LINK, "url": url})
    assert "There is a problem" in page.content.decode()
    assert not GuidanceLink.objects.exists()


def test_what_to_be_alert_to_is_renamed_and_offered_no_longer(world, as_):
    """rule 003-63: a list the council edits."""
    client = as_(world.administrator)
    client.post(
        "/vulnerabilities/add/", {"name": "Young parent", "position": 3, "is_offered": "on"}
    )
    row = Vulnerability.objects.get(name="Young parent")
    assert "Young parent" in as_(world.primary).get(NEW).content.decode()
    client = as_(world.administrator)
    assert "Young parent" in client.get("/vulnerabilities/").content.decode()
    client.post(f"/vulnerabilities/{row.pk}/", {"name": "Teenage parent", "position": 3})
    form = as_(world.primary).get(NEW).content.decode()
    assert "Young parent" not in form
    assert "Teenage parent" not in form
    twice = {"name": "Young carer", "position": 1}
    page = as_(world.administrator).post("/vulnerabilities/add/", twice)
    assert "This is on the list already" in page.content.decode()
