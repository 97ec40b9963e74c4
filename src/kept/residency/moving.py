"""Members to another cell of the same process, in four steps of which each can break off:

1. Keys and objects are copied. Nobody notices.
2. The window: rows are deleted at the old home in a transaction that is then *prepared*, so that nobody can change them
   any more, whoever dies (PREPARE TRANSACTION outlives us and the server); inserted at the new home, read back to the
   bit, committed.
3. The switch, in the directory (`deciding.py`); then the prepared transaction is committed. The window ends.
4. What is left at the old home goes: objects, keys, files. Cards tell the new home.

At no moment do two homes accept writes: the old one is held from before the copy until its rows are gone, the new one is
nobody's home before the switch. `settle_all` finishes or takes back what broke off, as the directory has decided.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from kept.catalog.tables import RESIDENT
from kept.cells import Cell
from kept.jobs import JobState
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry, outbox_insert
from kept.residency import deciding
from kept.residency.copying import Connection, Taken, clear, give, take
from kept.residency.deciding import Move
from kept.residency.luggage import Works
from kept.residency.objects import bring, keys_of

PLATFORM = "system:worker"
LOCK_MILLISECONDS = 700
"""Less than deadlock_timeout (1 s): where we and a request wait for each other, we are the one that gives way."""
NEWS_SECONDS = 0.02
"""Between the switch and the end of the window: every process has heard of the new home before it sees rows gone."""

_BUSY = "SELECT owner_id FROM job WHERE owner_id = ANY($1) AND state = 'running'"
_HOLD = f"SELECT member_id FROM {RESIDENT} WHERE member_id = ANY($1) ORDER BY member_id FOR UPDATE"  # noqa: S608
_HOLD_JOBS = "SELECT owner_id, state FROM job WHERE owner_id = ANY($1) AND state IN ('waiting', 'running') FOR UPDATE"
_LEAVE = """
INSERT INTO departed (member_id, to_cell, left_at) SELECT m, $2, $3 FROM unnest($1::uuid[]) AS m
ON CONFLICT (member_id) DO UPDATE SET to_cell = excluded.to_cell, left_at = excluded.left_at
"""
_WINDOW = "UPDATE move_batch SET window_ms = $2 WHERE move_id = $1"


class MemberBusy(KeptError):
    """Somebody is at work on what should move: tried again a little later."""

    code = "member_busy"
    kind = Kind.BUSY
    message = "Something is being done to this member's data right now, so it was not moved. Try again."


class CannotHold(KeptError):
    code = "cannot_hold"
    kind = Kind.CONFLICT
    message = (
        "The database of {cell} can't hold a move through a crash. Set max_prepared_transactions to 16 or more "
        "there, and restart it."
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to: members now at home there, and how long their data could not be changed."""

    move_id: UUID
    members: tuple[UUID, ...]
    rows: int
    objects: int
    window_seconds: float


async def move_member(works: Works, member_id: UUID, new: str) -> Moved:
    """Move one member to another cell, for a changed residence.

    Raises:
        NotServedHere: one of the cells is not served by this process, or there is no such member.
        MemberBusy, CannotHold, CopyDiffers, ObjectDiffers: nothing was changed.
    """
    old = await works.cells.directory.home(member_id)
    if old == new:
        return Moved(new_id(), (), 0, 0, 0.0)
    moved = await move_members(works, [member_id], old or "", new)
    if not moved.members:
        raise MemberBusy
    return moved


async def move_members(
    works: Works, members: Sequence[UUID], old: str, new: str, *, pivot_id: UUID | None = None
) -> Moved:
    """Move members together. Those whose home is not `old`, who are on their way or at work on are left out.

    Raises: as `move_member`.
    """
    here, there = works.cells.named(old), works.cells.named(new)
    await require_holding(here)
    move = Move(new_id(), old, new, tuple(members), pivot_id)
    async with _alone(here, move.held_as):
        move = replace(move, members=await _chosen(works, here, move))
        if not move.members:
            return Moved(move.move_id, (), 0, 0, 0.0)
        try:
            moved = await _carry(works, move, here, there)
        except BaseException:
            await asyncio.shield(_settle(works, move.move_id))
            raise
        await _settle(works, move.move_id)
    return moved


