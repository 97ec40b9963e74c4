"""The runner: takes waiting jobs out of every cell and runs them on DBOS. Imported by the worker alone.

A job's id is its workflow's id, so taking the same job twice (the worker died in between) runs it once. DBOS resumes what
was running when a worker died, after its last finished step. How far a job is, is shown to people and decides nothing: that
the cell's database is away for a moment must not fail it. How it ended is said until it has been heard.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from dbos import DBOS, SetWorkflowID

from kept.cells import Cell, Cells
from kept.jobs.engine import launch
from kept.jobs.port import CHANNEL, STEADY, JobState, Step, registered, unhurried
from kept.kit import KeptError
from kept.kit.database import DATABASE_AWAY

_log = structlog.get_logger()

POLL_SECONDS = 2.0
"""How long a job waits at most when its notification is lost."""

RECLAIM_SECONDS = 10.0
"""How often we look for jobs that are said to run and that nobody here follows."""

_HEARD = Step(attempts=11, wait=0.5)
"""Eight minutes; after that the row is put right when it is found again."""

_FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""The engine's words for a workflow that has ended without a result."""

_UNSYNCED = "FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unsynced"
"""What a crash of the database forgets of this is found again: a job that nobody follows is taken once more."""

_TAKE = f"""
UPDATE job SET state = 'running', updated_at = now() {_UNSYNCED} WHERE job_id IN (
    SELECT job_id FROM job WHERE state = 'waiting' AND (kind = ANY($1)) = $2
    ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING job_id, kind, owner_id, subject_id
"""  # noqa: S608  constants
_STUCK = """
SELECT job_id, kind, owner_id, subject_id FROM job
WHERE state = 'running' AND updated_at <= now() - make_interval(secs => $1)
"""
_SETTLE = "UPDATE job SET state = $2, updated_at = now() WHERE job_id = $1 AND state = 'running'"
_SET = "UPDATE job SET state = $2, step = $3, percent = $4, updated_at = now()"
_END, _MOVE = f"{_SET} WHERE job_id = $1", f"{_SET} {_UNSYNCED} WHERE job_id = $1"

_context: dict[str, Any] = {}
"""What a resumed workflow needs and can't be stored: the runtime, and the cells by name."""


