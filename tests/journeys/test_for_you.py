"""For you on a phone: chosen with a tap, it learns from what is watched, says why, takes a no and gives it back."""

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import Person, sign_up
from tests.journeys.phones import signed_in
from tests.journeys.test_people import until
from tests.media import recordings

pytestmark = pytest.mark.browser


def watched(person: Person) -> dict[str, dict[str, object]]:
    return {one["clip"]: one for one in person.http.get("/api/v1/watched").json()["clips"]}


def test_for_you_is_chosen_learns_says_why_and_begins_anew(
    browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    eva, ada = sign_up(platform.url, country="FR"), sign_up(platform.url, country="US")
    clip = recordings.plain(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1, size="64x96")
    first, second = eva.upload(clip, "By the sea #sea"), eva.upload(clip, "Under the sea #sea")
    for one in (first, second):
        eva.wait_for(one, "published")
        ada.wait_for(one, "published", seconds=10)
    page = signed_in(browser, platform, ada)
    page.goto("/")
    expect(page.locator('.tab[aria-current="page"]')).to_have_text("Latest")
    assert page.locator("kept-feed").get_attribute("data-watched") is None
    page.get_by_role("button", name="For you").click()
    expect(page.locator('.tab[aria-current="page"]')).to_have_text("For you")
    expect(page.get_by_text("For you learns from what you watch here.")).to_be_visible()

    seen = page.locator(".clip[data-active]")
    expect(seen).to_have_attribute("data-state", "playing")
    shown = str(seen.get_attribute("data-clip"))
    until(lambda: page.evaluate("document.querySelector('.clip[data-active] video').currentTime") > 0)
    with page.expect_request("**/api/v1/watched", timeout=20_000) as told:
        pass
    assert told.value.post_data_json["clips"][0]["clip"] == shown
    until(lambda: shown in watched(ada))

    why = page.locator(f"#why-{shown}")
    seen.get_by_role("button", name="Why you see this").click()
    expect(why).to_be_visible()
    expect(why.get_by_role("listitem")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()
    seen.get_by_role("button", name="Why you see this").click()
    why.get_by_role("button", name="Not interested").click()
    expect(page.locator(f"#clip-{shown}")).to_have_count(0)
    until(lambda: watched(ada)[shown]["unwanted"] is True)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#clip-{shown}")).to_be_visible()
    until(lambda: watched(ada)[shown]["unwanted"] is False)

    page.goto("/settings/feed")
    expect(page.get_by_role("heading", name="What you watched in For you")).to_be_visible()
    expect(page.locator(f'main a[href="/clips/{shown}"]')).to_be_visible()
    page.get_by_role("link", name="Refresh my feed").click()
    page.get_by_role("button", name="Delete it and begin anew").click()
    expect(page.get_by_text("Nothing is kept.")).to_be_visible()
    assert watched(ada) == {}
    page.get_by_role("button", name="Latest").click()
    page.goto("/")
    expect(page.locator('.tab[aria-current="page"]')).to_have_text("Latest")
    page.context.close()
