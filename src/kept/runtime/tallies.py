"""What this process counted, and how it comes into the cells, where evidence is made of it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import structlog

from kept.catalog.intake import tally as intake_tally
from kept.cells import Cell, Cells, add_routing, add_tallies
from kept.kit.database import DATABASE_AWAY

_log = structlog.get_logger()


class Tallies:
    """Counters by name, and member requests by (cell that answered, home, outcome)."""

    def __init__(self) -> None:
        self._names: Counter[str] = Counter()
        self._routed: Counter[tuple[str, str, str]] = Counter()

    def count(self, name: str, by: int = 1) -> None:
        """Count something."""
        self._names[name] += by

    def add(self, counts: Mapping[str, int]) -> None:
        """Count many things."""
        self._names.update(counts)

    def routed(self, at: str, home: str, outcome: str) -> None:
        """Count a member's request: the cell that answered, the member's home, what was done."""
        self._routed[at, home, outcome] += 1

    async def flush(self, cells: Cells, *, now: datetime) -> None:
        """Add everything to the cells; what could not be stored, and nothing else, is kept for the next time."""
        self._names.update({f"intake.{name}": count for name, count in intake_tally.items()})
        intake_tally.clear()
        try:
            await self._store_names(next(iter(cells)), now=now)
            for cell in cells:
                await self._store_routed(cell, now=now)
        except DATABASE_AWAY as error:
            _log.warning("tallies.kept_back", error=type(error).__name__)

    async def _store_names(self, cell: Cell, *, now: datetime) -> None:
        names, self._names = self._names, Counter()
        try:
            await add_tallies(cell, names, day=now.date())
        except BaseException:
            self._names.update(names)
            raise

    async def _store_routed(self, cell: Cell, *, now: datetime) -> None:
        mine = {key: count for key, count in self._routed.items() if key[0] == cell.name}
        for key in mine:
            del self._routed[key]
        try:
            await add_routing(cell, {(home, outcome): n for (_, home, outcome), n in mine.items()}, now=now)
        except BaseException:
            self._routed.update(mine)
            raise