class EngineJob:
    """A running job on DBOS."""

    def __init__(self, cell: Cell, job_id: UUID, owner_id: UUID, subject_id: UUID) -> None:
        self._cell = cell
        self._job_id = job_id
        self.cell = cell.name
        self.owner_id = owner_id
        self.subject_id = subject_id

    async def step(
        self, name: str, run: Callable[..., Awaitable[Any]], *args: Any, percent: int = 0, retry: Step = STEADY
    ) -> Any:
        """See `port.Job.step`."""
        with contextlib.suppress(*DATABASE_AWAY):
            await self._cell.database.fetch(_MOVE, self._job_id, JobState.RUNNING, name, percent)
        return await self._attempt(name, retry, run, *args)

    async def ended(self, state: JobState, percent: int) -> None:
        """Say how it ended; a step of its own, for others go by that word."""
        await self._attempt(state.value, _HEARD, self._end, state, percent)

    async def _attempt(self, name: str, retry: Step, run: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        async def attempt() -> Any:
            return await run(*args)

        options: Any = {
            "name": name,
            "retries_allowed": retry.attempts > 1,
            "max_attempts": retry.attempts,
            "interval_seconds": retry.wait,
            "backoff_rate": 2.0,
            "should_retry": _may_pass,
        }
        return await DBOS.run_step_async(options, attempt)

    async def _end(self, state: JobState, percent: int) -> None:
        await self._cell.database.fetch(_END, self._job_id, state, "", percent)


def _unsynced(address: str) -> str:
    """The engine's database, whose commits don't wait for the disk: what it forgets, it does again, as steps allow."""
    joint = "&" if "?" in address else "?"
    setting = "options=-csynchronous_commit%3Doff"
    return address.replace("postgresql://", "postgresql+psycopg://", 1) + joint + setting


def _may_pass(error: BaseException) -> bool:
    """Whether trying again can help: not for an error that the job expects."""
    return not isinstance(error, KeptError) or error.kind.may_pass


@DBOS.workflow(name="kept_job")
async def _run(job_id: str, kind: str, cell: str, owner_id: str, subject_id: str) -> None:
    engine_job = EngineJob(_context["cells"].named(cell), UUID(job_id), UUID(owner_id), UUID(subject_id))
    try:
        await registered()[kind](engine_job, _context["runtime"])
    except Exception as error:
        # A job's edge: the state must say what happened; the engine keeps the error and marks the workflow.
        tried = sorted({type(one).__name__ for one in getattr(error, "errors", ())})  # each attempt of a step
        _log.error("job.failed", kind=kind, job=job_id, error=type(error).__name__, tried=tried)
        await engine_job.ended(JobState.FAILED, 0)
        raise
    await engine_job.ended(JobState.DONE, 100)


@dataclass(frozen=True, slots=True)
class _Lane:
    """Places for jobs of some kinds: a job that nobody waits for takes no place of one that somebody waits for."""

    places: asyncio.Semaphore
    unhurried: bool


class Runner:
    """Runs jobs of all cells until stopped: at most `parallel` at a time that somebody waits for, and one that nobody does."""

    def __init__(self, cells: Cells, runtime: Any, *, address: str, parallel: int = 2) -> None:
        self._cells = cells
        self._address = address
        self._lanes = (_Lane(asyncio.Semaphore(parallel), False), _Lane(asyncio.Semaphore(1), True))
        self._wake = asyncio.Event()
        self._running: dict[UUID, asyncio.Task[None]] = {}
        _context.update(cells=cells, runtime=runtime)

    async def start(self) -> None:
        """Launch the engine, which resumes what was running, and take over what it never got to see."""
        launch(self._address)
        for cell in self._cells:
            await self._reclaim(cell, untouched=0)

    async def run(self) -> None:
        """Take and run jobs until cancelled."""
        async with contextlib.AsyncExitStack() as stack:
            for cell in self._cells:
                await stack.enter_async_context(cell.database.listening(CHANNEL, self._wake))
            stack.push_async_callback(_end, asyncio.create_task(self._reclaim_now_and_then()))
            while True:
                self._wake.clear()
                if not await self._take_all():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def _reclaim_now_and_then(self) -> None:
        """Follow again what we lost sight of, where a database was away when a job was to begin or to end."""
        while True:
            await asyncio.sleep(RECLAIM_SECONDS)
            for cell in self._cells:
                with contextlib.suppress(*DATABASE_AWAY):
                    await self._reclaim(cell, untouched=RECLAIM_SECONDS)

    async def _reclaim(self, cell: Cell, *, untouched: float) -> None:
        for row in await cell.database.fetch(_STUCK, untouched):
            if row["job_id"] not in self._running:
                self._begin(row, self._resume(self._lanes[row["kind"] in unhurried()], cell, row))

    async def _take_all(self) -> bool:
        """Start what waits, as far as there are free places; whether anything was started."""
        started = False
        for lane in self._lanes:
            for cell in self._cells:
                if not lane.places.locked():
                    started |= await self._take(lane, cell)
        return started

    async def _take(self, lane: _Lane, cell: Cell) -> bool:
        """Start one waiting job of a cell in a free place; whether there was one. None while its database is away."""
        await lane.places.acquire()
        rows = []
        try:
            rows = await cell.database.fetch(_TAKE, unhurried(), lane.unhurried)
        except DATABASE_AWAY as error:
            _log.warning("job.database_away", cell=cell.name, error=type(error).__name__)
        finally:
            if not rows:
                lane.places.release()
        for row in rows:
            self._begin(row, self._follow(lane, cell, row))
        return bool(rows)

    def _begin(self, row: Any, work: Coroutine[Any, Any, None]) -> None:
        job_id = row["job_id"]
        task = self._running[job_id] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._running.pop(job_id, None))

    async def _resume(self, lane: _Lane, cell: Cell, row: Any) -> None:
        """Wait for a place, and follow what was begun before."""
        await lane.places.acquire()
        await self._follow(lane, cell, row)

    async def _follow(self, lane: _Lane, cell: Cell, row: Any) -> None:
        """Start the workflow (or find it, when it is known already); give the place back when it ends."""
        try:
            with SetWorkflowID(str(row["job_id"])):
                handle = await DBOS.start_workflow_async(
                    _run, str(row["job_id"]), row["kind"], cell.name, str(row["owner_id"]), str(row["subject_id"])
                )
            state = await _outcome(handle)
            await cell.database.fetch(_SETTLE, row["job_id"], state)  # where the job itself could not say so
        except Exception as error:  # noqa: BLE001  a job's edge: it is found again by its row
            _log.warning("job.lost_sight", job=str(row["job_id"]), error=type(error).__name__)
        finally:
            lane.places.release()
            self._wake.set()

    async def stop(self) -> None:
        """Stop taking jobs; what runs is resumed by the next worker."""
        for task in self._running.values():
            task.cancel()
        await asyncio.to_thread(DBOS.destroy)


async def _outcome(handle: Any) -> JobState:
    """How a workflow ended; waits for it. Raises whatever keeps us from knowing."""
    try:
        await handle.get_result()
    except Exception as error:
        if (await handle.get_status()).status not in _FAILED:
            raise
        _log.warning("job.ended", job=handle.workflow_id, error=type(error).__name__)
        return JobState.FAILED
    return JobState.DONE


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
