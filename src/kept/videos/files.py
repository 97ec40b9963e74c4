"""The files of a clip: planned in a row, stored under a key that nobody can guess, then marked as there. In this order."""

import asyncio
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Cell, Tx
from kept.kit import both
from kept.kit.objects import Objects
from kept.videos.errors import PlanLost
from kept.videos.models import Rendition
from kept.videos.studio import Studio

CLIPS = "clips/"
"""Where the objects of clips are in a store."""

SOURCE = "source"
"""The clip as it was sent, without its metadata; encoded anew where browsers could not have played it."""

MP4, WEBP = "video/mp4", "image/webp"

_KEY_BYTES = 24

Stored = dict[str, dict[str, object]]
"""What the row of each file says of it, by the file's name."""


async def plan(tx: Tx, owner_id: UUID, video_id: UUID, media_types: dict[str, str]) -> dict[str, str]:
    """Name the files of a clip before they are stored; returns the object key of each, the same at every call.

    The commit need not reach the disk before the files do: if a crash of the database loses it, they are leftovers.
    """
    await tx.run(sa.text("SET LOCAL synchronous_commit = off"))
    shelf = secrets.token_hex(1)
    rows = [
        {
            "owner_id": owner_id,
            "video_id": video_id,
            "name": name,
            "object_key": f"{CLIPS}{shelf}/{secrets.token_urlsafe(_KEY_BYTES)}",
            "media_type": media_type,
        }
        for name, media_type in media_types.items()
    ]
    statement = insert(Rendition).values(rows)
    unchanged = {"media_type": statement.excluded.media_type}  # a row that is touched is returned, a new one or not
    same = ["owner_id", "video_id", "name"]
    named = statement.on_conflict_do_update(index_elements=same, set_=unchanged)
    found = await tx.run(named.returning(Rendition.name, Rendition.object_key))
    return {row.name: row.object_key for row in found}


async def take_in(objects: Objects, keys: Mapping[str, str], made: Mapping[str, Path]) -> Stored:
    """Store synced files by their names; they are gone from their places then. Returns what their rows say of them."""
    with ExitStack() as stack:
        opened = {name: stack.enter_context(file.open("rb")) for name, file in made.items()}
        taking = objects.take_in({keys[name]: file for name, file in made.items()})
        facts, _ = await both(asyncio.to_thread(_facts_of_all, opened), taking)
    return facts


async def mark_ready(tx: Tx, owner_id: UUID, video_id: UUID, stored: Stored, *, now: datetime) -> None:
    """The files of a clip are there; what `take_in` said of each, by name. Raises PlanLost."""
    columns = sa.column("name", sa.Text), sa.column("size", sa.BigInteger), sa.column("sha256", sa.LargeBinary)
    facts = sa.values(*columns, name="facts").data([(name, one["size"], one["sha256"]) for name, one in stored.items()])
    here = sa.and_(Rendition.owner_id == owner_id, Rendition.video_id == video_id, Rendition.name == facts.c.name)
    said = {"size": facts.c.size, "sha256": facts.c.sha256, "ready_at": now}
    noted = await tx.run(sa.update(Rendition).where(here).values(said).returning(Rendition.name))
    if len(noted.all()) != len(stored):
        raise PlanLost


@contextmanager
def workplace(studio: Studio, cell: Cell, video_id: UUID) -> Iterator[Path]:
    """A folder for work on one clip, gone afterwards; the sweeper removes what a crash left."""
    folder = studio.work / cell.name / str(video_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def film_of(cell: Cell, owner_id: UUID, video_id: UUID) -> AsyncIterator[Path]:
    """The stripped clip as a file; fetched where the store is no folder. Raises NoSuchObject."""
    key = await _source_key(cell, owner_id, video_id)
    path = cell.objects.local(key)
    if path is not None:
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        await asyncio.to_thread(file.write, await cell.objects.get(key))
        file.flush()
        yield Path(file.name)


def _facts_of_all(files: Mapping[str, BufferedReader]) -> Stored:
    return {name: _facts(file) for name, file in files.items()}


def _facts(file: BufferedReader) -> dict[str, object]:
    return {"size": os.fstat(file.fileno()).st_size, "sha256": hashlib.file_digest(file, "sha256").digest()}


async def _source_key(cell: Cell, owner_id: UUID, video_id: UUID) -> str:
    rows = await cell.database.fetch(
        "SELECT object_key FROM rendition WHERE owner_id = $1 AND video_id = $2 AND name = $3",
        owner_id,
        video_id,
        SOURCE,
    )
    return str(rows[0]["object_key"])
