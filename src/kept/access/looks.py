"""Who looked at a member's data: what the member sees, in their settings and in the copy of their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kept.catalog import Purpose
from kept.cells import Cell

MOST = 200
"""Looks that a page shows, the newest first; the copy has all."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reading. `site` is a country, `fields` are `table.column`."""

    read_id: UUID
    team: str
    site: str
    purpose: Purpose
    fields: tuple[str, ...]
    rows: int
    masked: bool
    emergency: bool
    read_at: datetime


async def looks_at(cell: Cell, member_id: UUID) -> Sequence[Look]:
    """The readings of a member's data, the newest first."""
    rows = await cell.database.fetch(
        "SELECT read_id, team, site, purpose, fields, rows, masked, emergency, read_at FROM access_read"
        " WHERE owner_id = $1 ORDER BY read_id DESC LIMIT $2",
        member_id,
        MOST,
    )
    return [Look(**dict(row) | {"purpose": Purpose(row["purpose"]), "fields": tuple(row["fields"])}) for row in rows]
