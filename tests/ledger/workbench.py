"""What the ledger's tests work with: a log on real stores, entries to log, and the question whether all is well."""

import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kept.kit import Database, FixedClock, new_id
from kept.kit.objects import Objects
from kept.ledger import (
    Checkpoint,
    Entry,
    Log,
    Report,
    Signer,
    Stop,
    Store,
    Waiting,
    outbox_insert,
    source_of,
    stopped,
    store_of,
    verify,
)
from kept.ledger.edge import Edge, extended
from kept.ledger.entry import write
from kept.ledger.formats.tiles import unbundle
from kept.ledger.reading.sources import FolderSource

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ORIGIN = "log.example/test"
SIGNER = Signer(ORIGIN, bytes(range(32)))


def waiting(count: int, *, cell: str = "eu") -> list[Waiting]:
    """Entries that nobody has logged yet."""
    return [write(Entry("video.published", object=f"video:{new_id()}"), cell=cell, now=NOON)[0] for _ in range(count)]


@dataclass
class Workbench:
    """A ledger database, a folder and two cells' databases."""

    folder: Path
    database: Database
    cells: dict[str, Database]
    signer: Signer = SIGNER
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))

    @property
    def objects(self) -> Objects:
        return Objects(str(self.folder))

    def log(self, *, store: Store | None = None, database: Database | None = None, signer: Signer | None = None) -> Log:
        """A writer, as after a restart."""
        return Log(database or self.database, store or store_of(self.objects), signer or self.signer, self.clock)

    async def grown(self, *batches: int) -> list[Waiting]:
        """Append batches of these sizes; returns everything that was logged."""
        log, done = self.log(), []
        for size in batches:
            batch = waiting(size)
            await log.append(batch)
            done += batch
        return done

    async def happened(self, cell: str, count: int) -> set[Any]:
        """Put entries into a cell's outbox; returns their ids."""
        before = await self.outbox(cell)
        async with self.cells[cell].begin() as connection:
            for statement in outbox_insert([Entry("video.published")] * count, cell=cell, now=NOON):
                await connection.execute(statement)
        return await self.outbox(cell) - before

    async def outbox(self, cell: str) -> set[Any]:
        """Ids of what waits in a cell."""
        return {row["entry_id"] for row in await self.cells[cell].fetch("SELECT entry_id FROM ledger_outbox")}

    async def stopped(self) -> Stop | None:
        return await stopped(self.database, ORIGIN)

    async def run(self, sql: str) -> None:
        """Tamper with the ledger's database."""
        await (await self.database.pool()).execute(sql)

    async def renew(self) -> None:
        """Begin again with nothing."""
        await self.run("TRUNCATE log_head, log_entry, log_pending, log_stop")
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def report(self, **options: Any) -> Report:
        return verify(source_of(self.folder), **options)

    def stored(self) -> list[str]:
        """Every file of the log."""
        return list(FolderSource(self.folder).keys())

    def payloads(self) -> list[bytes]:
        """Every published entry, in order, as a reader finds them."""
        bundles = sorted((self.folder / "tile" / "entries").glob("**/*"), key=lambda path: path.as_posix())
        widest: dict[str, list[bytes]] = {}
        for path in bundles:
            if path.is_file():
                entries = unbundle(path.read_bytes())
                name = path.as_posix().split(".p/")[0]
                widest[name] = max(widest.get(name, []), entries, key=len)
        return [entry for _, entries in sorted(widest.items()) for entry in entries]

    def is_sound(self, expected: Iterable[Waiting], *, exactly: bool = True) -> None:
        """The whole log verifies, with every expected entry in it once."""
        report = self.report(vkey=self.signer.vkey.text)
        assert report.deviations == []
        assert report.entries == report.size == len(set(self.payloads()))
        missing = {one.payload for one in expected} - set(self.payloads())
        assert not missing
        if exactly:
            assert report.size == len(list(expected))


def written(folder: Path, batches: list[list[Waiting]]) -> None:
    """A log as the writer leaves it, without a database."""
    edge = Edge()
    for batch in batches:
        edge, files = extended(edge, [one.payload for one in batch])
        for key, data in files.items():
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(data)
    for full in [path for path in folder.rglob("*") if path.is_file() and ".p/" not in path.as_posix()]:
        shutil.rmtree(f"{full}.p", ignore_errors=True)
    (folder / "checkpoint").write_text(Checkpoint(ORIGIN, edge.size, edge.root).signed(SIGNER))
    (folder / "vkey").write_text(SIGNER.vkey.text)


def flips(data: bytes, *, samples: int) -> Sequence[bytes]:
    """`data` with one bit changed: at both ends, in the middle, and at random places; everywhere if it is short."""
    places = {0, len(data) // 2, len(data) - 1} | {random.Random(1).randrange(len(data)) for _ in range(samples)}
    if len(data) <= 400:
        places = set(range(len(data)))
    return [data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :] for at in sorted(places)]
