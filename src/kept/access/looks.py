"""Who looked at a member's data: what the member sees, in their settings and in the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.access.models import AccessRead, AccessSubject
from kept.access.requests import Request
from kept.catalog import Purpose
from kept.cells import Cell, Tx

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
    given_to: str | None
    """The country to whose authorities it was given under legal process; None: it was read here."""


async def looks_at(cell: Cell, member_id: UUID) -> Sequence[Look]:
    """The readings of a member's data, the newest first."""
    rows = await cell.database.fetch(
        "SELECT read_id, team, site, purpose, fields, rows, masked, emergency, read_at, given_to FROM access_read"
        " WHERE owner_id = $1 ORDER BY read_id DESC LIMIT $2",
        member_id,
        MOST,
    )
    return [Look(**dict(row) | {"purpose": Purpose(row["purpose"]), "fields": tuple(row["fields"])}) for row in rows]


async def count_given(tx: Tx, request_id: UUID, rows: Mapping[UUID, int]) -> None:
    """Note how many rows of each member's a package has; so that they can be told, at once or later."""
    for member_id, count in rows.items():
        mine = sa.and_(AccessSubject.request_id == request_id, AccessSubject.member_id == member_id)
        await tx.run(sa.update(AccessSubject).where(mine).values(rows_given=count))


async def given_of(cell: Cell, request_id: UUID) -> Mapping[UUID, int]:
    """The members of whom something was given under a request, and how many rows. Who was erased since is in it no more."""
    sql = "SELECT member_id, rows_given FROM access_subject WHERE request_id = $1 AND rows_given > 0"
    return {row["member_id"]: row["rows_given"] for row in await cell.database.fetch(sql, request_id)}


async def note_given(
    tx: Tx, request: Request, member_id: UUID, *, cell: str, country: str, rows: int, given_at: datetime
) -> None:
    """Tell a member, in their own record, what was given of theirs to authorities of a country; once, however often it is done.

    Whoever may not be told yet isn't: the record is written when they may, so that no page and no copy can show it before.
    """
    row = insert(AccessRead).values(
        owner_id=member_id,
        read_id=request.request_id,
        request_id=request.request_id,
        cell=cell,
        team=request.team,
        site=request.site,
        purpose=request.purpose.value,
        fields=list(request.fields),
        rows=rows,
        masked=False,
        emergency=False,
        read_at=given_at,
        given_to=country,
    )
    await tx.run(row.on_conflict_do_nothing())
