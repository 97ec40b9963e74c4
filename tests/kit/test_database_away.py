"""A server that goes away is told as one expected error, whichever way it goes."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa

from kept.kit import Database, Kind
from kept.kit.database import DATABASE_AWAY, DatabaseAway

END_THE_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"
ME = "SELECT pg_backend_pid()"


async def end_all_other_connections(address: str) -> None:
    """What an operator's restart does to everybody who is connected."""
    operator = await asyncpg.connect(address)
    try:
        await operator.execute("SELECT 1")
        await operator.fetch(END_THE_OTHERS, await operator.fetchval(ME))
    finally:
        await operator.close()


async def test_nobody_listens(tmp_path: Path) -> None:
    database = Database(f"postgresql:///kept?host={tmp_path}")
    with pytest.raises(DatabaseAway):
        await database.fetch("SELECT 1")
    with pytest.raises(DatabaseAway):
        async with database.begin():
            pytest.fail("there is nothing to begin in")
    await database.close()


async def test_the_server_ends_while_it_works_for_us(fresh_database: Callable[..., str]) -> None:
    address = fresh_database()
    database = Database(address, pool=2)

    async def transaction() -> None:
        async with database.begin() as connection:
            await connection.execute(sa.text("SELECT pg_sleep(30)"))

    working = [asyncio.create_task(database.fetch("SELECT pg_sleep(30)")), asyncio.create_task(transaction())]
    await asyncio.sleep(0.5)
    await end_all_other_connections(address)
    told = await asyncio.gather(*working, return_exceptions=True)
    assert [type(one) for one in told] == [DatabaseAway, DatabaseAway]
    assert (await database.fetch("SELECT 1 AS n"))[0]["n"] == 1
    async with database.begin() as connection:
        assert (await connection.execute(sa.text("SELECT 1"))).scalar_one() == 1
    await database.close()


async def test_the_server_ends_between_two_statements(fresh_database: Callable[..., str]) -> None:
    address = fresh_database()
    database = Database(address)

    async def transaction() -> None:
        async with database.begin() as connection:
            await connection.execute(sa.text("SELECT 1"))
            await end_all_other_connections(address)
            await connection.execute(sa.text("SELECT 1"))

    with pytest.raises(DatabaseAway):
        await transaction()
    await database.close()


async def test_other_errors_stay_what_they_are(fresh_database: Callable[..., str]) -> None:
    database = Database(fresh_database())
    with pytest.raises(asyncpg.UndefinedTableError):
        await database.fetch("SELECT * FROM nothing")
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        await database.fetch("SELECT $1::int")
    with pytest.raises(sa.exc.ProgrammingError):
        async with database.begin() as connection:
            await connection.execute(sa.text("SELECT * FROM nothing"))
    with pytest.raises(FileNotFoundError):
        async with database.begin():
            raise FileNotFoundError("a file of the block's own")
    await database.close()


def test_trying_again_can_help_and_whoever_catches_the_old_names_catches_this_one() -> None:
    assert DatabaseAway.kind is Kind.BUSY
    assert DatabaseAway.kind.may_pass
    assert issubclass(DatabaseAway, DATABASE_AWAY)
    assert issubclass(socket.gaierror, DATABASE_AWAY)
