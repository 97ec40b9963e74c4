"""What is left of a member after an erasure: rows that are theirs or name them, keys, and bytes of what was sealed.

Rows are counted afresh in every store and cell that this process can reach, not taken from what the erasure says of itself.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow, DirectoryRow, KeyRow, Nature
from kept.cells import Cell
from kept.kit import Database
from kept.residency import Works
from kept.residency.residue import PIECE, search
from kept.subjects.erasing import tables_of_members
from kept.vault import SealedColumn

EACH = 32
"""Values of each sealed column whose bytes are looked for."""
LARGEST_SEARCH = 2 * 1024**3
"""Bytes of a cell's files that are read; more would take too long for one member's sake, and that is said."""
KEPT_ON_PURPOSE = frozenset({("keys", "shredded_key"), ("directory", "farewell")})
"""The tombstone that keeps a restored key from working; who is being forgotten elsewhere."""


@dataclass(frozen=True, slots=True)
class Residue:
    """What a scan found, by place, and how much it looked at."""

    rows: dict[str, int]
    found: int
    """Pieces of sealed values that are still in the servers' files."""
    needles: int
    bytes_searched: int

    @property
    def total(self) -> int:
        """Everything that should not be there."""
        return sum(self.rows.values()) + self.found


async def needles_of(cell: Cell, member_id: UUID) -> list[bytes]:
    """Pieces of what is sealed for a member, to be looked for afterwards; without the key they tell nothing."""
    found: list[bytes] = []
    for table in tables_of_members():
        for column in table.table.c:
            if isinstance(column.type, SealedColumn):
                wanted = sa.select(column).where(table.of(member_id), column.is_not(None)).limit(EACH)
                async with cell.begin() as tx:
                    found += [bytes(value)[PIECE] for value in (await tx.run(wanted)).scalars()]
    return [one for one in found if len(one) == PIECE.stop - PIECE.start]


async def scan_for(
    works: Works, member_id: UUID, needles: Sequence[bytes] = (), *, but: frozenset[tuple[str, str]] = frozenset()
) -> Residue:
    """Look for a member in every store; `but` are (store, table) that the caller knows to name them still."""
    rows: dict[str, int] = {}
    for cell in works.cells:
        rows |= await _named_in(cell.name, "cell", cell.database, CellRow.metadata, member_id, but)
        rows |= await _named_in(f"{cell.name}: keys", "keys", cell.keys_database, KeyRow.metadata, member_id, but)
    directory = works.cells.directory.database
    rows |= await _named_in("directory", "directory", directory, DirectoryRow.metadata, member_id, but)
    size, found = await _search(works, needles)
    return Residue(rows, found, len(needles), size)


async def _named_in(
    where: str, store: str, database: Database, metadata: sa.MetaData, member_id: UUID, but: frozenset[tuple[str, str]]
) -> dict[str, int]:
    found = {}
    async with database.begin() as connection:
        for table in metadata.sorted_tables:
            if (store, table.name) in KEPT_ON_PURPOSE | but:
                continue
            names = [column == member_id for column in table.c if _may_name(table, column)]
            if names:
                counted = sa.select(sa.func.count()).select_from(table).where(sa.or_(*names))
                if number := (await connection.execute(counted)).scalar_one():
                    found[f"{where}: {table.name}"] = int(number)
    return found


def _may_name(table: sa.Table, column: sa.Column[object]) -> bool:
    """Whether an id of a person may stand there: in the owner, in what names others, and anywhere in nobody's tables."""
    if not isinstance(column.type, sa.Uuid):
        return False
    law, rule = table.info["law"], column.info["rule"]
    nobodys = law.nature in (Nature.SYSTEM, Nature.CASE, Nature.INDEX)
    return nobodys or rule.names_other or column.name == (law.owner or "").split(".")[0]


async def _search(works: Works, needles: Sequence[bytes]) -> tuple[int, int]:
    """Bytes read, and needles found, in the files of the cells' databases; nothing where we can't look or it is too much."""
    stores = works.supplied.stores
    if stores is None or not needles:
        return 0, 0
    size = found = 0
    for cell in works.cells:
        folders = await stores.folders(cell)
        if await asyncio.to_thread(_length, folders) <= LARGEST_SEARCH:
            read, seen = await asyncio.to_thread(search, folders, needles)
            size, found = size + read, found + seen
    return size, found


def _length(folders: Sequence[Path]) -> int:
    """Bytes of all files below some folders; a file that goes meanwhile is nothing."""
    length = 0
    for file in (path for folder in folders for path in folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            length += file.stat().st_size if file.is_file() else 0
    return length
