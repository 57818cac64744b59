"""Opening a child for a reason: what is accepted, for how long, and who hears of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from audit.models import Access, Act
from notifications.models import Message
from schools.children import Door, closed_children, door_of
from schools.models import Opening, OwnChildConflict
from schools.services import open_children
from tests.children import child, children_of, works_with

# What a child's page would show of it.
CHILD_BYTES = ("CANARY", "Ada", "2 March", "Year ")


@pytest.fixture
def children(world):
    return children_of(world)


@pytest.fixture
def signed_in(world):
    """``signed_in("primary")``: the person as in a request, in a sign-in of their own."""

    def person(key, sign_in="x" * 64):
        user = getattr(world, key)
        user.sign_in = sign_in
        return user

    return person


def text(response):
    return response.content.decode()


def reason_page(pupil):
    return f"/pupils/{pupil.pk}/reason/"


@pytest.mark.parametrize("page", ["change", "identifiers", "status/add", "family", "move"])
def test_a_page_of_a_child_without_a_reason_asks_for_one(world, as_, children, page):
    """security.md N-14"""
    path = f"/pupils/{children.ada.pk}/{page}/"
    answer = as_(world.primary).get(path)
    assert answer.status_code == 302
    assert answer.url == f"{reason_page(children.ada)}?next={path.replace('/', '%2F')}"
    assert not answer.content
    assert as_(world.primary).head(path).status_code == 405
    assert not Access.objects.exists()


def test_the_reason_page_has_nothing_of_the_child_in_it(world, as_, children):
    """rule 001-58; design.md 4"""
    shown = text(as_(world.primary).get(reason_page(children.ada)))
    assert "Why do you need to open" in shown
    assert not any(word in shown for word in CHILD_BYTES)


def test_a_reason_opens_that_child_and_no_other(world, as_, children):
    """rule 001-58; security.md N-15"""
    client = as_(world.primary)
    then = f"/pupils/{children.ada.pk}/change/"
    answer = client.post(
        f"{reason_page(children.ada)}?next={then}", {"reason": "concern", "words": "", "next": then}
    )
    assert answer.status_code == 302
    assert answer.url == then
    assert client.get(then).status_code == 200
    other = client.get(f"/pupils/{children.ben.pk}/change/")
    assert other.url.startswith(reason_page(children.ben))


def test_two_clicks_give_one_reason(world, as_, children):
    client = as_(world.primary)
    for _ in range(2):
        client.post(reason_page(children.ada), {"reason": "concern"})
    assert Opening.objects.count() == 1
    assert Access.objects.filter(child_id=children.ada.pk).count() == 1
    assert Act.objects.filter(verb="open").count() == 1


def test_each_view_leaves_one_row_with_the_reason_it_was_opened_for(world, as_, children):
    """security.md N-16"""
    client = as_(world.primary)
    client.post(reason_page(children.ada), {"reason": "other", "words": "Asked by the duty desk"})
    before = set(Access.objects.values_list("pk", flat=True))
    client.get(f"/pupils/{children.ada.pk}/change/")
    look = Access.objects.exclude(pk__in=before).get()
    assert (look.child_id, look.basis) == (children.ada.pk, "reason")
    assert look.reason == "Asked by the duty desk"


@pytest.mark.parametrize(
    "words",
    [
        "",
        " \t\u00a0 " * 10,
        "x",
        "xxxxxxxxxx",
        "xyxyxyxyxyxy",
        "..........",
        "\u200b" * 12,
        "short one",
    ],
)
def test_another_reason_that_says_nothing_is_refused_and_kept_in_its_box(
    world, as_, children, words
):
    """security.md N-15"""
    answer = as_(world.primary).post(reason_page(children.ada), {"reason": "other", "words": words})
    assert answer.status_code == 200
    assert "Enter your reason in words, with at least 10 letters" in text(answer)
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"next": "/"}, "Select the reason"),
        ({"reason": "curiosity"}, "Select the reason"),
        ({"reason": "concern", "words": "a" * 10_000}, "must be 200 characters or fewer"),
        ({"reason": "concern", "words": "a\0b"}, "has a character that cannot be kept"),
    ],
)
def test_a_reason_that_is_none_is_refused(world, as_, children, data, sentence):
    """security.md N-15"""
    answer = as_(world.primary).post(reason_page(children.ada), data)
    assert sentence in text(answer)
    assert not Opening.objects.exists()


def test_a_reason_ends_after_three_hours_and_with_the_sign_in(signed_in, children):
    """security.md N-15; design.md 6.2"""
    user = signed_in("primary")
    (opening,) = open_children(user, [children.ada], "concern")
    assert opening.ends_at - opening.opened_at == timedelta(hours=3)
    assert door_of(user, children.ada) == Door.NOTES
    user.sign_in = "y" * 64
    assert door_of(user, children.ada) == Door.REASON
    user.sign_in = "x" * 64
    Opening.objects.update(ends_at=timezone.now())
    assert door_of(user, children.ada) == Door.REASON


def test_a_manager_gives_a_reason_too_and_one_of_another_hub_sees_no_notes(signed_in, children):
    """rule 001-58: applies to managers too; security.md N-10"""
    for key, door in (("manager", Door.NOTES), ("other_manager", Door.IDENTITY)):
        user = signed_in(key)
        assert door_of(user, children.ada) == Door.REASON
        open_children(user, [children.ada], "audit")
        assert door_of(user, children.ada) == door


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "https:evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_way_on_is_never_to_another_site(world, as_, children, then):
    """security.md 3.7.2"""
    answer = as_(world.primary).post(reason_page(children.ada), {"reason": "concern", "next": then})
    assert answer.url == f"/pupils/{children.ada.pk}/"


def test_nobody_opens_a_child_at_a_school_closed_to_them(world, signed_in, as_, children):
    """rule 001-53; security.md N-08"""
    OwnChildConflict.objects.create(
        user=world.duty, school=world.oakfield, starts_at=world.yesterday
    )
    with pytest.raises(PermissionDenied):
        open_children(signed_in("duty"), [children.ada], "concern")
    assert as_(world.duty).get(reason_page(children.ada)).status_code == 404


def test_who_may_not_ask_opens_nobody(signed_in, children):
    for key in ("coordinator", "governance", "administrator", "dsl"):
        with pytest.raises(PermissionDenied):
            open_children(signed_in(key), [children.ada], "concern")


def test_a_child_on_current_work_needs_no_reason(world, as_, children):
    works_with(world, children.ada)
    answer = as_(world.primary).get(reason_page(children.ada))
    assert answer.url == f"/pupils/{children.ada.pk}/"
    assert as_(world.primary).get(f"/pupils/{children.ada.pk}/change/").status_code == 200
    assert Access.objects.get().basis == "current work"


# --- who hears of it -------------------------------------------------------------------------


def many(world, number):
    return [
        child(world, f"Kim{chr(97 + n)}", born_on=date(2014, 5, 4), upn=None) for n in range(number)
    ]


def test_many_children_in_minutes_are_told_once_to_the_team_manager(world, signed_in, settings):
    """rule 001-58: look-ups are reviewable."""
    settings.MANY_CHILDREN = 3
    pupils = many(world, 6)
    user = signed_in("primary")
    open_children(user, pupils[:3], "audit")
    assert not Message.objects.exists()
    for pupil in pupils[3:]:
        open_children(user, [pupil], "audit")
    message = Message.objects.get()
    assert (message.kind, message.to) == ("many_children_opened", world.manager)
    assert "CANARY" not in message.subject + message.body
    assert world.primary.name not in message.subject + message.body


def test_children_opened_long_apart_are_nothing_to_tell(world, signed_in, settings):
    settings.MANY_CHILDREN = 3
    pupils = many(world, 4)
    user = signed_in("primary")
    open_children(user, pupils[:3], "audit")
    Opening.objects.update(opened_at=timezone.now() - timedelta(minutes=16))
    open_children(user, pupils[3:], "audit")
    assert not Message.objects.exists()


def test_a_managers_own_many_children_are_told_to_the_service_managers(world, signed_in, settings):
    settings.MANY_CHILDREN = 3
    open_children(signed_in("manager"), many(world, 4), "audit")
    assert Message.objects.get().to == world.service


def test_a_child_with_the_openers_own_surname_is_told_to_the_team_manager(world, signed_in):
    """security.md N-09"""
    alike = child(world, "Nia", "Primary-Hart", upn=None)
    open_children(signed_in("primary"), [alike], "concern")
    message = Message.objects.get()
    assert (message.kind, message.to) == ("own_name_opened", world.manager)
    assert f"/pupils/{alike.pk}/looks/" in message.body
    assert "Hart" not in message.subject + message.body


def test_a_reason_of_too_many_characters_is_refused_by_the_act(signed_in, children):
    with pytest.raises(ValidationError):
        open_children(signed_in("primary"), [children.ada], "concern", "ab" * 101)


def test_a_reason_takes_few_queries(world, as_, children, django_assert_max_num_queries):
    client = as_(world.primary)
    with django_assert_max_num_queries(30):
        client.post(reason_page(children.ada), {"reason": "concern"})


def test_a_reason_given_before_a_conflict_was_declared_opens_nothing_after_it(signed_in, children):
    """security.md N-07"""
    user = signed_in("other_worker")
    open_children(user, [children.ada], "consultation")
    OwnChildConflict.objects.create(user=user, school=children.ada.enrolments.get().school)
    again = User.objects.get(pk=user.pk)
    again.sign_in = user.sign_in
    assert closed_children(again, [children.ada.pk]) == {children.ada.pk}
