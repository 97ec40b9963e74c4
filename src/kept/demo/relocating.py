"""A region moves to another store, as an operator would move it: the demonstration's Europe has two, and leaves the first.

Where a region has one store only, nothing is done.
"""

import asyncio
from collections.abc import Callable

from kept.cells import Cell, Standing
from kept.residency import begin_pivot
from kept.runtime import Runtime

PATIENCE_SECONDS = 120.0
_KNOWN = "SELECT step, problem FROM pivot WHERE old = $1 ORDER BY began_at DESC LIMIT 1"


async def keep_one_store_free(runtime: Runtime) -> None:
    """Nobody is given a home in the store that a region will move to. To be called before anybody signs up."""
    for old, new in _pairs(runtime):
        if not await _step(runtime, old):
            reason = f"It waits to take over from {old.name}."
            await runtime.cells.standings.set(new.name, Standing.SPARE, reason=reason, now=runtime.clock.now())


async def relocate(runtime: Runtime, report: Callable[[str], None]) -> bool:
    """Move each region that has two stores from the first to the second; whether any moved. Once, and no second time.

    Raises:
        TimeoutError: the worker did not finish in time; it goes on.
    """
    moved = False
    for old, new in _pairs(runtime):
        if await _step(runtime, old) != "done":
            await begin_pivot(runtime, old.name, new.name, now=runtime.clock.now())
            await _follow(runtime, old, report)
            moved = True
    return moved


def _pairs(runtime: Runtime) -> list[tuple[Cell, Cell]]:
    found = []  # the one that is left, and the one that takes over
    for region in runtime.settings.regions:
        cells = [cell for cell in runtime.cells if cell.region == region]
        if len(cells) == 2:
            found.append((cells[0], cells[1]))
    return found


async def _step(runtime: Runtime, old: Cell) -> str:
    rows = await runtime.cells.directory.database.fetch(_KNOWN, old.name)
    return str(rows[0]["step"]) if rows else ""


async def _follow(runtime: Runtime, old: Cell, report: Callable[[str], None]) -> None:
    told = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while told != "done":
            if (step := await _step(runtime, old)) != told:
                told = step
                report(f"Moving {old.name} to another store: {step}")
            await asyncio.sleep(0.2)
