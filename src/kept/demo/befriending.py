"""Whom the made-up members follow, and which clips they like. Whoever is not there yet, in the other region, is left out."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from kept.accounts import Session
from kept.likes import like
from kept.policy import Action, can_anyhow
from kept.runtime import Runtime
from kept.social import NoSuchMember, follow
from kept.vault import NoWayThere

PATIENCE_SECONDS = 15.0

FOLLOWS = {
    "mira.makes": ("jonas.outdoors", "elif.in.colour"),
    "jonas.outdoors": ("mira.makes", "theo.slow"),
    "elif.in.colour": ("mira.makes", "jonas.outdoors"),
    "theo.slow": ("mira.makes",),
    "noor": ("elif.in.colour", "mira.makes"),
    "luca": ("jonas.outdoors", "elif.in.colour"),
    "ava": ("theo.slow", "elif.in.colour"),
    "timo": ("jonas.outdoors",),
}
"""Who follows whom."""

_CLIPS = "SELECT item_id, owner_id FROM shelf_card WHERE NOT away AND audience = 'everyone' ORDER BY published_at"


async def befriend(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let those whose home is here follow; returns how many do. Doing it twice does it once."""
    wanted = [(session, handle) for session in sessions for handle in FOLLOWS.get(session.handle, ())]
    return sum(await asyncio.gather(*(_follow(runtime, session, handle) for session, handle in wanted)))


async def give_hearts(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let those whose home is here like about every second clip that others made; returns how many likes that is."""
    count = 0
    for number, session in enumerate(sessions):
        if not can_anyhow(session.actor, Action.LIKE):
            continue
        rows = await session.cell.database.fetch(_CLIPS)
        chosen: list[UUID] = [row["item_id"] for row in rows if row["owner_id"] != session.member_id]
        for clip_id in chosen[number % 2 :: 2]:
            async with session.cell.begin() as tx:
                await like(tx, session, clip_id, now=runtime.clock.now())
            count += 1
    return count


async def _follow(runtime: Runtime, session: Session, handle: str) -> bool:
    """Whether it came to it before patience ran out: profiles and keys of a new installation are on their way."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    async with session.cell.begin() as tx:
                        await follow(runtime.social, tx, session, handle, now=runtime.clock.now())
                except (NoSuchMember, NoWayThere):
                    await asyncio.sleep(0.5)
                else:
                    return True
    except TimeoutError:
        return False
