"""What every answer carries, and what a request may not do (security.md 2.3 and 2.4).

A walk over every name in the resolver, signed out and as a link worker, error pages included.
"""

import re
import uuid
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, include, path, reverse

from config import errors

NONCE = re.compile(r"'nonce-([^']+)'")
NO_STORE = "no-store"
# What a GET may write: who looked, who was turned away, when a note was opened, and the
# machinery of sessions and sign-in limits.
WRITTEN_BY_GET = {
    "accounts_cache",
    "audit_access",
    "django_session",
    "pghistory_context",
    "usersessions_usersession",
}


def patterns():
    """Every ``URLPattern`` of the site, and the names of what its address holds."""
    waiting = [(one, ()) for one in get_resolver("config.urls").url_patterns]
    for pattern, before in waiting:
        wanted = (*before, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield pattern, wanted
        else:
            waiting.extend((one, wanted) for one in pattern.url_patterns)


def addresses(world):
    """One address for every pattern, with ids of the world where it has ids like it."""
    pks = {
        "consultation": world.shared.pk,
        "draft": world.draft.pk,
        "shared": world.shared.pk,
        "contact": world.senco_post.pk,
        "allocation": world.secondary_allocation.pk,
        "person": world.primary.pk,
        "link_worker": world.primary.link_worker.pk,
        "action": world.shared.actions.get().pk,
    }
    for pattern, wanted in patterns():
        name = pattern.name or "healthz"
        kind = next((kind for kind in pks if name.startswith(kind)), None)
        known = {
            "urn": world.oakfield.urn,
            "kind": "hubs",
            "token": "no-such-token",
            "uidb36": "1",
            "key": "no-such-key",
            "number": 1,
            "pk": pks.get(kind, uuid.UUID(int=1)),
        }
        values = {key: known.get(key, uuid.UUID(int=1)) for key in wanted}
        try:
            yield name, reverse(name, kwargs=values)
        except NoReverseMatch:
            yield name, reverse(name, kwargs={**values, "pk": 1})


@pytest.fixture
def client():
    """Whoever asks sees the page that an error is answered with."""
    return Client(raise_request_exception=False)


# --- headers -------------------------------------------------------------------------------


@login_not_required
def broken(request):
    raise ZeroDivisionError


@login_not_required
def forbidden(request):
    raise PermissionDenied


urlpatterns = [
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("", include("config.urls")),
]
handler400, handler403 = errors.bad_request, errors.permission_denied
handler404, handler500 = errors.page_not_found, errors.server_error


def faults(answer):
    """What is wrong with the headers of an answer, as short sentences."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [
        f"{name} is {headers.get(name)}" for name in wanted if headers.get(name) != wanted[name]
    ]
    if headers.get("Referrer-Policy") not in ("same-origin", "strict-origin", "no-referrer"):
        found.append(f"Referrer-Policy is {headers.get('Referrer-Policy')}")
    if NO_STORE not in headers.get("Cache-Control", ""):
        found.append(f"Cache-Control is {headers.get('Cache-Control')}")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if answer.get("Content-Disposition", "").startswith("attachment"):
        if policy != "sandbox":
            found.append(f"the policy of a download is {policy}")
    else:
        for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            if directives.get(name) != "'none'":
                found.append(f"{name} is {directives.get(name)}")
    if "unsafe" in policy or "*" in policy:
        found.append(f"the policy is {policy}")
    scripts = re.findall(r"<script[^>]*>", text_of(answer))
    if any("src=" not in tag and "nonce=" not in tag for tag in scripts):
        found.append("a script without nonce")
    if scripts and any("nonce=" in tag for tag in scripts) and not NONCE.search(policy):
        found.append("no nonce in the policy")
    if re.search(r"<[^>]+\s(?:style|on[a-z]+)=", text_of(answer)):
        found.append("a style or a handler inside a tag")
    found += [name for name in headers if name.startswith("Access-Control-")]
    for cookie in answer.cookies.values():
        if cookie["samesite"] != "Lax" or (cookie.key != "messages" and not cookie["httponly"]):
            found.append(f"the cookie {cookie.key} is {cookie.OutputString()}")
    return found


def text_of(answer):
    """The page, or nothing for what is no page."""
    is_page = "html" in answer.get("Content-Type", "") and not answer.streaming
    return answer.content.decode() if is_page else ""


@pytest.mark.urls(__name__)
def test_every_answer_keeps_pages_private_and_lets_no_script_in(world, client, as_):
    """3.2.1 to 3.5.8, 14.3.2: on the answers 200, 3xx, 4xx and 500 alike."""
    errors_too = [("404", "/nowhere/"), ("500", "/broken/"), ("403", "/forbidden/")]
    wrong, seen = {}, set()
    for who, user in (("nobody", None), ("a link worker", world.primary), ("a lead", world.dsl)):
        if user:
            as_(user)
        for name, address in [*addresses(world), *errors_too, ("400", "/schools/?words=%00")]:
            if name == "account_logout" and who != "nobody":
                continue
            answer = client.get(address)
            seen.add(answer.status_code)
            if found := faults(answer):
                wrong[f"{who}: {address} {answer.status_code}"] = found
    assert wrong == {}, "address: what is wrong with its headers"
    assert seen >= {200, 302, 400, 403, 404, 405, 410, 500}


def test_the_nonce_is_another_one_on_the_next_answer(world, as_):
    """3.4.3"""
    client = as_(world.primary)
    pages = [client.get("/") for _ in range(2)]
    nonces = [NONCE.search(page.headers["Content-Security-Policy"])[1] for page in pages]
    assert nonces[0] != nonces[1]
    for nonce, page in zip(nonces, pages, strict=True):
        assert f'nonce="{nonce}"' in page.content.decode()


# --- what a request may not do --------------------------------------------------------------


def rows():
    """``{table: a sum over its rows}``: any change of any row changes it."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" AS t'  # noqa: S608
            )
            found[table] = cursor.fetchone()
        return found


