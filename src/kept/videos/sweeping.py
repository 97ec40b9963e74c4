"""Tidying a cell: uploads that lapsed, and files that no row names.

Files are listed first and rows asked afterwards. Since every file is named by a row before its first byte is written, a
file on the list that no row names is a leftover, however busy the cell is.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell
from kept.kit.database import Database
from kept.videos.files import CLIPS
from kept.videos.gates import UNCHECKED
from kept.videos.models import Upload
from kept.videos.publishing import hold
from kept.videos.studio import Studio

BATCH = 1_000

_NAMED = """
SELECT r.object_key FROM rendition r JOIN video v USING (owner_id, video_id)
WHERE r.object_key = ANY($1) AND v.ended_at IS NULL
UNION ALL SELECT object_key FROM arriving_object WHERE object_key = ANY($1)
"""
_WANTED = """
SELECT upload_id AS id FROM upload WHERE upload_id = ANY($1)
UNION ALL SELECT draft_id FROM clip_draft WHERE draft_id = ANY($1)
UNION ALL SELECT video_id FROM video WHERE video_id = ANY($1) AND ended_at IS NULL AND original_gone_at IS NULL
"""
_AT_WORK = "SELECT subject_id AS id FROM job WHERE subject_id = ANY($1) AND state IN ('waiting', 'running')"
_STUCK = """
SELECT v.owner_id, v.video_id FROM video v JOIN job j ON j.subject_id = v.video_id AND j.kind = 'process_video'
WHERE v.state = 'processing' AND j.state = 'failed'
"""


async def sweep(cell: Cell, studio: Studio, *, now: datetime) -> int:
    """Tidy one cell; returns how many files and uploads went. Safe beside everything else that goes on."""
    gone = await _lapsed(cell, studio, now=now)
    async for leftover in orphans(cell, studio):
        if isinstance(leftover, str):
            await cell.objects.delete(leftover)
        elif leftover.is_dir():
            await asyncio.to_thread(shutil.rmtree, leftover, ignore_errors=True)
        else:
            await asyncio.to_thread(leftover.unlink, missing_ok=True)
        gone += 1
    for row in await cell.database.fetch(_STUCK):
        async with cell.begin() as tx:
            await hold(tx, row["owner_id"], row["video_id"], reason=UNCHECKED, now=now)
            await studio.moved(tx, row["owner_id"], row["video_id"], now=now)
    return gone


async def orphans(cell: Cell, studio: Studio) -> AsyncIterator[str | Path]:
    """What no row names: object keys of clips, files of the spool, work folders that nobody works in."""
    batch: list[str] = []
    async for key in cell.objects.keys(CLIPS.rstrip("/")):
        batch.append(key)
        if len(batch) >= BATCH:
            for one in await _unnamed(cell.database, batch):
                yield one
            batch = []
    for one in await _unnamed(cell.database, batch):
        yield one
    for folder, wanted in ((studio.spool.folder / cell.name, _WANTED), (studio.work / cell.name, _AT_WORK)):
        for path in await _strays(cell.database, folder, wanted):
            yield path


async def _unnamed(database: Database, keys: list[str]) -> list[str]:
    named = {row["object_key"] for row in await database.fetch(_NAMED, keys)} if keys else set()
    return [key for key in keys if key not in named]


async def _strays(database: Database, folder: Path, wanted: str) -> list[Path]:
    """The entries of a folder whose name is none of the ids that `wanted` finds."""
    paths = {_id_of(path): path for path in await asyncio.to_thread(_entries, folder)}
    rows = await database.fetch(wanted, [one for one in paths if one is not None])
    known = {row["id"] for row in rows}
    return [path for one, path in paths.items() if one not in known]


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(path.name)
    except ValueError:
        return None


async def _lapsed(cell: Cell, studio: Studio, *, now: datetime) -> int:
    """Drop uploads that were not finished in time."""
    late = sa.delete(Upload).where(Upload.expires_at <= now).returning(Upload.upload_id)
    async with cell.begin() as tx:
        rows = (await tx.run(late)).scalars().all()
    for upload_id in rows:
        await studio.spool.remove(cell.name, upload_id)
    return len(rows)
