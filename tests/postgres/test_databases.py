"""Databases on the embedded server, their addresses and their login roles."""

import stat

import asyncpg
import pytest

from kept.kit import Database
from kept.postgres import EmbeddedPostgres, NoSuchDatabase, StatementFailed
from kept.postgres.layout import Layout


async def test_an_address_opens_its_database_as_its_own_role(postgres, fresh_database):
    database = Database(fresh_database("kept_eu"))
    try:
        [row] = await database.fetch("SELECT current_user AS me, current_database() AS here")
        async with database.begin() as connection:
            assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
    finally:
        await database.close()
    assert row["me"] == row["here"] == database.name


async def test_a_role_is_no_superuser_and_can_t_enter_another_database(fresh_database):
    eu, us = fresh_database("kept_eu"), fresh_database("kept_us")
    trespass = eu.replace(_name(eu) + "?", _name(us) + "?")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(trespass)
    connection = await asyncpg.connect(eu)
    try:
        powers = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert not await connection.fetchval(powers)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")
    finally:
        await connection.close()


async def test_a_wrong_password_opens_nothing(fresh_database):
    address = fresh_database()
    role, password = address.removeprefix("postgresql://").split("@")[0].split(":")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(address.replace(password, "0" * len(password)))
    assert role == _name(address)


async def test_a_copy_has_the_rows_of_its_template_and_lives_its_own_life(fresh_database):
    template = fresh_database("template")
    await _run(template, "CREATE TABLE clip (n int); INSERT INTO clip VALUES (7)")
    copy = fresh_database("copy", template=_name(template))
    await _run(copy, "UPDATE clip SET n = 8")
    assert await _value(copy, "SELECT n FROM clip") == 8
    assert await _value(template, "SELECT n FROM clip") == 7


async def test_an_address_needs_its_own_login_and_not_the_secret(postgres, fresh_database):
    address = fresh_database()
    secret = Layout(postgres.folder).secret
    hidden = secret.rename(secret.with_name("hidden"))
    try:
        assert postgres.address(_name(address)) == address
        assert await _value(postgres.address(_name(address)), "SELECT 1") == 1
    finally:
        hidden.rename(secret)
    assert postgres.is_at(address)
    assert not postgres.is_at(address.replace("host=", "host=/elsewhere"))
    login = Layout(postgres.folder).logins / _name(address)
    assert (stat.S_IMODE(login.stat().st_mode), stat.S_IMODE(login.parent.stat().st_mode)) == (0o600, 0o700)


def test_a_database_that_was_never_made_has_no_address(postgres):
    with pytest.raises(NoSuchDatabase, match="kept_nowhere is not made yet"):
        postgres.address("kept_nowhere")


def test_ensuring_a_database_twice_changes_nothing(postgres, fresh_database):
    address = fresh_database()
    assert postgres.ensure_database(_name(address)) == address


def test_a_name_that_is_no_name_is_refused(postgres: EmbeddedPostgres):
    for name in ("", 'x"; DROP DATABASE postgres; --', "Größe", "a" * 64, "../x"):
        with pytest.raises(ValueError, match="not a name"):
            postgres.ensure_database(name)


def test_a_refused_statement_says_why(postgres: EmbeddedPostgres):
    with pytest.raises(StatementFailed, match="nobody_made_this"):
        postgres.clone_database("copy_of_nothing", "nobody_made_this")


async def test_the_server_reads_unicode_and_checks_its_pages(fresh_database):
    address = fresh_database()
    assert await _value(address, "SELECT lower('ÄÖÜ Ž')") == "äöü ž"
    assert await _value(address, "SHOW data_checksums") == "on"
    assert await _value(address, "SHOW listen_addresses") == ""


async def _run(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _value(address: str, statement: str) -> object:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _name(address: str) -> str:
    return address.rpartition("/")[2].partition("?")[0]
