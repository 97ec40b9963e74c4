"""What a cell is there for at present: it serves, is filled or left by members who move, is being restored, or is retired.

Kept in the directory, because every process must go by it: a cell that is being restored refuses all traffic, and nobody
new is given a home in one that is being left. Whatever is not in the table serves.
"""

import time
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from kept.catalog import Category, DirectoryRow, Keep, Law, Level, Purpose, field, system
from kept.kit import Database, KeptError, Kind

STALE_SECONDS = 1.0
"""How old what a process knows of it may be."""


class Standing(StrEnum):
    """What a cell is there for."""

    SERVING = "serving"
    SPARE = "spare"
    """Nobody new is given a home here: it waits to be filled by a pivot."""
    LEAVING = "leaving"
    """Its members are on their way to another cell; whoever is still here is served here."""
    RESTORING = "restoring"
    """Restored from a backup, and not open before every erasure and takedown since is done again."""
    RETIRED = "retired"
    """Nobody's home any more: emptied, its keys destroyed."""


class CellRestoring(KeptError):
    """Promise `residency.backup`: a restore replays every erasure before it opens for traffic."""

    code = "cell_restoring"
    kind = Kind.BUSY
    message = "This part of the platform is being restored, and opens when that is checked. Try again later."


class CellStanding(DirectoryRow):
    """What each cell is there for; no row: it serves."""

    __tablename__ = "cell_standing"
    law: ClassVar[Law] = system(
        "What each cell is there for.", keep=Keep.after_last_use("since", "accountability", days=3650)
    )

    cell: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.OPERATIONS, about="Cell.", type_=sa.Text(), primary_key=True
    )
    standing: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.OPERATIONS, about="See Standing.", type_=sa.Text()
    )
    reason: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.OPERATIONS, about="In words.", type_=sa.Text()
    )
    since: Mapped[datetime] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.OPERATIONS,
        about="Since when.",
        type_=sa.DateTime(timezone=True),
    )


class Standings:
    """The standing of every cell, as the directory tells it; remembered for a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Standing] = {}
        self._until = 0.0

    async def of(self, cell: str) -> Standing:
        """What a cell is there for."""
        return (await self.all()).get(cell, Standing.SERVING)

    async def all(self) -> dict[str, Standing]:
        """Every cell that does not simply serve."""
        if time.monotonic() >= self._until:
            rows = await self._database.fetch("SELECT cell, standing FROM cell_standing")
            self._known = {row["cell"]: Standing(row["standing"]) for row in rows}
            self._until = time.monotonic() + STALE_SECONDS
        return self._known

    async def require_open(self, cell: str) -> None:
        """Raises CellRestoring: it may not answer anybody yet."""
        if await self.of(cell) is Standing.RESTORING:
            raise CellRestoring

    async def set(self, cell: str, standing: Standing, *, reason: str, now: datetime) -> None:
        """Change what a cell is there for; every other process goes by it within a second."""
        statement = insert(CellStanding).values(cell=cell, standing=standing, reason=reason, since=now)
        new = {name: statement.excluded[name] for name in ("standing", "reason", "since")}
        async with self._database.begin() as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=["cell"], set_=new))
        self._until = 0.0