async def settle_all(works: Works) -> int:
    """Settle every move between cells of this process that nobody brought to its end; how many. For a worker that starts."""
    settled = 0
    for move in await deciding.unsettled(works.cells.directory.database, [cell.name for cell in works.cells]):
        with contextlib.suppress(MemberBusy):  # its mover is at work
            async with _alone(works.cells.named(move.old), move.held_as):
                await _settle(works, move.move_id)
                settled += 1
    return settled


async def _settle(works: Works, move_id: UUID) -> None:
    """Bring a move that broke off to its end, as decided; takes it back if nothing was. Safe to repeat."""
    directory = works.cells.directory.database
    found = await deciding.decided(directory, move_id)
    if found is None:
        return
    move, state = found
    old, new = works.cells.named(move.old), works.cells.named(move.new)
    switched = state == deciding.SWITCHED
    await _end_holding(old, move, commit=switched)
    await (_tidy_old(works, move, old, new) if switched else _clear_new(works, move, new))
    await new.database.fetch("DELETE FROM arriving_object WHERE move_id = $1", move_id)
    await deciding.dealt_with(directory, move_id)


async def _chosen(works: Works, old: Cell, move: Move) -> tuple[UUID, ...]:
    """Who moves now: noted in the directory, and nobody is at work on what is theirs."""
    directory = works.cells.directory.database
    begun = await deciding.begin(directory, move, now=works.clock.now())
    busy = {row["owner_id"] for row in await old.database.fetch(_BUSY, begun)}
    if busy:
        await deciding.release(directory, move.move_id, list(busy))
    return tuple(sorted(set(begun) - busy))


async def _carry(works: Works, move: Move, old: Cell, new: Cell) -> Moved:
    """Steps 1 to 3."""
    await works.vaults[old.name].hand_over(move.members, works.vaults[new.name])
    pool = await old.database.pool()
    async with pool.acquire() as connection:
        keys = await keys_of(connection, move.members)
    brought = await bring(keys, old, new, {}, move_id=move.move_id, now=works.clock.now())
    began = time.monotonic()
    async with _held(old, move, works) as (out, taken), _transaction(new) as into:
        await give(into, taken, move.members)
        keys = await keys_of(into, move.members)
        brought = await bring(keys, old, new, brought, move_id=move.move_id, now=works.clock.now())
        await _prepare(out, move)
        await _commit(into)
        for one in works.supplied.luggage:
            await one.pack(move.members, old, new)
        await deciding.switch(works.cells.directory.database, move, taken, brought, now=works.clock.now())
        await asyncio.sleep(NEWS_SECONDS)
        await _let_go(out, move)
    window = time.monotonic() - began
    await works.cells.directory.database.fetch(_WINDOW, move.move_id, window * 1000)
    return Moved(move.move_id, move.members, sum(one.rows for one in taken), len(brought), window)


@contextlib.asynccontextmanager
async def _held(old: Cell, move: Move, works: Works) -> AsyncIterator[tuple[Connection, list[Taken]]]:
    """The members' rows, deleted in a transaction that is open. Raises MemberBusy."""
    async with _transaction(old) as connection:
        await connection.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        try:
            held = await connection.fetch(_HOLD, list(move.members))
            if len(held) != len(move.members):
                raise MemberBusy
            jobs = await connection.fetch(_HOLD_JOBS, list(move.members))
            if any(job["state"] == JobState.RUNNING for job in jobs):
                raise MemberBusy
            taken = await take(connection, move.members)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            raise MemberBusy from error
        await connection.execute(_LEAVE, list(move.members), move.new, works.clock.now())
        yield connection, taken


