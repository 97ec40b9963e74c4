"""What regions that run apart share, the directory and the ledger's head, holds nothing private: the catalogue says so."""

import pytest
import sqlalchemy as sa

from kept.app import schema  # noqa: F401  declares every table
from kept.catalog import Category, Level
from kept.catalog.tables import STORES

MAY_NAME = {Category.ID, Category.PSEUDONYM, Category.HANDLE, Category.IMPRECISE_LOCATION}
"""Of a person: opaque ids, keyed hashes, the public handle, and in which cell they live."""
STAFF = ("staff_member", "staff_passkey", "staff_session", "staff_spent_challenge")
"""Of the operator's own people there is a name, a place of work and a passkey: they work for all regions. See decision 21."""
COLUMNS = [
    column
    for store in ("directory", "ledger")
    for table in STORES[store].metadata.sorted_tables
    for column in table.c
    if table.name not in STAFF
]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_a_column_of_a_shared_store_is_not_private(column: "sa.Column[object]") -> None:
    rule = column.info["rule"]
    assert rule.level <= Level.INTERNAL
    assert not rule.category.startswith("user.") or rule.category in MAY_NAME


def test_the_place_that_a_shared_store_knows_is_a_cell_and_nothing_finer() -> None:
    placed = [column.name for column in COLUMNS if column.info["rule"].category == Category.IMPRECISE_LOCATION]
    assert set(placed) <= {"cell", "from_cell", "to_cell"}
