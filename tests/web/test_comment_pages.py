"""Comments in the browser, without scripts: writing, being asked, what waits, and no form where there is no right."""

from typing import Any

from litestar.testing import AsyncTestClient

from kept.kit import new_id
from tests.web.browser import CHILD, Browser, join, name, runtime_of
from tests.web.test_people_pages import carry, member

CARD = """
INSERT INTO shelf_card (owner_id, item_id, parcel_id, handle, caption, placeholder, seconds, width, height, home, renditions,
    curated, published_at, away, recommended, comments)
VALUES ($1, $2, $3, $4, 'Blue', '', 3, 720, 1280, $5, '720', $6, $7, false, true, 'everyone')
"""
VIDEO = """
INSERT INTO video (owner_id, video_id, state, reason, changed_at, caption, size, sha256, placeholder, created_at, published_at,
    comments, seconds, width, height)
VALUES ($1, $2, 'published', '', $3, 'Blue', 1, '', '', $3, $3, 'everyone', 3, 720, 1280)
"""


def published(door: AsyncTestClient[Any], browser: Browser, handle: str, *, curated: bool = False) -> str:
    """A published clip of somebody's, without a file: only what comments need. Its id."""
    runtime, clip = runtime_of(browser), new_id()

    async def plant() -> None:
        home = await runtime.cells.directory.by_handle(handle)
        assert home is not None
        now = runtime.clock.now()
        await runtime.cells.named(home.cell).database.fetch(VIDEO, home.member_id, clip, now)
        for cell in runtime.cells:
            values = (home.member_id, clip, new_id(), handle, home.cell, curated, now)
            await cell.database.fetch(CARD, *values)

    door.blocking_portal.call(plant)
    return str(clip)


async def test_a_comment_is_written_answered_liked_and_deleted(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    clip = published(door, ada, one)
    here = f"/clips/{clip}/comments"
    await eva.open(here)
    assert "No comments yet" in eva.page
    await eva.send(here, text="What a <b>blue</b>!")
    assert (eva.status, eva.path) == (200, here)
    assert "What a &lt;b&gt;blue&lt;/b&gt;!" in eva.page
    carry(door, ada)
    await ada.open(here)
    assert f"@{other}" in ada.page
    like = next(action for action, _ in ada.forms if action.endswith("/like"))
    comment = like.split("/")[4]
    await ada.send(like)
    assert f"{here}/{comment}/unlike" in dict(ada.forms)
    await ada.send(f"{here}/{comment}/pin")
    assert "Pinned" in ada.page
    await ada.open(f"{here}/{comment}")
    await ada.send(here, text="Thank you.")
    assert ada.path == f"{here}/{comment}"
    assert "Thank you." in ada.page
    assert "Author" in ada.page
    await ada.open(here)
    assert "1 reply" in ada.page
    await ada.open(f"{here}/{comment}/delete")
    assert "Delete this comment?" in ada.page
    await ada.send(f"{here}/{comment}/delete")
    assert "blue" not in ada.page


async def test_whoever_may_hurt_is_asked_and_goes_on_as_they_like(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, _) = await member(door), await member(door)
    here = f"/clips/{published(door, ada, one)}/comments"
    await eva.open(here)
    await eva.send(here, text="you idiot")
    assert eva.status == 409
    assert "Are you sure?" in eva.page
    assert "you idiot</textarea>" in eva.page
    await eva.send(here, text="you darling")
    assert "you darling</p>" in eva.page
    await eva.send(here, text="you idiot")
    await eva.send(here, text="you idiot", sure="yes")
    assert "you idiot</p>" in eva.page
    await eva.send(here, text="\u202e")
    assert eva.status == 422
    assert "there is nothing in it" in eva.page


async def test_what_waits_is_on_a_page_of_its_owner(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, other) = await member(door), await member(door)
    here = f"/clips/{published(door, ada, one)}/comments"
    await ada.open("/settings/comments")
    await ada.send("/settings/comments", comments="everyone", general="on", words="cobalt\nblue bowl, kiln")
    assert "cobalt\nblue bowl\nkiln</textarea>" in ada.page
    await ada.send("/settings/comments", comments="friends", words="\n".join(f"w{number}" for number in range(201)))
    assert ada.status == 422
    assert "more than 200" in ada.page
    await eva.open(here)
    await eva.send(here, text="is that CØBALT?")
    await eva.send(here, text="from the kiln")
    assert "from the kiln" in eva.page
    await ada.open(here)
    assert "kiln" not in ada.page
    await ada.open("/held-comments")
    assert ada.page.count("Your words") == 2
    waits = [action for action, _ in ada.forms if action.endswith("/let")]
    await ada.send(waits[0])
    await ada.send(waits[1].replace("/let", "/delete"))
    assert "Nothing is waiting" in ada.page
    carry(door, ada)
    await ada.open(here)
    assert ("kiln" in ada.page) is not ("BALT" in ada.page)
    await ada.open(f"/@{other}")
    await ada.send("/people/restrict")
    await ada.open("/people/restricted")
    assert f"@{other}" in ada.page


async def test_who_may_comment_is_chosen_on_the_page_of_a_clip(door: AsyncTestClient[Any]) -> None:
    (ada, one), (eva, _) = await member(door), await member(door)
    clip = published(door, ada, one)
    here = f"/clips/{clip}/comments"
    await eva.open(here)
    assert f"/clips/{clip}/comments-choice" not in dict(eva.forms)
    await eva.send(f"/clips/{clip}/comments-choice", comments="nobody")
    assert eva.status == 404


async def test_visitors_read_and_are_led_to_signing_in(door: AsyncTestClient[Any]) -> None:
    ada, one = await member(door)
    here = f"/clips/{published(door, ada, one)}/comments"
    await ada.open(here)
    await ada.send(here, text="hello")
    carry(door, ada)
    somebody = Browser(door)
    await somebody.open(here)
    assert "hello</p>" in somebody.page
    assert here not in dict(somebody.forms)
    assert f"/sign-in?next={here}" in somebody.page
    await somebody.send(here, text="hello")
    assert somebody.path.startswith("/sign-in")


async def test_under_13_no_page_has_a_comment_a_way_to_them_or_a_form(door: AsyncTestClient[Any]) -> None:
    ada, one = await member(door)
    clip = published(door, ada, one, curated=True)
    child = await join(Browser(door), name(), CHILD)
    for path in ("/", f"/clips/{clip}", f"/clips/{clip}/comments", "/settings", "/held-comments", "/settings/comments"):
        await child.open(path)
        assert not [action for action, _ in child.forms if "comment" in action], path
        assert "data-comments" not in child.page
        assert "/comments" not in child.page.replace(f"next={path}", ""), path
    await child.send(f"/clips/{clip}/comments", text="hello")
    assert child.status == 403
    runtime = runtime_of(child)

    async def rows() -> int:
        return sum(
            [len(await cell.database.fetch("SELECT FROM comment WHERE clip_id = $1", clip)) for cell in runtime.cells]
        )

    assert door.blocking_portal.call(rows) == 0
