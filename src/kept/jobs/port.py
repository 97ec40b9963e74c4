"""The port: how work is asked for, described and followed. The engine behind it is `runner`'s business.

    @job("process_video")
    async def process(job: Job, runtime: Runtime) -> None:
        facts = await job.step("checking", check, runtime, job.owner_id, job.subject_id)

A step runs at least once and its result is remembered, so a job that is resumed goes on after the last finished step. A
step's result is stored by the engine: opaque ids and plain technical facts only.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.cells import Cell, Tx
from kept.jobs.models import JobRow

CHANNEL = "job"
"""The PostgreSQL channel on which a cell says that a job waits."""

_NAMESPACE = UUID("6b657074-6a6f-4273-8000-000000000001")


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is, as a page shows it."""

    kind: str
    state: JobState
    step: str
    percent: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """How a step is retried: attempts in all, and seconds before the second; each wait is twice the last."""

    attempts: int = 5
    wait: float = 0.5


STEADY = Step()
"""What is right for most steps."""


class Job(Protocol):
    """A running job, as its function sees it."""

    cell: str
    owner_id: UUID
    subject_id: UUID

    async def step(
        self, name: str, run: Callable[..., Awaitable[Any]], *args: Any, percent: int = 0, retry: Step = STEADY
    ) -> Any:
        """Run one step, or return what it returned before. Expected errors (`KeptError` that won't pass) aren't retried."""
        ...


JobFunction = Callable[[Job, Any], Awaitable[None]]
_registry: dict[str, JobFunction] = {}
_unhurried: set[str] = set()


def job(kind: str, *, hurry: bool = True) -> Callable[[JobFunction], JobFunction]:
    """Declare the function that does jobs of a kind; it is given the job and the runtime.

    Nobody waits for a kind that has no `hurry`: such jobs never take the places of the others.
    """

    def declare(function: JobFunction) -> JobFunction:
        _registry[kind] = function
        if not hurry:
            _unhurried.add(kind)
        return function

    return declare


def registered() -> dict[str, JobFunction]:
    """Every declared kind."""
    return dict(_registry)


def unhurried() -> list[str]:
    """The kinds that nobody waits for."""
    return sorted(_unhurried)


async def enqueue(tx: Tx, kind: str, *, owner_id: UUID, subject_id: UUID, now: datetime) -> UUID:
    """Ask for a job, in the act's own transaction. Asking twice for the same kind and subject asks once.

    Returns the job's id.
    """
    job_id = uuid5(_NAMESPACE, f"{kind}:{subject_id}")
    row = insert(JobRow).values(
        job_id=job_id,
        kind=kind,
        owner_id=owner_id,
        subject_id=subject_id,
        state=JobState.WAITING,
        step="",
        percent=0,
        asked_at=now,
        updated_at=now,
    )
    asked = row.on_conflict_do_nothing().cte("asked")
    await tx.run(sa.select(sa.func.pg_notify(CHANNEL, "")).add_cte(asked))
    return job_id


async def progress_of(cell: Cell, subject_id: UUID) -> list[Progress]:
    """How far every job about a subject is, oldest first."""
    rows = await cell.database.fetch(
        "SELECT kind, state, step, percent, updated_at FROM job WHERE subject_id = $1 ORDER BY asked_at", subject_id
    )
    return [Progress(r["kind"], JobState(r["state"]), r["step"], r["percent"], r["updated_at"]) for r in rows]
