"""What is left in a store that was emptied: rows, keys, objects, files, and bytes of values that are known to have been there.

The bytes looked for are pieces of sealed values, which are the same at the new home: nothing else in the world looks like
them. Pages of tables and indexes, freed space, statistics and temporary files of the old databases are read as bytes.
"""

import asyncio
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kept.catalog import CellRow
from kept.cells import Cell
from kept.residency.emptying import rows_in
from kept.residency.luggage import Works
from kept.residency.tables import case_tables, quoted, travelling
from kept.vault import SealedColumn

PIECE = slice(40, 64)
"""Of a sealed value: past its head, which many share; 24 bytes of nonce and ciphertext."""
EACH = 64
"""Values of each sealed column that are looked for."""


@dataclass(frozen=True, slots=True)
class Residue:
    """What a scan found, and how much it looked at."""

    rows: dict[str, int]
    keys: int
    objects: int
    files: int
    needles: int
    bytes_scanned: int
    found: int
    databases: int
    """How many databases' files were read."""

    @property
    def total(self) -> int:
        """Everything that should not be there."""
        return sum(self.rows.values()) + self.keys + self.objects + self.files + self.found


async def scan(works: Works, old: Cell, needles: Sequence[bytes]) -> Residue:
    """Look into every store of a cell that should be empty."""
    rows = {name: count for name, count in (await rows_in(old)).items() if count}
    wrapped = "SELECT (SELECT count(*) FROM member_key) + (SELECT count(*) FROM bucket_key) + count(*) AS n FROM cell_secret"
    keys = (await old.keys_database.fetch(wrapped))[0]["n"]
    objects = len([key async for key in old.objects.keys()])  # noqa: SIM118  a method of ours
    files = [name for one in works.supplied.luggage for name in await one.left(old)]
    stores = works.supplied.stores
    folders = list(await stores.folders(old)) if stores is not None else []
    databases = len(folders)
    if old.objects.folder is not None:
        folders.append(old.objects.folder)
    size, found = await asyncio.to_thread(search, folders, needles)
    return Residue(rows, keys, objects, len(files), len(needles), size, found, databases)


async def needles_of(new: Cell) -> list[bytes]:
    """Pieces of sealed values that came to the new home."""
    found: list[bytes] = []
    for table in [CellRow.metadata.tables[one.name] for one in travelling()] + case_tables():
        for column in table.c:
            if isinstance(column.type, SealedColumn):
                name = quoted(column.name)
                sql = f"SELECT {name} AS v FROM {quoted(table.name)} WHERE {name} IS NOT NULL LIMIT {EACH}"  # noqa: S608
                found += [bytes(row["v"][PIECE]) for row in await new.database.fetch(sql)]
    return [one for one in found if len(one) == PIECE.stop - PIECE.start]


def search(folders: Sequence[Path], needles: Sequence[bytes]) -> tuple[int, int]:
    """Bytes read in all files below the folders, and how many of the needles are in them."""
    size, found = 0, set()
    for file in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        try:
            with file.open("rb") as opened:
                length = file.stat().st_size
                if length == 0:
                    continue
                with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as held:
                    size += len(held)
                    found |= {needle for needle in needles if held.find(needle) >= 0}
        except (FileNotFoundError, ValueError):
            continue  # a server removes files while it tidies
    return size, len(found)
