"""Canaries for whatever must not leave a region, drawn from the schema: a column that is added tomorrow has one, too.

Two kinds. A neighbour: made-up rows in every table of a cell that is about somebody, with a value in each private column
that is nowhere else. And what real members' rows hold in such columns once they have lived, with what is sealed in them,
in clear.
"""

import base64
import io
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa

import kept.app.schema  # noqa: F401  declares every table
from kept.anonymous import made_rows
from kept.catalog import CellRow, Crossing, DirectoryRow, KeyRow, Law, Level, Nature
from kept.catalog.law import Rule
from tests.journeys.people import Person
from tests.regions_apart.conftest import Apart, Region

STORES: dict[str, sa.MetaData] = {"data": CellRow.metadata, "keys": KeyRow.metadata}
LONG = 16
"""Shorter texts of real rows are words that others have as well: `published`, `current`."""
TOLD_BY_NOTHING = (sa.Boolean, sa.SmallInteger)
"""Values that can't be told from others'."""

Canaries = dict[str, list[bytes]]
"""What must not be found, by its column; each in every form in which it might be written."""


RULED: dict[str, dict[str, Any]] = {
    "legal_request": {
        "state": "withdrawn", "listed": False, "country": "FR", "instrument": "national", "ground": "", "package": None
    },
    "rights_request": {"kind": "access", "state": "expired", "ground": "", "joined_id": None},
}  # fmt: skip
"""Tables of which the database holds what one column says of another: the words by which a row of theirs is a request that has
ended, and nobody acts upon it. All other columns have canaries."""

TAKEN_UP = {"profile_due"}
"""What waits here is done by the worker, and gone, a second later."""


def tables_about_somebody(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables that hold something about somebody, what is referred to first; but for those above."""
    natures = (Nature.RECORD, Nature.CASE)
    return [
        one for one in metadata.sorted_tables if one.info["law"].nature in natures and one.name not in TAKEN_UP
    ]


def private_columns(metadata: sa.MetaData) -> Iterator[sa.Column[Any]]:
    """The columns of tables about somebody that may not cross a border."""
    for table in tables_about_somebody(metadata):
        ruled = RULED.get(table.name, {})
        yield from (column for column in table.c if is_private(column) and column.name not in ruled)


def is_private(column: sa.Column[Any]) -> bool:
    rule: Rule = column.info["rule"]
    return rule.crossing in (Crossing.NEVER, Crossing.AGGREGATE) and rule.level > Level.PUBLIC


def forms(value: Any) -> list[bytes]:
    """How a value might be written: as text, as bytes, in hexadecimal, in base64, as JSON has it."""
    if isinstance(value, bytes):
        plain = base64.b64encode(value).rstrip(b"=")
        return [value, value.hex().encode(), plain, plain.translate(bytes.maketrans(b"+/", b"-_"))]
    if isinstance(value, UUID):
        return [str(value).encode(), value.hex.encode(), value.bytes]
    if isinstance(value, datetime):
        moment = value.isoformat()[:26].encode()
        return [moment, moment.replace(b"T", b" ")]
    if isinstance(value, dict | list):
        return [form for one in (value.values() if isinstance(value, dict) else value) for form in forms(one)]
    return [str(value).encode()]


@dataclass
class Neighbour:
    """Rows that are nobody's, in a region: what they hold stands nowhere else."""

    rows: dict[str, dict[str, dict[str, Any]]]
    """By store and table."""

    def canaries(self) -> Canaries:
        return {
            f"{store}.{column.table.name}.{column.name}": forms(self.rows[store][column.table.name][column.name])
            for store, metadata in STORES.items()
            for column in private_columns(metadata)
            if not isinstance(column.type, TOLD_BY_NOTHING)
        }


@asynccontextmanager
async def neighbour(region: Region) -> Any:
    """Somebody made up who lives in a region while the block runs."""
    made = Neighbour({store: one_row_each(metadata) for store, metadata in STORES.items()})
    try:
        for store, metadata in STORES.items():
            for table in metadata.sorted_tables:
                if table.name in made.rows[store]:
                    await _insert(region.addresses[store], table, made.rows[store][table.name])
        yield made
    finally:
        for store, metadata in STORES.items():
            for table in reversed(metadata.sorted_tables):
                if table.name in made.rows[store]:
                    await _delete(region.addresses[store], table, made.rows[store][table.name])


async def lived(apart: Apart, region: Region, person: Person, password: str) -> Canaries:
    """What a member's rows hold in private columns, and in clear what is sealed in them, but for what is public anyway."""
    known = await _known_to_all(apart, region)
    found: Canaries = {}
    for store, metadata in STORES.items():
        for column in private_columns(metadata):
            law: Law = column.table.info["law"]
            owner = "member_id" if law.nature is Nature.CASE else str(law.owner)
            if owner not in column.table.c:
                continue  # a case that names no member
            sql = f'SELECT "{column.name}" AS v FROM "{column.table.name}" WHERE "{owner}" = $1'  # noqa: S608
            for row in await _fetch(region.addresses[store], sql, UUID(person.member_id)):
                if _is_telling(row["v"]) and row["v"] not in known:
                    found.setdefault(f"{store}.{column.table.name}.{column.name}", []).extend(forms(row["v"]))
    for name, text in _in_clear(person, password):
        if text not in known:
            found.setdefault(f"clear.{name}", []).append(text.encode())
    return found


def _is_telling(value: Any) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str | bytes) and len(value) >= LONG)


