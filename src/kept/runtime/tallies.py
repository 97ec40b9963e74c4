"""What this process counted, and how it comes into the cells, where evidence is made of it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import structlog

from kept.catalog.intake import tally as intake_tally
from kept.cells import Cells, add_routing, add_tallies
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
        """Add everything to the cells; what could not be stored is kept for the next time."""
        names, self._names = self._names, Counter()
        names.update({f"intake.{name}": count for name, count in intake_tally.items()})
        intake_tally.clear()
        routed, self._routed = self._routed, Counter()
        try:
            await add_tallies(next(iter(cells)), names, day=now.date())
            for cell in cells:
                mine = {(home, outcome): n for (at, home, outcome), n in routed.items() if at == cell.name}
                await add_routing(cell, mine, now=now)
        except DATABASE_AWAY as error:
            self._names.update(names)
            self._routed.update(routed)
            _log.warning("tallies.kept_back", error=type(error).__name__)
