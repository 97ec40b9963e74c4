"""The writer: signs one history, and stops rather than sign a second one.

Order of an append: in one transaction, compare the head, number the entries, sign, swap the head, keep the entries as
pending; then write bundles and tiles; then publish the checkpoint; then forget the pending entries. A writer that is
killed anywhere is continued from the pending entries by the next one: every file is determined by them, byte by byte.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import structlog

from kept.kit import Clock, Database, Fatal
from kept.ledger.edge import Edge, extended
from kept.ledger.entry import BadEntry, Waiting, read
from kept.ledger.formats.checkpoint import Checkpoint
from kept.ledger.formats.note import Signer
from kept.ledger.head import Head, lock_head, move_head, positions, say_sound, say_stopped
from kept.ledger.opening import open_edge
from kept.ledger.publication import Unpublished, publish
from kept.ledger.store import CHECKPOINT, Store

_log = structlog.get_logger()


class Log:
    """One append-only log. Several processes may hold it: each change goes to one of them, the others see HeadMoved.

    A `Fatal` is remembered: this object never writes again, and `head.stopped` tells everybody why.
    """

    def __init__(
        self, database: Database, store: Store, signer: Signer, clock: Clock, *, publish_as: str = CHECKPOINT
    ) -> None:
        """`publish_as`: the checkpoint; or the head, if somebody else publishes checkpoints when they are cosigned."""
        self.vkey = signer.vkey
        self.moved = asyncio.Event()
        """Set when something new has been published."""
        self._publish_as = publish_as
        self._database = database
        self._store = store
        self._signer = signer
        self._clock = clock
        self._turn = asyncio.Lock()
        self._edge: Edge | None = None
        self._dead: Fatal | None = None

    async def open(self) -> Checkpoint:
        """Check that head, published checkpoint and right edge are one history, and finish what a killed writer began.

        `append` does so by itself when it must. Returns the published head.

        Raises:
            Forked, Gap, BadSignature, StoreOverwrites: the log is not sound; nothing was written.
            HeadMoved: another writer was at work; try again.
        """
        async with self._writing() as edge:
            return self._checkpoint(edge)

    async def append(self, batch: Sequence[Waiting]) -> list[int]:
        """Log `batch` and publish it; entries that are logged already keep their place. Returns each entry's index.

        When it returns, a published, signed checkpoint covers the batch. When it raises, some of it may be logged: ask
        again with the same entries.

        Raises:
            BadEntry: something that is not an entry of ours; nothing was logged.
            Forked, Gap, BadSignature, StoreOverwrites: as `open`.
            HeadMoved: another writer was faster; try again.
        """
        for one in batch:
            if read(one.payload).id != one.entry_id:
                raise BadEntry(why="has another id inside")
        async with self._writing() as edge:
            places, todo = await self._commit(edge, batch)
            if todo is not None:
                await publish(self._database, self._store, todo)
                self._edge = todo.edge
                self.moved.set()
            return [places[one.entry_id] for one in batch]

    async def halt(self, error: Fatal) -> None:
        """Never write again, because of `error`, and leave word of it: somebody found that the log is not sound."""
        self._dead = error
        await self._say_stopped(error)

    async def position_of(self, entry_id: UUID) -> int | None:
        """The index of a logged entry; None if it is not in the log."""
        pool = await self._database.pool()
        async with pool.acquire() as connection:
            return (await positions(connection, [entry_id])).get(entry_id)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Edge]:
        """One writer at a time, at an edge that is checked and published; after any error it is checked anew."""
        async with self._turn:
            if self._dead is not None:
                raise self._dead
            try:
                if self._edge is None:
                    self._edge = await self._open()
                yield self._edge
            except Fatal as error:
                await self.halt(error)
                raise
            except BaseException:
                self._edge = None
                raise

    async def _open(self) -> Edge:
        edge = await open_edge(self._database, self._store, self._signer, self._clock.now(), self._publish_as)
        self.moved.set()
        await say_sound(self._database, self.vkey.name)
        return edge

    async def _say_stopped(self, error: Fatal) -> None:
        _log.critical("ledger.stopped", origin=self.vkey.name, code=type(error).__name__, reason=str(error))
        try:
            await say_stopped(self._database, self.vkey.name, error, self._clock.now())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            _log.exception("ledger.stop_not_stored", origin=self.vkey.name)

    async def _commit(self, edge: Edge, batch: Sequence[Waiting]) -> tuple[dict[UUID, int], Unpublished | None]:
        """Number, sign and store what is new in `batch`, in one transaction. Returns the places of all of it."""
        seen = self._checkpoint(edge)
        pool = await self._database.pool()
        async with pool.acquire() as connection, connection.transaction():
            await lock_head(connection, seen)
            places = await positions(connection, [one.entry_id for one in batch])
            fresh = list({one.entry_id: one for one in batch if one.entry_id not in places}.values())
            if not fresh:
                return places, None
            after, files = extended(edge, [one.payload for one in fresh])
            # Signed only while the head is locked at `seen`: if the commit fails, nobody has seen the note.
            checkpoint = self._checkpoint(after)
            head = Head(checkpoint, checkpoint.signed(self._signer))
            await move_head(connection, seen, head, fresh, self._clock.now())
        numbered = {one.entry_id: edge.size + nth for nth, one in enumerate(fresh)}
        return places | numbered, Unpublished(edge.size, after, head.note, files, self._publish_as)

    def _checkpoint(self, edge: Edge) -> Checkpoint:
        return Checkpoint(self.vkey.name, edge.size, edge.root)
