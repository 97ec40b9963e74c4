"""The copy of a member's data: one ZIP archive with a page for people, JSON for programs, and the media files.

Made as a stream: neither memory nor disk ever holds it whole or in clear. What leaves here goes straight into a seal
under the member's own key. Everything is read in one snapshot, and held against an independent count before it is said to
be complete.
"""

import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.catalog import CellRow, DirectoryRow, Nature
from kept.cells import Cell
from kept.kit import KeptError
from kept.kit import Kind as ErrorKind
from kept.kit.objects import NoSuchObject
from kept.look.pages import render_copy
from kept.look.views import CopyField, CopyTable, CopyView
from kept.messages.content import unpack
from kept.messages.models import BODY
from kept.rights.provided import columns_for, only
from kept.rights.states import Kind
from kept.rights.works import Works
from kept.rights.writing import Sink, json_of, write_rows, zip_into
from kept.subjects import Others, OwnedTable, Row, count_rows, owned_tables, rows_of, rule_of
from kept.terms.words import keep_in_words, purposes_in_words, words_in
from kept.vault import Reason

FOLDER = "copies"
SHOWN = 100
"""Rows of a table that the page shows; all of them are in the JSON."""
PIECE = 1024 * 1024

_OWNED_TABLES = """
SELECT c.table_name AS name, c.column_name AS owner FROM information_schema.columns c JOIN information_schema.tables t
USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'uuid'
AND (c.column_name = 'owner_id' OR (c.table_name = 'resident' AND c.column_name = 'member_id'))
"""


class NotComplete(KeptError):
    """What was written is not what an independent count finds: such a copy is given to nobody."""

    code = "copy_not_complete"
    kind = ErrorKind.BUSY
    message = "The copy is not complete: {what}. It is made again."


@dataclass(slots=True)
class Made:
    """What is in an archive: rows by table, how many of them were counted by others, files, and what could not be found."""

    rows: dict[str, int] = field(default_factory=dict)
    counted: int = 0
    files: int = 0
    missing: int = 0


async def archive(
    works: Works, cell: Cell, member_id: UUID, made: Made, *, kind: Kind, language: str, now: datetime
) -> AsyncIterator[bytes]:
    """The archive, piece by piece; `made` is filled on the way. Raises NotComplete at the end, if it is not.

    Of `PORTABILITY`, what the member gave, for programs alone; of all others, everything, with a page for people.
    """
    sink, others, pages = Sink(), Others(), []
    with zip_into(sink) as out:
        async with cell.database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            tables = [table for table in owned_tables(CellRow.metadata) if columns_for(kind, table)]
            for table in tables:
                page = _page_of(table, language, columns_for(kind, table))
                async for piece in _table(works, cell, connection, table, member_id, others, out, sink, page, made):
                    yield piece
                pages.append(page)
            await _require_complete(connection, tables, member_id, made, kind=kind)
            async for piece in _files(cell, connection, tables, member_id, out, sink, made):
                yield piece
        async with works.cells.directory.database.begin() as connection:
            for table in (one for one in owned_tables(DirectoryRow.metadata) if columns_for(kind, one)):
                page = _page_of(table, language, columns_for(kind, table))
                async for piece in _table(works, cell, connection, table, member_id, others, out, sink, page, made):
                    yield piece
                pages.append(page)
        view = _view(works, cell, pages, made, language=language, now=now)
        if kind is not Kind.PORTABILITY:
            out.writestr("index.html", render_copy(view))
        out.writestr("about.json", json_of(_about(view)))
        yield sink.take()
    yield sink.take()


async def _table(
    works: Works,
    cell: Cell,
    connection: AsyncConnection,
    table: OwnedTable,
    member_id: UUID,
    others: Others,
    out: zipfile.ZipFile,
    sink: Sink,
    page: CopyTable,
    made: Made,
) -> AsyncIterator[bytes]:
    """One table, its file and its page."""

    async def opened(place: str, values: Sequence[tuple[Any, Any]]) -> list[Any]:
        clear = await works.vaults[cell.name].open_many(member_id, place, values, reason=Reason.EXPORT)
        return [readable(place, one) for one in clear]

    def see(some: Sequence[Row]) -> None:
        page.total += len(some)
        page.rows += [[_text(row[one.name]) for one in page.fields] for row in some[: SHOWN - len(page.rows)]]

    wanted = frozenset(one.name for one in page.fields)

    async def chosen() -> AsyncIterator[list[Row]]:
        async for some in rows_of(connection, table, member_id, others=others, open_=opened):
            yield only(some, wanted)

    rows = chosen()
    async for piece in write_rows(out, sink, page.file, rows, see):
        yield piece
    made.rows[table.name] = page.total


