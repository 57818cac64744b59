import pytest
from accounts.links import link_for
from accounts.models import User
from tests.world import PASSWORD
OUT="/tmp/acc/shots/"
@pytest.mark.django_db(transaction=True)
def test_shots(world, page_at, live_server, settings):
    settings.SITE_URL=live_server.url
    errs=[]
    for width in (1280,375):
        p=page_at(width)
        p.on("console", lambda m: errs.append(m.text) if m.type=="error" else None)
        def shot(name): p.screenshot(path=f"{OUT}{name}-{width}.png", full_page=True)
        p.goto("/sign-in/"); p.click("button:has-text('Sign in')"); shot("signin")
        p.goto("/password/reset/"); shot("reset")
        p.goto(link_for(User.objects.get(pk=world.invited.pk),"/",world.manager).url); shot("invite-accept")
        p.goto("/invitation/unknown/"); shot("ended")
        p.goto("/sign-in/"); p.fill("[name=login]", world.administrator.email); p.fill("[name=password]", PASSWORD); p.click("button:has-text('Sign in')")
        p.goto("/account/"); shot("account")
        p.goto("/account/sessions/"); shot("sessions")
        p.goto("/people/"); shot("people")
        p.goto("/people/invite/"); p.fill("[name=name]","x"); p.click("button:has-text('Send the')"); shot("person-invite")
        p.goto(f"/people/{world.manager.pk}/"); shot("person")
        p.goto(f"/people/{world.duty.pk}/roles/give/"); shot("give")
        wide=p.evaluate("document.documentElement.scrollWidth")
        print(width, wide)
        p.goto("/sign-out/"); p.click("main button:has-text('Sign out')"); shot("signedout")
        print(errs)
        # join in the browser with the real Origin header
    p=page_at(1280)
    p.goto(link_for(User.objects.get(pk=world.invited.pk),"/account/",world.manager).url)
    p.fill("[name=password1]","kettle hedgehog lantern"); p.fill("[name=password2]","kettle hedgehog lantern"); p.click("button:has-text('Join')")
    assert p.url.endswith("/account/"), (p.url, p.content()[:500])
