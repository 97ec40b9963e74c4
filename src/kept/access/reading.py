"""The one gateway through which staff see members' rows: only under a grant, masked unless it says otherwise, logged first.

Reading is committed (the grant's count, the member's own record, the ledger's entry) before a value is returned. A grant is
its asker's alone, at the place of work where it was asked for, and good for so many rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.access.fetching import fetch
from kept.access.masking import masked
from kept.access.models import AccessRead, AccessRequest
from kept.access.proving import PublicLog, authorisation
from kept.access.requests import NoSuchRequest, Request, locked
from kept.access.states import reached
from kept.access.wanting import by_table, choices, fits, tables
from kept.accounts import is_kept_out_of
from kept.catalog import Level
from kept.cells import Tx
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry
from kept.policy import Action, Data, require
from kept.staff import Seat
from kept.subjects import Others, OwnedTable, bound_to, rule_of
from kept.vault import Authorisation, Beacon, Reason, SealedColumn, Vault

PAGE_ROWS = 100
MOST_ROWS = 1_000
"""Rows that one grant is good for."""


class NotGranted(KeptError):
    code = "not_granted"
    kind = Kind.FORBIDDEN
    message = "This grant doesn't let you read that: {why}."


class TooMuch(KeptError):
    code = "too_much_read"
    kind = Kind.TOO_MANY
    message = "This grant was good for {most:,} rows, and they have been read. Ask again, for fewer people or fields."


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as they are shown. `columns` are names; `more` tells that there are further ones."""

    read_id: UUID
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: bool
    masked: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows that were fetched and logged, still sealed; `shown` opens them, once the caller has committed that."""

    read_id: UUID
    table: OwnedTable
    columns: tuple[sa.Column[Any], ...]
    member_id: UUID
    rows: tuple[Mapping[str, Any], ...]
    more: bool
    clear: bool
    proof: Authorisation | None

    async def shown(self, vault: Vault) -> Page:
        """The rows with their values, masked unless they were granted clear. Raises NotAuthorised, KeyDestroyed, …"""
        others = Others()
        columns = [await self._values(column, vault, others) for column in self.columns]
        rows = tuple(zip(*columns, strict=True)) if columns else ()
        names = tuple(str(column.name) for column in self.columns)
        return Page(self.read_id, self.table.name, names, rows, self.more, not self.clear)

    async def _values(self, column: sa.Column[Any], vault: Vault, others: Others) -> list[Any]:
        rule, values = rule_of(column), [row[column.name] for row in self.rows]
        if rule.names_other:
            return [None if value is None else others.name(value) for value in values]
        if isinstance(column.type, SealedColumn):
            values = await self._opened(column, values, vault)
        return values if self.clear else [masked(value, rule) for value in values]

    async def _opened(self, column: sa.Column[Any], values: list[Any], vault: Vault) -> list[Any]:
        key = bound_to(self.table)
        sealed = [
            (self.member_id if key is None else row[key], value)
            for row, value in zip(self.rows, values, strict=True)
            if value is not None
        ]
        if not sealed or self.proof is None:
            return values
        place = f"{self.table.name}.{column.name}"
        found = iter(await vault.open_authorised(self.member_id, place, sealed, reason=Reason.STAFF, proof=self.proof))
        return [None if value is None else next(found).decode(errors="replace") for value in values]


async def read(
    tx: Tx,
    seat: Seat,
    request_id: UUID,
    table: str,
    member_id: UUID,
    *,
    log: PublicLog,
    beacon: Beacon,
    now: datetime,
    skip: int = 0,
) -> Reading:
    """Fetch a member's rows of one table under a grant, `PAGE_ROWS` at a time, and put it on record.

    Raises:
        NoSuchRequest: no such grant of this colleague's.
        NotGranted: it is over, or doesn't cover this table, member or place of work.
        Refused: the policy knows another reason.
        TooMuch: its rows have been read.
        NotOnRecord: sealed values are asked for, and the log doesn't show the authorisation yet.
    """
    request = await locked(tx, request_id)
    if request.asker_id != seat.who.staff_id:
        raise NoSuchRequest
    names = _covered(request, seat, table, member_id, now)
    if await is_kept_out_of(tx, member_id, request.purpose):
        raise NotGranted(why="they objected to that use of their data")
    owned = tables()[table]
    columns = tuple(owned.table.c[name] for name in names)
    is_sealed = any(isinstance(column.type, SealedColumn) for column in columns)
    proof = await authorisation(tx, log, request_id, member_id) if is_sealed else None
    _ask_policy(seat, request, [f"{table}.{name}" for name in names], on_record=proof is not None)
    if request.rows_read >= MOST_ROWS:
        raise TooMuch(most=MOST_ROWS)
    found = await fetch(
        tx, owned, columns, member_id, skip=skip, most=PAGE_ROWS + 1
    )  # one more: whether there are more
    shown = tuple(found[: min(PAGE_ROWS, MOST_ROWS - request.rows_read)])
    read_id = await _log(tx, seat, request, member_id, names, owned.name, len(shown), beacon=beacon, now=now)
    return Reading(read_id, owned, columns, member_id, shown, len(found) > len(shown), request.clear, proof)


def _covered(request: Request, seat: Seat, table: str, member_id: UUID, now: datetime) -> list[str]:
    """The columns of a table that a grant names. Raises NotGranted."""
    names = by_table(request.fields).get(table, [])
    if request.case_id is not None:
        raise NotGranted(why="a package is made under it for an authority, and nobody reads it here")
    if not request.runs(now):
        raise NotGranted(why="its time is over, or it was never given")
    if member_id not in request.members or not names:
        raise NotGranted(why="it is about other people or other fields")
    if (seat.who.team.value, seat.who.site) != (request.team, request.site):
        raise NotGranted(why="it was given to you in another team or at another place of work")
    return names


def _ask_policy(seat: Seat, request: Request, fields: Sequence[str], *, on_record: bool) -> None:
    data = Data(
        level=max((choices()[place].level for place in fields), default=Level.SECRET),
        purpose_fits=fits(fields, request.purpose),
        granted=True,
        approvals=reached(request.votes),
        has_case=bool(request.case_ref),
        on_record=on_record,
    )
    require(seat.actor, Action.BREAK_GLASS if request.emergency else Action.READ_DATA, data)


async def _log(
    tx: Tx,
    seat: Seat,
    request: Request,
    member_id: UUID,
    names: Sequence[str],
    table: str,
    rows: int,
    *,
    beacon: Beacon,
    now: datetime,
) -> UUID:
    read_id = new_id()
    count = sa.update(AccessRequest).where(AccessRequest.request_id == request.request_id)
    await tx.run(count.values(rows_read=AccessRequest.rows_read + rows, changed_at=now))
    row = sa.insert(AccessRead).values(
        owner_id=member_id,
        read_id=read_id,
        request_id=request.request_id,
        cell=tx.cell.name,
        team=seat.who.team.value,
        site=seat.who.site,
        purpose=request.purpose.value,
        fields=[f"{table}.{name}" for name in names],
        rows=rows,
        masked=not request.clear,
        emergency=request.emergency,
        read_at=now,
    )
    entry = Entry(
        "access.read",
        actor=seat.ledger_name,
        subject=beacon.pseudonym(member_id),
        object=request.ledger_object,
        purpose=request.purpose.value,
    )
    await tx.act(row.returning(AccessRead.read_id), entry, now=now)
    return read_id
