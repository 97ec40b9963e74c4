"""Things that happen under clips, in a line each."""

from typing import Any
from uuid import UUID

from kept.accounts import Session
from kept.comments import NewComment, SeenComment, held, page, replies, write
from kept.videos import Viewer
from tests.fixtures.crowd import Crowd
from tests.fixtures.lot import viewer


async def say(crowd: Crowd, by: Session, clip: UUID, text: str, **more: Any) -> UUID:
    """Write a comment, without carrying it anywhere; whoever does is sure."""
    key = more.pop("key", None)
    new = NewComment(**({"text": text, "sure": True} | more))
    async with by.cell.begin() as tx:
        return (await write(crowd.comments, tx, by, clip, new, key=key, now=crowd.lot.now)).comment_id


async def act(crowd: Crowd, verb: Any, by: Session, *about: Any, **more: Any) -> None:
    async with by.cell.begin() as tx:
        await verb(crowd.comments, tx, by, *about, **more, now=crowd.lot.now)


async def read(crowd: Crowd, by: Session | Viewer, clip: UUID, **more: Any) -> list[SeenComment]:
    who = by if isinstance(by, Viewer) else viewer(by)
    return (await page(crowd.comments, who, clip, **more)).comments


async def texts(crowd: Crowd, by: Session | Viewer, clip: UUID) -> list[str]:
    return [one.text for one in await read(crowd, by, clip)]


async def answers(crowd: Crowd, by: Session, clip: UUID, parent: UUID) -> list[str]:
    return [one.text for one in (await replies(crowd.comments, viewer(by), clip, parent)).comments]


async def waiting(crowd: Crowd, by: Session) -> list[tuple[str, str]]:
    found, _ = await held(crowd.comments, by)
    return [(one.text, str(one.why)) for one in found]
