"""An act and its entries: one statement, both or neither."""

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from kept.kit import new_id
from kept.ledger import Entry, EntryDetail, LedgerOutbox, commitment, outbox_insert, read, recorded
from tests.ledger.workbench import NOON, Workbench

THING = sa.Table("thing", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))
ACT = sa.insert(THING).returning(THING.c.id, THING.c.text)


@pytest.fixture
async def cell(bench: Workbench) -> Any:
    """A cell with a table to act on, and one resident."""
    cell = bench.cells["eu"]
    await cell.fetch("CREATE TABLE thing (id int PRIMARY KEY, text text)")
    return cell


async def resident(cell: Any) -> Any:
    member_id = new_id()
    await cell.fetch("INSERT INTO resident (member_id, since) VALUES ($1, $2)", member_id, NOON)
    return member_id


async def act(cell: Any, statement: Any, *entries: Entry) -> list[Any]:
    async with cell.begin() as connection:
        return list(await connection.execute(recorded(statement, entries, cell="eu", now=NOON)))


async def run_all(connection: Any, statements: list[Any]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def logged(cell: Any) -> list[Any]:
    async with cell.begin() as connection:
        rows = await connection.execute(sa.select(LedgerOutbox.payload).order_by(LedgerOutbox.entry_id))
        return [read(row.payload) for row in rows]


async def test_an_act_returns_its_rows_and_is_recorded_once(cell: Any) -> None:
    rows = await act(cell, ACT.values([{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]), Entry("thing.made"))
    assert [tuple(row) for row in rows] == [(1, "a"), (2, "b")]
    assert [(leaf.event, leaf.cell) for leaf in await logged(cell)] == [("thing.made", "eu")]


async def test_an_act_may_have_several_entries_in_order(cell: Any) -> None:
    await act(cell, ACT.values(id=1), Entry("thing.made"), Entry("thing.shown"), Entry("thing.hidden"))
    assert [leaf.event for leaf in await logged(cell)] == ["thing.made", "thing.shown", "thing.hidden"]


async def test_updates_and_deletes_are_recorded_when_they_touch_a_row(cell: Any) -> None:
    await act(cell, ACT.values(id=1))
    for number, expected in ((1, 2), (7, 2)):
        update = sa.update(THING).where(THING.c.id == number).values(text="z").returning(THING.c.text)
        await act(cell, update, Entry("thing.changed"))
        await act(cell, sa.delete(THING).where(THING.c.id == number).returning(THING.c.id), Entry("thing.removed"))
        assert len(await logged(cell)) == expected


async def test_an_act_that_conflicts_records_nothing(cell: Any) -> None:
    await act(cell, ACT.values(id=1), Entry("thing.made"))
    with pytest.raises(IntegrityError):
        await act(cell, ACT.values(id=1), Entry("thing.made"))
    assert len(await logged(cell)) == 1


async def test_details_are_kept_for_their_owner_and_open_the_commitment(cell: Any) -> None:
    owner = await resident(cell)
    await act(cell, ACT.values(id=1), Entry("thing.made", owner=owner, details={"why": "it was asked for"}))
    async with cell.begin() as connection:
        detail = (await connection.execute(sa.select(EntryDetail.__table__))).one()
    (leaf,) = await logged(cell)
    assert (detail.owner_id, detail.entry_id, detail.created_at) == (owner, leaf.id, NOON)
    assert detail.details == b'{"why":"it was asked for"}'
    assert leaf.details == commitment(detail.salt, detail.details)


async def test_an_act_that_touched_nothing_keeps_no_details(cell: Any) -> None:
    owner = await resident(cell)
    nothing = sa.delete(THING).returning(THING.c.id)
    await act(cell, nothing, Entry("thing.removed", owner=owner, details={"why": "x"}))
    assert await cell.fetch("SELECT FROM entry_detail UNION ALL SELECT FROM ledger_outbox") == []


async def test_details_of_somebody_who_lives_elsewhere_undo_the_act(cell: Any) -> None:
    with pytest.raises(IntegrityError):
        await act(cell, ACT.values(id=1), Entry("thing.made", owner=new_id(), details={"why": "x"}))
    assert await cell.fetch("SELECT FROM thing UNION ALL SELECT FROM ledger_outbox") == []


async def test_entries_without_an_act_are_logged_in_the_callers_transaction(cell: Any) -> None:
    owner = await resident(cell)
    entries = [Entry("log.checked"), Entry("log.shown", owner=owner, details={"to": "an auditor"})]
    async with cell.begin() as connection, connection.begin_nested() as undone:
        await run_all(connection, outbox_insert(entries, cell="eu", now=NOON))
        await undone.rollback()
    assert await logged(cell) == []
    async with cell.begin() as connection:
        await run_all(connection, outbox_insert(entries, cell="eu", now=NOON))
    assert [leaf.event for leaf in await logged(cell)] == ["log.checked", "log.shown"]
    assert len(await cell.fetch("SELECT FROM entry_detail")) == 1


def test_a_recorded_act_is_compiled_once_and_never_mistaken_for_another() -> None:
    def key(number: int, *entries: Entry) -> Any:
        return recorded(ACT.values(id=number), entries, cell="eu", now=NOON)._generate_cache_key()

    made, kept = Entry("thing.made"), Entry("thing.made", owner=new_id(), details={"why": "x"})
    assert key(1, made) == key(2, Entry("thing.shown", actor="system:sweeper"))
    assert key(1, made) is not None
    keys = [key(1), key(1, made), key(1, made, made), key(1, kept), key(1, made, kept), key(1, kept, made)]
    assert all(one != other for one, other in itertools.combinations(keys[:5], 2))


async def test_what_an_act_returns_keeps_its_types(cell: Any) -> None:
    column = sa.column("text", sa.JSON())
    await cell.fetch("ALTER TABLE thing ALTER text TYPE json USING NULL")
    values = ACT.values(id=1, text=sa.literal({"a": [1]}, sa.JSON())).returning(sa.cast(THING.c.id, sa.Text), column)
    ((_, _, number, value),) = await act(cell, values, Entry("thing.made"))
    assert (number, value) == ("1", {"a": [1]})


async def test_an_upsert_is_recorded_when_it_does_something(cell: Any) -> None:
    upsert = postgresql.insert(THING).values(id=1, text="a").on_conflict_do_nothing().returning(THING.c.id)
    for expected in ([(1,)], []):
        assert [tuple(row) for row in await act(cell, upsert, Entry("thing.made"))] == expected
    assert len(await logged(cell)) == 1


async def test_an_act_may_have_ctes_and_defaults_of_its_own(cell: Any) -> None:
    await act(cell, ACT.values(id=1, text="a"), Entry("thing.made"))
    chosen = sa.select(THING.c.id).where(THING.c.text == "a").cte("chosen")
    update = sa.update(THING).where(THING.c.id.in_(sa.select(chosen.c.id))).values(text="b").returning(THING.c.text)
    assert [row.text for row in await act(cell, update, Entry("thing.changed"))] == ["b"]
    counted = sa.Table("thing", sa.MetaData(), sa.Column("id", sa.Integer, default=lambda: 7), sa.Column("text", sa.Text))
    assert [row.id for row in await act(cell, sa.insert(counted).returning(counted.c.id), Entry("thing.made"))] == [7]
    assert len(await logged(cell)) == 3


async def test_a_payload_that_fits_no_bundle_is_refused_by_the_table(cell: Any) -> None:
    import asyncpg

    with pytest.raises(asyncpg.CheckViolationError):
        await cell.fetch("INSERT INTO ledger_outbox VALUES ($1, $2, $3)", new_id(), bytes(65_536), NOON)
