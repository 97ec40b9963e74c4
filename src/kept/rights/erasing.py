"""The jobs of a deletion: hiding an account's clips everywhere, and erasing it all, step by step, until nothing is left.

A job's owner is the request itself, never the member: else it would delete itself, and its name would tell who asked.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Tx
from kept.jobs import Job, Step, job
from kept.ledger import Entry, outbox_insert
from kept.residency import hash_of
from kept.rights.models import RightsRequest
from kept.rights.requests import Request, change, request_of
from kept.rights.states import DECIDED, State
from kept.rights.taking import ERASE_JOB, HIDE_JOB
from kept.rights.works import Works
from kept.social import draw_again as draw_profile_again
from kept.subjects import (
    Held,
    NotErasedYet,
    Outcome,
    What,
    end_farewell,
    forget_everywhere,
    held_of,
    hide,
    is_complete,
    leave_directory,
    needles_of,
    parcels_on_their_way,
    remove_objects,
    remove_rows,
    require_quiet,
    scan_for,
    scrub,
    shred,
    tables_of_members,
    write_receipt,
)
from kept.videos import draw_again

KNOWN = frozenset({("cell", "rights_request")})
"""The request itself names its member until it is done."""
_PATIENT = Step(attempts=8, wait=0.25)


@job(HIDE_JOB)
async def redraw(job: Job, works: Works) -> None:
    """Draw every card of the member's anew: hidden while the account is at rest, shown when it was taken up again."""
    cell = works.cells.named(job.cell)
    await job.step("drawing cards", _redraw, works, cell, job.owner_id)


@job(ERASE_JOB)
async def erase(job: Job, works: Works) -> None:
    """One round of an erasure. Each step may be repeated; what can't be asked now is asked in the next round."""
    request = await request_of(works.cells.named(job.cell), job.owner_id)
    if request is None or request.member_id is None or request.state is not State.ERASING:
        return  # an earlier round did it
    cell, member_id = request.cell, request.member_id
    held = await held_of(cell, member_id, now=works.clock.now())
    await job.step("waiting for what is at work", require_quiet, works, cell, member_id, percent=2, retry=_PATIENT)
    await job.step("noting", _note, cell, request, percent=4)
    done = _read(await job.step("destroying the key", _shred, works, cell, member_id, held, percent=8))
    done += _read(await job.step("hiding", _hide, works, cell, member_id, percent=20))
    done += _read(await job.step("deleting files", _files, works, cell, member_id, held, percent=35))
    done += _read(await job.step("deleting rows", _rows, works, cell, member_id, held, percent=50, retry=_PATIENT))
    if not held.everything:
        done += _read(await job.step("forgetting the name", _names, works, member_id, percent=65))
    done += _read(await job.step("leaving the directory", _directory, works, member_id, held, percent=75))
    await job.step("tidying", _tidy, works, cell, [one.where for one in done if one.rows], percent=85)
    await job.step("closing", _finish, works, cell, request, held, done, percent=95, retry=_PATIENT)


async def _redraw(works: Works, cell: Cell, request_id: UUID) -> None:
    request = await request_of(cell, request_id)
    if request is None or request.member_id is None:
        return
    after: UUID | None = None
    while True:
        async with cell.begin() as tx:
            after = await draw_again(tx, request.member_id, after=after, now=works.clock.now())
        if after is None:
            break
    async with cell.begin() as tx:
        await draw_profile_again(tx, request.member_id, now=works.clock.now())


async def _note(cell: Cell, request: Request) -> None:
    """Keep what will have to be gone: the first round notes it, while it is there."""
    if request.member_id is None:
        return
    needles = await needles_of(cell, request.member_id)
    first = sa.and_(RightsRequest.request_id == request.request_id, RightsRequest.needles == [])
    async with cell.begin() as tx:
        await tx.run(sa.update(RightsRequest).where(first).values(needles=[_inverted(one) for one in needles]))


async def _shred(works: Works, cell: Cell, member_id: UUID, held: Held) -> list[dict[str, Any]]:
    return _write([await shred(works, cell, member_id, held)])


async def _hide(works: Works, cell: Cell, member_id: UUID) -> list[dict[str, Any]]:
    return _write(await hide(cell, member_id, now=works.clock.now()))


