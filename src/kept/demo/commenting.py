"""What the made-up members say under clips: kind words, a few answers, and some that wait for the owner of the clip."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from kept.accounts import Session
from kept.comments import NewComment, page, set_filter, write
from kept.kit import KeptError
from kept.policy import Action, can_anyhow
from kept.runtime import Runtime
from kept.vault import NoWayThere
from kept.videos import Viewer

PATIENCE_SECONDS = 15.0

SAID = (
    "That light in the last second!",
    "How long did this take?",
    "I watched it three times.",
    "Now I want to go outside.",
    "Qu\u00e9 bonito, \u00bfd\u00f3nde es?",
    "The colours, though.",
)
ANSWER = "Thank you! More on Sunday."
CAUGHT = "honestly, this is stupid"
"""What the filter of the first author holds back."""
FILTERED = ("mira.makes", "jonas.outdoors")
"""Authors who hold hurtful comments back, one in each region."""

_CLIPS = """
SELECT item_id, owner_id FROM shelf_card WHERE NOT away AND audience = 'everyone' AND comments = 'everyone'
ORDER BY published_at
"""


async def comment(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let those whose home is here comment on what others made, unless somebody has before; returns how many comments."""
    for session in sessions:
        if session.handle in FILTERED:
            async with session.cell.begin() as tx:
                await set_filter(runtime.comments, tx, session, general=True, words=[], now=runtime.clock.now())
    writers = [one for one in sessions if can_anyhow(one.actor, Action.COMMENT)]
    count = 0
    for number, session in enumerate(writers):
        rows = await session.cell.database.fetch(_CLIPS)
        others = [row["item_id"] for row in rows if row["owner_id"] != session.member_id]
        for at, clip_id in enumerate(others[number % 3 :: 3]):
            text = CAUGHT if at == number % 4 == 1 else SAID[(number + at) % len(SAID)]
            count += await _say(runtime, session, clip_id, NewComment(text=text, sure=True), key=f"demo {clip_id}")
        count += await _answer(
            runtime, session, [row["item_id"] for row in rows if row["owner_id"] == session.member_id]
        )
    return count


async def _answer(runtime: Runtime, author: Session, clips: Sequence[UUID]) -> int:
    """Authors answer the first comment under each of their clips."""
    count = 0
    viewer = Viewer(cell=author.cell, actor=author.actor, member_id=author.member_id)
    for clip_id in clips:
        for one in (await page(runtime.comments, viewer, clip_id)).comments[:1]:
            new = NewComment(text=ANSWER, parent_id=one.comment_id)
            count += await _say(runtime, author, clip_id, new, key=f"demo {one.comment_id}")
    return count


async def _say(runtime: Runtime, by: Session, clip_id: UUID, new: NewComment, *, key: str) -> int:
    """Whether it was said: keys of a new installation are on their way, and who writes too fast waits, or leaves it."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    async with by.cell.begin() as tx:
                        await write(runtime.comments, tx, by, clip_id, new, key=key, now=runtime.clock.now())
                except NoWayThere:
                    await asyncio.sleep(0.5)
                else:
                    return 1
    except (TimeoutError, KeptError):
        return 0
