"""Who looked at which child and why, for those who answer for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Access, Look
from audit.services import looked
from linkworkers.models import LinkWorker
from overview.policies import team_of
from schools.models import Opening, OwnChildConflict, Reason
from tests.children import child, works_with
from tests.overview.test_chronology import give_reason


@pytest.fixture
def ada(world):
    return child(world)


def opening(user, pupil, reason=Reason.COVER, words="", days=0):
    at = timezone.now() - timedelta(days=days)
    return Opening.objects.create(
        user=user,
        pupil=pupil,
        reason=reason,
        words=words,
        sign_in="x" * 64,
        opened_at=at,
        ends_at=at + timedelta(hours=3),
    )


def html_of(client, where):
    answer = client.get(where)
    assert answer.status_code == 200, where
    return answer.content.decode()


# --- at one child -------------------------------------------------------------------------------


def test_a_manager_of_the_school_sees_who_looked_when_how_and_why(world, ada, as_):
    """Rule 001-58; peers.md U17."""
    give_reason(as_, world.other_worker, ada)
    as_(world.other_worker).get(f"/pupils/{ada.pk}/")
    works_with(world, ada)
    looked(world.primary, ada, Look.PDF, basis="current work", child_id=ada.pk)
    html = html_of(as_(world.manager), f"/pupils/{ada.pk}/looks/")
    for text in (
        "Olu Otherschool",
        "Covering for a colleague, or on duty",
        "Outside their work",
        "Priya Primary",
        "The child’s record, PDF",
        "On their current work",
    ):
        assert text in html, text
    assert ada.surname not in html


def test_looking_at_who_looked_is_written_down_itself(world, ada, as_):
    """security.md N-16."""
    client = as_(world.manager)
    html_of(client, f"/pupils/{ada.pk}/looks/")
    look = Access.objects.get(child_id=ada.pk)
    assert (look.user, look.basis, look.action) == (world.manager, "manager", "list")
    assert "Who has looked, list" in html_of(client, f"/pupils/{ada.pk}/looks/")


def test_a_manager_of_another_hub_sees_what_their_own_team_did_and_no_more(world, ada, as_):
    client = as_(world.other_manager)
    looked(world.primary, ada, basis="current work", child_id=ada.pk)
    assert client.get(f"/pupils/{ada.pk}/looks/").status_code == 404
    looked(world.far_worker, ada, basis="reason", child_id=ada.pk, reason="On duty")
    html = html_of(client, f"/pupils/{ada.pk}/looks/")
    assert "Farah Farhub" in html
    assert "Priya Primary" not in html


@pytest.mark.parametrize("who", ["primary", "duty", "dsl", "governance", "administrator"])
def test_nobody_else_sees_who_looked_at_a_child(world, ada, as_, who):
    looked(world.primary, ada, basis="current work", child_id=ada.pk)
    assert as_(getattr(world, who)).get(f"/pupils/{ada.pk}/looks/").status_code == 404


def test_a_manager_whose_own_child_goes_there_sees_none_of_it(world, ada, as_):
    """Rule 001-53."""
    OwnChildConflict.objects.create(user=world.manager, school=world.oakfield)
    opening(world.primary, ada, words="OWN-SCHOOL")
    client = as_(world.manager)
    assert client.get(f"/pupils/{ada.pk}/looks/").status_code == 404
    assert "OWN-SCHOOL" not in html_of(client, "/looks/")


def test_pages_of_it_go_on_and_back_without_totals(world, ada, as_):
    """Rule 001-124."""
    for number in range(120):
        looked(world.primary, ada, basis="reason", child_id=ada.pk, reason=f"REASON-{number:03}")
    client, where = as_(world.manager), f"/pupils/{ada.pk}/looks/"
    first = client.get(where)
    assert first.context["older"]
    assert not first.context["newer"]
    second = client.get(where, {"before": first.context["older"]})
    back = client.get(where, {"after": second.context["newer"]})
    shown = [[look.why for look in page.context["looks"]] for page in (first, second)]
    assert not set(shown[0]) & set(shown[1])
    assert "120" not in first.content.decode().replace(str(ada.pk), "").partition("<main")[2]
    assert len(back.context["looks"]) == 50


# --- of a team ----------------------------------------------------------------------------------


def test_a_team_is_who_supports_or_belongs_to_a_hub_but_not_its_managers(world):
    team = set(team_of(world.manager))
    assert {world.primary, world.secondary, world.other_worker} <= team
    assert not team & {world.manager, world.far_worker, world.service, world.duty}
    LinkWorker.objects.create(user=world.other_manager, hub=world.coast, kind="tm")
    assert world.other_manager not in team_of(world.manager)
    assert {world.manager, world.far_worker, world.duty} <= set(team_of(world.service))


def test_reasons_given_by_the_team_stand_latest_first_with_their_filters(world, ada, as_):
    """Rule 001-58: reviewable by the manager."""
    opening(world.primary, ada, Reason.OTHER, "OLD-WORDS", days=3)
    opening(world.primary, ada, Reason.AUDIT, "NEW-WORDS")
    opening(world.other_worker, ada, Reason.AUDIT, "OTHER-WORDS", days=1)
    opening(world.far_worker, ada, Reason.AUDIT, "FAR-WORDS")
    client = as_(world.manager)
    html = html_of(client, "/looks/")
    assert html.index("NEW-WORDS") < html.index("OTHER-WORDS") < html.index("OLD-WORDS")
    assert "FAR-WORDS" not in html
    assert ada.surname not in html
    for query, shown in (
        (f"person={world.primary.pk}", {"OLD-WORDS", "NEW-WORDS"}),
        ("reason=audit", {"NEW-WORDS", "OTHER-WORDS"}),
        (f"person={world.primary.pk}&reason=audit", {"NEW-WORDS"}),
    ):
        html = html_of(client, f"/looks/?{query}")
        words = {"OLD-WORDS", "NEW-WORDS", "OTHER-WORDS"}
        assert {word for word in words if word in html} == shown, query


@pytest.mark.parametrize(
    "query", ["person=x", "reason=x", "person=%F0%9F%91%BB", "before=x&after=x"]
)
def test_an_address_that_asks_for_nonsense_is_answered(world, as_, query):
    assert as_(world.manager).get(f"/looks/?{query}").status_code == 200


# --- one's own ----------------------------------------------------------------------------------


def test_everybody_of_the_council_sees_their_own(world, ada, as_):
    looked(world.primary, ada, basis="reason", child_id=ada.pk, reason="OWN-REASON")
    looked(world.secondary, ada, basis="reason", child_id=ada.pk, reason="OTHERS-REASON")
    html = html_of(as_(world.primary), "/looks/mine/")
    assert "OWN-REASON" in html
    assert "OTHERS-REASON" not in html
    assert as_(world.coordinator).get("/looks/mine/").status_code == 200
    assert as_(world.dsl).get("/looks/mine/").status_code == 404
