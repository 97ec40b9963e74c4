"""A member's own tools: filters and restricting. Their writer sees what they hold, and is never told; nobody else does."""

import pytest

from kept.accounts import Session
from kept.comments import NoSuchComment, delete_comment, filter_of, let_through, set_filter
from kept.policy import AgeBand, Refused
from kept.social import Which, restrict, set_privacy, unrestrict
from kept.vault import Reason, ReasonRefused, Sealed
from tests.comments.talk import act, say, texts, waiting
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import visitor

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])
INSULT = "you are an idiot"


async def two(crowd: Crowd, home: str) -> tuple[Session, Session]:
    return await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))


@HOMES
async def test_own_words_hold_a_comment_until_its_owner_lets_it_through(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await two(crowd, home)
    clip = await crowd.lot.publish(author, small_clip)
    await act(crowd, set_filter, author, general=False, words=["Blue Bowl", "cobalt"])
    assert (await filter_of(crowd.comments, author)).words == ("Blue Bowl", "cobalt")
    [row] = await author.cell.database.fetch("SELECT words FROM comment_filter WHERE owner_id = $1", author.member_id)
    assert b"cobalt" not in row["words"]
    comment = await say(crowd, fan, clip, "is that c0balt?")
    other = await say(crowd, fan, clip, "that BLÜE b o w l")
    await say(crowd, fan, clip, INSULT)
    await crowd.carry()
    assert len(await texts(crowd, fan, clip)) == 3, "whoever wrote it notices nothing"
    for somebody in (author, visitor(crowd.us), visitor(crowd.eu)):
        assert await texts(crowd, somebody, clip) == [INSULT]
    assert {text for text, _ in await waiting(crowd, author)} == {"is that c0balt?", "that BLÜE b o w l"}
    assert {why for _, why in await waiting(crowd, author)} == {"words"}
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []
        rows = await cell.database.fetch("SELECT body FROM comment_under_clip WHERE comment_id = $1", comment)
        assert all(b"balt" not in row["body"] for row in rows)
    await act(crowd, let_through, author, comment)
    await act(crowd, delete_comment, author, clip, other)
    await crowd.carry()
    assert await waiting(crowd, author) == []
    for somebody in (author, visitor(crowd.us), visitor(crowd.eu), fan):
        assert set(await texts(crowd, somebody, clip)) == {INSULT, "is that c0balt?"}
    with pytest.raises(NoSuchComment):
        await act(crowd, let_through, author, comment)


async def test_nobody_else_looks_at_or_lets_through_what_waits(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await two(crowd, "us")
    clip = await crowd.lot.publish(author, small_clip)
    await act(crowd, set_filter, author, general=True, words=[])
    comment = await say(crowd, fan, clip, INSULT)
    for by in (fan, await crowd.member(crowd.us)):
        assert await waiting(crowd, by) == []
        with pytest.raises(NoSuchComment):
            await act(crowd, let_through, by, comment)
    with pytest.raises(NoSuchComment):
        await act(crowd, delete_comment, await crowd.member(crowd.us), clip, comment)
    child = await crowd.lot.member(crowd.us, AgeBand.UNDER_13)
    with pytest.raises(Refused):
        await waiting(crowd, child)


@HOMES
async def test_the_general_filter_is_on_for_minors_and_off_for_adults_until_they_choose(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    fan = await crowd.member(crowd.lot.cells.named(home))
    for band, holds in ((AgeBand.TEEN_16_17, True), (AgeBand.ADULT, False)):
        author = await crowd.member(crowd.us, band=band)
        clip = await crowd.lot.publish(author, small_clip)
        assert (await filter_of(crowd.comments, author)).general is holds
        await say(crowd, fan, clip, INSULT)
        await crowd.carry()
        assert (await waiting(crowd, author) == [(INSULT, "general")]) is holds
        assert (await texts(crowd, visitor(crowd.eu), clip) == []) is holds
        await act(crowd, set_filter, author, general=not holds, words=[])
        await say(crowd, fan, clip, "eres una idiota")
        await crowd.carry()
        assert len(await waiting(crowd, author)) == 1
        assert len(await texts(crowd, visitor(crowd.eu), clip)) == 1


@HOMES
async def test_a_restricted_person_notices_nothing(crowd: Crowd, home: str, small_clip: bytes) -> None:
    author, fan = await two(crowd, home)
    clip = await crowd.lot.publish(author, small_clip)
    await crowd.do(restrict, author, fan)
    await crowd.do(restrict, author, fan)
    assert (await crowd.facing(author, fan)).restricted
    assert await crowd.names(author, Which.RESTRICTED) == [fan.handle]
    assert not (await crowd.facing(fan, author)).restricted
    free = await say(crowd, await crowd.member(crowd.us), clip, "free")
    comment = await say(crowd, fan, clip, "so kind of you")
    answer = await say(crowd, fan, clip, "and here", parent_id=free) if home == "us" else None
    await crowd.carry()
    assert set(await texts(crowd, fan, clip)) == {"so kind of you", "free"}
    for somebody in (author, visitor(crowd.us), visitor(crowd.eu)):
        assert await texts(crowd, somebody, clip) == ["free"]
    rows = await fan.cell.database.fetch("SELECT * FROM comment WHERE comment_id = $1", comment)
    assert not {"state", "why"} & set(rows[0].keys()), "nor does a copy of their data tell"
    assert {why for _, why in await waiting(crowd, author)} == {"restricted"}
    assert len(await waiting(crowd, author)) == (1 if answer is None else 2)
    await crowd.do(unrestrict, author, fan)
    assert set(await texts(crowd, author, clip)) == {"free"}, "what waits goes on waiting"
    await act(crowd, let_through, author, comment)
    await say(crowd, fan, clip, "from now on")
    await crowd.carry()
    assert set(await texts(crowd, visitor(crowd.eu), clip)) == {"free", "so kind of you", "from now on"}


async def test_what_is_let_through_under_a_private_clip_is_for_followers(crowd: Crowd, small_clip: bytes) -> None:
    author = await crowd.member(crowd.us)
    fan = await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    await crowd.do(restrict, author, fan)
    comment = await say(crowd, fan, clip, "hello")
    async with author.cell.begin() as tx:
        await set_privacy(tx, author, private=True, now=crowd.lot.now)
    await act(crowd, let_through, author, comment)
    await crowd.carry()
    assert await texts(crowd, author, clip) == ["hello"]
    for cell in crowd.lot.cells:
        assert await cell.database.fetch("SELECT FROM shelf_comment WHERE item_id = $1", comment) == []


async def test_what_waits_is_opened_for_its_owner_and_by_no_job(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await two(crowd, "us")
    clip = await crowd.lot.publish(author, small_clip)
    await crowd.do(restrict, author, fan)
    comment = await say(crowd, fan, clip, "hello")
    [row] = await crowd.us.database.fetch("SELECT body FROM comment_under_clip WHERE comment_id = $1", comment)
    vault = crowd.comments.vaults["us"]
    for reason in (Reason.SERVICE, Reason.PROCESSING, Reason.STAFF, Reason.ENFORCEMENT):
        with pytest.raises(ReasonRefused):
            await vault.open(author.member_id, "comment_under_clip.body", comment, Sealed(row["body"]), reason=reason)
