"""Two members on phones, in two regions: one follows, likes, comments, mentions; the other's number rises, and leads there."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import sign_up
from tests.journeys.phones import signed_in
from tests.media import recordings

pytestmark = pytest.mark.browser


def number(page: Page, expected: str) -> None:
    """The number at the bell, which came without a reload."""
    expect(page.locator(".app-main .bell-count")).to_have_text(expected, timeout=15_000)


def test_a_number_rises_live_and_leads_to_the_comment(
    browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ada, eva = sign_up(platform.url, country="US"), sign_up(platform.url, country="FR")
    clip = recordings.plain(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1, size="64x96")
    video_id = ada.upload(clip, "By the sea")
    ada.wait_for(video_id, "published")
    hers = signed_in(browser, platform, ada)
    streams: list[str] = []
    hers.on("request", lambda one: streams.append(one.url) if "/events" in one.url else None)
    hers.goto("/")
    number(hers, "1")  # her clip is published
    eva.wait_for(video_id, "published", seconds=15)

    assert eva.http.put(f"/api/v1/follows/{ada.handle}").is_success
    number(hers, "2")
    hers.goto("/inbox")  # whose stream of messages brings the number along
    number(hers, "2")
    assert eva.http.put(f"/api/v1/videos/{video_id}/like").is_success
    number(hers, "3")
    text = f"What a blue, @{ada.handle}!"
    said = eva.http.post(f"/api/v1/clips/{video_id}/comments", json={"text": text})
    assert said.status_code == 201, said.text
    number(hers, "4")
    expect(hers.get_by_role("link", name="Notices, 4 new")).to_be_visible()

    heard = [url.partition("/v1/")[2] for url in streams]
    assert heard == ["notices/events", "messages/events?notices=true"], "one stream a page"
    hers.get_by_role("link", name="Notices, 4 new").click()
    expect(hers.locator(".told-new")).to_have_count(4)
    expect(hers.get_by_text("1 person likes your clip.")).to_be_visible()
    hers.get_by_role("link", name=f"@{eva.handle} commented on your clip.").click()
    expect(hers).to_have_url(f"{platform.url}/clips/{video_id}/comments/{said.json()['id']}")
    expect(hers.get_by_text(text)).to_be_visible()
    hers.goto("/notices")
    expect(hers.locator(".told")).to_have_count(4)
    expect(hers.locator(".told-new")).to_have_count(0)

    assert eva.http.delete(f"/api/v1/clips/{video_id}/comments/{said.json()['id']}").is_success
    assert eva.http.delete(f"/api/v1/follows/{ada.handle}").is_success
    expect(hers.locator(".told")).to_have_count(4)
    for _ in range(40):
        if hers.locator(".told").count() == 2:
            break
        hers.reload()
    expect(hers.locator(".told")).to_have_count(2)
    hers.context.close()
