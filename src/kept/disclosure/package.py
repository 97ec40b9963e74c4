"""The package: a ZIP of JSON lines, a file for each class of data and table, the media that rows name, and a manifest.

It is written as it is read, in one snapshot: neither a table nor a file is ever whole in memory. The manifest, at the end, says
what was asked, narrowed and agreed to, what each field means, how many rows there are, and the SHA-256 of each file.
"""

import hashlib
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, Self
from uuid import UUID

import sqlalchemy as sa

from kept.access import Request, stream
from kept.catalog import CellRow
from kept.cells import Tx
from kept.disclosure.scope import Piece
from kept.disclosure.works import NotWhole
from kept.kit.objects import NoSuchObject, Objects
from kept.legal import Asked, Case, Narrowed
from kept.rights.archive import readable
from kept.rights.writing import Sink, json_of, zip_into
from kept.subjects import Others, OwnedTable, bound_to, rule_of
from kept.vault import Authorisation, Reason, SealedColumn, Vault

FORMAT = "kept-production/1"
PIECE = 1024 * 1024


class Given(StrEnum):
    """What became of one place."""

    GIVEN = "given"
    NOTHING_FOUND = "nothing_found"
    UNREACHABLE = "unreachable"
    """A file that rows name and that the store does not have."""


@dataclass(slots=True)
class Contents:
    """What is in a package, filled as it is written: files with their rows or bytes, and rows by member."""

    files: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[UUID, int] = field(default_factory=dict)

    @property
    def accounts(self) -> int:
        """Of how many members there is something."""
        return sum(1 for rows in self.rows.values() if rows)


@dataclass(frozen=True)
class Order:
    """What a package is made of: the case as it was asked and narrowed, what was agreed to, and the proofs of it."""

    case: Case
    asked: Asked
    narrowed: Narrowed
    request: Request
    pieces: tuple[Piece, ...]
    proofs: Mapping[UUID, Authorisation]
    until: datetime


async def package(
    tx: Tx, objects: Objects, vault: Vault, order: Order, contents: Contents, *, now: datetime
) -> AsyncIterator[bytes]:
    """The ZIP, piece by piece; `contents` is filled on the way. Raises NotWhole; NotAuthorised and others of the vault's."""
    sink, others = Sink(), Others()
    with zip_into(sink) as out:
        for piece in order.pieces:
            async for some in _table(tx, vault, order, piece, others, out, sink, contents):
                yield some
        for piece in order.pieces:
            async for some in _media(tx, objects, order, piece, out, sink, contents):
                yield some
        out.writestr("manifest.json", json_of(_manifest(order, contents, now=now)))
        yield sink.take()
    yield sink.take()


async def _table(
    tx: Tx,
    vault: Vault,
    order: Order,
    piece: Piece,
    others: Others,
    out: zipfile.ZipFile,
    sink: Sink,
    contents: Contents,
) -> AsyncIterator[bytes]:
    """One file: the rows of all members in one table, for one class of data. Without rows there is none."""
    name = f"data/{piece.kind}/{piece.owned.name}.jsonl"
    within, total = piece.within(order.narrowed.since, order.until), 0
    with _Lines(out, name) as file:
        for member_id, proof in order.proofs.items():
            rows = 0
            async for page in stream(tx, piece.owned, piece.columns, member_id, within):
                lines = await _lines(vault, piece, member_id, page, others, proof)
                file.write(b"".join(json_of(line) + b"\n" for line in lines))
                rows += len(lines)
                yield sink.take()
            await _require_whole(tx, piece, member_id, within, rows)
            contents.rows[member_id] = contents.rows.get(member_id, 0) + rows
            total += rows
    if total:
        contents.files.append(_described(name, piece, total, file.digest.hexdigest()))
    what = Given.GIVEN if total else Given.NOTHING_FOUND
    contents.outcomes.append({"where": f"{piece.kind}: {piece.owned.name}", "what": what, "rows": total})
    yield sink.take()


class _Lines:
    """A file in the ZIP that is there from its first line on, and is closed however its writing ends."""

    def __init__(self, out: zipfile.ZipFile, name: str) -> None:
        self._out, self._name = out, name
        self._file: IO[bytes] | None = None
        self.digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, text: bytes) -> None:
        """Write some lines."""
        self._file = self._file or self._out.open(self._name, "w", force_zip64=True)
        self.digest.update(text)
        self._file.write(text)


