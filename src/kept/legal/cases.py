"""Requests of authorities as they are read, and the one way to change their state.

A case is acted upon where its cell serves: while a cell moves to a new store, its cases have gone ahead to that.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Cell, Cells, Standing, Tx
from kept.ledger import Entry
from kept.legal.instruments import INSTRUMENTS, Instrument
from kept.legal.listing import LEGAL
from kept.legal.models import LegalRequest
from kept.legal.states import ENDED, OF_LISTED, Ground, State, before
from kept.legal.works import NoSuchCase


@dataclass(frozen=True, slots=True)
class Production:
    """What is made for the authority, and who had a part in it; empty where it has not come so far."""

    valid_at: datetime | None = None
    counsel_id: UUID | None = None
    recipient: str | None = None
    recipient_by: UUID | None = None
    confirmed_by: UUID | None = None
    grant_id: UUID | None = None
    round_id: UUID | None = None
    package: str | None = None
    package_sha256: bytes | None = None
    package_size: int | None = None
    outcomes: tuple[Mapping[str, Any], ...] = ()
    disclosed: int | None = None
    produced_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A request, without what is sealed in it (`sealed.py` opens that)."""

    cell: Cell
    case_id: UUID
    number: str
    instrument: str
    country: str
    listed: bool
    emergency: bool
    state: State
    ground: Ground | None
    stood: State | None
    received_at: datetime
    due_at: datetime | None
    gag_until: datetime | None
    changed_at: datetime
    closed_at: datetime | None
    preserved_until: datetime | None
    prolonged: bool
    asked: bytes | None
    narrowed: bytes | None
    production: Production

    @property
    def kind(self) -> Instrument:
        """The instrument's rules."""
        return INSTRUMENTS[self.instrument]

    @property
    def ledger_object(self) -> str:
        """What the ledger calls it: an opaque id."""
        return f"case:{self.case_id}"

    def overdue(self, now: datetime) -> bool:
        """Whether nobody has looked at it in time."""
        return self.state is State.RECEIVED and self.due_at is not None and self.due_at < now


async def serving(cells: Cells) -> list[Cell]:
    """The cells whose cases are acted upon."""
    standings = await cells.standings.all()
    return [cell for cell in cells if standings.get(cell.name, Standing.SERVING) is Standing.SERVING]


async def cases(cells: Cells) -> list[Case]:
    """All requests that are here, the newest first."""
    return sorted(await _found(cells, "true"), key=lambda one: one.received_at, reverse=True)


async def open_cases(cells: Cells) -> list[Case]:
    """Those that have not ended."""
    return await _found(cells, "state <> ALL($1)", [state.value for state in ENDED])


async def lapsed_cases(cells: Cells, before: datetime) -> list[Case]:
    """Those that ended so long ago, whose contents are still there, and of which nobody has to be told any more."""
    sql = "closed_at <= $1 AND asked IS NOT NULL AND (produced_at IS NULL OR told_at IS NOT NULL)"
    return await _found(cells, sql, before)


async def produced_cases(cells: Cells) -> list[Case]:
    """Those of which a package is there, or of which somebody is still to be told."""
    return await _found(cells, "package IS NOT NULL OR (produced_at IS NOT NULL AND told_at IS NULL)")


async def cases_with(cells: Cells, case_ids: Collection[UUID]) -> list[Case]:
    """Those of these ids."""
    return await _found(cells, "case_id = ANY($1)", list(case_ids)) if case_ids else []


async def cases_numbered(cells: Cells, numbers: Collection[str]) -> dict[str, Case]:
    """Those of these numbers, by number."""
    found = await _found(cells, "number = ANY($1)", list(numbers)) if numbers else []
    return {case.number: case for case in found}


async def case_of(cells: Cells, number: str) -> Case:
    """One request, by its number. Raises NoSuchCase."""
    wanted = number.strip().upper()
    found = await cases_numbered(cells, [wanted])
    if wanted not in found:
        raise NoSuchCase(number=number)
    return found[wanted]


async def _found(cells: Cells, condition: str, *values: Any) -> list[Case]:
    sql = f"SELECT * FROM legal_request WHERE {condition}"  # noqa: S608  the conditions stand above
    return [_case(row, cell) for cell in await serving(cells) for row in await cell.database.fetch(sql, *values)]


