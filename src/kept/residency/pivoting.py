"""A cell moves to a new store while its members go on using it: a durable job, in steps that can be repeated.

    preparing -> moving -> verifying -> emptying -> certifying -> done
                    └─ aborting (everybody back) -> aborted

Members move in batches, each verified before its homes are switched. Nothing of the old store is deleted before nobody and
nothing is left in it; until then the pivot can be aborted, which moves back who has moved.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from kept.cells import Cell, Standing
from kept.jobs import Job, Step, enqueue, job
from kept.kit import KeptError, Kind, new_id
from kept.kit.database import DATABASE_AWAY
from kept.ledger import Entry, outbox_insert
from kept.residency import certificate, signing
from kept.residency.cases import drop_cases, forget_cases, hand_over_cases
from kept.residency.emptying import carry_tombstones, empty, require_left
from kept.residency.luggage import Works
from kept.residency.models import PivotRow
from kept.residency.moving import PLATFORM, MemberBusy, Moved, move_members, require_holding, settle_all
from kept.residency.pacing import Pace
from kept.residency.preparing import NotPrepared, add_counters, bring_cases_back, copy_own, prepare, wait_for_the_last
from kept.residency.residue import needles_of, scan

PIVOT = "pivot"
AT_ONCE = 2
_PATIENT = Step(attempts=11, wait=0.5)
_OPEN = "SELECT * FROM pivot WHERE ended_at IS NULL AND (old = ANY($1) OR new = ANY($1))"
_NEXT = """
SELECT member_id FROM member m WHERE cell = $1 AND confirmed_at IS NOT NULL AND ($3::timestamptz IS NULL OR moved_at >= $3)
AND NOT EXISTS (SELECT FROM member_move WHERE member_id = m.member_id) ORDER BY member_id LIMIT $2
"""
_log = structlog.get_logger()


class PivotUnderWay(KeptError):
    code = "pivot_under_way"
    kind = Kind.CONFLICT
    message = "A pivot of {old} to {new} is under way."


class NoPivot(KeptError):
    code = "no_pivot"
    kind = Kind.NOT_FOUND
    message = "No pivot of {old} is under way."


class TooLate(KeptError):
    code = "too_late"
    kind = Kind.CONFLICT
    message = "Everybody has moved, and {old} is being deleted: this pivot can't be aborted any more."


class LeftBehind(KeptError):
    """Promise `residency.pivot`: no certificate while anything is left."""

    code = "left_behind"
    kind = Kind.BUG
    message = "{count} pieces of data were found in {old} after it was emptied, so no certificate was issued."


async def begin_pivot(works: Works, old: str, new: str, *, now: datetime) -> UUID:
    """Ask for the pivot of a cell; or go on with one that stopped. The pivot's id.

    Raises:
        NotServedHere, NotPrepared, CannotHold: the cells can't do it.
        PivotUnderWay: one of them takes part in another.
    """
    here, there = works.cells.named(old), works.cells.named(new)
    if here.region != there.region or old == new:
        raise NotPrepared(cell=new, why=f"the data of {here.region} stays in that region, and a pivot needs another cell.")
    await require_holding(here)
    directory = works.cells.directory.database
    found = await directory.fetch(_OPEN, [old, new])
    if any((row["old"], row["new"]) != (old, new) for row in found):
        raise PivotUnderWay(old=found[0]["old"], new=found[0]["new"])
    if found:
        pivot_id: UUID = found[0]["pivot_id"]
    else:
        pivot_id = new_id()
        counted = (await directory.fetch("SELECT count(*) AS n FROM member WHERE cell = $1", old))[0]["n"]
        values = {"pivot_id": pivot_id, "old": old, "new": new, "step": "preparing", "members": counted, "problem": ""}
        async with directory.begin() as connection:
            await connection.execute(sa.insert(PivotRow).values(**values, began_at=now, changed_at=now))
    await _ask(there, pivot_id, now=now)
    return pivot_id


async def abort_pivot(works: Works, old: str, *, now: datetime) -> UUID:
    """Take a pivot back: nobody more moves, and who has moved moves back. Raises NoPivot, TooLate."""
    directory = works.cells.directory.database
    found = [row for row in await directory.fetch(_OPEN, [old]) if row["old"] == old]
    if not found:
        raise NoPivot(old=old)
    stop = "UPDATE pivot SET step = 'aborting', changed_at = $2 WHERE pivot_id = $1 AND step IN ('preparing', 'moving',"
    stopped = await directory.fetch(f"{stop} 'verifying', 'aborting') RETURNING pivot_id", found[0]["pivot_id"], now)
    if not stopped:
        raise TooLate(old=old)
    await _ask(works.cells.named(found[0]["new"]), found[0]["pivot_id"], now=now)
    return UUID(str(found[0]["pivot_id"]))


@job(PIVOT)
async def pivot(asked: Job, works: Works) -> None:
    """Move a cell; see above."""
    steps = [("preparing", _prepare, 1), ("moving", _move, 5), ("verifying", _verify, 85), ("emptying", _empty, 90)]
    for name, run, percent in [*steps, ("certifying", _certify, 95)]:
        go_on = await asked.step(name, _guarded, works, asked.owner_id, run, name, percent=percent, retry=_PATIENT)
        if not go_on:
            await asked.step("aborting", _abort, works, asked.owner_id, percent=50, retry=_PATIENT)
            return


async def _ask(cell: Cell, pivot_id: UUID, *, now: datetime) -> None:
    """A job of its own each time: one that failed can be asked for again, and what is done is not done twice."""
    async with cell.begin() as tx:
        await enqueue(tx, PIVOT, owner_id=pivot_id, subject_id=new_id(), now=now)


async def _guarded(works: Works, pivot_id: UUID, run: Any, name: str) -> bool:
    """Do a step, unless the pivot is being aborted or past it; False when it is aborted. Says what keeps it from going on."""
    directory = works.cells.directory.database
    reached = ["preparing", "moving", "verifying", "emptying", "certifying", "done"]
    row = await _row(works, pivot_id)
    if row["step"] in ("aborting", "aborted"):
        return False
    if reached.index(row["step"]) > reached.index(name):
        return True
    before = "UPDATE pivot SET step = $2, problem = '', changed_at = $3 WHERE pivot_id = $1 AND step <> 'aborting'"
    if not await directory.fetch(f"{before} RETURNING pivot_id", pivot_id, name, works.clock.now()):
        return False
    try:
        return bool(await run(works, row, works.cells.named(row["old"]), works.cells.named(row["new"])) is not False)
    except KeptError as error:
        said = "UPDATE pivot SET problem = $2, changed_at = $3 WHERE pivot_id = $1"
        await directory.fetch(said, pivot_id, error.public, works.clock.now())
        raise


async def _prepare(works: Works, _row: Any, old: Cell, new: Cell) -> None:
    await settle_all(works)
    await prepare(works, old, new)


async def _move(works: Works, row: Any, old: Cell, new: Cell) -> bool:
    return await move_everybody(works, old, new, pivot_id=row["pivot_id"])


async def move_everybody(works: Works, old: Cell, new: Cell, *, pivot_id: UUID, back: datetime | None = None) -> bool:
    """Move all members of a cell, some at a time, until nobody lives there; False when that is to be aborted.

    `back`: only those who have come to it since that moment.
    """
    directory, pace = works.cells.directory.database, Pace()
    await settle_all(works)
    while True:
        if back is None and (await _row(works, pivot_id))["step"] == "aborting":
            return False
        rows = await directory.fetch(_NEXT, old.name, AT_ONCE * pace.members, back)
        ids = [row["member_id"] for row in rows]
        if not ids and back is not None:
            return True
        if not ids:
            left = await directory.fetch("SELECT count(*) AS n FROM member WHERE cell = $1", old.name)
            if left[0]["n"] == 0:
                return True
            await asyncio.sleep(0.2)  # somebody is signing up, or moves already
            continue
        some = [ids[at : at + pace.members] for at in range(0, len(ids), pace.members)]
        moves = (move_members(works, one, old.name, new.name, pivot_id=pivot_id) for one in some)
        if not await _outcomes(await asyncio.gather(*moves, return_exceptions=True), pace):
            await asyncio.sleep(pace.pause)


async def _outcomes(outcomes: Sequence[Moved | BaseException], pace: Pace) -> int:
    """Members who were moved. Raises what is not mended by trying again."""
    members = 0
    for outcome in outcomes:
        if isinstance(outcome, MemberBusy):
            pace.was_busy()
        elif isinstance(outcome, DATABASE_AWAY):
            _log.warning("pivot.database_away", error=type(outcome).__name__)
            await asyncio.sleep(1)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            pace.took(outcome.window_seconds)
            members += len(outcome.members)
    return members


async def _verify(works: Works, _row: Any, old: Cell, new: Cell) -> None:
    await copy_own(old, new)
    await hand_over_cases(works, old, new)
    await forget_cases(works, old)
    await wait_for_the_last(works, old)
    await require_left(works, old)


async def _empty(works: Works, row: Any, old: Cell, new: Cell) -> None:
    now = works.clock.now()
    await require_left(works, old)
    await carry_tombstones(works, old, new)
    await add_counters(old, new, pivot_id=row["pivot_id"], now=now)
    await empty(works, old, now=now)
    reason = f"Its members live in {new.name}."
    await works.cells.standings.set(old.name, Standing.RETIRED, reason=reason, now=now)


async def _certify(works: Works, row: Any, old: Cell, new: Cell) -> None:
    directory, now = works.cells.directory.database, works.clock.now()
    text = row["certificate"]
    if text is None:
        residue = await scan(works, old, await needles_of(new))
        if residue.total:
            raise LeftBehind(count=residue.total, old=old.name)
        text = await certificate.write_certificate(works, row, old, new, residue, now=now)
        await directory.fetch("UPDATE pivot SET certificate = $2 WHERE pivot_id = $1", row["pivot_id"], text)
    hashed = signing.hash_of(text)
    entry = Entry("region.pivoted", actor=PLATFORM, subject=None, object=f"certificate:{hashed}")
    async with new.begin() as tx:
        for statement in outbox_insert([entry], cell=new.name, now=now):
            await tx.run(statement)
    done = "UPDATE pivot SET step = 'done', ended_at = $2, changed_at = $2 WHERE pivot_id = $1"
    await directory.fetch(done, row["pivot_id"], now)


async def _abort(works: Works, pivot_id: UUID) -> None:
    row = await _row(works, pivot_id)
    if row["ended_at"] is not None:
        return
    now, old, new = works.clock.now(), works.cells.named(row["old"]), works.cells.named(row["new"])
    standings = works.cells.standings
    await bring_cases_back(works, new, old)
    await standings.set(old.name, Standing.SERVING, reason=f"A pivot to {new.name} was aborted.", now=now)
    await standings.set(new.name, Standing.LEAVING, reason=f"Its members move back to {old.name}.", now=now)
    await move_everybody(works, new, old, pivot_id=pivot_id, back=row["began_at"])
    await bring_cases_back(works, new, old)
    await drop_cases(works, new)
    await standings.set(new.name, Standing.SPARE, reason="It waits for a pivot.", now=now)
    done = "UPDATE pivot SET step = 'aborted', ended_at = $2, changed_at = $2 WHERE pivot_id = $1"
    await works.cells.directory.database.fetch(done, pivot_id, works.clock.now())


async def _row(works: Works, pivot_id: UUID) -> Any:
    return (await works.cells.directory.database.fetch("SELECT * FROM pivot WHERE pivot_id = $1", pivot_id))[0]