@pytest.mark.parametrize("actor", ["primary", "manager", "administrator", "dsl", "senco"])
def test_reading_changes_nothing_but_who_looked_and_when_it_was_opened(world, as_, actor):
    """3.5.3: a link can be sent to anybody; following it must do nothing in their name."""
    client = as_(getattr(world, actor))
    before = rows()
    for _, address in addresses(world):
        if address != reverse("account_logout"):
            client.get(address)
    after = rows()
    opened = (
        {"consultations_share", "consultations_shareevent"} if actor in ("dsl", "senco") else set()
    )
    changed = {table for table in after if after[table] != before[table]}
    assert changed - WRITTEN_BY_GET - opened == set()
    assert "audit_access" in changed


def test_every_post_wants_the_token_of_the_page_it_came_from(world, client, as_):
    """3.5.1"""
    allowed = {}
    client.handler.enforce_csrf_checks = True
    for who, user in (("nobody", None), ("a link worker", world.primary)):
        if user:
            as_(user)
        before = rows()
        for _, address in addresses(world):
            answer = client.post(address, {"text": "forged"})
            if answer.status_code not in (403, 405):
                allowed[who, address] = answer.status_code
        changed = {table for table, held in rows().items() if held != before[table]}
        assert changed <= WRITTEN_BY_GET, who
    assert allowed == {}


def test_no_view_of_ours_takes_a_method_that_no_page_uses(world, as_):
    """4.1: and neither a field nor a header stands in for the method."""
    client = as_(world.primary)
    ours = {p.name or "healthz" for p, _ in patterns() if not hasattr(p.callback, "view_class")}
    assert len(ours) > 50
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        given = {
            address: client.generic(method, address).status_code
            for name, address in addresses(world)
            if name in ours
        }
        assert {a: status for a, status in given.items() if status != 405} == {}, method
    stand_ins = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert client.get("/", {"_method": "DELETE"}, headers=stand_ins).status_code == 200


AWAY = [
    "//evil.example",
    "///evil.example",
    "https:evil.example",
    "https://evil.example",
    "http:///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "//testserver@evil.example",
    " //evil.example",
    "\x01//evil.example",
    "data:text/html,x",
]


@pytest.mark.parametrize("away", AWAY)
def test_signing_in_leads_nowhere_else(world, client, away):
    """3.7.2"""
    sign_in = {"login": world.dsl.email, "password": "a long enough pass phrase", "next": away}
    for answer in (
        client.post("/sign-in/", sign_in),
        client.get("/sign-in/", {"next": away}),
    ):
        assert answer.status_code == 302
        onward = answer.headers["Location"]
        assert re.match(r"/(?![\\/\s])", onward)
        assert urlsplit(urljoin("http://testserver/sign-in/", onward)).netloc == "testserver"


def test_a_foreign_host_is_refused_and_a_forwarded_one_is_not_believed(world, client):
    """security.md 6.4"""
    for host in ("evil.example", "testserver.evil.example", "", "a b"):
        answer = client.get("/sign-in/", headers={"host": host})
        assert answer.status_code == 400, host
        assert "evil" not in answer.content.decode()
    answer = client.get("/sign-in/", headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()
