from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.links import link_for
from accounts.models import User
from audit.models import Act, Verb
from notifications.models import Message

GOOD = {"password1": "kettle hedgehog lantern", "password2": "kettle hedgehog lantern"}


@pytest.fixture
def newcomer(administrator):
    return services.person_for(administrator, "new@example.org", "Nell New")


@pytest.fixture
def address(newcomer, administrator):
    """``address("/shared/")``: where the invitation that leads there is accepted."""

    def make(path="/schools/"):
        url = link_for(newcomer, path, administrator).url
        return "/" + url.split("/", 3)[3]

    return make


def test_the_page_says_who_invited_whom_and_stays_out_of_referers(client, address):
    response = client.get(address())
    page = response.content.decode()
    assert "Ada invited you, Nell New" in page
    assert "new@example.org" in page
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]


def test_looking_at_an_invitation_uses_nothing_up(client, address, newcomer):
    """Mail scanners open every link."""
    path = address()
    for _ in range(3):
        client.get(path)
    newcomer.refresh_from_db()
    assert newcomer.joined_at is None
    assert client.post(path, GOOD).status_code == 302


def test_accepting_joins_signs_in_and_leads_on(client, address, newcomer):
    response = client.post(address("/shared/?from=mail"), GOOD)
    assert response["Location"] == "/shared/?from=mail"
    newcomer.refresh_from_db()
    assert newcomer.joined_at
    assert newcomer.check_password(GOOD["password1"])
    assert client.get("/session/").json()["user"] == str(newcomer.pk)
    verbs = Act.objects.filter(by=newcomer).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == [Verb.ACCEPT, Verb.SIGN_IN]


def test_accepting_works_with_the_check_against_forged_posts(address):
    path = address()
    client = Client(enforce_csrf_checks=True)
    token = client.get("/session/").json()["csrf"]
    assert client.post(path, GOOD).status_code == 403
    assert client.post(path, {**GOOD, "csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", ""]
)
def test_an_invitation_never_leads_elsewhere(client, address, elsewhere):
    path = address().split("?")[0]
    response = client.post(f"{path}?next={elsewhere}", GOOD)
    assert response["Location"] == "/"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Enter a new password"),
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({**GOOD, "password2": "kettle hedgehog lamp"}, "not the same"),
        ({"password1": "nell.new@example", "password2": "nell.new@example"}, "not like your name"),
        ({"password1": "x" * 4097, "password2": "x" * 4097}, "4,096 characters or fewer"),
    ],
)
def test_a_password_that_will_not_do_is_said_and_the_link_stays(client, address, typed, sentence):
    path = address()
    response = client.post(path, typed)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert client.post(path, GOOD).status_code == 302


def test_a_link_used_twice_leads_to_sign_in_and_on(client, address):
    path = address("/shared/")
    client.post(path, GOOD)
    for response in (Client().get(path), Client().post(path, GOOD)):
        assert response.status_code == 410
        page = response.content.decode()
        assert "You have joined already" in page
        assert "/sign-in/?next=%2Fshared%2F" in page


def test_after_forty_eight_hours_the_page_can_send_a_new_link(
    client, address, newcomer, time_machine
):
    path = address().split("?")[0]
    time_machine.move_to(timezone.now() + timedelta(hours=48, minutes=1))
    assert client.post(path, GOOD).status_code == 410
    assert "Send me a new link" in client.get(path).content.decode()
    newcomer.refresh_from_db()
    assert newcomer.joined_at is None
    client.post(f"{path}renew/")
    fresh = Message.objects.get().body.split("/invitation/")[1].split("/")[0]
    assert client.post(f"/invitation/{fresh}/", GOOD).status_code == 302


@pytest.mark.parametrize("token", ["unknown", "%ED%B3%BF", "a" * 3000, "<script>", "..%5c"])
def test_an_unknown_token_gets_the_page_of_an_old_one(client, db, token):
    response = client.get(f"/invitation/{token}/")
    assert response.status_code == 410
    assert "Send me a new link" in response.content.decode()
    assert client.post(f"/invitation/{token}/", GOOD).status_code == 410


def test_asking_for_a_new_link_is_always_answered_the_same(client, address, newcomer, time_machine):
    token = address().split("/")[2]
    time_machine.move_to(timezone.now() + timedelta(days=3))
    answers = set()
    for known in (token, token, "unknown"):
        response = client.post(f"/invitation/{known}/renew/")
        answers.add((response.status_code, response.content.decode().split("<h1")[1]))
    assert len(answers) == 1
    assert Message.objects.get().to == newcomer


def test_a_new_link_is_not_sent_by_looking(client, address, time_machine):
    token = address().split("/")[2]
    time_machine.move_to(timezone.now() + timedelta(days=3))
    assert client.get(f"/invitation/{token}/renew/").status_code == 405
    assert not Message.objects.exists()


def test_accepting_in_a_colleague_s_browser_signs_the_colleague_out(
    client, address, newcomer, person, sign_in
):
    person("pat")
    sign_in("pat@example.org")
    old = client.cookies["sessionid"].value
    client.post(address(), GOOD)
    assert client.get("/session/").json()["user"] == str(newcomer.pk)
    colleague = Client()
    colleague.cookies["sessionid"] = old
    assert not colleague.get("/session/").json()["signed_in"]


def test_an_invitation_from_the_system_is_from_the_council(client, newcomer, settings):
    url = link_for(newcomer, "/", User.objects.system("setup")).url
    page = client.get("/" + url.split("/", 3)[3]).content.decode()
    assert f"{settings.COUNCIL.name} invited you" in page
