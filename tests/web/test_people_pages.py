"""People in the browser, without scripts: following, asking, answering, blocking, and what is then shown."""

import re

import pytest
from litestar.testing import AsyncTestClient

from kept.social import introduce
from tests.web.browser import CHILD, Browser, join, name, runtime_of


async def member(door: AsyncTestClient, *, private: bool = False) -> tuple[Browser, str]:
    """Somebody signed in who has a profile."""
    handle = name()
    browser = await join(Browser(door), handle)
    runtime = runtime_of(browser)

    async def give_profile() -> None:
        home = await runtime.cells.directory.by_handle(handle)
        assert home is not None
        async with runtime.cells.named(home.cell).begin() as tx:
            await introduce(tx, home.member_id, now=runtime.clock.now())

    door.blocking_portal.call(give_profile)  # the application runs on another loop
    carry(door, browser)
    if private:
        await browser.open("/settings")
        await browser.send("/settings/privacy", private="on")
        carry(door, browser)
    return browser, handle


def carry(door: AsyncTestClient, browser: Browser) -> None:
    """Let the gateway carry what waits: visitors are answered in another cell."""
    runtime = runtime_of(browser)

    async def drain() -> None:
        for cell in runtime.cells:
            while await runtime.gateway.drain(cell, now=runtime.clock.now()):
                pass

    door.blocking_portal.call(drain)


async def test_follow_and_unfollow_from_a_profile(door: AsyncTestClient) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    await ada.open(f"/@{other}")
    assert "/people/follow" in dict(ada.forms)
    await ada.send("/people/follow")
    assert ada.path == f"/@{other}"
    assert "/people/unfollow" in dict(ada.forms)
    await eva.open("/people/followers")
    assert f"@{one}" in eva.page
    await eva.open(f"/@{one}")
    assert "Follows you" in eva.page
    await ada.open(f"/@{other}")
    await ada.send("/people/unfollow")
    await eva.open("/people/followers")
    assert f"@{one}" not in eva.page
    assert "Nobody follows you yet" in eva.page


async def test_a_private_account_shows_who_it_is_and_answers_on_its_page(door: AsyncTestClient) -> None:
    (ada, one), (eva, other) = await member(door), await member(door, private=True)
    await ada.open(f"/@{other}")
    assert "This account is private" in ada.page
    await ada.send("/people/follow")
    assert "Asked" in ada.page
    await eva.open("/me")
    assert "1 person asks to follow you" in eva.page
    await eva.open("/people/requests")
    await eva.send("/people/accept", handle=one, back="/people/requests")
    assert "Nobody is waiting" in eva.page
    await ada.open(f"/@{other}")
    assert "This account is private" not in ada.page
    visitor = await Browser(door).open(f"/@{other}")
    assert visitor.status == 404


async def test_who_is_blocked_finds_nobody_and_so_does_who_blocks(door: AsyncTestClient) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    await eva.open(f"/@{one}")
    await eva.send("/people/block")
    assert eva.path == "/people/blocked"
    assert f"@{one}" in eva.page
    for browser, handle in ((ada, other), (eva, one)):
        said = []
        for whose in (handle, "nobody.of.that.name"):
            await browser.open(f"/@{whose}")
            assert browser.status == 404
            said.append(re.sub(r'data-opening="[^"]*"', "", browser.page).replace(whose, ""))
        assert said[0] == said[1]
    await ada.send("/people/follow", handle=other, back="/")
    assert ada.status == 404
    await eva.open("/people/blocked")
    await eva.send("/people/unblock", handle=one, back="/people/blocked")
    assert "You block nobody" in eva.page
    await ada.open(f"/@{other}")
    assert ada.status == 200


async def test_writing_to_somebody_who_blocks_is_answered_as_writing_to_nobody(door: AsyncTestClient) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    await eva.send("/people/block", handle=one, back="/me")
    said = []
    for handle in (other, "nobody.of.that.name"):
        await ada.open(f"/inbox/{handle}")
        await ada.send(f"/inbox/{handle}", text="hello")
        said.append((ada.status, ada.error("")))
    assert said[0] == said[1]
    assert said[0][0] == 403


async def test_a_visitor_is_led_to_signing_in_and_a_child_is_refused(door: AsyncTestClient) -> None:
    _, handle = await member(door)
    visitor = await Browser(door).open(f"/@{handle}")
    assert f"/sign-in?next=/@{handle}" in visitor.page
    assert not [action for action, _ in visitor.forms if action.startswith("/people")]
    await visitor.open("/people/followers")
    assert visitor.path == "/sign-in?next=/people/followers"
    child = await join(Browser(door), name(), CHILD)
    for path in ("/people/followers", f"/@{handle}"):
        await child.open(path)
        assert child.status in (403, 404)
    await child.open("/settings")
    assert "/settings/privacy" not in dict(child.forms)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_an_act_leads_to_no_other_site(door: AsyncTestClient, back: str) -> None:
    (ada, _), (_, other) = await member(door), await member(door)
    await ada.send("/people/follow", handle=other, back=back)
    assert ada.path == "/"
    await ada.send("/people/unfollow", origin="http://evil.example", handle=other)
    assert ada.status == 403
    await ada.open(f"/@{other}")
    assert "/people/unfollow" in dict(ada.forms)


async def test_the_following_feed_is_a_tab_for_members(door: AsyncTestClient) -> None:
    ada, _ = await member(door)
    await ada.open("/")
    assert 'href="/?feed=following"' in ada.page
    await ada.open("/?feed=following")
    assert "Nothing from people you follow yet" in ada.page
    visitor = await Browser(door).open("/")
    assert "feed=following" not in visitor.page
    await visitor.open("/?feed=following")
    assert visitor.path.startswith("/sign-in?next=/")
    child = await join(Browser(door), name(), CHILD)
    assert "feed=following" not in child.page
    await child.open("/?feed=following")
    assert child.status == 403
