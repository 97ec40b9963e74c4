"""Carrying parcels as they come, to each destination by itself: a region that can't be reached keeps no other waiting."""

import asyncio
import contextlib

from kept.cells import PARCELS, Cell
from kept.kit.database import DATABASE_AWAY
from kept.runtime import Runtime

POLL_SECONDS = 5.0
"""How long a parcel waits at most when its notification is lost."""
AGAIN_SECONDS = 0.5
"""How often a link that failed is looked at; its own pause decides when it is tried."""


async def carry(runtime: Runtime, cell: Cell) -> None:
    """Carry what leaves a cell until cancelled."""
    wakes = {to_cell: asyncio.Event() for to_cell in cell.neighbours}

    def wake(_told: object = None) -> None:
        for one in wakes.values():
            one.set()

    async with cell.database.hearing(PARCELS, wake, wake), asyncio.TaskGroup() as group:
        for to_cell, woken in wakes.items():
            group.create_task(_carry_to(runtime, cell, to_cell, woken))


async def _carry_to(runtime: Runtime, cell: Cell, to_cell: str, woken: asyncio.Event) -> None:
    far = to_cell in runtime.cells.remote
    while True:
        woken.clear()
        with contextlib.suppress(*DATABASE_AWAY):
            while await runtime.gateway.carry(cell, to_cell, now=runtime.clock.now()):
                pass
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), AGAIN_SECONDS if far else POLL_SECONDS)
