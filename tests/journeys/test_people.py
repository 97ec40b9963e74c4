"""An American and a European find each other on phones: follow, like, block; and each region knows what it must."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import Person, sign_up
from tests.journeys.phones import PHONE, signed_in
from tests.media import recordings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def author(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> tuple[Person, str]:
    """A European who has published a clip, and the clip."""
    eva = sign_up(platform.url, country="FR")
    clip = recordings.plain(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1, size="64x96")
    video_id = eva.upload(clip, "By the sea")
    eva.wait_for(video_id, "published")
    return eva, video_id


def until(what: Callable[[], bool], page: Page | None = None, seconds: float = 15.0) -> None:
    """Until something is so; a page is loaded again meanwhile."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it is not so in time"
        time.sleep(0.3)
        if page is not None:
            page.reload()


def names(person: Person, path: str) -> list[str]:
    return [one["handle"] for one in person.http.get(f"/api/v1/{path}").json()["people"]]


def test_two_regions_follow_like_and_block(browser: Browser, platform: Platform, author: tuple[Person, str]) -> None:
    (eva, video_id), ada = author, sign_up(platform.url, country="US")
    hers, theirs = signed_in(browser, platform, ada), signed_in(browser, platform, eva)
    ada.wait_for(video_id, "published", seconds=10)

    hers.goto(f"/@{eva.handle}")
    hers.get_by_role("button", name=f"Follow @{eva.handle}").click()
    following = hers.get_by_role("button", name=f"Following @{eva.handle}")
    until(following.is_visible, hers)
    until(lambda: names(eva, "followers") == [ada.handle])
    hers.goto("/?feed=following")
    clip = hers.locator(f"#clip-{video_id}")
    expect(clip).to_be_visible()

    heart = clip.get_by_role("button", name="Like")
    expect(heart).to_have_attribute("aria-pressed", "false")
    clip.dblclick(position={"x": 120, "y": 300})
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(clip.locator("[data-count]")).to_have_text("1")
    until(lambda: eva.video(video_id)["likes"] == 1)
    assert eva.video(video_id)["liked"] is False
    clip.dblclick(position={"x": 120, "y": 300})
    expect(heart).to_have_attribute("aria-pressed", "true")  # twice is still once
    heart.click()
    expect(clip.locator("[data-count]")).to_have_text("0")
    hers.keyboard.press("l")
    expect(heart).to_have_attribute("aria-pressed", "true")
    hers.reload()
    expect(heart).to_have_attribute("aria-pressed", "true")

    theirs.goto(f"/@{ada.handle}")
    expect(theirs.get_by_text("Follows you")).to_be_visible()
    theirs.get_by_label(f"More about @{ada.handle}").click()
    theirs.get_by_role("button", name=f"Block @{ada.handle}").click()
    expect(theirs.get_by_role("button", name=f"Unblock @{ada.handle}")).to_be_visible()
    until(lambda: ada.video(video_id)["state"] == "gone")
    assert hers.goto(f"/@{eva.handle}").status == 404
    hers.goto("/?feed=following")
    expect(hers.get_by_text("Nothing from people you follow yet")).to_be_visible()
    assert names(eva, "followers") == names(ada, "follows") == []
    said = [ada.http.post("/api/v1/messages", json={"to": to, "text": "hi"}) for to in (eva.handle, "nobody.here")]
    assert [one.status_code for one in said] == [403, 403]
    assert said[0].json()["detail"] == said[1].json()["detail"]
    for page in (hers, theirs):
        page.context.close()


def test_the_forms_work_without_scripts(browser: Browser, platform: Platform, author: tuple[Person, str]) -> None:
    (eva, video_id), ben = author, sign_up(platform.url, country="DE")
    context = browser.new_context(viewport=PHONE, base_url=platform.url, java_script_enabled=False)
    token = ben.http.headers["authorization"].removeprefix("Bearer ")
    context.add_cookies([{"name": "kept", "value": token, "url": platform.url}])
    page = context.new_page()
    page.goto(f"/@{eva.handle}")
    page.get_by_role("button", name=f"Follow @{eva.handle}").click()
    expect(page.get_by_role("button", name=f"Following @{eva.handle}")).to_be_visible()
    page.goto(f"/clips/{video_id}")
    page.get_by_role("button", name="Like").click()
    expect(page.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    assert ben.video(video_id)["liked"] is True
    context.close()
