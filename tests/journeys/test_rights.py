"""A member downloads their data, then deletes the account, keeps the receipt, and a scan of all files finds nothing left."""

import json
import os
import secrets
import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import PASSWORD, Person, sign_up
from tests.journeys.test_messages import found_in_files

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
SHOTS = os.environ.get("SCREENSHOTS_TO", "")

pytestmark = pytest.mark.browser


def phone_of(browser: Browser, platform: Platform, person: Person) -> Page:
    context = browser.new_context(viewport=SIZES["phone"], base_url=platform.url, accept_downloads=True)
    token = person.http.headers["authorization"].removeprefix("Bearer ")
    context.add_cookies([{"name": "kept", "value": token, "url": platform.url}])
    return context.new_page()


def shoot(page: Page, name: str) -> None:
    """Pictures for whoever asked for them."""
    for size, viewport in SIZES.items():
        if SHOTS:
            page.set_viewport_size(viewport)
            page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
    page.set_viewport_size(SIZES["phone"])


def reload_until(platform: Platform, page: Page, words: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while page.get_by_text(words, exact=True).count() == 0:
        assert time.monotonic() < until, page.content() + platform.log()
        page.wait_for_timeout(500)
        page.reload()


def test_a_member_takes_their_data_and_leaves_nothing_behind(browser: Browser, platform: Platform, tmp_path: Path) -> None:
    canary = f"canary-{secrets.token_hex(12)}"
    me, friend = sign_up(platform.url), sign_up(platform.url, country="FR")
    sent = me.http.post("/api/v1/messages", json={"to": friend.handle, "text": canary})
    assert sent.status_code == 201, sent.text
    page = phone_of(browser, platform, me)
    page.goto("/settings")
    page.click("a[href='/settings/data']")
    shoot(page, "rights-empty")
    page.locator("#access_password").fill("not it")
    page.get_by_role("button", name="Make my copy").click()
    expect(page.locator(".field-error")).to_contain_text("not your password")
    page.locator("#access_password").fill(PASSWORD)
    page.get_by_role("button", name="Make my copy").click()
    reload_until(platform, page, "Ready to download")
    shoot(page, "rights-ready")
    page.locator("[id^='download-']").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    saved = tmp_path / "mine.zip"
    download.value.save_as(saved)
    with zipfile.ZipFile(saved) as archive:
        assert json.loads(archive.read("data/message.json"))[0]["body"] == canary
        archive.extractall(tmp_path / "copy")
    reader = browser.new_context(offline=True, viewport=SIZES["phone"]).new_page()
    reader.goto(f"file://{tmp_path}/copy/index.html")
    expect(reader.get_by_role("heading", level=1)).to_be_visible()
    expect(reader.get_by_text(canary)).to_be_visible()
    shoot(reader, "rights-copy")
    reader.context.close()
    page.get_by_label("Now, for good").check()
    page.locator("#deletion_password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator(".code-to-keep")).to_be_visible()
    shoot(page, "rights-leaving")
    page.get_by_role("link", name="Look again").click()
    reload_until(platform, page, "Erased")
    page.locator("details.outcomes summary").click()
    expect(page.locator("details.outcomes")).to_contain_text("Messages: each party has a copy.")
    assert "_" not in page.locator("details.outcomes").inner_text()
    shoot(page, "rights-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the receipt").click()
    receipt = tmp_path / "receipt.txt"
    download.value.save_as(receipt)
    assert receipt.read_text().startswith("kept erasure receipt v1\n")
    checked = platform.kept("rights", "check", str(receipt))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    receipt.write_text(receipt.read_text().replace('"found":0', '"found":1'))
    assert platform.kept("rights", "check", str(receipt)).returncode == 1
    page.context.close()
    assert found_in_files(platform, canary.encode()) == []
    assert found_in_files(platform, me.handle.encode()) == []


def test_an_account_at_rest_can_be_taken_up_again(browser: Browser, platform: Platform) -> None:
    me = sign_up(platform.url)
    page = phone_of(browser, platform, me)
    page.goto("/settings/data")
    page.locator("#deletion_password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("At rest", exact=True)).to_be_visible()
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Handle or e-mail").fill(me.handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("at rest")
    shoot(page, "rights-rest")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("You kept your account.")).to_be_visible()
    page.goto("/")
    assert "/settings" not in page.url
    page.context.close()
