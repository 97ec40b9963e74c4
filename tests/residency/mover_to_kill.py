"""Moves a member in a process of its own, which is killed by SIGKILL right after one of its effects.

    python mover_to_kill.py <settings and addresses (JSON)> <module>:<name> <what to do> <arguments …>
"""

import asyncio
import importlib
import os
import signal
import sys
from typing import Any
from uuid import UUID

import msgspec

from kept.app.compose import GATES
from kept.jobs import registered
from kept.kit import Settings, new_id
from kept.residency import move_member
from kept.runtime import Runtime, open_runtime


class Place(msgspec.Struct):
    """Where everything is."""

    settings: Settings
    addresses: dict[str, str]


class HereAndNow:
    """A job whose steps run as they come."""

    def __init__(self, cell: str, owner_id: UUID, subject_id: UUID) -> None:
        self.cell, self.owner_id, self.subject_id = cell, owner_id, subject_id

    async def step(self, _name: str, run: Any, *args: Any, percent: int = 0, retry: Any = None) -> Any:
        return await run(*args)


def kill_after(where: str) -> None:
    """Replace an effect by one that is followed by our end."""
    module, _, path = where.partition(":")
    holder: Any = importlib.import_module(module)
    *names, last = path.split(".")
    for name in names:
        holder = getattr(holder, name)
    effect = getattr(holder, last)

    async def and_die(*args: Any, **named: Any) -> None:
        await effect(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, last, and_die)


async def run(place: Place, what: str, *args: str) -> None:
    runtime: Runtime = open_runtime(place.settings, place.addresses.__getitem__, gates=GATES)
    if what == "move":
        await move_member(runtime, UUID(args[0]), args[1])
    else:
        await registered()["pivot"](HereAndNow("eu-2", UUID(args[0]), new_id()), runtime)
    await runtime.close()


if __name__ == "__main__":
    kill_after(sys.argv[2])
    asyncio.run(run(msgspec.json.decode(sys.argv[1], type=Place), *sys.argv[3:]))
