"""The check-up, codes and the password with a browser without scripts; and the second step of signing in."""

import re
from datetime import datetime, timedelta
from html import unescape

import pyotp
import pytest
from litestar.testing import AsyncTestClient

from tests.web.browser import CHILD, PASSWORD, Browser, join, name, runtime_of

OTHER = "four-other-lanterns-here"


@pytest.fixture
async def member(door: AsyncTestClient) -> Browser:
    return await join(Browser(door), name())


async def come(door: AsyncTestClient, handle: str, password: str = PASSWORD, into: Browser | None = None) -> Browser:
    browser = into or Browser(door)
    await browser.open("/sign-in")
    return await browser.send("/sign-in", login=handle, password=password)


async def handle_of(browser: Browser) -> str:
    await browser.open("/settings")
    return browser.page.split("<dd>@")[1].split("<")[0]


def now_of(browser: Browser) -> datetime:
    return runtime_of(browser).clock.now()


async def set_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    await browser.open("/settings/security/codes")
    app = pyotp.TOTP(re.findall(r"secret=(\w+)", unescape(browser.page))[0])
    await browser.send(
        "/settings/security/codes", code=app.at(now_of(browser) - timedelta(seconds=30)), password=PASSWORD
    )
    return app, re.findall(r"<code>([\w-]+)</code>", browser.page)


async def test_a_wrong_code_or_password_stands_beside_its_field_and_the_secret_stays(member: Browser) -> None:
    await member.open("/settings/security/codes")
    secret = re.findall(r"secret=(\w+)", unescape(member.page))[0]
    await member.send("/settings/security/codes", code="000000", password=PASSWORD)
    assert (member.status, "not right" in member.error("code")) == (401, True)
    await member.send("/settings/security/codes", code=pyotp.TOTP(secret).at(now_of(member)), password="wrong")
    assert (member.status, "not your password" in member.error("password")) == (403, True)
    assert re.findall(r"secret=(\w+)", unescape(member.page))[0] == secret


async def test_codes_are_asked_for_after_the_password_and_lead_to_where_one_wanted(
    door: AsyncTestClient, member: Browser
) -> None:
    handle = await handle_of(member)
    app, recovery = await set_up(member)
    assert len(recovery) == 10
    await member.open("/settings/security/codes")
    assert "10 are left" in member.page
    assert not any(code in member.page for code in recovery)
    browser = Browser(door)
    await browser.open("/settings/sessions")
    await browser.send("/sign-in", login=handle, password=PASSWORD)
    assert browser.path == "/sign-in/code?next=/settings/sessions"
    assert "kept" not in browser.cookies
    await browser.send("/sign-in/code", code="000000")
    assert (browser.status, "not right" in browser.error("")) == (401, True)
    await browser.send("/sign-in/code", code=app.at(now_of(browser)))
    assert browser.path == "/settings/sessions"
    assert "half" not in browser.cookies


async def test_without_a_password_before_there_is_no_second_step(door: AsyncTestClient) -> None:
    browser = Browser(door)
    await browser.open("/sign-in/code")
    assert browser.path == "/sign-in"
    await browser.send("/sign-in/code", code="492039")
    assert (browser.status, "too old" in browser.error("")) == (422, True)


async def test_codes_are_turned_off_and_recovery_codes_renewed_with_both_alone(member: Browser) -> None:
    _, recovery = await set_up(member)
    await member.open("/settings/security/codes")
    await member.send("/settings/security/codes/renew", password=PASSWORD, code="wrong")
    assert "not right" in member.error("renew_code")
    await member.send("/settings/security/codes/renew", password=PASSWORD, code=recovery[0])
    fresh = re.findall(r"<code>([\w-]+)</code>", member.page)
    assert (len(fresh), set(fresh) & set(recovery)) == (10, set())
    await member.open("/settings/security/codes")
    await member.send("/settings/security/codes/off", password="wrong", code=fresh[0])
    assert "not your password" in member.error("off_password")
    await member.send("/settings/security/codes/off", password=PASSWORD, code=fresh[0])
    assert member.path == "/settings/security"
    assert "Whoever knows your password has your account" in member.page


async def test_a_new_password_ends_other_sessions_only_if_that_is_wanted(
    door: AsyncTestClient, member: Browser
) -> None:
    handle, path = await handle_of(member), "/settings/security/password"
    other = await come(door, handle)
    await member.open(path)
    await member.send(path, new_password=OTHER, password="wrong")
    assert "not your password" in member.error("password")
    await member.send(path, new_password="short", password=PASSWORD)
    assert "at least 15" in member.error("new_password")
    await member.send(path, new_password=OTHER, password=PASSWORD)
    assert member.path == "/settings/security"
    assert (await other.open("/settings")).path == "/settings"
    await member.open(path)
    await member.send(path, new_password="yet-another-lantern-there", password=OTHER, end_others="on")
    assert (await other.open("/settings")).path.startswith("/sign-in")
    assert (await come(door, handle, OTHER)).status == 401


async def test_a_new_device_is_asked_about_on_every_page_and_no_ends_it(door: AsyncTestClient, member: Browser) -> None:
    handle = await handle_of(member)
    other = await come(door, handle)
    for path in ("/", "/me", "/settings", "/trust/data"):
        await member.open(path)
        assert "Was it you?" in member.page, path
        await other.open(path)
        assert "Was it you?" not in other.page, path
    await member.open("/me")
    answers = [action for action, _ in member.forms if "/alerts/" in action]
    assert [action.rpartition("/")[2] for action in answers] == ["mine", "not-mine"]
    await other.send(answers[1])
    assert other.status == 404
    await member.send(answers[1], origin="http://evil.example")
    assert member.status == 403
    await member.open("/me")
    await member.send(answers[1])
    assert "That device is signed out" in member.page
    assert (await other.open("/settings")).path.startswith("/sign-in")


async def test_who_comes_back_with_the_same_browser_is_not_asked_about(door: AsyncTestClient, member: Browser) -> None:
    handle = await handle_of(member)
    phone = await come(door, handle)
    await member.open("/settings/security")
    await member.send(next(action for action, _ in member.forms if action.endswith("/mine")))
    await phone.open("/settings")
    await phone.send("/sign-out")
    await come(door, handle, into=phone)
    await member.open("/me")
    assert "Was it you?" not in member.page


async def test_a_child_looks_after_an_account_too_and_their_place_stays_without_forms(door: AsyncTestClient) -> None:
    child = await join(Browser(door), name(), birth=CHILD)
    handle = await handle_of(child)
    await come(door, handle)
    await child.open("/")
    assert "Was it you?" in child.page
    assert not child.forms
    await child.open("/settings/security")
    assert any(action.endswith("/not-mine") for action, _ in child.forms)
