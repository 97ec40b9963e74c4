"""A film lot: a house with a studio, members with accounts and sessions, and jobs that run here and now."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import Account, Session
from kept.cells import Cell, Cells
from kept.jobs import registered
from kept.kit import FixedClock, new_id
from kept.policy import Actor, AgeBand, Standing
from kept.videos import Ends, Part, Received, SeenVideo, Studio, Viewer, visible_video
from tests.fixtures.house import House


@dataclass
class HereAndNow:
    """A job as the port describes it, run in this process: remembers what finished steps gave, so it can be resumed."""

    cell: str
    owner_id: UUID
    subject_id: UUID
    results: dict[str, Any] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    async def step(self, name: str, run: Callable[..., Awaitable[Any]], *args: Any, percent: int = 0, retry: Any = None) -> Any:
        if name not in self.results:
            self.steps.append(name)
            self.results[name] = await run(*args)
        return self.results[name]


@dataclass
class Lot:
    """What jobs are handed (`Works`), and the ways to do things in a line."""

    house: House
    studio: Studio

    @property
    def cells(self) -> Cells:
        return self.house.cells

    @property
    def clock(self) -> FixedClock:
        return self.house.clock

    @property
    def now(self) -> Any:
        return self.house.clock.now()

    async def member(self, cell: Cell, band: AgeBand = AgeBand.ADULT) -> Session:
        """Somebody with an account at home in `cell`, signed in."""
        member_id = await self.house.resident(cell)
        handle = f"m{member_id.hex[-12:]}"
        born = await self.house.vaults[cell.name].seal(member_id, "account.birth_date", member_id, b"1990-05-17")
        account = {"owner_id": member_id, "handle": handle, "birth_date": born, "band": band, "band_on": date(2026, 11, 23)}
        async with cell.begin() as tx:
            values = account | {"country": "US", "language": "en", "created_at": self.now}
            await tx.run(sa.insert(Account).values(**values))
        actor = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())
        return Session(cell, member_id, new_id(), handle, band, "US", "en", actor)

    async def begin(self, by: Session, length: int | None, caption: str = "") -> Received:
        return await self.studio.uploads.create(by, length=length, caption=caption, now=self.now)

    async def send(self, by: Session, upload_id: UUID, data: bytes, *, offset: int = 0, **more: Any) -> Received:
        part = Part(**{"offset": offset, "size": len(data)} | more)
        return await self.studio.uploads.append(by, upload_id, part, pieces(data), now=self.now)

    async def stand(self, by: Session, upload_id: UUID) -> Received:
        return await self.studio.uploads.stand(by, upload_id, now=self.now)

    async def upload(self, by: Session, data: bytes, caption: str = "") -> UUID:
        """A whole upload; the clip's id."""
        begun = await self.begin(by, len(data), caption)
        done = await self.send(by, begun.upload_id, data, ends=Ends.AT_LENGTH)
        assert done.video_id is not None
        return done.video_id

    async def run_jobs(self, video_id: UUID, *, but: tuple[str, ...] = ()) -> None:
        """Run every job about a clip that waits."""
        for cell in self.cells:
            taken = await cell.database.fetch(
                "UPDATE job SET state = 'done' WHERE subject_id = $1 AND state = 'waiting' AND kind <> ALL($2)"
                " RETURNING kind, owner_id, subject_id",
                video_id,
                list(but),
            )
            for row in taken:
                await self.run(cell, row["kind"], row["owner_id"], row["subject_id"])
                await self.run_jobs(video_id, but=but)

    async def run(self, cell: Cell, kind: str, owner_id: UUID, video_id: UUID) -> HereAndNow:
        job = HereAndNow(cell.name, owner_id, video_id)
        await registered()[kind](job, self)
        return job

    async def publish(self, by: Session, data: bytes, caption: str = "", *, render: bool = False) -> UUID:
        """Upload and process a clip, and carry its card everywhere."""
        video_id = await self.upload(by, data, caption)
        await self.run_jobs(video_id, but=() if render else ("render_video",))
        await self.house.carry()
        return video_id

    async def seen(self, by: Session, video_id: UUID) -> SeenVideo:
        return await visible_video(viewer(by), video_id)

    async def stored(self, cell: Cell) -> set[str]:
        """Every object of a cell."""
        return {key async for key in cell.objects.keys()}

    def spooled(self, cell: Cell) -> set[str]:
        """Every file of a cell's spool."""
        folder = self.studio.spool.folder / cell.name
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def viewer(by: Session) -> Viewer:
    return Viewer(cell=by.cell, actor=by.actor, member_id=by.member_id)


def visitor(cell: Cell) -> Viewer:
    return Viewer(cell=cell, actor=Actor.visitor(offered=True))


async def pieces(data: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """Bytes as a connection brings them."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


class Dropped(Exception):
    """The connection is gone."""


async def dropping(data: bytes, after: int, size: int = 65_536) -> AsyncIterator[bytes]:
    """A connection that drops after so many bytes."""
    async for piece in pieces(data[:after], size):
        yield piece
    raise Dropped
