"""Signing up with a browser, step by step, without scripts."""

import base64
import json
import re
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

from kept.kit import Database
from tests.accounts.authenticator import Authenticator
from tests.web.browser import ADULT, CHILD, ORIGIN, PASSWORD, TERMS, Browser, join, name, runtime_of, to_account


@pytest.fixture
def browser(door: AsyncTestClient) -> Browser:
    return Browser(door)


async def test_four_steps_make_a_member_who_is_signed_in(browser: Browser) -> None:
    handle = name()
    await to_account(browser)
    assert "kept" not in browser.cookies
    await browser.send("/sign-up", handle=handle, email=f"{handle}@example.org", password=PASSWORD)
    assert "/documents/terms" in browser.page
    await browser.send("/sign-up", accept=TERMS)
    assert browser.path == "/"
    assert browser.cookies["kept"].startswith("eu.")
    assert "sign-up" not in browser.cookies
    await browser.open("/settings")
    assert f"@{handle}" in browser.page
    assert "w…@example.org" in browser.page
    assert "Germany" in browser.page
    assert "1990" not in browser.page


@pytest.mark.parametrize(
    "birth",
    [{}, ADULT | {"birth_day": "31", "birth_month": "2"}, ADULT | {"birth_year": "2999"}, ADULT | {"birth_year": "x"},
     ADULT | {"birth_year": "9" * 30}],
)
async def test_what_is_no_date_is_said_beside_the_date(browser: Browser, birth: dict[str, str]) -> None:
    await browser.open("/sign-up")
    await browser.send("/sign-up", **birth)
    assert browser.status == 422
    assert "date of birth" in browser.error("birth")
    assert all(f'value="{text}"' in browser.page for text in birth.values() if len(text) == 4), "nothing typed is lost"


async def test_the_age_screen_gives_no_hint_and_no_second_try(browser: Browser) -> None:
    await browser.open("/sign-up")
    words = re.sub(r"<select.*?</select>|<[^>]*>", " ", browser.page, flags=re.DOTALL)
    assert not re.search(r"\b(13|16|18|age|old|older|adult|child|young)\b", words)
    await browser.send("/sign-up", **CHILD)
    browser.page = ""
    await browser.send("/sign-up", step="birth", **ADULT)
    assert browser.status == 403
    assert "another date of birth" in browser.error("birth")
    await browser.open("/sign-up?step=birth")
    assert 'name="birth_year"' not in browser.page, "there is no going back past the age screen"


async def test_after_leaving_the_age_screen_still_remembers(browser: Browser) -> None:
    await join(browser, name(), CHILD)
    del browser.cookies["kept"]
    await browser.open("/sign-up")
    await browser.send("/sign-up", **ADULT)
    assert browser.status == 403


async def test_a_child_is_not_asked_for_an_address_and_gets_their_own_place(browser: Browser) -> None:
    await to_account(browser, CHILD)
    assert 'name="email"' not in browser.page
    await browser.send("/sign-up", handle=name(), password=PASSWORD, email="child@example.org")
    assert browser.status == 200
    await browser.send("/sign-up", accept=TERMS)
    await browser.open("/settings")
    assert "example.org" not in browser.page


@pytest.mark.parametrize(
    ("fields", "wrong", "says"),
    [
        ({"handle": "x"}, "handle", "2 to 24"),
        ({"handle": "admin"}, "handle", "reserved"),
        ({"password": "qwerty123456789"}, "password", "stolen lists"),
        ({"password": ""}, "password", "too short"),
        ({"email": "nonsense"}, "email", "e-mail address"),
    ],
)
async def test_errors_stand_beside_their_field_and_nothing_but_the_password_is_lost(
    browser: Browser, fields: dict[str, str], wrong: str, says: str
) -> None:
    await to_account(browser)
    given = {"handle": "kept.typing", "email": "typed@example.org", "password": PASSWORD} | fields
    await browser.send("/sign-up", **given)
    assert browser.status in (409, 422)
    assert says in browser.error(wrong)
    shown = dict(browser.forms)["/sign-up"]
    assert (shown["handle"], shown["email"], shown["password"]) == (given["handle"], given["email"], "")
    assert PASSWORD not in browser.page


async def test_a_taken_handle_is_said_before_the_rest_is_done(browser: Browser, door: AsyncTestClient) -> None:
    handle = name()
    await join(Browser(door), handle)
    await to_account(browser)
    await browser.send("/sign-up", handle=handle, password=PASSWORD)
    assert (browser.status, "taken" in browser.error("handle")) == (409, True)


async def test_who_is_overtaken_at_the_last_step_gets_back_to_the_name(browser: Browser, door: AsyncTestClient) -> None:
    handle = name()
    await to_account(browser)
    await browser.send("/sign-up", handle=handle, password=PASSWORD)
    await join(Browser(door), handle)
    await browser.send("/sign-up", accept=TERMS)
    assert (browser.status, "taken" in browser.error("handle")) == (409, True)
    await browser.send("/sign-up", handle=name(), password=PASSWORD)
    await browser.send("/sign-up", accept=TERMS)
    assert browser.path == "/"