async def _lines(
    vault: Vault, piece: Piece, member_id: UUID, page: Sequence[Mapping[str, Any]], others: Others, proof: Authorisation
) -> list[dict[str, Any]]:
    """Rows as they are given: opened with the proof, other people numbered, each under its member."""
    columns = {
        str(column.name): await _values(vault, piece.owned, column, member_id, page, others, proof)
        for column in piece.columns
    }
    return [{"member": member_id} | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


async def _values(
    vault: Vault,
    owned: OwnedTable,
    column: sa.Column[Any],
    member_id: UUID,
    page: Sequence[Mapping[str, Any]],
    others: Others,
    proof: Authorisation,
) -> list[Any]:
    values = [row[column.name] for row in page]
    if rule_of(column).names_other:
        return [one if one is None or one == member_id else others.name(one) for one in values]
    if not isinstance(column.type, SealedColumn):
        return values
    key, place = bound_to(owned), f"{owned.name}.{column.name}"
    sealed = [
        (member_id if key is None else row[key], row[column.name]) for row in page if row[column.name] is not None
    ]
    if not sealed:
        return values
    reason = Reason.LEGAL_PROCESS
    opened = iter(await vault.open_authorised(member_id, place, sealed, reason=reason, proof=proof))
    return [None if one is None else readable(place, next(opened)) for one in values]


async def _require_whole(tx: Tx, piece: Piece, member_id: UUID, within: sa.ColumnElement[bool], rows: int) -> None:
    """Hold what was written against a count by another statement. Raises NotWhole."""
    counted = sa.select(sa.func.count()).select_from(piece.owned.table).where(piece.owned.of(member_id), within)
    there = (await tx.run(counted)).scalar_one()
    if there != rows:
        raise NotWhole(why=f"{piece.owned.name} has {there} rows of that time, and {rows} were written")


async def _media(
    tx: Tx, objects: Objects, order: Order, piece: Piece, out: zipfile.ZipFile, sink: Sink, contents: Contents
) -> AsyncIterator[bytes]:
    """The files that rows in scope name."""
    within = piece.within(order.narrowed.since, order.until)
    for column in piece.objects:
        files = missing = 0
        for member_id in order.proofs:
            async for page in stream(tx, piece.owned, [column], member_id, within):
                for key in [row[column.name] for row in page if row[column.name] is not None]:
                    try:
                        async for some in _file(objects, key, out, sink, contents):
                            yield some
                        files += 1
                    except NoSuchObject:
                        missing += 1
        where = f"files: {piece.owned.name}.{column.name}"
        contents.outcomes.append({"where": where, "what": Given.GIVEN if files else Given.NOTHING_FOUND, "rows": files})
        if missing:
            contents.outcomes.append({"where": where, "what": Given.UNREACHABLE, "rows": missing})


async def _file(
    objects: Objects, key: str, out: zipfile.ZipFile, sink: Sink, contents: Contents
) -> AsyncIterator[bytes]:
    size, name, digest = await objects.size(key), f"media/{key.replace('/', '-')}", hashlib.sha256()
    with out.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
        for start in range(0, size, PIECE):
            data = await objects.get_range(key, start, min(start + PIECE, size))
            digest.update(data)
            file.write(data)
            yield sink.take()
    contents.files.append({"file": name, "object": key, "bytes": size, "sha256": digest.hexdigest()})
    yield sink.take()


def _described(name: str, piece: Piece, rows: int, sha256: str) -> dict[str, Any]:
    return {
        "file": name,
        "class": piece.kind,
        "table": piece.owned.name,
        "about": CellRow.metadata.tables[piece.owned.name].info["law"].about,
        "fields": [
            {"name": str(one.name), "about": rule_of(one).about, "category": rule_of(one).category}
            for one in piece.columns
        ],
        "rows": rows,
        "sha256": sha256,
    }


def _manifest(order: Order, contents: Contents, *, now: datetime) -> dict[str, Any]:
    case, asked, narrowed, request = order.case, order.asked, order.narrowed, order.request
    agreed = [one for one in request.votes if one.approved]
    return {
        "format": FORMAT,
        "case": {"id": case.case_id, "number": case.number, "country": case.country, "instrument": case.instrument},
        "asked": {
            "authority": asked.authority,
            "basis": asked.basis,
            "identifiers": asked.identifiers,
            "classes": asked.classes,
        },
        "narrowed": {
            "members": narrowed.accounts,
            "classes": narrowed.classes,
            "since": narrowed.since,
            "until": order.until,
            "by": case.production.counsel_id,
        },
        "agreed": [
            {"by": one.approver_id, "team": one.team, "oversees": one.oversees, "at": one.decided_at} for one in agreed
        ],
        "recipient": case.production.recipient,
        "made_at": now,
        "files": contents.files,
        "outcomes": contents.outcomes,
        "others": "People whom the request does not name are “person 1”, “person 2” …: the same number, the same person.",
    }
