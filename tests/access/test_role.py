"""The role that staff's rows are fetched by: whatever statement is tried under it, the database lets nothing else through."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError

from kept.access import fetching
from kept.access.fetching import READER, NoReader, fetch, take_on
from kept.access.wanting import tables
from kept.cells import Tx
from tests.access.office import Office


@pytest.fixture
async def people(office: Office) -> tuple[UUID, UUID]:
    return (await office.here.join("DE")).member_id, (await office.here.join("DE")).member_id


@pytest.fixture
async def reading(office: Office, people: tuple[UUID, UUID]) -> AsyncIterator[Tx]:
    """A transaction in the middle of a reading of one column of one person."""
    async with office.here.runtime.cells.named("eu").begin() as tx:
        account = tables()["account"]
        await take_on(tx, account, ["country"], people[0])
        yield tx


async def test_it_sees_the_person_and_column_of_the_reading_and_no_other(reading: Tx) -> None:
    rows = (await reading.run(sa.text("SELECT * FROM staff_reading"))).mappings().all()
    assert [dict(row) for row in rows] == [{"country": "DE"}]


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM account",
        "SELECT handle FROM account",
        "SELECT * FROM message",
        "SELECT * FROM credential_password",
        "SELECT * FROM access_request",
        "SELECT payload FROM ledger_outbox",
        "SELECT email FROM staff_reading",
        "UPDATE account SET country = 'XX'",
        "UPDATE staff_reading SET country = 'XX'",
        "DELETE FROM access_read",
        "INSERT INTO resident SELECT gen_random_uuid(), now()",
        "CREATE TABLE taken AS SELECT 1",
        "CREATE OR REPLACE TEMP VIEW staff_reading AS SELECT * FROM account",
        f"ALTER VIEW staff_reading OWNER TO {READER}",
        "COPY account TO STDOUT",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
async def test_no_statement_gets_round_it(reading: Tx, attack: str) -> None:
    with pytest.raises(ProgrammingError):
        async with reading.connection.begin_nested():
            await reading.run(sa.text(attack))


TELLTALE = """
CREATE FUNCTION telltale(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
AS $$ BEGIN IF $1 = 'ZZ' THEN RAISE 'a hidden row was seen'; END IF; RETURN true; END $$
"""


@pytest.mark.parametrize("barrier", [True, False])
async def test_a_condition_that_tells_tales_sees_no_hidden_row(
    office: Office, people: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch, barrier: bool
) -> None:
    """What is cheap to call is tried on rows before the view's own condition; only the barrier keeps it from that."""
    if not barrier:
        plain = fetching._view
        monkeypatch.setattr(fetching, "_view", lambda *given: plain(*given).replace("WITH (security_barrier) ", ""))
    async with office.here.runtime.cells.named("eu").begin() as tx:
        await tx.run(sa.text("UPDATE account SET country = 'ZZ' WHERE owner_id = :other"), {"other": people[1]})
        for statement in (TELLTALE, "SET LOCAL enable_indexscan = off", "SET LOCAL enable_bitmapscan = off"):
            await tx.run(sa.text(statement))
        await take_on(tx, tables()["account"], ["country"], people[0])
        told = sa.text("SELECT count(*) FROM staff_reading WHERE telltale(country)")
        if barrier:
            assert (await tx.run(told)).scalar_one() == 1
            return
        with pytest.raises(DBAPIError, match="a hidden row was seen"):
            async with tx.connection.begin_nested():
                await tx.run(told)


async def test_without_the_role_nothing_is_read(
    office: Office, people: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "READER", "nobody_made_this_role")
    account = tables()["account"]
    with pytest.raises(NoReader):
        async with office.here.runtime.cells.named("eu").begin() as tx:
            await fetch(tx, account, [account.table.c.country], people[0], skip=0, most=10)


async def test_afterwards_the_transaction_is_as_it_was(office: Office, people: tuple[UUID, UUID]) -> None:
    account = tables()["account"]
    async with office.here.runtime.cells.named("eu").begin() as tx:
        for person in people:
            (row,) = await fetch(tx, account, [account.table.c.country], person, skip=0, most=10)
            assert (row["owner_id"], row["country"]) == (person, "DE")
        assert (await tx.run(sa.text("SELECT count(*) FROM account"))).scalar_one() == 2
