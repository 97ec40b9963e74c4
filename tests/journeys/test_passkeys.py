"""An account without a password, in a real browser with a virtual authenticator: made, left, opened again."""

import time
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import chromium
from tests.fixtures.platform import Platform

pytestmark = pytest.mark.browser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(platform: Platform) -> Iterator[Page]:
    """A browser on `localhost`: a passkey is bound to a domain, and a bare address is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=f"http://localhost:{platform.port}")
        context.set_default_timeout(45_000)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page
        browser.close()


def join_by_passkey(page: Page, handle: str) -> None:
    page.goto("/sign-up")
    page.fill("#birth_day", "7")
    page.select_option("#birth_month", "5")
    page.fill("#birth_year", "1994")
    page.click("button.button-primary")
    page.select_option("#country", "FR")
    page.click("button.button-primary")
    page.fill("#handle", handle)
    page.click("kept-passkey button")
    page.check("input[name=accept]")
    page.click("button.button-primary")
    page.wait_for_url(lambda url: "/sign-up" not in url)


def test_a_passkey_makes_an_account_and_opens_it_again(page: Page) -> None:
    handle = f"keys{time.time_ns() % 10**9}"
    join_by_passkey(page, handle)
    page.goto("/settings")
    expect(page.get_by_text(f"@{handle}")).to_be_visible()
    page.click("form[action='/sign-out'] button")
    page.goto("/sign-in?next=/settings")
    page.click("kept-passkey button")
    page.wait_for_url("**/settings")
    expect(page.get_by_text(f"@{handle}")).to_be_visible()


def test_the_only_way_in_is_not_taken_away(page: Page) -> None:
    join_by_passkey(page, f"last{time.time_ns() % 10**9}")
    page.goto("/settings")
    page.click("form[action$='/remove'] button")
    expect(page.get_by_text("your only way to sign in")).to_be_visible()
    page.goto("/settings")
    expect(page.locator("form[action$='/remove']")).to_have_count(1)


def test_no_passkey_is_made_for_a_handle_that_is_taken(page: Page) -> None:
    handle = f"taken{time.time_ns() % 10**9}"
    join_by_passkey(page, handle)
    page.context.clear_cookies()
    page.goto("/sign-up")
    page.fill("#birth_day", "7")
    page.select_option("#birth_month", "5")
    page.fill("#birth_year", "1994")
    page.click("button.button-primary")
    page.select_option("#country", "FR")
    page.click("button.button-primary")
    page.fill("#handle", handle)
    page.click("kept-passkey button")
    expect(page.locator("kept-passkey .field-error")).to_contain_text("taken")


def test_a_member_without_a_password_gets_their_copy_and_leaves(page: Page) -> None:
    join_by_passkey(page, f"leaves{time.time_ns() % 10**9}")
    page.goto("/settings/data")
    expect(page.locator("input[type=password]")).to_have_count(0)
    page.get_by_role("button", name="Make my copy, with a passkey").click()
    page.wait_for_selector(".request")
    ready = page.get_by_role("button", name="Download with a passkey")
    until = time.monotonic() + 60
    while ready.count() == 0:
        assert time.monotonic() < until, page.content()
        page.wait_for_timeout(500)
        page.reload()
    with page.expect_download() as download:
        ready.click()
    assert zipfile.is_zipfile(download.value.path())
    page.get_by_role("button", name="Delete with a passkey").click()
    expect(page.get_by_text("At rest", exact=True)).to_be_visible()
    page.goto("/sign-in?next=/settings/data")
    page.click("kept-passkey button")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("You kept your account.")).to_be_visible()


def test_the_answer_to_one_challenge_is_good_once(page: Page) -> None:
    join_by_passkey(page, f"once{time.time_ns() % 10**9}")
    page.goto("/settings/data")
    with page.expect_request(lambda request: request.url.endswith("/settings/data/copy")) as sent:
        page.get_by_role("button", name="Make my copy, with a passkey").click()
    page.wait_for_selector(".request")
    again = page.request.post(
        "/settings/data/deletion",
        data=sent.value.post_data.replace("access_", "deletion_"),
        headers={"content-type": "application/x-www-form-urlencoded", "origin": page.url.split("/settings")[0]},
    )
    assert again.status == 401
    assert "didn" in again.text()
