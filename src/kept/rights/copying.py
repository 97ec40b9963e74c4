"""The job that makes a member's copy, and the way to it: a short-lived address, after showing again who one is."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Accounts
from kept.cells import Cell
from kept.jobs import Job, job
from kept.rights.archive import FOLDER, Made, archive
from kept.rights.models import COUNT, DataCopy
from kept.rights.requests import Request, change, request_of
from kept.rights.states import COPIES, State
from kept.rights.taking import COPY_JOB
from kept.rights.works import NoSuchRequest, NotReady, Works
from kept.vault import Reason

GOOD_FOR = timedelta(minutes=10)
PIECE = 256 * 1024
_COPY = "SELECT archive, size FROM data_copy WHERE owner_id = $1 AND request_id = $2"
_LANGUAGE = "SELECT language FROM account WHERE owner_id = $1"


class CopyTicket(msgspec.Struct, array_like=True):
    """What an address of a copy says."""

    cell: str
    request_id: UUID


@job(COPY_JOB)
async def make_copy(job: Job, works: Works) -> None:
    """Make the copy that a request asks for."""
    cell = works.cells.named(job.cell)
    request = await request_of(cell, job.owner_id)
    if request is None or request.member_id is None or request.state not in (State.RECEIVED, State.BUILDING):
        return
    await job.step("beginning", _begin, works, request, percent=5)
    await job.step("making the copy", _make, works, request, job.subject_id, percent=20)


async def ticket_for(accounts: Accounts, request: Request, *, now: datetime) -> str:
    """What opens a copy for ten minutes, for whoever holds it. Raises NotReady."""
    if request.kind not in COPIES or request.state is not State.READY:
        raise NotReady(state=request.state.value)
    return accounts.tickets.write(CopyTicket(request.cell.name, request.request_id), until=now + GOOD_FOR)


async def open_copy(works: Works, ticket: str, *, now: datetime) -> tuple[int, AsyncIterator[bytes]]:
    """A copy's length in bytes and its pieces, as they are opened. Raises BadTicket, NoSuchRequest, NotReady."""
    told = works.accounts.tickets.read(ticket, CopyTicket, now=now)
    cell = works.cells.named(told.cell)
    request = await request_of(cell, told.request_id)
    if request is None or request.member_id is None:
        raise NoSuchRequest
    rows = await cell.database.fetch(_COPY, request.member_id, request.request_id)
    if request.state is not State.READY or not rows:
        raise NotReady(state=request.state.value)
    sealed = _stored(cell, rows[0]["archive"])
    vault = works.vaults[cell.name]
    clear = vault.open_stream(request.member_id, "data_copy.archive", request.request_id, sealed, reason=Reason.OWNER)
    return rows[0]["size"], clear


async def _begin(works: Works, request: Request) -> None:
    if request.state is State.RECEIVED:
        async with request.cell.begin() as tx:
            await change(tx, request.request_id, State.BUILDING, now=works.clock.now())


async def _make(works: Works, request: Request, round_id: UUID) -> None:
    """Make, seal and store the archive; its row comes before its bytes, so that nobody tidies it away."""
    cell, member_id, now = request.cell, request.member_id, works.clock.now()
    if member_id is None:
        return
    key = f"{FOLDER}/{request.request_id}"
    languages = await cell.database.fetch(_LANGUAGE, member_id)
    made = Made()
    async with cell.begin() as tx:
        planned = insert(DataCopy).values(
            owner_id=member_id, request_id=request.request_id, archive=key, made_at=now, size=0
        )
        await tx.run(planned.on_conflict_do_nothing())
    pieces = archive(works, cell, member_id, made, kind=request.kind, language=languages[0]["language"], now=now)
    file = works.studio.work / cell.name / str(round_id) / "copy"
    size = await _seal(works, request, member_id, pieces, file)
    await cell.objects.take_in({key: file})
    async with cell.begin() as tx:
        mine = sa.and_(DataCopy.owner_id == member_id, DataCopy.request_id == request.request_id)
        await tx.run(sa.update(DataCopy).where(mine).values(size=size))
        told = [{"where": name, "what": "copied", "rows": rows, "left": 0} for name, rows in made.rows.items()]
        told.append({"where": COUNT, "what": "counted", "rows": made.counted, "left": 0})
        told.append({"where": "files", "what": "copied", "rows": made.files, "left": made.missing})
        await change(tx, request.request_id, State.READY, now=works.clock.now(), outcomes=told)


async def _seal(works: Works, request: Request, member_id: UUID, pieces: AsyncIterator[bytes], file: Path) -> int:
    """Write the sealed archive to a file; how many bytes it has in clear."""
    size = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal size
        async for piece in pieces:
            if piece:
                size += len(piece)
                yield piece

    vault = works.vaults[request.cell.name]
    with await asyncio.to_thread(_private, file) as out:
        sealed = vault.seal_stream(member_id, "data_copy.archive", request.request_id, counted())
        async for piece in sealed:
            await asyncio.to_thread(out.write, piece)
        out.flush()
        await asyncio.to_thread(os.fsync, out.fileno())
    return size


def _private(file: Path) -> BinaryIO:
    """A new file that nobody else may read; what a round that broke off left is overwritten."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.unlink(missing_ok=True)
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


async def _stored(cell: Cell, key: str) -> AsyncIterator[bytes]:
    size = await cell.objects.size(key)
    for start in range(0, size, PIECE):
        yield await cell.objects.get_range(key, start, min(start + PIECE, size))
