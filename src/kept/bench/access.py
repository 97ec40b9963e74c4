"""`kept bench access`: a page of a member's rows as staff see it, beside the bare query of the same rows in the same run.

Ours finds and locks the grant, asks the policy, fetches, writes the grant's count, the member's record and the ledger's entry,
commits, and masks: 100 rows, once of columns that stand there in clear, once of a sealed one. For the latter a proof is
fetched from the published log and checked twice, here and by the vault, which puts down what it opened, and commits that.

What bare writing costs stands beside it: three bare inserts in one commit, of the same durability. All by turns.
"""

import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from kept.access import MOST_ROWS, PublicLog, State, Vote, Wanted, ask, decide, find, read
from kept.bench.rows import fill
from kept.bench.stores import opened
from kept.catalog import Purpose
from kept.cells import Cell
from kept.kit import Settings, new_id
from kept.kit.settings import Ledger
from kept.ledger import (
    CHECKPOINT,
    HEAD,
    Cosigner,
    Log,
    Sequencer,
    load_signer,
    open_checkpoint,
    source_of,
    store_of,
)
from kept.policy import Actor, Site, Team
from kept.runtime import Runtime
from kept.staff import Colleague, NewColleague, Seat, colleague, enter, seat, still_here

PAGE = 100
READS = 200
LIMIT = 3.0
CLEAR = ("message.sent_at", "message.arrived_at", "message.state")
SEALED = ("message.body",)

_SECURITY = Actor.staff(Team.SECURITY, Site.IN_REGION)
_PEOPLE = (
    NewColleague("reader", Team.LEGAL, "DE"),
    NewColleague("sue", Team.SECURITY, "DE", region="eu"),
    NewColleague("pat", Team.PRIVACY, "DE"),
)
_WITNESS = Cosigner("witness.example/bench", os.urandom(32))
_BARE = "SELECT owner_id, message_id, {} FROM message WHERE owner_id = $1 ORDER BY owner_id, message_id LIMIT 101"
_BARE_TABLE = "CREATE TABLE bare_log (id uuid PRIMARY KEY, said text)"
_BARE_WRITE = "INSERT INTO bare_log VALUES ($1, $2)"