async def _known_to_all(apart: Apart, region: Region) -> set[Any]:
    """What is public, or addressed to somebody: values of such columns, and all that the directory shares."""
    known: set[Any] = set()
    for table in CellRow.metadata.sorted_tables:
        for column in table.c:
            if not is_private(column):
                known |= await _values(region.addresses["data"], column)
    for table in DirectoryRow.metadata.sorted_tables:
        for column in table.c:
            known |= await _values(apart.shared["directory"], column)
    return known | {UUID(one) for one in known if isinstance(one, str) and len(one) == 36 and one.count("-") == 4}


async def _values(address: str, column: sa.Column[Any]) -> set[Any]:
    sql = f'SELECT DISTINCT "{column.name}"::text AS v FROM "{column.table.name}"'  # noqa: S608
    return {row["v"] for row in await _fetch(address, sql)}


def _in_clear(person: Person, password: str) -> Iterator[tuple[str, str]]:
    """What is sealed, as the member's own copy has it: derived from the schema as well."""
    asked = person.http.post("/api/v1/rights/requests", json={"kind": "access", "password": password})
    assert asked.status_code == 202, asked.text
    path = f"/api/v1/rights/requests/{asked.json()['request_id']}"
    until = time.monotonic() + 60
    while (state := person.http.get(path).json()["state"]) != "ready":
        assert time.monotonic() < until, state
        time.sleep(0.2)
    ticket = person.http.post(f"{path}/download", json={"password": password}).json()["url"]
    archive = zipfile.ZipFile(io.BytesIO(person.http.get(ticket).content))
    for table in CellRow.metadata.sorted_tables:
        sealed = [column.name for column in table.c if type(column.type).__name__ == "SealedColumn"]
        if sealed and f"data/{table.name}.json" in archive.namelist():
            for row in json.loads(archive.read(f"data/{table.name}.json")):
                yield from ((f"{table.name}.{name}", str(row[name])) for name in sealed if row[name])


def one_row_each(metadata: sa.MetaData) -> dict[str, dict[str, Any]]:
    """A row of each table about somebody, references in order, with a canary wherever one can stand."""
    tables = tables_about_somebody(metadata)
    made = made_rows(tables, 1, seed=secrets.randbits(64))
    for table in tables:
        (row,) = made[table.name]
        for column in table.c:
            counted = isinstance(column.type, sa.Integer)  # a small number would be found anywhere
            if (counted or not column.primary_key) and not column.foreign_keys and is_private(column):
                row[column.name] = _canary(column)
        row |= RULED.get(table.name, {})
    return {name: rows[0] for name, rows in made.items()}


def _element(kind: object) -> str | bytes:
    """Something to stand in an array of this type."""
    item = kind.item_type if isinstance(kind, sa.ARRAY) else None
    return secrets.token_bytes(24) if isinstance(item, sa.LargeBinary) else f"canary-{secrets.token_hex(12)}"


def _canary(column: sa.Column[Any]) -> Any:
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    moment = datetime(2091, 1, 1, tzinfo=UTC) + timedelta(
        days=secrets.randbelow(3000), microseconds=secrets.randbelow(10**6)
    )
    number = 10**9 + secrets.randbelow(10**9)
    text = f"canary-{secrets.token_hex(12)}"
    by_type: list[tuple[Any, Any]] = [
        (sa.String, text),
        (sa.LargeBinary, secrets.token_bytes(24)),
        (sa.Uuid, UUID(bytes=secrets.token_bytes(16), version=4)),
        (sa.DateTime, moment),
        (sa.Date, date(2091, 1, 1) + timedelta(days=secrets.randbelow(3000))),
        (TOLD_BY_NOTHING, 1),
        (sa.Integer, number),
        (sa.Numeric | sa.Float, number / 10**7),
        (sa.JSON, [{"canary": text}]),
        (sa.ARRAY, [_element(kind)]),
    ]
    for type_, value in by_type:
        if isinstance(kind, type_):
            return bool(value) if isinstance(kind, sa.Boolean) else value
    raise AssertionError(f"{column}: no canary of that type")


async def _insert(address: str, table: sa.Table, row: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    values = [json.dumps(value) if isinstance(table.c[name].type, sa.JSON) else value for name, value in row.items()]
    await _fetch(address, f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', *values)  # noqa: S608


async def _delete(address: str, table: sa.Table, row: dict[str, Any]) -> None:
    keys = [column.name for column in table.primary_key]
    where = " AND ".join(f'"{name}" = ${number}' for number, name in enumerate(keys, 1))
    await _fetch(address, f'DELETE FROM "{table.name}" WHERE {where}', *(row[name] for name in keys))  # noqa: S608


async def _fetch(address: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()
