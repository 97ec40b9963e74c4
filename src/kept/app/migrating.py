"""Migrations: bring every store to the schema that the catalogue declares; each store has its own line of revisions."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from kept.app.stamp import REVISIONS
from kept.catalog.tables import STORES


def migrate(addresses: Iterator[tuple[str, str]]) -> None:
    """Upgrade databases, given as (store, address), to their newest revision. Blocks; safe to repeat."""
    for store, address in addresses:
        _on(address, store, lambda config: command.upgrade(config, "head"))


def make_revision(store: str, address: str, message: str) -> None:
    """Write a new revision: what separates the database at `address` from the declared schema."""
    _on(address, store, lambda config: command.revision(config, message, autogenerate=True))


def differences(store: str, address: str) -> list[Any]:
    """What separates a migrated database from the declared schema; empty when nothing does."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with _engine(address).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), STORES[store].metadata))


def _engine(address: str) -> sa.Engine:
    return sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=sa.NullPool)


def _on(address: str, store: str, run: Any) -> None:
    config = Config()
    config.set_main_option("script_location", str(REVISIONS))
    config.set_main_option("version_locations", str(REVISIONS / "versions" / store))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = STORES[store].metadata
    with _engine(address).begin() as connection:
        config.attributes["connection"] = connection
        run(config)
