"""Numbers of likes are shown to nobody who does not want them, or where the author does not; likes and follows have a pace."""

from dataclasses import replace

import pytest

from kept.kit.pace import Pace
from kept.likes import TooManyLikes, like, likes_now, likes_of
from kept.social import TooManyFollows, follow, privacy_of, set_privacy
from tests.fixtures.crowd import Crowd


@pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])
async def test_the_author_hides_them_from_others_and_somebody_from_themselves(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.lot.cells.named(home))
    clip = await crowd.lot.publish(author, small_clip)
    async with fan.cell.begin() as tx:
        await like(tx, fan, clip, now=crowd.lot.now)
    await crowd.carry()

    async def seen() -> list[int | None]:
        mine = [(await likes_of(one.cell, [clip], one.member_id))[clip].count for one in (author, fan)]
        visitor = (await likes_of(fan.cell, [clip], None))[clip].count
        now = await likes_now(fan.cell, clip, fan.member_id)
        assert now.mine
        return [*mine, visitor, now.count]

    async def choose(by: object, **chosen: bool) -> None:
        async with by.cell.begin() as tx:  # type: ignore[attr-defined]
            await set_privacy(tx, by, **chosen, now=crowd.lot.now)  # type: ignore[arg-type]
        await crowd.carry()

    assert await seen() == [1, 1, 1, 1]
    await choose(author, hides_likes=True)
    assert await seen() == [1, None, None, None]
    assert (await privacy_of(author.cell, author.member_id)).private is False
    await choose(author, hides_likes=False)
    await choose(fan, sees_no_likes=True)
    assert await seen() == [1, None, 1, None]


async def test_likes_and_follows_have_a_pace_that_says_when_to_go_on(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    pace = Pace(TooManyLikes, per_minute=1, burst=1)
    async with fan.cell.begin() as tx:
        await like(tx, fan, clip, pace=pace, now=crowd.lot.now)
        with pytest.raises(TooManyLikes, match=r"Go on in 6\d seconds"):
            await like(tx, fan, clip, pace=pace, now=crowd.lot.now)
    slow = replace(crowd, social=replace(crowd.social, pace=Pace(TooManyFollows, per_minute=1, burst=1)))
    await slow.do(follow, fan, author)
    with pytest.raises(TooManyFollows, match=r"Go on in 6\d seconds") as refused:
        await slow.do(follow, fan, author)
    assert refused.value.details["retry_after"] > 1
