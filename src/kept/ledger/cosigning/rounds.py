"""Rounds of cosigning: every new head is shown to all witnesses at once, and published when enough have cosigned it.

The writer shows what it signed as `head`; the checkpoint follows. Readers so find a cosigned checkpoint, as fresh as
the witnesses are quick. When they are slow, the checkpoint without them is published after `patience`: readers learn
that the log goes on, and that nobody vouches for it.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import structlog

from kept.kit import Database, Fatal
from kept.ledger.cosigning.asking import Ahead, Asker, WitnessAway
from kept.ledger.errors import Forked
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.policy import NotCosigned, Quorum
from kept.ledger.log import Log
from kept.ledger.reading.sources import Source
from kept.ledger.reading.tree import Tree
from kept.ledger.store import CHECKPOINT, HEAD, Store

_log = structlog.get_logger()

PATIENCE = 1.5
"""Seconds after which a head is published without a quorum."""
GRACE = 0.2
"""Seconds that the other witnesses get when a quorum has answered."""
REFRESH = 60.0
"""Seconds after which an idle log asks again: a cosignature says how fresh a head is."""
_AGAIN = 2.0
"""Seconds until witnesses are asked again that have not made a quorum."""
_TICK = 0.1
_LOCK = 0x6B657074_6C6F67  # pg_advisory_xact_lock: one process at a time publishes a checkpoint


class Cosigning:
    """Has the witnesses of `quorum` cosign what `log` signs, and publishes it. `source` reads what `store` holds."""

    def __init__(
        self, log: Log, quorum: Quorum, database: Database, store: Store, source: Source, *, patience: float = PATIENCE
    ) -> None:
        self._log = log
        self._quorum = quorum
        self._database = database
        self._store = store
        self._source = source
        self._patience = patience
        self._askers = list(_askers(quorum))
        self._threads = ThreadPoolExecutor(max(1, len(self._askers)), thread_name_prefix="cosigning")
        self._busy: dict[Asker, asyncio.Future[tuple[Checkpoint, str]]] = {}
        self._late_since: float | None = None
        self._ahead: set[Asker] = set()

    async def run(self) -> None:
        """Ask until cancelled. Raises Forked when a witness tells of another history; the log is halted then."""
        try:
            await self._run()
        finally:
            self.close()

    def close(self) -> None:
        """End the connections; what a witness still answers is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for asker in self._askers:
            asker.close()

    async def _run(self) -> None:
        while True:
            vouched = False
            self._log.moved.clear()
            try:
                vouched = await self.round()
            except Fatal as error:
                await self._log.halt(error)
                raise
            except Exception as error:  # noqa: BLE001  a job's edge: the next round begins from what is stored
                _log.warning("ledger.cosigning_failed", error=type(error).__name__, why=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._log.moved.wait(), REFRESH if vouched else _AGAIN)

    async def round(self) -> bool:
        """Show the newest head to all witnesses that are free; whether a quorum cosigned it."""
        note = await self._store.get(HEAD)
        if note is None:
            return False
        head = open_checkpoint(note, self._log.vkey)
        tree = Tree(self._source, head.size)
        for asker in self._askers:
            if asker not in self._busy:
                work = asyncio.get_running_loop().run_in_executor
                self._busy[asker] = work(self._threads, asker.ask, note.decode(), head, tree.consistency)
        cosigned, grace = note.decode(), None
        asked = dict(self._busy)
        while asked:
            await asyncio.wait(asked.values(), timeout=_TICK, return_when=asyncio.FIRST_COMPLETED)
            for asker in [asker for asker, answer in asked.items() if answer.done()]:
                cosigned += await self._answer(asker, head)
                del asked[asker]
            if self._suffices(cosigned):
                grace = grace or time.monotonic() + GRACE
                if time.monotonic() >= grace:
                    break
            await self._show_late_head()
        if self._suffices(cosigned):
            await self._publish(cosigned.encode(), head)
            return True
        await self._show_late_head()
        return False

    async def _answer(self, asker: Asker, head: Checkpoint) -> str:
        """The lines that a witness gave for `head`; none if it did not, or answered about an earlier head."""
        try:
            answered, lines = self._busy.pop(asker).result()
        except WitnessAway as error:
            _log.warning("ledger.witness_away", url=asker.url, why=error.details["why"])
            return ""
        except Ahead as error:
            newest = open_checkpoint(await self._store.get(HEAD) or b"", self._log.vkey)
            if newest.size < error.size and asker in self._ahead:
                raise Forked(f"{error}; this log has {newest.size}: it was put back to an earlier state") from error
            self._ahead.add(asker)  # it says so from memory; asked once more, it says so of itself
            return ""
        self._ahead.discard(asker)
        return lines if answered == head else ""

    def _suffices(self, note: str) -> bool:
        try:
            self._quorum.check(note.encode())
        except NotCosigned:
            return False
        return True

    async def _show_late_head(self) -> None:
        """Publish the newest head as it is when the checkpoint has lagged behind for longer than `patience`."""
        note, published = await self._store.get(HEAD), await self._store.get(CHECKPOINT)
        head = open_checkpoint(note or b"", self._log.vkey)
        if published is not None and open_checkpoint(published, self._log.vkey).size >= head.size:
            self._late_since = None
            return
        self._late_since = self._late_since or time.monotonic()
        if time.monotonic() - self._late_since >= self._patience:
            await self._publish(note or b"", head)

    async def _publish(self, note: bytes, head: Checkpoint) -> None:
        """Replace the checkpoint, unless what is published is newer, or as new and better vouched for."""
        pool = await self._database.pool()
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            published = await self._store.get(CHECKPOINT)
            if published is None or self._is_better(note, head, published):
                await self._store.replace(CHECKPOINT, note)
        self._late_since = None

    def _is_better(self, note: bytes, head: Checkpoint, published: bytes) -> bool:
        shown = open_checkpoint(published, self._log.vkey)
        if shown.size == head.size and shown.root != head.root:
            raise Forked(f"head and published checkpoint of {head.size} entries have two roots")
        return head.size > shown.size or (
            head.size == shown.size and (self._suffices(note.decode()) or not self._suffices(published.decode()))
        )


def _askers(quorum: Quorum) -> Iterable[Asker]:
    """One for each address; a witness with keys of two kinds is asked once."""
    urls = dict.fromkeys(witness.url for witness in quorum.witnesses if witness.url)
    for url in urls:
        yield Asker(url, [witness.key for witness in quorum.witnesses if witness.url == url])
