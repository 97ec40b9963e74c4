"""Somebody reports a clip and a comment on their phone, in two taps each; a colleague sees that it waits."""

import time

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import sign_up
from tests.journeys.phones import signed_in
from tests.journeys.test_console import Town, clean
from tests.media import recordings

pytestmark = pytest.mark.browser


def test_two_taps_report_and_a_colleague_sees_it(
    browser: Browser, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> None:
    town = Town(platform, browser)
    author, fan = sign_up(platform.url, country="FR"), sign_up(platform.url, country="US")
    clip = author.upload(
        recordings.plain(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=1, size="64x96"), "Mine"
    )
    author.wait_for(clip, "published")
    said = author.http.post(f"/api/v1/clips/{clip}/comments", json={"text": "nobody likes you", "sure": True})
    assert said.status_code == 201, said.text
    fan.wait_for(clip, "published", seconds=15)
    page = signed_in(browser, platform, fan)
    page.goto(f"/clips/{clip}")
    page.get_by_role("link", name="Report this clip").click()  # one
    expect(page.get_by_role("heading", name="What is wrong with this clip?")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Cruel or shocking pictures").click()  # two
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    clean(page)
    page.goto(f"/clips/{clip}/comments")
    page.get_by_role("link", name=f"Report this comment of @{author.handle}").click()
    page.get_by_role("button", name="Bullying or harassment").click()
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    expect(page.locator(".report-list li")).to_have_count(2)
    mine = fan.http.get("/api/v1/reports").json()["reports"]
    assert [(one["kind"], one["handle"], one["state"]) for one in mine] == [
        ("comment", author.handle, "received"),
        ("clip", author.handle, "received"),
    ]
    assert author.http.get("/api/v1/reports").json()["reports"] == []
    assert author.video(clip)["state"] == "published"

    colleague = town.colleague(f"tara{time.time_ns() % 10**8}", "trust_and_safety", "IE")
    colleague.get_by_role("link", name="Reports", exact=True).click()
    comment = colleague.get_by_role("row", name=said.json()["id"][-8:].upper())
    for _ in range(40):  # it crosses a border first
        if comment.is_visible():
            break
        colleague.wait_for_timeout(250)
        colleague.reload()
    expect(comment).to_contain_text("Bullying or harassment")
    expect(comment).to_contain_text("eu")
    expect(colleague.get_by_role("row", name=clip[-8:].upper())).to_contain_text("Cruel or shocking pictures")
    assert author.handle not in colleague.content()
    assert fan.handle not in colleague.content()
    clean(colleague)
    for opened in (page, colleague):
        opened.context.close()