async def run() -> dict[str, Any]:
    """Milliseconds a page and ratios, for clear and for sealed columns."""
    async with opened(["eu"], _with_a_witness) as (runtime, _):
        office = Office(runtime)
        await office.hire()
        member_id = new_id()
        await runtime.vaults["eu"].create(member_id)
        await fill(office.cell, [member_id], each=2 * PAGE, vault=runtime.vaults["eu"])
        await office.cell.database.fetch(_BARE_TABLE)
        found: dict[str, Any] = {"name": "access", "rows_a_page": PAGE, "limit_ratio": LIMIT}
        for kind, fields in (("clear", CLEAR), ("sealed", SEALED)):
            grants = await office.grants(member_id, fields, -(-(READS + 1) * PAGE // MOST_ROWS))
            found |= {
                f"{kind}_{key}": value for key, value in (await _compare(office, member_id, fields, grants)).items()
            }
    return found


def _with_a_witness(settings: Settings) -> Settings:
    """Settings with a policy of witnesses: one, who has to cosign, and whose key we have."""
    changed = msgspec.structs.replace(settings, ledger=Ledger(witnesses="witnesses.policy"))
    log = load_signer(settings.data_folder / "keys" / "ledger.key", changed.ledger.origin)
    text = f"log {log.vkey.text}\nwitness w1 {_WITNESS.vkey.text}\nquorum w1\n"
    (settings.data_folder / "witnesses.policy").write_text(text)
    return changed


class Office:
    """Colleagues who ask and say yes, and a log with a witness."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.cell: Cell = runtime.cells.named("eu")
        self._staff: dict[str, Colleague] = {}
        self._log = PublicLog.of(runtime.ledger.objects, runtime.ledger.database, runtime.settings.witness_policy)

    async def hire(self) -> None:
        """Enter everybody into the staff directory."""
        directory, now = self.runtime.cells.directory, self.runtime.clock.now()
        for one in _PEOPLE:
            await enter(directory, one, regions=["eu"], actor=_SECURITY, by="system:operator", now=now)
            self._staff[one.name] = await colleague(directory, one.name)

    async def grants(self, member_id: UUID, fields: Sequence[str], number: int) -> list[UUID]:
        """So many grants for one member's fields, on record, with the witness's word."""
        made = [await self._granted(member_id, fields) for _ in range(number)]
        await self._record()
        return made

    async def page(self, request_id: UUID, member_id: UUID) -> int:
        """Read the first page under a grant; how many rows it has."""
        async with self.cell.begin() as tx:
            reading = await read(
                tx,
                self._seat("reader"),
                request_id,
                "message",
                member_id,
                log=self._log,
                beacon=self.runtime.beacon,
                now=self.runtime.clock.now(),
            )
        return len((await reading.shown(self.runtime.vaults["eu"])).rows)

    def _seat(self, name: str) -> Seat:
        return seat(self._staff[name], region="eu", cells=self.runtime.cells, refused_governments=())

    async def _granted(self, member_id: UUID, fields: Sequence[str]) -> UUID:
        beacon, now = self.runtime.beacon, self.runtime.clock.now()
        sealed = fields == SEALED
        wanted = Wanted(
            (member_id,),
            tuple(fields),
            Purpose.LEGAL if sealed else Purpose.SERVICE,
            "to measure how long it takes",
            case_ref="BENCH-1",
        )
        async with self.cell.begin() as tx:
            request_id = await ask(tx, self._seat("reader"), wanted, beacon=beacon, now=now)
        for name in ("sue", "pat"):
            if (await find(self.cell, request_id)).state is State.WAITING:
                here = await still_here(self.runtime.cells.directory, {one.staff_id for one in self._staff.values()})
                async with self.cell.begin() as tx:
                    await decide(tx, self._seat(name), request_id, Vote(True, ""), here=here, beacon=beacon, now=now)
        return request_id

    async def _record(self) -> None:
        """Everything that waits goes into the log, and its head is published with the witness's word."""
        ledger, clock = self.runtime.ledger, self.runtime.clock
        signer = load_signer(ledger.signing_key, ledger.origin)
        log = Log(ledger.database, store_of(ledger.objects), signer, clock, publish_as=HEAD)
        await log.open()
        await Sequencer(log, [self.cell.database, self.runtime.cells.directory.database]).drain()
        note = source_of(ledger.objects).fetch(HEAD) or b""
        head = open_checkpoint(note, signer.vkey)
        await ledger.objects.put(CHECKPOINT, note + _WITNESS.line(head.text, int(clock.now().timestamp())).encode())


async def _compare(office: Office, member_id: UUID, fields: Sequence[str], grants: Sequence[UUID]) -> dict[str, Any]:
    """Medians of bare queries, bare writes and pages of ours, in turns."""
    seconds: dict[str, list[float]] = {"query": [], "writes": [], "page": []}
    for number in range(READS + 1):
        turn: dict[str, Callable[[], Awaitable[int]]] = {
            "query": lambda: _query(office.cell, member_id, fields),
            "writes": lambda: _writes(office.cell),
            "page": lambda number=number: office.page(grants[number * PAGE // MOST_ROWS], member_id),  # type: ignore[misc]
        }
        for name, work in turn.items():
            began = time.perf_counter()
            rows = await work()
            took = time.perf_counter() - began
            assert rows == PAGE  # noqa: S101  else something else was measured
            if number:  # the first of each prepares its statements
                seconds[name].append(took)
    query, writes, page = (1000 * statistics.median(each) for each in seconds.values())
    return {
        "bare_query_ms": query,
        "bare_three_writes_ms": writes,
        "page_ms": page,
        "ratio_to_query": page / query,
        "ratio_to_query_and_writes": page / (query + writes),
        "ratio_to_query_without_writes": max(page - writes, 0) / query,
    }


async def _query(cell: Cell, member_id: UUID, fields: Sequence[str]) -> int:
    columns = ", ".join(field.partition(".")[2] for field in fields)
    rows = await cell.database.fetch(_BARE.format(columns), member_id)
    return len([dict(row) for row in rows[:PAGE]])


async def _writes(cell: Cell) -> int:
    pool = await cell.database.pool()
    async with pool.acquire() as connection, connection.transaction():
        for _ in range(3):
            await connection.execute(_BARE_WRITE, new_id(), "somebody read something of somebody's")
    return PAGE
