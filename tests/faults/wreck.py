"""A platform whose processes are killed, and what there is to see afterwards: its processes, its stores, its ledger."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from kept.cells import Cell
from kept.ledger import Report, source_of, verify
from kept.postgres import EmbeddedPostgres
from kept.videos import orphans, sweep
from tests.faults.families import Process, children, family
from tests.fixtures.platform import Platform

PARTS = ("serve", "work", "postgres")


def until(claim: Callable[[], object], seconds: float, what: Callable[[], str] | str = "it never came true") -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            raise AssertionError(what if isinstance(what, str) else what())
        time.sleep(0.01)


class Wreck:
    """A platform to kill parts of."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    @property
    def supervisor(self) -> int:
        """Process id of `kept up`."""
        assert self.platform.process is not None
        return self.platform.process.pid

    def part(self, name: str) -> Process | None:
        """A child of the supervisor: `serve`, `work` or `postgres`."""
        for child in children(self.supervisor):
            if name in child.line or (child.line[:1] and child.line[0].endswith(f"/{name}")):
                return child
        return None

    def kill(self, name: str) -> None:
        """`kill -9`, and wait until nothing is left of the part and its children, but who they belong to lives on."""
        if name == "supervisor":
            self._kill_supervisor()
            return
        victim = self.part(name)
        assert victim is not None, f"{name} does not run"
        everybody = family(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)
        until(lambda: not any(one.is_alive for one in everybody), 30, lambda: f"left by {name}: {_lines(everybody)}")

    def _kill_supervisor(self) -> None:
        assert self.platform.process is not None
        everybody = family(self.supervisor)
        assert len(everybody) > len(PARTS)
        self.platform.process.kill()
        self.platform.process.wait()
        self.platform.process = None
        until(lambda: not any(one.is_alive for one in everybody), 30, lambda: f"left: {_lines(everybody)}")

    def recover(self) -> None:
        """Start it again if nobody does; wait until it answers again."""
        if self.platform.process is None:
            self.platform.start()
        until(lambda: all(self.part(name) for name in PARTS), 30, self.platform.log)
        until(self.platform.is_ready, 60, self.platform.log)

    @property
    def server(self) -> EmbeddedPostgres:
        """The database server, as another process sees it."""
        return EmbeddedPostgres(self.platform.folder / "postgres")

    def connect(self, database: str) -> "psycopg.Connection[dict[str, Any]]":
        """A connection to one of its databases."""
        return psycopg.connect(self.server.address(database), row_factory=psycopg.rows.dict_row)

    def rows(self, database: str, statement: str, *values: object) -> list[dict[str, Any]]:
        """What a statement finds."""
        with self.connect(database) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    @contextlib.contextmanager
    def standing_still(self, database: str, table: str) -> Iterator[Callable[[], bool]]:
        """Let nobody write to a table meanwhile; what is given tells whether somebody waits in the middle of writing.

        Ends quietly when the server was killed.
        """
        connection = self.connect(database)
        try:
            connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")  # type: ignore[arg-type]
            waits = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
            yield lambda: bool(connection.execute(waits, (table,)).fetchall()[0]["n"])
        finally:
            with contextlib.suppress(psycopg.OperationalError):
                connection.rollback()
            connection.close()

    def orphans(self) -> list[str]:
        """Files and objects that no row names, in every cell, once it was tidied."""
        return asyncio.run(_orphans(self))

    def verified(self) -> Report:
        """The ledger, from its first entry, once everything that was recorded is in it."""
        waiting = "SELECT count(*) AS n FROM ledger_outbox"
        until(lambda: not sum(self.rows(f"kept_{cell}", waiting)[0]["n"] for cell in ("us", "eu")), 20)
        report = verify(source_of(self.platform.ledger))
        assert report.good, report.deviations
        return report


async def _orphans(wreck: Wreck) -> list[str]:
    from kept.app.compose import GATES, schema  # noqa: F401  declares every table
    from kept.kit import load_settings
    from kept.runtime import open_runtime

    settings = load_settings(environ={"KEPT_DATA": str(wreck.platform.folder)})
    runtime = open_runtime(settings, wreck.server.address, gates=GATES)
    try:
        return [str(one) for cell in runtime.cells for one in await _in_cell(cell, runtime)]
    finally:
        await runtime.close()


async def _in_cell(cell: Cell, runtime: Any) -> list[str | Path]:
    """What is left after the sweep that a worker does every few minutes: a kill may leave a file, and no more than that."""
    await sweep(cell, runtime.studio, now=runtime.clock.now())
    return [one async for one in orphans(cell, runtime.studio)]


def _lines(processes: list[Process]) -> str:
    return "\n".join(f"{one.pid} {' '.join(one.line)}" for one in processes if one.is_alive)