async def test_without_a_yes_there_is_no_account(browser: Browser) -> None:
    handle = name()
    await to_account(browser)
    await browser.send("/sign-up", handle=handle, password=PASSWORD)
    await browser.send("/sign-up")
    assert "agree" in browser.error("accept")
    assert "kept" not in browser.cookies


async def test_one_can_go_back_and_change_an_answer(browser: Browser) -> None:
    await to_account(browser, country="DE")
    assert 'href="/sign-up?step=place"' in browser.page
    await browser.open("/sign-up?step=place")
    assert dict(browser.forms)["/sign-up"]["country"] == "DE"
    await browser.send("/sign-up", country="BR")
    await browser.send("/sign-up", handle=name(), password=PASSWORD)
    await browser.send("/sign-up", accept=TERMS)
    assert browser.cookies["kept"].startswith("us.")


async def test_a_country_without_the_service_is_refused_by_law(browser: Browser) -> None:
    await browser.open("/sign-up")
    await browser.send("/sign-up", **ADULT)
    await browser.send("/sign-up", country="CN")
    assert browser.status == 451
    assert "not offered in your country" in browser.page


async def test_steps_can_not_be_skipped_or_made_up(browser: Browser) -> None:
    for step in ("place", "account", "agree", "nonsense", ""):
        await browser.send("/sign-up", step=step, handle=name(), password=PASSWORD, country="DE", accept=TERMS)
        assert browser.path == "/sign-up", step
        assert 'name="birth_year"' in browser.page
    browser.cookies["sign-up"] = "AAAA"
    await browser.open("/sign-up")
    assert 'name="birth_year"' in browser.page


async def test_the_progress_that_a_browser_keeps_shows_nothing(browser: Browser) -> None:
    await to_account(browser)
    await browser.send("/sign-up", handle="seen.by.others", email="seen@example.org", password=PASSWORD)
    kept = browser.cookies["sign-up"]
    raw = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
    assert not any(text in raw for text in (b"seen", b"1990", b"argon2", b"DE"))


async def test_another_site_can_not_sign_somebody_up(browser: Browser) -> None:
    await browser.open("/sign-up")
    for origin in ("http://evil.example", None):
        await browser.send("/sign-up", origin=origin, **ADULT)
        assert browser.status == 403


async def test_an_unknown_field_is_refused(browser: Browser) -> None:
    await browser.open("/sign-up")
    await browser.send("/sign-up", **ADULT, phone="1")
    assert browser.status == 422


async def test_a_passkey_takes_the_place_of_the_password(browser: Browser) -> None:
    handle = name()
    phone = Authenticator(ORIGIN, "kept.example")
    await to_account(browser)
    asked = await browser.ask("/sign-up/passkey", step="account", handle=handle)
    assert json.loads(asked.text)["user"]["name"] == handle
    await browser.send("/sign-up", handle=handle, credential=phone.make(asked.text))
    await browser.send("/sign-up", accept=TERMS)
    assert browser.path == "/"
    await browser.open("/settings")
    assert "Firefox on Android" in browser.page
    del browser.cookies["kept"]
    await browser.open("/sign-in?next=/settings")
    asked = await browser.ask("/sign-in/passkey/options", next="/settings")
    await browser.send("/sign-in/passkey", credential=phone.answer(asked.text))
    assert browser.path == "/settings"
    assert f"@{handle}" in browser.page


async def test_no_passkey_is_made_for_a_taken_handle(browser: Browser, door: AsyncTestClient) -> None:
    handle = name()
    await join(Browser(door), handle)
    await to_account(browser)
    asked = await browser.ask("/sign-up/passkey", handle=handle)
    assert (asked.status_code, asked.json()["code"]) == (409, "name_taken")
    assert "taken" in asked.json()["detail"]


async def test_pages_about_somebody_are_kept_by_no_cache(browser: Browser, door: AsyncTestClient) -> None:
    for path in ("/sign-up", "/sign-in"):
        assert (await door.get(path)).headers["cache-control"] == "no-store"


async def test_a_yes_names_the_version_that_was_shown(browser: Browser) -> None:
    handle = name()
    await to_account(browser)
    await browser.send("/sign-up", handle=handle, password=PASSWORD)
    assert f'name="accept" value="{TERMS}"' in browser.page
    await browser.send("/sign-up", accept="1999-01-01")
    assert (browser.status, TERMS in browser.error("accept")) == (422, True)


async def test_a_member_whose_yes_is_due_is_asked_and_then_goes_on(browser: Browser) -> None:
    await join(browser, name())
    data = Database(runtime_of(browser).cells.named("eu").database.address)  # the application's own runs on another loop
    member_id = UUID(bytes=base64.urlsafe_b64decode(browser.cookies["kept"].partition(".")[2] + "==")[:16])
    await data.fetch("DELETE FROM acceptance WHERE owner_id = $1 AND document = 'terms'", member_id)
    await data.close()
    await browser.open("/")
    assert browser.status == 403
    assert 'href="/sign-up"' in browser.page
    await browser.open("/sign-up")
    assert "Create account" not in browser.page
    await browser.send("/sign-up")
    assert "agree" in browser.error("accept")
    await browser.send("/sign-up", accept=TERMS)
    assert (browser.path, browser.status) == ("/", 200)
