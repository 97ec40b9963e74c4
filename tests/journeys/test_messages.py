"""An American and a European write to each other, live, on phones; and no byte of it is anywhere in clear."""

import json
import os
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.platform import Platform
from tests.journeys.people import Person, sign_up
from tests.journeys.phones import PHONE, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture
def two(browser: Browser, platform: Platform) -> Iterator[tuple[Page, Person, Page, Person]]:
    american, european = sign_up(platform.url, country="US"), sign_up(platform.url, country="FR")
    phones = [signed_in(browser, platform, one) for one in (american, european)]
    yield phones[0], american, phones[1], european
    for phone in phones:
        phone.context.close()


def test_two_regions_converse_live(two: tuple[Page, Person, Page, Person], platform: Platform) -> None:
    hers, _, his, eva = two
    canary = f"canary-{secrets.token_hex(12)}"
    his.goto("/inbox")
    expect(his.get_by_text("not end-to-end")).to_be_visible()
    hers.goto("/inbox")
    hers.get_by_label("Name of a member").fill(eva.handle)
    hers.get_by_role("button", name="Write").click()
    hers.get_by_label("Message", exact=True).fill(canary)
    hers.get_by_role("button", name="Send").click()
    expect(hers.locator(".letter-mine")).to_contain_text(canary)
    his.get_by_role("link", name="Requests").click(timeout=5000)  # came without a reload, from somebody whom he doesn't follow
    his.get_by_text(canary).click(timeout=5000)
    expect(his.locator(".letter")).to_contain_text(canary)
    his.get_by_label("Message", exact=True).fill("and back")
    his.get_by_role("button", name="Send").click()
    expect(hers.locator(".letter").last).to_contain_text("and back", timeout=5000)
    hers.get_by_label("Message", exact=True).fill("look: https://youtu.be/abc")
    hers.get_by_role("button", name="Send").click()
    expect(hers.locator("kept-toasts")).to_contain_text("links to pictures and videos elsewhere")
    hers.get_by_role("button", name="Take back").first.click()
    expect(his.locator(".letter", has_text=canary)).to_have_count(0, timeout=5000)
    assert found_in_files(platform, canary.encode()) == []


def test_the_form_works_without_scripts(browser: Browser, platform: Platform) -> None:
    ada, ben = sign_up(platform.url), sign_up(platform.url)
    token = ada.http.headers["authorization"].removeprefix("Bearer ")
    context = browser.new_context(viewport=PHONE, base_url=platform.url, java_script_enabled=False)
    context.add_cookies([{"name": "kept", "value": token, "url": platform.url}])
    page = context.new_page()
    page.goto(f"/inbox/{ben.handle}")
    page.get_by_label("Message", exact=True).fill("plain hello")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".letter-mine")).to_contain_text("plain hello")
    context.close()
    listed = ben.http.get("/api/v1/messages/conversations").json()
    assert (listed["unread"], listed["conversations"][0]["last"]["text"]) == (1, "plain hello")


def test_the_stream_of_events_tells_what_came(platform: Platform) -> None:
    ada, eva = sign_up(platform.url), sign_up(platform.url, country="DE")
    with eva.http.stream("GET", "/api/v1/messages/events") as events:
        lines = events.iter_lines()
        assert next(lines) == ": here"
        key = {"idempotency-key": "one"}
        body = {"to": eva.handle, "text": "hello"}
        first = ada.http.post("/api/v1/messages", json=body, headers=key)
        again = ada.http.post("/api/v1/messages", json=body, headers=key)
        assert (first.status_code, first.json()) == (201, again.json())
        other = ada.http.post("/api/v1/messages", json=body | {"text": "other"}, headers=key)
        assert other.status_code == 422
        data = next(line for line in lines if line.startswith("data: "))
    told = json.loads(data.removeprefix("data: "))
    assert (told["with"], told["message"]["text"]) == (ada.handle, "hello")


def found_in_files(platform: Platform, canary: bytes) -> list[str]:
    """Every file of the installation in which the canary can be read."""
    found = []
    for folder, _, names in os.walk(platform.folder):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    found += [path] if canary in file.read() else []
    return found