async def _files(works: Works, cell: Cell, member_id: UUID, held: Held) -> list[dict[str, Any]]:
    return _write([await remove_objects(works, cell, member_id, held)])


async def _rows(works: Works, cell: Cell, member_id: UUID, held: Held) -> list[dict[str, Any]]:
    return _write(await remove_rows(works, cell, member_id, held, now=works.clock.now()))


async def _names(works: Works, member_id: UUID) -> list[dict[str, Any]]:
    return _write(await forget_everywhere(works, member_id, now=works.clock.now()))


async def _directory(works: Works, member_id: UUID, held: Held) -> list[dict[str, Any]]:
    return _write([await leave_directory(works, member_id, held)])


async def _tidy(works: Works, cell: Cell, changed: list[str]) -> list[str]:
    known = {table.name for table in tables_of_members()}
    return await scrub(works, cell, [name for name in changed if name in known])


async def _finish(works: Works, cell: Cell, request: Request, held: Held, done: list[Outcome]) -> None:
    """Look whether anything is left; then say so, signed and on record, and forget whose request it was.

    Raises NotErasedYet: something is, or could not be asked. Nothing is complete before.
    """
    member_id = request.member_id
    if member_id is None:
        return
    now = works.clock.now()
    if held.anything:
        await _say_held(cell, request, done, works)
        return
    await _require_answers(cell, member_id, done)
    wanted = await cell.database.fetch("SELECT needles FROM rights_request WHERE request_id = $1", request.request_id)
    needles = [_inverted(one) for one in wanted[0]["needles"]]
    residue = await scan_for(works, member_id, needles, but=KNOWN)
    if residue.total:
        places = ", ".join(f"{count} in {where}" for where, count in residue.rows.items())
        raise NotErasedYet(what=places or f"{residue.found} pieces in files")
    await end_farewell(works, member_id)
    pseudonym = works.beacon.pseudonym(member_id)
    receipt = write_receipt(works, request.request_id, pseudonym, done, residue, asked_at=request.asked_at, now=now)
    async with cell.begin() as tx:
        told = _write(done)
        if await change(tx, request.request_id, State.DONE, now=now, outcomes=told, receipt=receipt, member_id=None):
            certified = Entry("erasure.certified", actor="system:rights", object=f"receipt:{hash_of(receipt)}")
            await _forget_whose(tx, member_id, now=now)
            for statement in outbox_insert([certified], cell=cell.name, now=now):
                await tx.run(statement)


async def _forget_whose(tx: Tx, member_id: UUID, *, now: datetime) -> None:
    """What else the member asked: nobody knows any more whose it was, and what was still to be decided is called off."""
    theirs = RightsRequest.member_id == member_id
    waiting = sa.select(RightsRequest.request_id).where(theirs, RightsRequest.state == State.RECEIVED)
    for request_id in (await tx.run(waiting.where(RightsRequest.kind.in_(DECIDED)))).scalars().all():
        await change(tx, request_id, State.CALLED_OFF, now=now)
    await tx.run(sa.update(RightsRequest).where(theirs).values(member_id=None))


async def _require_answers(cell: Cell, member_id: UUID, done: Sequence[Outcome]) -> None:
    """Every place has answered, and the tombstones have reached every cell. Raises NotErasedYet."""
    if not is_complete(done):
        places = ", ".join(one.where for one in done if one.what in (What.UNREACHABLE, What.REFUSED))
        raise NotErasedYet(what=f"no answer yet from {places}")
    waiting = await parcels_on_their_way(cell, member_id)
    if waiting:
        raise NotErasedYet(what=f"{waiting} tombstones have not reached every region yet")


async def _say_held(cell: Cell, request: Request, done: Sequence[Outcome], works: Works) -> None:
    async with cell.begin() as tx:
        await change(tx, request.request_id, State.HELD, now=works.clock.now(), outcomes=_write(done))


def _inverted(needle: bytes) -> bytes:
    """Every bit turned round: what is noted to be looked for must not be what is found."""
    return bytes(byte ^ 0xFF for byte in needle)


def _write(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """As the engine and the request store them: places and counts, nothing of anybody's."""
    return [asdict(one) | {"what": one.what.value} for one in outcomes]


def _read(outcomes: list[dict[str, Any]]) -> list[Outcome]:
    return [Outcome(one["where"], What(one["what"]), one["rows"], one["left"]) for one in outcomes]
