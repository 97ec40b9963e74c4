"""An act and its ledger entry are one statement: both or neither."""

import pytest
import sqlalchemy as sa

from kept.cells import GuardRefusal
from kept.kit import new_id
from kept.ledger import Entry
from tests.fixtures.house import House


def refusal() -> sa.Insert:
    return sa.insert(GuardRefusal).values(refusal_id=new_id(), table="t", refused_at=sa.func.now())


async def entries(house: House) -> int:
    return int((await house.us.database.fetch("SELECT count(*) AS n FROM ledger_outbox"))[0]["n"])


async def test_an_act_is_recorded_with_it(house: House) -> None:
    async with house.us.begin() as tx:
        rows = await tx.act(refusal().returning(GuardRefusal.table), Entry("test.happened"), now=house.clock.now())
    assert [row.table for row in rows] == ["t"]
    assert await entries(house) == 1


async def test_an_act_that_touched_nothing_records_nothing(house: House) -> None:
    nothing = sa.delete(GuardRefusal).where(GuardRefusal.table == "x").returning(GuardRefusal.refusal_id)
    async with house.us.begin() as tx:
        assert await tx.act(nothing, Entry("test.happened"), now=house.clock.now()) == []
    assert await entries(house) == 0


async def test_an_act_that_is_rolled_back_records_nothing(house: House) -> None:
    with pytest.raises(ZeroDivisionError):
        async with house.us.begin() as tx:
            await tx.act(refusal().returning(GuardRefusal.table), Entry("test.happened"), now=house.clock.now())
            _ = 1 / 0
    assert await entries(house) == 0
