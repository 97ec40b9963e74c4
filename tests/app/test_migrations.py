"""The revisions make the schema that the catalogue declares, and the planner keeps no values of members' clear columns."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kept.app import schema  # noqa: F401  declares every table
from kept.app.migrating import differences, migrate
from kept.catalog.tables import STORES


def declared(found: object) -> bool:
    """Whether a difference is about a table of ours, and not of another test."""
    return "test_" not in str(found)


@pytest.mark.parametrize("store", STORES)
def test_migrated_databases_have_the_declared_schema(fresh_database: Callable[..., str], store: str) -> None:
    address = fresh_database(f"kept_{store}")
    migrate(iter([(store, address)]))
    migrate(iter([(store, address)]))
    assert [found for found in differences(store, address) if declared(found)] == []


def test_the_planner_samples_no_clear_personal_column(fresh_database: Callable[..., str]) -> None:
    address = fresh_database("kept_cell")
    migrate(iter([("cell", address)]))
    engine = sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=sa.NullPool)
    asked = "SELECT attname FROM pg_attribute WHERE attrelid = 'account'::regclass AND attstattarget = 0"
    with engine.connect() as connection:
        hushed = set(connection.execute(sa.text(asked)).scalars())
    engine.dispose()
    assert {"band", "country", "language", "birth_date", "email"} <= hushed
