"""What a clip has besides rows and the objects that they name, when its author moves to another cell.

A file that is not processed yet is in the spool, under its cell's folder: there it gets a second name (a hard link), so
whoever writes to it holds the same lock from both sides. The card of a published clip tells which cell serves its files.
"""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, put_on_shelf
from kept.videos.cards import ShelfCard
from kept.videos.spool import Spool, sync_folder

_SPOOLED = """
SELECT upload_id AS id FROM upload WHERE owner_id = ANY($1)
UNION ALL SELECT draft_id FROM clip_draft WHERE owner_id = ANY($1)
UNION ALL SELECT video_id FROM video WHERE owner_id = ANY($1) AND original_gone_at IS NULL
"""
_BATCH = 200


class ClipLuggage:
    """See `residency.Luggage`."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    async def pack(self, members: Sequence[UUID], old: Cell, new: Cell) -> None:
        """Give every file in the spool a second name, at the new home."""
        ids = [row["id"] for row in await new.database.fetch(_SPOOLED, list(members))]
        if ids:
            files = {self._spool.path(old.name, one): self._spool.path(new.name, one) for one in ids}
            await asyncio.to_thread(_link, files, self._spool.folder / new.name)

    async def unpack(self, members: Sequence[UUID], old: Cell, new: Cell, *, now: datetime) -> None:
        """Take the first name away; tell everybody which cell serves the clips now. Safe to repeat."""
        ids = [row["id"] for row in await new.database.fetch(_SPOOLED, list(members))]
        if ids:
            await asyncio.to_thread(_unlink, [self._spool.path(old.name, one) for one in ids])
        table = ShelfCard.__table__
        columns = [column for column in table.c if column.name != "parcel_id"]
        told = sa.and_(table.c.owner_id == sa.any_(sa.literal(list(members), sa.ARRAY(sa.Uuid()))), table.c.home == old.name)
        async with old.database.begin() as connection:
            cards = (await connection.execute(sa.select(*columns).where(told))).mappings().all()
        for at in range(0, len(cards), _BATCH):
            async with new.begin() as tx:
                for card in cards[at : at + _BATCH]:
                    await put_on_shelf(tx, ShelfCard, {**card, "home": new.name}, now=now)

    async def drop(self, member_id: UUID, cell: Cell) -> None:
        """Delete a member's files in the spool."""
        for row in await cell.database.fetch(_SPOOLED, [member_id]):
            await self._spool.remove(cell.name, row["id"])

    async def left(self, cell: Cell) -> Sequence[str]:
        """Files in the spool of a cell that everybody left."""
        return [str(one) for one in await asyncio.to_thread(self._spool.ids, cell.name)]


def _unlink(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _link(files: dict[Path, Path], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for first, second in files.items():
        with contextlib.suppress(FileNotFoundError, FileExistsError):
            os.link(first, second)
    sync_folder(folder)
