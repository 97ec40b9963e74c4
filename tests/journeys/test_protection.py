"""A member protects their account on a phone: codes from an app, recovery codes, an alert, the check-up."""

import re
import time
from urllib.parse import unquote

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import PASSWORD, Person, sign_up
from tests.journeys.phones import PHONE, signed_in

pytestmark = pytest.mark.browser


def sign_in(browser: Browser, platform: Platform, person: Person) -> Page:
    """Name and password, in a phone that knows nobody."""
    page = browser.new_context(viewport=PHONE, has_touch=True, base_url=platform.url).new_page()
    page.set_default_timeout(45_000)
    page.goto("/sign-in")
    page.fill("#login", person.handle)
    page.fill("#password", PASSWORD)
    page.click("button.button-primary")
    return page


def set_up(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """From the member's own page two taps to the check-up, and there the app."""
    page.goto("/me")
    page.click("a.who-settings")
    page.click("a[href='/settings/security']")
    expect(page.get_by_text("0 of 3 done")).to_be_hidden()
    page.get_by_role("link", name="Ask for a code, too").first.click()
    address = unquote(page.get_attribute("a.qr", "href") or "")
    found = re.search(r"secret=(\w+)", address)
    assert found, address
    assert page.locator("a.qr svg path.qrline").count() == 1
    app = pyotp.TOTP(found[1])
    page.fill("#code", app.at(time.time() - 30))  # the one before, so that this half minute's is still good
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".recovery-codes code")
    expect(codes).to_have_count(10)
    return app, codes.all_inner_texts()


def test_codes_are_set_up_and_asked_for_and_lost_phones_replaced(platform: Platform, browser: Browser) -> None:
    person = sign_up(platform.url)
    home = signed_in(browser, platform, person)
    app, recovery = set_up(home)
    with home.expect_download() as kept:
        home.get_by_role("link", name="Download as a text").click()
    text = kept.value.path().read_text("utf-8")
    assert all(code in text for code in recovery)
    home.get_by_role("link", name="I have kept them").click()
    expect(home.get_by_text("3 of 3 done")).to_be_visible()
    home.goto("/settings")
    home.click("form[action='/sign-out'] button")

    page = sign_in(browser, platform, person)
    page.wait_for_url("**/sign-in/code**")
    page.fill("#code", "000000")
    page.click("button.button-primary")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.fill("#code", app.now())
    page.click("button.button-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)

    again = sign_in(browser, platform, person)
    again.fill("#code", recovery[0])
    again.click("button.button-primary")
    again.wait_for_url(lambda url: "/sign-in" not in url)

    page.goto("/me")
    asked = page.locator("aside.asks")
    expect(asked).to_contain_text("New sign-in: Chrome on Linux")
    asked.get_by_role("button", name="No").click()
    expect(page.get_by_text("That device is signed out.")).to_be_visible()
    again.goto("/me")
    again.wait_for_url("**/sign-in**")


def test_a_program_signs_in_in_two_steps(platform: Platform, browser: Browser) -> None:
    person = sign_up(platform.url)
    app, recovery = set_up(signed_in(browser, platform, person))
    half = person.http.post("/api/v1/sessions", json={"login": person.handle, "password": PASSWORD})
    assert (half.status_code, set(half.json())) == (202, {"ticket", "good_for"})
    step = {"ticket": half.json()["ticket"], "code": "000000"}
    assert person.http.post("/api/v1/sessions/code", json=step).status_code == 401
    for code in (app.now(), recovery[1]):
        whole = person.http.post("/api/v1/sessions/code", json=step | {"code": code})
        assert whole.status_code == 201, whole.text
        assert person.http.post("/api/v1/sessions/code", json=step | {"code": code}).json()["code"] == "wrong_code"
    mine = {"authorization": f"Bearer {whole.json()['token']}"}
    assert person.http.delete("/api/v1/sessions/others", headers=mine).status_code == 204
    assert len(person.http.get("/api/v1/sessions", headers=mine).json()["sessions"]) == 1
