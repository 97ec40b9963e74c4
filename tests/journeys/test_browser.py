"""The first journey in a real browser with a phone's screen, and what such a browser calls when the app is first opened."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kept.api.network import is_declared
from tests.fixtures.platform import Platform
from tests.journeys.people import PASSWORD, sign_up
from tests.media import recordings

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SLOW = 45_000

Somebody = Callable[[], Page]


@pytest.fixture
def somebody(browser: Browser, platform: Platform) -> Iterator[Somebody]:
    """Opens a browser of somebody's own: a fresh profile on a phone. Errors on the page fail the test.

    Not that Chromium could not animate between two pages of which one asks for no animation: that is no error of ours.
    """
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def fresh() -> Page:
        context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, base_url=platform.url)
        context.set_default_timeout(SLOW)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)) if "Transition was" not in str(error) else None)
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    yield fresh
    for context in opened:
        context.close()
    assert errors == []


def join(page: Page, handle: str, country: str, born: tuple[str, str, str] = ("7", "5", "1994")) -> None:
    page.goto("/sign-up")
    page.fill("#birth_day", born[0])
    page.select_option("#birth_month", born[1])
    page.fill("#birth_year", born[2])
    page.click("button.button-primary")
    page.select_option("#country", country)
    page.click("button.button-primary")
    page.fill("#handle", handle)
    page.fill("#password", PASSWORD)
    page.click("button.button-primary")
    page.check("input[name=accept]")
    page.click("button.button-primary")
    page.wait_for_url(lambda url: "/sign-up" not in url)


def unique(name: str) -> str:
    return f"{name}{time.time_ns() % 10**8}"


def test_sign_up_upload_watch_delete(platform: Platform, somebody: Somebody, tmp_path: Path) -> None:
    clip = recordings.phone(tmp_path / "phone.mp4", seconds=3)
    author, viewer = somebody(), somebody()
    join(author, unique("anouk"), "FR")
    caption = f"Evening by the river {time.time_ns() % 10**8}"

    author.goto("/upload")
    author.set_input_files("#clip", clip)
    author.fill("#caption", caption)
    author.click("[data-go=publish]")
    expect(author.locator(".step-done").nth(3)).to_be_attached(timeout=SLOW)
    author.click("[data-show=clip]")
    author.wait_for_url(re.compile(r"/clips/[0-9a-f-]{36}$"))
    address = author.url

    join(viewer, unique("walt"), "US")
    until = time.monotonic() + 20
    while viewer.goto("/") and not viewer.get_by_text(caption).count():
        assert time.monotonic() < until, "the clip did not reach the other region"
        time.sleep(0.3)
    viewer.goto(address)
    video = viewer.locator("video").first
    expect(video).to_be_attached()
    viewer.wait_for_function("document.querySelector('video').readyState >= 2", timeout=SLOW)

    author.goto(address + "/delete")
    author.click("main form button")
    author.wait_for_url("**/me")
    assert author.get_by_text(caption).count() == 0
    until = time.monotonic() + 20
    while (answer := viewer.goto(address)) is None or answer.status != 404:
        assert time.monotonic() < until, "the clip is still shown in the other region"
        time.sleep(0.3)


def eventually(page: Page, true: str) -> None:
    """Waits for an expression; asked from here, since our policy lets no page evaluate text."""
    until = time.monotonic() + SLOW / 1000
    while not page.evaluate(true):
        assert time.monotonic() < until, true
        page.wait_for_timeout(50)


def test_a_recording_is_cut_captioned_and_shown_to_whom_its_author_chose(somebody: Somebody) -> None:
    author, stranger = somebody(), somebody()
    join(author, unique("rita"), "FR")
    author.goto("/upload")
    author.click("[data-go=camera]")
    eventually(author, "document.querySelector('.camera-view').readyState >= 2")
    author.click("[data-camera=timer]")
    author.click("[data-camera=shutter]")
    expect(author.locator(".camera-count")).to_have_text("3")
    expect(author.locator(".camera-time")).to_have_text("0:02", timeout=SLOW)
    author.click("[data-camera=pause]")
    expect(author.locator("[data-camera=pause]")).to_have_attribute("aria-pressed", "true")
    author.click("[data-camera=pause]")
    expect(author.locator(".camera-time")).to_have_text("0:03", timeout=SLOW)
    author.click("[data-camera=done]")

    start, cover = author.locator("[data-grip=start]"), author.locator("[data-grip=cover]")
    start.wait_for(state="visible")
    start.press("PageUp")
    cover.press("PageUp")
    expect(start).to_have_attribute("aria-valuenow", "1.00")
    expect(cover).to_have_attribute("aria-valuetext", "2.0 s")
    end = float(author.locator("[data-grip=end]").get_attribute("aria-valuenow") or 0)
    author.fill("#caption", "Test card #slowafternoon")
    author.click("label:has(input[name=audience][value=followers])")
    author.click("[data-go=publish]")
    expect(author.locator(".step-done").nth(3)).to_be_attached(timeout=SLOW)
    author.click("[data-show=clip]")
    author.wait_for_url(re.compile(r"/clips/[0-9a-f-]{36}$"))
    address = author.url
    eventually(author, "document.querySelector('video').readyState >= 1")
    seconds = author.evaluate("document.querySelector('video').duration")
    assert abs(seconds - (end - 1)) < 0.4, (seconds, end)

    author.goto(address + "/captions")
    author.click("[data-cue=add]")
    author.fill(".cue textarea", "Beep, <beep>")
    author.click("form.form button.button-primary")
    author.wait_for_url(address)
    eventually(author, "document.querySelector('video').textTracks[0]?.cues?.length === 1")
    said = author.evaluate("document.querySelector('video').textTracks[0].cues[0].getCueAsHTML().textContent")
    assert said == "Beep, <beep>"

    asked = stranger.goto(address)
    assert asked is not None
    assert asked.status == 404
    author.click("summary:has-text('Followers can watch')")
    author.click("label:has(input[name=audience][value=everyone])")
    author.click("details button")
    author.wait_for_url(address)
    asked = stranger.goto(address)
    assert asked is not None
    assert asked.status == 200
    expect(stranger.get_by_text("#slowafternoon").first).to_be_attached()


def test_first_open_makes_no_undeclared_call(platform: Platform, somebody: Somebody) -> None:
    page = somebody()
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.goto("/")
    page.wait_for_timeout(4500)
    host = urlsplit(platform.url).netloc
    undeclared = [call for call in calls if call != platform.url + "/" and not is_declared(call, host)]
    assert undeclared == []
    assert any(call.endswith("/api/v1/network/first-open") for call in calls), "it tells what it called"
    assert len(calls) <= 60


def test_a_foreign_call_is_blocked_by_the_browser(platform: Platform, somebody: Somebody, browser: Browser) -> None:
    context = browser.new_context(base_url=platform.url)
    page = context.new_page()
    page.goto("/")
    outcome = page.evaluate("fetch('http://127.0.0.1:9/stolen').then(() => 'made', () => 'blocked')")
    context.close()
    assert outcome == "blocked"


def test_a_child_finds_a_place_without_forms(platform: Platform, somebody: Somebody) -> None:
    page = somebody()
    join(page, unique("pia"), "SE", born=("3", "2", "2017"))
    for path in ("/", "/cards"):
        page.goto(path)
        assert page.locator("main form").count() == 0
        assert page.locator("a[href='/upload']").count() == 0
    answer = page.goto("/upload")
    assert answer is not None
    assert answer.status == 403


def test_the_age_screen_takes_no_second_try(platform: Platform, somebody: Somebody) -> None:
    page = somebody()
    page.goto("/sign-up")
    page.fill("#birth_day", "1")
    page.select_option("#birth_month", "1")
    page.fill("#birth_year", "2017")
    page.click("button.button-primary")
    expect(page.locator("#country")).to_be_attached()
    for again in ("/sign-up", "/sign-up?step=birth"):
        page.goto(again)
        assert page.locator("#birth_year").count() == 0, "the question is not put twice"


def test_a_passkey_signs_in(platform: Platform, somebody: Somebody) -> None:
    page = somebody()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    url = platform.url.replace("127.0.0.1", "localhost")
    handle = unique("kei")
    sign_up(platform.url, handle=handle)
    page.goto(f"{url}/sign-in")
    page.fill("#login", handle)
    page.fill("#password", PASSWORD)
    page.click("form button.button-primary")
    page.wait_for_url(lambda where: "/sign-in" not in where)
    page.goto(f"{url}/settings")
    page.click("kept-passkey button")
    expect(page.locator(f"form[action*='{'/settings/passkeys/'}']").first).to_be_attached(timeout=SLOW)
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.click("kept-passkey button")
    page.wait_for_url(lambda where: "/sign-in" not in where)
    page.goto(f"{url}/settings")
    assert page.get_by_text(handle).count() > 0
