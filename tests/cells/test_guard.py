"""Promise `residency.home`: a private row of somebody whose home is elsewhere is refused, by every way in."""

import pytest
import sqlalchemy as sa

from kept.catalog import CellRow, Nature
from kept.cells import OwnerElsewhere, Resident, admit, strangers
from kept.kit import new_id
from kept.ledger.models import EntryDetail
from tests.fixtures.house import House


def detail(owner_id: object) -> sa.Insert:
    return sa.insert(EntryDetail).values(
        owner_id=owner_id, entry_id=new_id(), salt=b"s" * 32, details=b"{}", created_at=sa.func.now()
    )


async def test_a_row_of_somebody_who_lives_here_is_written(house: House) -> None:
    member_id = await house.resident(house.eu)
    async with house.eu.begin() as tx:
        await tx.run(detail(member_id))


async def test_a_row_of_somebody_who_lives_elsewhere_is_refused_and_logged(house: House) -> None:
    member_id = await house.resident(house.eu)
    with pytest.raises(OwnerElsewhere):
        async with house.us.begin() as tx:
            await tx.run(detail(member_id))
    written = await house.us.database.fetch("SELECT 1 FROM entry_detail WHERE owner_id = $1", member_id)
    logged = await house.us.database.fetch('SELECT "table" FROM guard_refusal')
    entries = await house.us.database.fetch("SELECT payload FROM ledger_outbox")
    assert written == []
    assert [row["table"] for row in logged] == ["entry_detail"]
    assert b"residency.write_refused" in entries[0]["payload"]


async def test_nothing_else_of_the_transaction_stays(house: House) -> None:
    at_home, away = await house.resident(house.us), await house.resident(house.eu)
    with pytest.raises(OwnerElsewhere):
        async with house.us.begin() as tx:
            await tx.run(detail(at_home))
            await tx.run(detail(away))
    assert await house.us.database.fetch("SELECT 1 FROM entry_detail") == []


async def test_nobody_is_admitted_to_a_cell_that_is_not_their_home(house: House) -> None:
    member_id = await house.resident(house.eu)
    for stranger in (member_id, new_id()):
        with pytest.raises(OwnerElsewhere):
            async with house.us.begin() as tx:
                await admit(tx, stranger, house.cells.directory, now=house.clock.now())


def test_every_record_table_is_guarded() -> None:
    for table in CellRow.metadata.sorted_tables:
        if table.info["law"].nature is Nature.RECORD and table.name != "resident":
            targets = {key.target_fullname for key in table.c[table.info["law"].owner].foreign_keys}
            assert "resident.member_id" in targets, table.name


async def test_the_scan_finds_a_planted_row_even_without_the_guard(house: House) -> None:
    away = await house.resident(house.eu)
    async with house.us.begin() as tx:
        await tx.run(sa.text("ALTER TABLE entry_detail DROP CONSTRAINT resident_entry_detail"))
        await tx.run(detail(away))
        await tx.run(sa.insert(Resident).values(member_id=new_id(), since=sa.func.now()))
    found = [(one.table, one.rows) async for one in strangers(house.us, house.cells.directory)]
    assert sorted(found) == [("entry_detail", 1), ("resident", 1)]


async def test_the_scan_finds_nothing_where_all_is_well(house: House) -> None:
    for cell in house.cells:
        member_id = await house.resident(cell)
        async with cell.begin() as tx:
            await tx.run(detail(member_id))
        assert [one async for one in strangers(cell, house.cells.directory)] == []
