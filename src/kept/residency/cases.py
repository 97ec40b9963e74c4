"""Keys of cases: what is sealed about a request or a case has a key of its own, and no resident whose key would go along."""

from collections.abc import Sequence
from uuid import UUID

from kept.cells import Cell
from kept.residency.luggage import Works
from kept.residency.tables import case_tables, quoted


async def hand_over_cases(works: Works, old: Cell, new: Cell) -> None:
    """Give the keys of a cell's cases to another, too, whose rows have been copied. Safe to repeat."""
    await works.vaults[old.name].hand_over(await _ids(old), works.vaults[new.name])


async def forget_cases(works: Works, cell: Cell) -> None:
    """Delete the keys of cases that another cell has now. Safe to repeat."""
    await works.vaults[cell.name].forget(await _ids(cell))


async def drop_cases(works: Works, cell: Cell) -> None:
    """Delete cases, and their keys, from a cell that they have left."""
    await forget_cases(works, cell)
    for table in reversed(case_tables()):
        await cell.database.fetch(f"DELETE FROM {quoted(table.name)}")  # noqa: S608  the catalogue's names


async def _ids(cell: Cell) -> Sequence[UUID]:
    found: list[UUID] = []
    for table in case_tables():
        owner = quoted(table.info["law"].owner)
        rows = await cell.database.fetch(f"SELECT DISTINCT {owner} AS id FROM {quoted(table.name)}")  # noqa: S608
        found += [row["id"] for row in rows]
    return found
