"""Colleagues at the console in a real browser: an invitation, a passkey, a request, the yes it needs, the rows, the member."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import chromium
from tests.fixtures.platform import Platform
from tests.journeys.test_passkeys import AUTHENTICATOR, join_by_passkey

pytestmark = pytest.mark.browser


@dataclass
class Town:
    """A browser for each person, and the operator's command line."""

    platform: Platform
    browser: Browser

    def page(self, **more: object) -> Page:
        context = self.browser.new_context(base_url=f"http://localhost:{self.platform.port}", **more)  # type: ignore[arg-type]
        context.set_default_timeout(45_000)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return page

    def colleague(self, name: str, team: str, site: str, *more: str) -> Page:
        """Somebody who was entered on the command line, and has made their passkey."""
        command = [sys.executable, "-m", "kept.app.main", "staff", "add", name, "--team", team, "--site", site, *more]
        command += ["--data", str(self.platform.folder)]
        said = subprocess.run(command, capture_output=True, text=True, check=True, env=self.platform.environ).stdout
        page = self.page()
        page.goto("/console/join?code=" + said.split("code=")[1].strip())
        expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
        page.click("kept-passkey button")
        page.wait_for_url(re.compile("/console$"))
        return page


@pytest.fixture
def town(platform: Platform) -> Iterator[Town]:
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield Town(platform, browser)
        browser.close()


def clean(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_engineer_is_shown_what_was_agreed_to_and_the_member_sees_it(town: Town) -> None:
    stamp = time.time_ns() % 10**8
    member = town.page()
    handle = f"seen{stamp}"
    join_by_passkey(member, handle)  # lives in France, so in the region eu
    engineer = town.colleague(f"erin{stamp}", "engineering", "US")
    overseer = town.colleague(f"ines{stamp}", "security", "ES", "--region", "eu")
    elsewhere = town.colleague(f"june{stamp}", "security", "US", "--region", "us")

    engineer.click("text=Ask for data")
    clean(engineer)
    engineer.locator("details.pick", has=engineer.locator("code", has_text=re.compile("^account$"))).locator("summary").click()
    engineer.check("input[value='account.country']")
    engineer.check("input[value='account.birth_date']")
    engineer.fill("#people", handle)
    engineer.select_option("#purpose", "service")
    engineer.fill("#reason", "An age band looks wrong in the feed")
    engineer.click("button[value=look]")
    expect(engineer.get_by_text("This is Confidential.")).to_be_visible()
    engineer.click("button[value=ask]")
    expect(engineer.get_by_text("Somebody of the security team of eu has to agree.")).to_be_visible()
    expect(engineer.locator("form[action$='/read']")).to_have_count(0)
    clean(engineer)
    place = engineer.url

    elsewhere.goto(place)
    expect(elsewhere.locator("form[action$='/vote']")).to_have_count(0)
    overseer.goto("/console")
    overseer.keyboard.press("j")
    overseer.keyboard.press("Enter")
    expect(overseer.get_by_role("button", name="Approve")).to_be_visible()
    clean(overseer)
    overseer.click("button[value=yes]")
    expect(overseer.locator("header .status-granted")).to_be_visible()

    # Without a witness who vouches for the log, no key is released, whoever agreed.
    engineer.goto(place)
    engineer.click("form[action$='/read'] button")
    expect(engineer.get_by_role("alert")).to_be_visible()
    assert "1994" not in engineer.content()

    engineer.goto("/console/ask")
    engineer.locator("details.pick", has=engineer.locator("code", has_text=re.compile("^account$"))).locator("summary").click()
    engineer.check("input[value='account.country']")
    engineer.fill("#people", handle)
    engineer.select_option("#purpose", "service")
    engineer.fill("#reason", "A country looks wrong in the feed")
    engineer.click("button[value=ask]")
    engineer.click("form[action$='/read'] button")
    expect(engineer.locator(".shown td")).to_have_text("FR")
    clean(engineer)

    member.goto("/settings/looks")
    expect(member.get_by_text("Engineering")).to_be_visible()
    assert f"erin{stamp}" not in member.content()
    clean(member)


def test_an_invitation_is_good_once_and_the_console_is_shut_to_everybody_else(town: Town) -> None:
    name = f"lou{time.time_ns() % 10**8}"
    page = town.colleague(name, "privacy", "IE")
    page.goto("/console/rights")
    clean(page)
    page.click("text=Sign out")
    page.wait_for_url(re.compile("/console/sign-in"))
    clean(page)
    page.goto("/console/rights")
    page.wait_for_url(re.compile("/console/sign-in"))
    page.click("kept-passkey button")
    page.wait_for_url(re.compile("/console/rights$"))
    stranger = town.page()
    stranger.goto("/console/join?code=forged")
    expect(stranger.get_by_role("alert")).to_be_visible()
    stranger.goto("/console/sign-in")
    stranger.click("kept-passkey button")
    expect(stranger.locator(".field-error")).to_be_visible()