async def _files(
    cell: Cell,
    connection: AsyncConnection,
    tables: Sequence[OwnedTable],
    member_id: UUID,
    out: zipfile.ZipFile,
    sink: Sink,
    made: Made,
) -> AsyncIterator[bytes]:
    """The media files that rows name, but earlier copies."""
    for table in tables:
        for column in table.objects:
            if table.name == "data_copy":
                continue
            keys = await connection.execute(sa.select(column).where(table.of(member_id), column.is_not(None)))
            for key in sorted(set(keys.scalars())):
                try:
                    size = await cell.objects.size(key)
                except NoSuchObject:
                    made.missing += 1  # planned, and not stored yet
                    continue
                entry = zipfile.ZipInfo(f"media/{key.replace('/', '-')}")
                with out.open(entry, "w", force_zip64=True) as file:
                    for start in range(0, size, PIECE):
                        file.write(await cell.objects.get_range(key, start, min(start + PIECE, size)))
                        yield sink.take()
                made.files += 1


async def _require_complete(
    connection: AsyncConnection, tables: Sequence[OwnedTable], member_id: UUID, made: Made, *, kind: Kind
) -> None:
    """Hold what was written against the database's own list of tables that have an owner. Raises NotComplete."""
    counted, named = await count_rows(connection, tables, member_id), {table.name for table in tables}
    for row in (await connection.execute(sa.text(_OWNED_TABLES))).all():
        if kind is Kind.PORTABILITY and row.name not in named:
            continue
        sql = f'SELECT count(*) FROM "{row.name}" WHERE "{row.owner}" = :who'  # noqa: S608  the database's own names
        there = (await connection.execute(sa.text(sql), {"who": member_id})).scalar_one()
        if there != made.rows.get(row.name, 0) or there != counted.get(row.name, 0):
            raise NotComplete(what=f"{row.name} has {there} rows, and {made.rows.get(row.name, 0)} were written")
        made.counted += there


def readable(place: str, clear: bytes) -> Any:
    """What was sealed, as somebody reads it."""
    if place == BODY:
        said = unpack(clear)
        return said.text if said.video_id is None else f"clip {said.video_id}"
    try:
        return clear.decode()
    except UnicodeDecodeError:
        return clear


def _page_of(table: OwnedTable, language: str, wanted: frozenset[str]) -> CopyTable:
    words, keep = words_in(language), table.law.keep
    fields = tuple(
        CopyField(
            name=str(column.name),
            about=words.say(rule_of(column).about),
            why=purposes_in_words(rule_of(column).purposes, words),
            who=words.levels[rule_of(column).level],
            category=words.categories.get(rule_of(column).category, ""),
        )
        for column in table.table.c
        if column.name in wanted
    )
    where = "directory/" if table.law.nature is Nature.INDEX else ""
    return CopyTable(
        name=table.name,
        about=words.say(table.law.about),
        how_long="" if keep is None else keep_in_words(keep, words),
        file=f"data/{where}{table.name}.json",
        fields=fields,
    )


def _view(works: Works, cell: Cell, pages: list[CopyTable], made: Made, *, language: str, now: datetime) -> CopyView:
    region = works.settings.regions[cell.region]
    return CopyView(
        language=language,
        service=works.settings.site.name,
        operator=works.settings.site.operator,
        contact=works.settings.site.contact,
        region=region.label or cell.region,
        made_at=now,
        files=made.files,
        tables=tuple(page for page in pages if page.total),
        empty=tuple(page.about for page in pages if not page.total),
    )


def _about(view: CopyView) -> dict[str, Any]:
    """What a program wants to know about the archive."""
    return {
        "made_at": view.made_at.isoformat(),
        "operator": view.operator,
        "files": view.files,
        "tables": [
            {
                "name": one.name,
                "file": one.file,
                "rows": one.total,
                "about": one.about,
                "kept": one.how_long,
                "fields": [
                    {"name": f.name, "about": f.about, "why": f.why, "who": f.who, "category": f.category}
                    for f in one.fields
                ],
            }
            for one in view.tables
        ],
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json_of(value).decode()
    return f"{value:%d %B %Y %H:%M}" if isinstance(value, datetime) else str(value)