async def change(
    tx: Tx,
    case: Case,
    to: State,
    *,
    now: datetime,
    by: UUID | None = None,
    event: str = "",
    since: State | None = None,
    **values: Any,
) -> bool:
    """Bring a request to a state, if it may come there from where it is, and is still of the country that it was read with.

    `by` is who of the staff did it, if not the command line or the worker; the entry is `legal.<state>` unless named;
    `since` is the one state that it may come from, where several would do.
    """
    values |= {"state": to, "changed_at": now}
    if to in ENDED:
        values["closed_at"] = now
    where: list[sa.ColumnElement[bool]] = [LegalRequest.state.in_([since] if since else before(to))]
    if to not in OF_LISTED:
        where.append(LegalRequest.listed.is_(False))
    return await _write(tx, case, where, event or f"legal.{to}", values, by=by, now=now)


async def amend(
    tx: Tx, case: Case, *states: State, event: str, now: datetime, by: UUID | None = None, **values: Any
) -> bool:
    """Note something in a request that is in one of these states, and not of a listed country; on record."""
    where: list[sa.ColumnElement[bool]] = [LegalRequest.state.in_(states), LegalRequest.listed.is_(False)]
    return await _write(tx, case, where, event, values | {"changed_at": now}, by=by, now=now)


async def note_after(tx: Tx, case: Case, *, event: str, now: datetime, **values: Any) -> bool:
    """Note what follows a production, whatever became of its country since: that it is destroyed, that people were told."""
    where: list[sa.ColumnElement[bool]] = [LegalRequest.produced_at.is_not(None)]
    return await _write(tx, case, where, event, values | {"changed_at": now}, by=None, now=now)


async def note_preserved(
    tx: Tx, case: Case, until: datetime, *, event: str, prolonged: bool, by: UUID | None, now: datetime
) -> bool:
    """Note until when data is kept for a valid request, if that is still what it was read as."""
    where: list[sa.ColumnElement[bool]] = [LegalRequest.state == State.VALIDATED, LegalRequest.listed.is_(False)]
    where.append(LegalRequest.preserved_until.is_not_distinct_from(case.preserved_until))
    values = {"preserved_until": until, "prolonged": prolonged, "changed_at": now}
    return await _write(tx, case, where, event, values, by=by, now=now)


async def _write(
    tx: Tx,
    case: Case,
    where: Sequence[sa.ColumnElement[bool]],
    event: str,
    values: dict[str, Any],
    *,
    by: UUID | None,
    now: datetime,
) -> bool:
    mine = sa.and_(LegalRequest.case_id == case.case_id, LegalRequest.country == case.country, *where)
    changed = sa.update(LegalRequest).where(mine).values(**values).returning(LegalRequest.case_id)
    entry = Entry(event, actor=ledger_name(by), object=case.ledger_object)
    return bool(await tx.act(changed, entry, now=now))


def ledger_name(by: UUID | None) -> str:
    """What the ledger calls who did something: an opaque id, or the system for the command line and the worker."""
    return LEGAL if by is None else f"staff:{by}"


def _case(row: Mapping[str, Any], cell: Cell) -> Case:
    return Case(
        cell=cell,
        case_id=row["case_id"],
        number=row["number"],
        instrument=row["instrument"],
        country=row["country"],
        listed=row["listed"],
        emergency=row["emergency"],
        state=State(row["state"]),
        ground=Ground(row["ground"]) if row["ground"] else None,
        stood=State(row["stood"]) if row["stood"] else None,
        received_at=row["received_at"],
        due_at=row["due_at"],
        gag_until=row["gag_until"],
        changed_at=row["changed_at"],
        closed_at=row["closed_at"],
        preserved_until=row["preserved_until"],
        prolonged=row["prolonged"],
        asked=row["asked"],
        narrowed=row["narrowed"],
        production=_production(row),
    )


def _production(row: Mapping[str, Any]) -> Production:
    known = {name: row[name] for name in Production.__dataclass_fields__}
    return Production(**known | {"outcomes": tuple(json.loads(row["outcomes"] or "[]"))})
