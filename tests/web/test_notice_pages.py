"""Notices in the browser, without scripts: what is new is seen by opening, a request is answered in place, choices are kept."""

from typing import Any

from litestar.testing import AsyncTestClient

from tests.web.browser import CHILD, Browser, join, name
from tests.web.test_comment_pages import published
from tests.web.test_people_pages import carry, member


async def test_what_happened_is_told_seen_and_leads_there(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    clip = published(door, ada, one)
    await ada.open("/notices")
    assert "Nothing has happened yet" in ada.page
    await eva.open(f"/@{one}")
    await eva.send("/people/follow")
    await eva.open(f"/clips/{clip}/comments")
    await eva.send(f"/clips/{clip}/comments", text=f"<b>Blue</b>, @{one}!")
    carry(door, ada)
    await ada.open("/notices")
    assert ada.page.count("told-new") == 2
    assert "follows you." in ada.page
    assert "commented on your clip." in ada.page
    assert "mentioned you" not in ada.page, "one thing is told once"
    assert f"&lt;b&gt;Blue&lt;/b&gt;, @{one}!" in ada.page
    assert f'href="/clips/{clip}/comments/' in ada.page
    assert f'href="/@{other}"' in ada.page
    await ada.open("/notices")
    assert "told-new" not in ada.page, "opened is seen"
    assert ada.page.count('class="told"') == 2
    await eva.open("/notices")
    assert "Nothing has happened yet" in eva.page, "nobody is told what they do themselves"


async def test_a_request_is_answered_in_place(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, other) = await member(door), await member(door, private=True)
    await ada.open(f"/@{other}")
    await ada.send("/people/follow")
    await eva.open("/notices")
    assert "asks to follow you." in eva.page
    await eva.send("/people/accept")
    assert (eva.path, "asks to follow you." in eva.page, "follows you." in eva.page) == ("/notices", False, True)
    assert "/people/accept" not in dict(eva.forms)
    await ada.open("/notices")
    assert f"@{other}</b> let you in" in ada.page
    await eva.open(f"/@{one}")
    await eva.send("/people/block")
    await eva.open("/notices")
    assert one not in eva.page.partition("<main")[2]


async def test_choices_are_kept_and_what_is_none_comes_back(door: AsyncTestClient[Any]) -> None:
    ada, one = await member(door)
    eva, _ = await member(door)
    await ada.open("/notices/settings")
    chosen = {"likes": "on", "comments": "on", "whose": "friends", "quiet": "on"}
    await ada.send("/notices/settings", **chosen, zone="Mars/Olympus")
    assert (ada.status, "no time zone of your country" in ada.page) == (422, True)
    await ada.send("/notices/settings", **chosen, whose_else="x")
    assert ada.status == 422, "a field that nobody asks for"
    await ada.open("/notices/settings")
    await ada.send("/notices/settings", **chosen)
    assert (ada.status, ada.path) == (200, "/notices/settings")
    assert 'name="people" type="checkbox" role="switch" aria' in ada.page
    assert 'name="likes" type="checkbox" role="switch" checked' in ada.page
    await eva.open(f"/@{one}")
    await eva.send("/people/follow")
    await ada.open("/notices")
    assert "Nothing has happened yet" in ada.page, "followers are switched off"


async def test_bad_places_and_those_who_have_no_notices(door: AsyncTestClient[Any]) -> None:
    ada, _ = await member(door)
    await ada.open("/notices?after=nowhere")
    assert ada.status == 400
    child = await join(Browser(door), name(), birth=CHILD)
    await child.open("/notices")
    assert child.status == 403
    await child.open("/")
    assert "/notices" not in child.page
    visitor = Browser(door)
    await visitor.open("/notices")
    assert visitor.path.startswith("/sign-in")
