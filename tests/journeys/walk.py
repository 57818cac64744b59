"""Walking the pages as a person would: sign in, look, and let axe look too."""

from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.world import PASSWORD

SHOTS = Path(__file__).parent / "shots"
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 375)
BARS = """position => document.querySelectorAll('.lb-save, .lb-acts')
    .forEach(bar => { bar.style.position = position })"""
# What a keyboard comes to must not lie behind a bar (WCAG 2.4.11): axe does not look.
COVERED = """() => {
    const before = document.activeElement, place = scrollY;
    const bars = [...document.querySelectorAll('.lb-save, .lb-acts')];
    const fields = [...document.querySelectorAll(
        'main :is(a[href], button, input, select, textarea, summary)')];
    const found = bars.length ? fields.filter(field => {
        if (bars.some(bar => bar.contains(field)) || !field.checkVisibility()) return false;
        if (field.tabIndex < 0) return false;
        field.focus();
        if (document.activeElement !== field) return false;
        const at = field.getBoundingClientRect();
        return bars.some(bar => {
            const over = bar.getBoundingClientRect();
            return at.top >= over.top && at.bottom <= over.bottom;
        });
    }) : [];
    document.activeElement.blur();
    before.focus({preventScroll: true});
    scrollTo(0, place);
    return found.map(field => `${field.name} ${field.textContent.trim()}`);
}"""
# GDS puts the back link and breadcrumbs outside a landmark on purpose (ui.md 4).
ALLOWED = {("region", ".govuk-back-link"), ("region", ".govuk-breadcrumbs")}


def sign_in(page, user, password=PASSWORD):
    page.goto("/sign-in/")
    page.get_by_label("Email address").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def let_in(page, user):
    """Signed in as by ``sign_in``, for a journey that begins behind it."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": "localhost", "path": "/"}]
    )


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def look(page, name):
    """A picture at desktop and phone width; nothing may scroll sideways, axe may find nothing."""
    SHOTS.mkdir(exist_ok=True)
    size = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, f"{name} scrolls sideways at {width} px"
        found = violations(page)
        assert found == [], f"{name} at {width} px: {found}"
    page.set_viewport_size(size)


def violations(page):
    """What axe finds on the page, as ``rule: element`` lines, but for what GDS keeps.

    A bar at the foot stands at its place meanwhile: what it covers depends on the fonts.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    covered = [f"covered by a bar when focused: {name}" for name in page.evaluate(COVERED)]
    page.evaluate(BARS, "static")
    found = page.evaluate(
        "async rules => (await axe.run({runOnly: {type: 'tag', values: rules}})).violations"
        ".flatMap(v => v.nodes.map(n => [v.id, n.target.join(' ')]))",
        RULES,
    )
    page.evaluate(BARS, "")
    return covered + [
        f"{rule}: {target}"
        for rule, target in found
        if not any(rule == r and selector in target for r, selector in ALLOWED)
    ]


def console_errors(page):
    """Collects what the browser reports from now on: policy violations and script errors."""
    seen = []
    page.on(
        "console", lambda message: seen.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen
