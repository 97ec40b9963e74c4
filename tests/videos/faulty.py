"""Faults at every effect: the n-th thing that a job does to the world fails, before or after it is done."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from uuid import UUID

from kept.cells import Cell, Cells, Tx
from kept.kit.objects import Objects
from kept.videos.spool import Spool


class When(Enum):
    """Whether the effect took place."""

    BEFORE = "before"
    AFTER = "after"


class Crash(BaseException):
    """The process ends here: nothing may catch it."""


class Passing(OSError):
    """A fault that passes: a connection that was reset, a disk that had a bad moment."""


@dataclass
class Faults:
    """Strikes once, at effect number `at`, counted from 0; never, when that is None. Tells what was done."""

    at: int | None = None
    when: When = When.BEFORE
    error: type[BaseException] = Crash
    done: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def around(self, effect: str) -> AsyncIterator[None]:
        number = len(self.done)
        self.done.append(effect)
        if number == self.at and self.when is When.BEFORE:
            raise self.error(effect)
        yield
        if number == self.at and self.when is When.AFTER:
            raise self.error(effect)


class FaultyObjects(Objects):
    """A store whose effects may fail."""

    def __init__(self, real: Objects, faults: Faults) -> None:
        super().__init__(real.address)
        self._faults = faults

    async def take_in(self, files: Mapping[str, Path]) -> None:
        async with self._faults.around("store objects"):
            await super().take_in(files)

    async def delete(self, key: str) -> None:
        async with self._faults.around("delete an object"):
            await super().delete(key)


class FaultySpool(Spool):
    """A spool whose deletions may fail."""

    def __init__(self, real: Spool, faults: Faults) -> None:
        super().__init__(real.folder)
        self._faults = faults

    async def remove(self, cell: str, upload_id: UUID) -> None:
        async with self._faults.around("delete a file"):
            await super().remove(cell, upload_id)


@dataclass(frozen=True)
class FaultyCell(Cell):
    """A cell whose transactions may fail: before they begin, or after they were committed."""

    faults: Faults = field(default_factory=Faults)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        async with self.faults.around("commit"), Cell.begin(self) as tx:
            yield tx


def faulty_cells(cells: Cells, faults: Faults) -> Cells:
    """The same cells, with faults."""
    made: list[Cell] = [
        FaultyCell(
            cell.name,
            cell.region,
            cell.database,
            cell.keys_database,
            FaultyObjects(cell.objects, faults),
            cell.neighbours,
            faults,
        )
        for cell in cells
    ]
    return Cells(made, cells.directory, {})
