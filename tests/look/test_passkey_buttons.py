"""Passkeys in a real Chromium with a virtual authenticator: the browser's side of signing up and in."""

import json

import pytest

from tests.look.conftest import Visit, Visits
from tests.look.desk import Desk

pytestmark = pytest.mark.browser


async def _authenticator(visit: Visit, *, willing: bool = True) -> None:
    session = await visit.page.context.new_cdp_session(visit.page)
    await session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": willing, "automaticPresenceSimulation": True}
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def test_a_passkey_is_made_and_sent_with_the_form(visits: Visits, desk: Desk) -> None:
    async with visits() as visit:
        visit.address = visit.address.replace("127.0.0.1", "localhost")
        await _authenticator(visit)
        await visit.go("/as/sign-up-account")
        await visit.page.fill("#handle", "lena.makes")
        async with visit.page.expect_navigation(url="**/sign-up"):
            await visit.page.click("kept-passkey button")
        (form,) = desk.forms
        credential = json.loads(form["credential"][0])
        assert credential["type"] == "public-key"
        assert credential["response"]["attestationObject"]
        assert form["handle"] == ["lena.makes"]
        assert form["password"] == [""]


async def test_a_passkey_needs_a_handle_first(visits: Visits, desk: Desk) -> None:
    async with visits() as visit:
        visit.address = visit.address.replace("127.0.0.1", "localhost")
        await _authenticator(visit)
        await visit.go("/as/sign-up-account")
        await visit.page.click("kept-passkey button")
        assert await visit.page.evaluate("document.activeElement.id") == "handle"
        assert desk.forms == []


async def test_a_passkey_that_is_not_used_says_what_else_there_is(visits: Visits, desk: Desk) -> None:
    async with visits() as visit:
        visit.address = visit.address.replace("127.0.0.1", "localhost")
        await _authenticator(visit, willing=False)
        await visit.go("/sign-in")
        await visit.page.click("kept-passkey button")
        await visit.eventually("document.querySelector('kept-passkey .field-error').textContent.includes('password')")
        assert desk.forms == []


async def test_without_modules_there_is_no_passkey_button_but_the_form_works(visits: Visits, desk: Desk) -> None:
    async with visits(java_script_enabled=False) as visit:
        await visit.go("/sign-in")
        assert not await visit.page.locator("kept-passkey").is_visible()
        await visit.page.fill("#login", "lena.makes")
        await visit.page.fill("#password", "correct horse")
        async with visit.page.expect_navigation():
            await visit.page.click("main .button-primary")
        assert desk.forms == [{"next": [""], "login": ["lena.makes"], "password": ["correct horse"]}]


async def test_a_password_can_be_looked_at(visits: Visits) -> None:
    async with visits() as visit:
        await visit.go("/sign-in")
        await visit.page.fill("#password", "correct horse")
        await visit.page.click("[data-peek=password]")
        assert await visit.page.get_attribute("#password", "type") == "text"
        await visit.page.click("[data-peek=password]")
        assert await visit.page.get_attribute("#password", "type") == "password"
