"""A parent and a teen in the browser, without scripts: the code, agreeing, confirming, limits, the day that is used up."""

import re
from typing import Any

from litestar.testing import AsyncTestClient

from kept.policy import Limit
from tests.web.browser import CHILD, Browser, join, name, runtime_of
from tests.web.test_people_pages import carry

TEEN = {"birth_day": "17", "birth_month": "5", "birth_year": "2012"}
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


async def somebody(door: AsyncTestClient[Any], birth: dict[str, str] | None = None) -> tuple[Browser, str]:
    handle = name()
    return await join(Browser(door), handle, **({"birth": birth} if birth else {})), handle


async def paired(door: AsyncTestClient[Any], birth: dict[str, str]) -> tuple[Browser, Browser, str, str]:
    """A parent and a young one who went the whole way; and their names."""
    (parent, his), (young, hers) = await somebody(door), await somebody(door, birth)
    await parent.send("/family/code")
    found = CODE.search(parent.page)
    assert found is not None
    await young.open(f"/family/join?of={his}&code={found[0]}")
    assert "They can set limits" in young.page
    await young.send("/family/join")
    assert young.path == "/family"
    assert "Waits for them to confirm" in young.page
    await parent.open("/family")
    assert f"@{hers} agreed" in parent.page
    await parent.send("/family/confirm")
    carry(door, parent)
    return parent, young, his, hers


async def use_up(door: AsyncTestClient[Any], browser: Browser, handle: str, minutes: int) -> None:
    runtime = runtime_of(browser)

    async def watch() -> None:
        home = await runtime.cells.directory.by_handle(handle)
        assert home is not None
        sql = "UPDATE screen_time SET minutes = $2 WHERE owner_id = $1"
        await runtime.cells.named(home.cell).database.fetch(sql, home.member_id, minutes)

    door.blocking_portal.call(watch)


async def test_a_parent_and_a_teen(door: AsyncTestClient[Any]) -> None:
    parent, teen, his, hers = await paired(door, TEEN)
    await teen.open("/settings")
    assert "There is news about your family" in teen.page
    await teen.open("/family")
    assert f"@{his} is your guardian now" in teen.page
    await teen.open("/settings")
    assert "There is news about your family" not in teen.page, "it was seen"
    await parent.send("/family/limits", off="search", minutes="30", handle=hers, over="")
    carry(door, parent)
    assert parent.status == 200
    await teen.open("/family")
    assert f"Limits changed: @{his}" in teen.page
    assert "of 30 minutes used today" in teen.page
    assert 'id="own-search" name="off" value="search" checked disabled' in teen.page
    await teen.send("/family/end", handle=his)
    await teen.open("/family")
    assert "of 30 minutes used today" in teen.page, "the limit stays"
    await parent.open("/family")
    assert f"The pairing with @{hers} ended" in parent.page


async def test_every_switch_of_the_page_is_a_limit_of_the_policy(door: AsyncTestClient[Any]) -> None:
    parent, _, _, _ = await paired(door, TEEN)
    await parent.open("/family")
    card = parent.page[parent.page.index('class="family-card"') : parent.page.index("</article>")]
    assert 'name="minutes"' in card
    assert {*re.findall(r'name="off" value="(\w+)"', card), "screen_time"} == {limit.value for limit in Limit}


async def test_when_the_day_is_used_up_feeds_pause_until_more_is_given(door: AsyncTestClient[Any]) -> None:
    parent, child, _, hers = await paired(door, CHILD)
    await parent.send("/family/limits", minutes="30", handle=hers, over="")
    await child.open("/")
    assert "That was today" not in child.page
    await use_up(door, child, hers, 30)
    await child.open("/")
    assert "That was today" in child.page
    assert "/family/on" not in dict(child.forms), "who set it can give more, nobody else"
    assert (await child.ask("/family/on")).status_code == 403
    assert (await child.open("/cards")).status == 403
    assert "your time for today is used up" in child.page.lower()
    await parent.send("/family/more", handle=hers)
    await child.open("/")
    assert "That was today" not in child.page


async def test_a_teen_without_a_guardian_pauses_after_an_hour_and_may_go_on(door: AsyncTestClient[Any]) -> None:
    teen, hers = await somebody(door, TEEN)
    assert (await teen.ask("/family/minute")).json() == {"over": False}
    await use_up(door, teen, hers, 60)
    await teen.open("/")
    assert "That was today" in teen.page
    await teen.send("/family/on")
    assert teen.path == "/"
    assert "That was today" not in teen.page


async def test_of_whom_no_limit_is_set_nothing_is_counted(door: AsyncTestClient[Any]) -> None:
    adult, handle = await somebody(door)
    await adult.ask("/family/minute")
    await adult.open("/")
    runtime = runtime_of(adult)

    async def counted() -> int:
        home = await runtime.cells.directory.by_handle(handle)
        assert home is not None
        sql = "SELECT count(*) AS n FROM screen_time WHERE owner_id = $1"
        return (await runtime.cells.named(home.cell).database.fetch(sql, home.member_id))[0]["n"]

    assert door.blocking_portal.call(counted) == 0


async def test_a_wrong_code_is_told_in_plain_words_and_not_shown_again(door: AsyncTestClient[Any]) -> None:
    (_, his), (teen, _) = await somebody(door), await somebody(door, TEEN)
    await teen.open(f"/family/join?of={his}&code=0000-0000")
    await teen.send("/family/join")
    assert teen.status == 422
    assert "That code doesn" in teen.page
    assert "0000-0000" not in teen.page


async def test_other_sites_send_nothing(door: AsyncTestClient[Any]) -> None:
    parent, _, _, hers = await paired(door, TEEN)
    await parent.send("/family/limits", origin="https://elsewhere.example", minutes="5", handle=hers)
    assert parent.status == 403
