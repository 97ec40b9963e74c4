"""Migrations: bring every store to the schema that the catalogue declares; each store has its own line of revisions."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from kept.app.stamp import REVISIONS
from kept.catalog import Category, Level, Nature
from kept.catalog.tables import STORES


def migrate(addresses: Iterator[tuple[str, str]]) -> None:
    """Upgrade databases, given as (store, address), to their newest revision. Blocks; safe to repeat."""
    for store, address in addresses:
        _on(address, store, lambda config: command.upgrade(config, "head"))
        _hush_statistics(address, store)


def make_revision(store: str, address: str, message: str) -> None:
    """Write a new revision: what separates the database at `address` from the declared schema."""
    number = len(list((REVISIONS / "versions" / store).glob("*.py"))) + 1
    _on(address, store, lambda config: command.revision(config, message, autogenerate=True, rev_id=f"{number:04}"))


def differences(store: str, address: str) -> list[Any]:
    """What separates a migrated database from the declared schema; empty when nothing does."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with _engine(address).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), _bare(store)))


def _bare(store: str) -> sa.MetaData:
    """The declared schema without its annotations, which have no place in a revision."""
    bare = sa.MetaData()
    for table in STORES[store].metadata.sorted_tables:
        copied = table.to_metadata(bare)
        copied.info.clear()
        for column in copied.c:
            column.info.clear()
    return bare


def _hush_statistics(address: str, store: str) -> None:
    """Keep the planner from sampling what members' clear columns hold: its most common values outlive a deleted row."""
    with _engine(address).begin() as connection:
        inspected = sa.inspect(connection)
        there = inspected.get_table_names()
        for table in STORES[store].metadata.sorted_tables:
            if table.name in there:
                made = {column["name"] for column in inspected.get_columns(table.name)}  # a new one waits for its revision
                for name in (name for name in _personal(table) if name in made):
                    connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ALTER "{name}" SET STATISTICS 0')


def _personal(table: sa.Table) -> list[str]:
    """The clear columns of a record or a case that say something about somebody; ids don't, and the planner needs them."""
    if table.info["law"].nature not in (Nature.RECORD, Nature.CASE):
        return []
    rules = {column.name: column.info["rule"] for column in table.c}
    return [
        name
        for name, rule in rules.items()
        if rule.level > Level.PUBLIC and rule.category.startswith("user.") and rule.category != Category.ID
    ]


def _engine(address: str) -> sa.Engine:
    return sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=sa.NullPool)


def _on(address: str, store: str, run: Any) -> None:
    config = Config()
    config.set_main_option("script_location", str(REVISIONS))
    config.set_main_option("version_locations", str(REVISIONS / "versions" / store))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = _bare(store)
    with _engine(address).begin() as connection:
        config.attributes["connection"] = connection
        run(config)
