"""Signing in and out, devices, passkeys and settings with a browser."""

import pytest
from litestar.testing import AsyncTestClient

from tests.accounts.authenticator import Authenticator
from tests.web.browser import ADULT, ORIGIN, PASSWORD, Browser, join, name


@pytest.fixture
async def member(door: AsyncTestClient) -> Browser:
    return await join(Browser(door), name())


async def handle_of(browser: Browser) -> str:
    await browser.open("/settings")
    return browser.page.split("<dd>@")[1].split("<")[0]


async def test_signing_in_leads_to_where_one_wanted(door: AsyncTestClient, member: Browser) -> None:
    handle, browser = await handle_of(member), Browser(door)
    await browser.open("/settings/sessions")
    assert browser.path == "/sign-in?next=/settings/sessions"
    await browser.send("/sign-in", login=f"@{handle}", password=PASSWORD)
    assert browser.path == "/settings/sessions"
    assert browser.page.count("Firefox on Android") == 2


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\n/x"])
async def test_signing_in_leads_to_no_other_site(door: AsyncTestClient, member: Browser, wanted: str) -> None:
    handle, browser = await handle_of(member), Browser(door)
    await browser.open("/sign-in")
    await browser.send("/sign-in", login=handle, password=PASSWORD, next=wanted)
    assert browser.path == "/"


async def test_a_wrong_password_keeps_the_name_and_says_so(door: AsyncTestClient, member: Browser) -> None:
    handle, browser = await handle_of(member), Browser(door)
    await browser.open("/sign-in")
    await browser.send("/sign-in", login=handle, password="wrong-plum-harbour")
    assert browser.status == 401
    assert "belong together" in browser.error("")
    shown = dict(browser.forms)["/sign-in"]
    assert (shown["login"], shown["password"]) == (handle, "")
    assert "kept" not in browser.cookies


async def test_signing_out_ends_the_session_and_forgets_the_cookie(member: Browser) -> None:
    token = member.cookies["kept"]
    await member.open("/settings")
    await member.send("/sign-out")
    assert member.path == "/"
    assert "kept" not in member.cookies
    member.cookies["kept"] = token
    await member.open("/settings")
    assert member.path.startswith("/sign-in"), "the session is over, not only its cookie"


async def test_devices_are_signed_out_one_by_one_or_all_others(door: AsyncTestClient, member: Browser) -> None:
    handle = await handle_of(member)
    others = []
    for _ in range(3):
        other = Browser(door)
        await other.open("/sign-in")
        others.append(await other.send("/sign-in", login=handle, password=PASSWORD))
    await member.open("/settings/sessions")
    ends = [action for action, _ in member.forms if action.endswith("/end")]
    assert len(ends) == 3, "this device has no such button"
    await member.send(ends[0])
    assert member.page.count("/end") == 2
    await member.send("/settings/sessions/others")
    assert "/end" not in member.page
    for other in others:
        await other.open("/settings")
        assert other.path.startswith("/sign-in")


async def test_another_site_can_do_nothing_with_a_members_cookie(member: Browser) -> None:
    for action in ("/sign-out", "/settings/sessions/others", "/settings/passkeys", "/settings/preferences"):
        await member.send(action, origin="http://evil.example")
        assert member.status == 403, action
    await member.open("/settings")
    assert member.status == 200


async def test_passkeys_are_added_and_removed(door: AsyncTestClient, member: Browser) -> None:
    handle, laptop = await handle_of(member), Authenticator(ORIGIN, "kept.example")
    asked = await member.ask("/settings/passkeys/options")
    await member.open("/settings")
    await member.send("/settings/passkeys", credential=laptop.make(asked.text))
    assert member.path == "/settings"
    removal = next(action for action, _ in member.forms if action.endswith("/remove"))
    browser = Browser(door)
    await browser.open("/sign-in")
    asked = await browser.ask("/sign-in/passkey/options")
    await browser.send("/sign-in/passkey", credential=laptop.answer(asked.text))
    assert await handle_of(browser) == handle
    await member.send(removal)
    assert (member.path, member.status) == ("/settings", 200)
    assert "/remove" not in member.page
    await member.send("/settings/passkeys/nonsense!/remove")
    assert member.status == 404


async def test_a_passkeys_answer_without_its_question_is_refused(door: AsyncTestClient) -> None:
    browser = Browser(door)
    await browser.open("/sign-in")
    for credential in ("", "{}", "x"):
        await browser.send("/sign-in/passkey", credential=credential)
        assert browser.status == 422
    await browser.ask("/sign-in/passkey/options")
    await browser.send("/sign-in/passkey", credential="{}")
    assert browser.status == 401
    assert "passkey" in browser.error("")


async def test_the_language_goes_with_the_account_to_the_next_device(door: AsyncTestClient, member: Browser) -> None:
    handle = await handle_of(member)
    await member.send("/settings/preferences", language="es", theme="dark")
    assert '<html lang="es"' in member.page
    assert member.cookies["theme"] == "dark"
    browser = Browser(door)
    await browser.open("/sign-in")
    await browser.send("/sign-in", login=handle, password=PASSWORD, next="/settings")
    assert '<html lang="es"' in browser.page


async def test_who_is_signed_in_needs_no_form_to_sign_in_or_up(member: Browser) -> None:
    for path in ("/sign-in", "/sign-up"):
        await member.open(path)
        assert member.path == "/"


async def test_visitors_are_led_to_sign_in_and_refused_acts(door: AsyncTestClient) -> None:
    browser = Browser(door)
    await browser.open("/settings")
    assert browser.path == "/sign-in?next=/settings"
    for action in ("/settings/sessions/others", "/settings/passkeys/options"):
        await browser.send(action)
        assert browser.status == 401


async def test_cookies_are_out_of_reach_of_pages_and_other_sites(door: AsyncTestClient) -> None:
    answer = await door.post("/sign-up", data={"step": "birth"} | ADULT, headers={"origin": ORIGIN}, follow_redirects=False)
    lines = answer.headers.get_list("set-cookie")
    assert len(lines) == 2
    for line in lines:
        assert "httponly" in line.lower()
        assert "samesite=lax" in line.lower()
        assert "path=/" in line.lower()
        assert "domain" not in line.lower()
