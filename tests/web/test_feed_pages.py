"""The feeds in the browser, without scripts: who has which tabs, choosing, why, what is not wanted, history, the weights."""

import tomllib
from typing import Any

from litestar.testing import AsyncTestClient

from kept.feed import recipe
from kept.feed.ranking import Signal
from kept.feed.weights import FILE
from kept.look.words import texts
from tests.web.browser import CHILD, Browser, join, name
from tests.web.test_comment_pages import published
from tests.web.test_people_pages import member

TEEN = {"birth_day": "17", "birth_month": "5", "birth_year": "2012"}
CHOICE = "/settings/feed/choice"


async def choose(browser: Browser, feed: str) -> None:
    await browser.open("/")
    await browser.send(CHOICE, feed=feed)


async def test_one_tap_leads_from_each_feed_to_the_other(door: AsyncTestClient[Any]) -> None:
    (ada, _), (eva, other) = await member(door), await member(door)
    published(door, eva, other)
    await ada.open("/")
    assert '<a class="tab" href="/?feed=latest" aria-current="page">Latest</a>' in ada.page, "until one chooses"
    assert '<button class="tab" name="feed" value="for_you">For you</button>' in ada.page
    assert "data-watched" not in ada.page
    await choose(ada, "for_you")
    assert (ada.status, ada.path) == (200, "/")
    assert '<a class="tab" href="/?feed=for_you" aria-current="page">For you</a>' in ada.page
    assert '<button class="tab" name="feed" value="latest">Latest</button>' in ada.page
    assert "data-watched" in ada.page
    assert "For you learns from what you watch here." in ada.page
    await ada.open("/?feed=latest")
    assert "data-watched" not in ada.page
    await choose(ada, "latest")
    for path in ("/", "/?feed=for_you"):
        await ada.open(path)
        assert "data-watched" not in ada.page


async def test_a_reason_is_one_tap_away_and_what_does_not_interest_is_gone(door: AsyncTestClient[Any]) -> None:
    (ada, _), (eva, other) = await member(door), await member(door)
    clip, second = published(door, eva, other), published(door, eva, other)
    await ada.open(f"/@{other}")
    await ada.send("/people/follow")  # so that both are on the first page, whatever others have published
    await choose(ada, "for_you")
    assert f'popovertarget="why-{clip}"' in ada.page
    await ada.send(f"/clips/{clip}/unwanted")
    assert (ada.status, ada.path) == (200, "/")
    assert f'id="clip-{clip}"' not in ada.page
    assert f'id="clip-{second}"' in ada.page
    await ada.open("/settings/feed")
    assert "Not interested" in ada.page
    assert f"@{other}" in ada.page
    await ada.send("/settings/feed/forget", clip=clip)
    assert "Nothing is kept." in ada.page
    await ada.open("/")
    await ada.send(f"/clips/{clip}/unwanted")
    await ada.open("/settings/feed/refresh")
    await ada.send("/settings/feed/refresh")
    assert (ada.path, "Nothing is kept." in ada.page) == ("/settings/feed", True)
    await ada.open("/")
    assert f'id="clip-{clip}"' in ada.page


async def test_nobody_under_16_has_the_choice_and_a_child_no_tab_at_all(door: AsyncTestClient[Any]) -> None:
    teen, child, visitor = Browser(door), Browser(door), Browser(door)
    await join(teen, name(), TEEN)
    await join(child, name(), CHILD)
    for browser in (teen, child, visitor):
        for path in ("/", "/?feed=for_you"):
            await browser.open(path)
            assert browser.status == 200
            assert CHOICE not in browser.page
            assert "data-watched" not in browser.page
    await teen.open("/")
    assert ">Latest</a>" in teen.page
    assert "For you" not in teen.page
    await teen.open("/settings/feed")
    assert "From 16 you can choose" in teen.page
    await child.open("/settings")
    assert "/settings/feed" not in child.page


def test_every_weight_and_reason_has_its_words_in_both_languages() -> None:
    by = recipe()
    for language in ("en", "es"):
        words = {key.removeprefix("ranking.") for key in texts(language) if key.startswith("ranking.")}
        for part, names in (("weights", by.weights.__struct_fields__), ("rules", by.rules.__struct_fields__)):
            written = {key.partition(".")[2] for key in words if key.startswith(f"{part}.")}
            assert written == set(names)
        pushed_up = {one for one in Signal if one not in (Signal.UNWANTED_AUTHOR, Signal.UNWANTED_TAGS)}
        assert {f"why.{one}" for one in pushed_up} <= words


async def test_the_public_page_says_what_the_file_says(door: AsyncTestClient[Any]) -> None:
    visitor = Browser(door)
    await visitor.open("/trust/ranking")
    written = tomllib.loads(FILE.read_text())
    for part in ("weights", "rules"):
        for key, value in written[part].items():
            row = visitor.page.partition(f'<tr id="{key}">')[2].partition("</tr>")[0]
            assert f"<span>{value:g}</span>" in row, key
