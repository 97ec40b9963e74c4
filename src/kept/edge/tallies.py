"""What this process counted, and how it comes into the cells, where evidence is made of it: every few seconds, and at the end."""

import asyncio
from collections import Counter

import structlog

from kept.catalog.intake import tally as intake_tally
from kept.cells import add_routing, add_tallies
from kept.kit.database import DATABASE_AWAY
from kept.policy import Refused
from kept.runtime import Runtime

_log = structlog.get_logger()

FLUSH_SECONDS = 3.0


class Tallies:
    """Counters by name, and member requests by (cell that answered, home, outcome)."""

    def __init__(self) -> None:
        self._names: Counter[str] = Counter()
        self._routed: Counter[tuple[str, str, str]] = Counter()

    def count(self, name: str, by: int = 1) -> None:
        """Count something."""
        self._names[name] += by

    def routed(self, at: str, home: str, outcome: str) -> None:
        """Count a member's request: the cell that answered, the member's home, what was done."""
        self._routed[at, home, outcome] += 1

    def refused(self, error: Refused) -> None:
        """Count a refusal by the policy, by action and age band."""
        self._names[f"refused:{error.band}:{error.action}"] += 1

    async def flush(self, runtime: Runtime) -> None:
        """Add everything to the cells; what could not be stored is kept for the next time."""
        now = runtime.clock.now()
        first = next(iter(runtime.cells))
        names, self._names = self._names, Counter()
        names.update({f"intake.{name}": count for name, count in intake_tally.items()})
        intake_tally.clear()
        routed, self._routed = self._routed, Counter()
        try:
            await add_tallies(first, names, day=now.date())
            for cell in runtime.cells:
                mine = {(home, outcome): n for (at, home, outcome), n in routed.items() if at == cell.name}
                await add_routing(cell, mine, now=now)
            await runtime.gateway.flush(now=now)
        except DATABASE_AWAY as error:
            self._names.update(names)
            self._routed.update(routed)
            _log.warning("tallies.kept_back", error=type(error).__name__)

    async def run(self, runtime: Runtime) -> None:
        """Flush until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush(runtime)
