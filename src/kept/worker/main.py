"""The worker's loops, side by side."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from kept.accounts import forget_lapsed, settle_claims
from kept.cells import Standing
from kept.comments import hearts, mend_comments
from kept.disclosure import advance_productions
from kept.jobs.runner import Runner
from kept.kit.database import DATABASE_AWAY
from kept.legal import tend
from kept.likes import count_due, mend_likes
from kept.media import warm
from kept.messages import log_digests
from kept.notices import mend_notices
from kept.promises import measure_all, store
from kept.reports import end_notices
from kept.residency import keep_backed_up, settle_all
from kept.retention import sweep as sweep_retention
from kept.rights import advance
from kept.runtime import Runtime
from kept.social import draw_due, find_drift
from kept.vault import by_region, carry_entries, go_on_rotating
from kept.videos import sweep
from kept.worker.carrying import carry
from kept.worker.recording import recording
from kept.youth import tend_families

_log = structlog.get_logger()

MEASURE_SECONDS = 60.0
SWEEP_SECONDS = 300.0
TALLY_SECONDS = 5.0
DIGEST_SECONDS = 1.0
FIGURE_SECONDS = 1.0
KEY_SECONDS = 300.0
SETTLE_SECONDS = 10.0
BACKUP_SECONDS = 300.0
FIRST_BACKUP_SECONDS = 45.0
"""What people wait for at the start comes first."""
ENTRY_SECONDS = 1.0
RIGHTS_SECONDS = 10.0
LEGAL_SECONDS = 15.0
FAMILY_SECONDS = 15.0
FIRST_RETENTION_SECONDS = 30.0
"""After a long rest, jobs and parcels get on their way before what lay for too long is deleted."""


class Worker:
    """Everything that one worker process does."""

    def __init__(self, runtime: Runtime, *, jobs_address: str, parallel: int = 2) -> None:
        self._runtime = runtime
        self._runner = Runner(runtime.cells, runtime, address=jobs_address, parallel=parallel)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set. Raises Fatal when the ledger forks or a key is wrong, BadPolicy: see recording."""
        runtime = self._runtime
        recorders = recording(runtime)
        await self._runner.start()
        warm()  # a sandboxed child waits for the first clip
        loops = [
            *recorders,
            self._runner.run(),
            self._every(MEASURE_SECONDS, self._measure),
            self._every(SWEEP_SECONDS, self._sweep),
            self._every(SWEEP_SECONDS, self._retain, after=FIRST_RETENTION_SECONDS),
            self._every(TALLY_SECONDS, runtime.flush),
            self._every(ENTRY_SECONDS, self._carry_entries),
            self._every(DIGEST_SECONDS, self._digest),
            self._every(FIGURE_SECONDS, self._draw_figures),
            self._every(KEY_SECONDS, self._tell_keys),
            self._every(KEY_SECONDS, self._rotate),
            self._every(SETTLE_SECONDS, self._settle_moves),
            self._every(RIGHTS_SECONDS, self._answer),
            self._every(LEGAL_SECONDS, self._tend),
            self._every(FAMILY_SECONDS, self._tend_families),
            self._every(BACKUP_SECONDS, self._back_up, after=FIRST_BACKUP_SECONDS),
            *(carry(runtime, cell) for cell in runtime.cells),
        ]
        async with runtime.cells.directory.watching(), asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop) for loop in loops]
            await stop.wait()
            for task in tasks:
                task.cancel()
        await self._runner.stop()

    async def _carry_entries(self) -> None:
        """Carry what the vaults have to tell the ledger."""
        for name, vault in self._runtime.vaults.items():
            await carry_entries(vault, self._runtime.cells.named(name), now=self._runtime.clock.now())

    async def _rotate(self) -> None:
        """Go on with rotations of keys that somebody asked for and did not see the end of."""
        for vaults in by_region(self._runtime.vaults.values()):
            await go_on_rotating(vaults)

    async def _digest(self) -> None:
        """Put the digests of what members wrote to each other under an entry of the ledger."""
        for cell in self._runtime.cells:
            async with cell.begin() as tx:
                await log_digests(tx, now=self._runtime.clock.now())

    async def _draw_figures(self) -> None:
        """Draw what has changed of how many follow, and like."""
        for cell in self._runtime.cells:
            while await draw_due(cell, now=self._runtime.clock.now()):
                pass
            while await count_due(cell, now=self._runtime.clock.now(), counted=self._runtime.counted):
                pass
            while await hearts.count_due(cell, now=self._runtime.clock.now(), counted=self._runtime.counted):
                pass

    async def _tell_keys(self) -> None:
        """Tell all cells to which key each of these is sealed to."""
        now = self._runtime.clock.now()
        standings = await self._runtime.cells.standings.all()
        for name, vault in self._runtime.vaults.items():
            if standings.get(name) is not Standing.RETIRED:
                await self._runtime.cells.directory.publish_key(name, await vault.envelope_key(), now=now)

    async def _back_up(self) -> None:
        """Make, test and delete backups that are due."""
        for cell in self._runtime.cells:
            await keep_backed_up(self._runtime, cell)

    async def _settle_moves(self) -> None:
        """Finish, or take back, moves whose mover died."""
        await settle_all(self._runtime)

    async def _measure(self) -> None:
        await store(self._runtime, await measure_all(self._runtime))

    async def _sweep(self) -> None:
        await settle_claims(self._runtime.accounts, now=self._runtime.clock.now())
        days = self._runtime.settings.accounts.session_days
        for cell in self._runtime.cells:
            await forget_lapsed(cell, session_days=days, now=self._runtime.clock.now())
            await sweep(cell, self._runtime.studio, now=self._runtime.clock.now())
            await find_drift(cell, now=self._runtime.clock.now())
            await mend_likes(cell, now=self._runtime.clock.now())
            await mend_comments(self._runtime.comments, cell, now=self._runtime.clock.now())
            await mend_notices(cell)
            await end_notices(self._runtime.reports, cell, now=self._runtime.clock.now())

    async def _retain(self) -> None:
        """Delete what is past its time."""
        await sweep_retention(self._runtime.cells, now=self._runtime.clock.now())

    async def _answer(self) -> None:
        """Go on with what people asked about their data."""
        await advance(self._runtime)

    async def _tend_families(self) -> None:
        """End limits and pairings of those who came of age, and pairings that nobody confirmed."""
        for cell in self._runtime.cells:
            await tend_families(self._runtime.youth, cell, now=self._runtime.clock.now())

    async def _tend(self) -> None:
        """Hold the refusal list against what authorities asked for, end what is over, and go on with what was agreed to."""
        await tend(self._runtime)
        await advance_productions(self._runtime)

    async def _every(self, seconds: float, do: Callable[[], Awaitable[None]], *, after: float = 0.0) -> None:
        """Do something now, or `after` some seconds, and then again, also after the database was away."""
        await asyncio.sleep(after)
        while True:
            try:
                await do()
            except DATABASE_AWAY as error:
                _log.warning("worker.database_away", error=type(error).__name__)
            await asyncio.sleep(seconds)
