"""The benchmark of erasing: its schema is sound, its rows refer to what is there, and it measures what it says."""

import pytest
import sqlalchemy as sa

from kept.bench import erase
from kept.bench.neutral import Base
from kept.bench.neutral_rows import SHARES, make_people
from kept.catalog import check
from kept.kit import Database
from kept.postgres import EmbeddedPostgres
from kept.subjects import count_rows, owned_tables
from tests.conftest import FreshDatabase

ROWS = 1_000


def test_the_neutral_schema_says_all_that_a_schema_has_to_say() -> None:
    check(Base.metadata)


async def test_people_have_the_rows_that_are_said_and_every_reference_leads_somewhere(
    postgres: EmbeddedPostgres, fresh_database: FreshDatabase
) -> None:
    database = Database(postgres.admin_address(fresh_database("neutral").rpartition("/")[2].partition("?")[0]))
    async with database.begin() as connection:
        people = await make_people(connection, 2, ROWS)
        for who in people:
            rows = await count_rows(connection, owned_tables(Base.metadata), who)
            assert rows == {"member": 1} | {table: ROWS * share // 100 for table, share in SHARES.items()}
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_key_constraints:
                assert await connection.scalar(_dangling(key)) == 0, key.column_keys
    await database.close()


def _dangling(key: sa.ForeignKeyConstraint) -> sa.Select[tuple[int]]:
    there = key.referred_table.alias()
    known = sa.and_(*(there.c[one.column.name] == one.parent for one in key.elements))
    found = sa.exists().where(known).correlate(key.table)
    return sa.select(sa.func.count()).select_from(key.table).where(key.columns[0].is_not(None), ~found)


async def test_it_measures_rows_names_memory_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase, "ROWS", {ROWS: 1})
    monkeypatch.setattr(erase, "SEALED", (10,))
    found = await erase.run()
    assert found["names_taken_out_of_1000"] == 30, "who watched their videos: the rest goes along with them"
    assert found["ratio_of_1000"] < found["ratio_without_names_of_1000"]
    assert found["unreadable_seconds_after_shred_of_10"] < 1
    assert found["bare_rows_per_second_of_1000"] > 0