@contextlib.asynccontextmanager
async def _alone(old: Cell, name: str) -> AsyncIterator[None]:
    """Nobody else settles this move meanwhile; the lock goes with us when we die. Raises MemberBusy."""
    pool = await old.database.pool()
    async with pool.acquire() as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name):
            raise MemberBusy
        try:
            yield
        finally:
            if not connection.is_closed():
                await asyncio.shield(connection.fetchval("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name))


@contextlib.asynccontextmanager
async def _transaction(cell: Cell) -> AsyncIterator[Connection]:
    """A transaction that the block ends itself; else it is rolled back."""
    pool = await cell.database.pool()
    async with pool.acquire() as connection:
        await connection.execute("BEGIN")
        try:
            yield connection
        except BaseException:
            if not connection.is_closed() and connection.is_in_transaction():
                await asyncio.shield(connection.execute("ROLLBACK"))
            raise


async def _prepare(connection: Connection, move: Move) -> None:
    """From here on nobody can change what is held, and the rows are there again if we say so: whatever dies meanwhile."""
    await connection.execute(f"PREPARE TRANSACTION '{move.held_as}'")


async def _commit(connection: Connection) -> None:
    await connection.execute("COMMIT")


async def _let_go(connection: Connection, move: Move) -> None:
    await connection.execute(f"COMMIT PREPARED '{move.held_as}'")


async def _end_holding(old: Cell, move: Move, *, commit: bool) -> None:
    """Commit the prepared transaction, or roll it back; nothing happens if there is none any more."""
    word = "COMMIT" if commit else "ROLLBACK"
    with contextlib.suppress(asyncpg.UndefinedObjectError):
        await old.database.fetch(f"{word} PREPARED '{move.held_as}'")


async def _tidy_old(works: Works, move: Move, old: Cell, new: Cell) -> None:
    """Step 4."""
    now = works.clock.now()
    shredded = await old.keys_database.fetch(
        "SELECT member_id FROM shredded_key WHERE member_id = ANY($1)", list(move.members)
    )
    for row in shredded:  # erased while it moved: what beats every cache must beat a move
        await works.vaults[new.name].shred(row["member_id"])
    for one in works.supplied.luggage:
        await one.unpack(move.members, old, new, now=now)
    await _delete_objects(new, old, move)
    await works.vaults[old.name].forget(move.members)
    await _record(works, move, new)


async def _record(works: Works, move: Move, new: Cell) -> None:
    """Put the move on record; once more, if we die right afterwards."""
    if len(move.members) == 1:
        name = works.beacon.pseudonym(move.members[0])
        entry = Entry("member.moved", actor=PLATFORM, subject=name, object=f"cell:{new.name}")
    else:
        entry = Entry("members.moved", actor=PLATFORM, object=f"batch:{move.move_id}")
    async with new.begin() as tx:
        for statement in outbox_insert([entry], cell=new.name, now=works.clock.now()):
            await tx.run(statement)


async def _clear_new(works: Works, move: Move, new: Cell) -> None:
    """Take back what had come to the new cell."""
    homes = await works.cells.directory.homes(list(move.members))
    strangers = [member_id for member_id in move.members if homes.get(member_id) != new.name]
    pool = await new.database.pool()
    async with pool.acquire() as connection, connection.transaction():
        await clear(connection, strangers)
    rows = await new.database.fetch("SELECT object_key FROM arriving_object WHERE move_id = $1", move.move_id)
    for row in rows:
        await new.objects.delete(row["object_key"])
    await works.vaults[new.name].forget(strangers)


async def _delete_objects(new: Cell, old: Cell, move: Move) -> None:
    pool = await new.database.pool()
    async with pool.acquire() as connection:
        keys = await keys_of(connection, move.members)
    await old.objects.delete_all(keys)


async def require_holding(cell: Cell) -> None:
    rows = await cell.database.fetch("SELECT current_setting('max_prepared_transactions')::int AS n")
    if rows[0]["n"] == 0:
        raise CannotHold(cell=cell.name)


