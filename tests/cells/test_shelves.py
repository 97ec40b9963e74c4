"""Shelves: what is public is in every cell a moment later; what was withdrawn never comes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.schema import CreateTable

from kept.catalog import Category, CellRow, Crossing, Keep, Level, Purpose, field, shelf
from kept.cells import NotPublic, ShelfPut, ShelfRemove, ShelfRow, crossings, put_on_shelf, take_off_shelf
from kept.cells.applying import apply_all
from kept.cells.shelves import apply
from kept.kit import new_id
from tests.fixtures.house import House


class Poster(ShelfRow):
    """A shelf of the tests' own: a public text, and a column that may not cross."""

    __tablename__ = "test_poster"
    law = shelf("A test's shelf.", source="resident", keep=Keep.after_closure("test", days=1))
    words = field(
        Category.PUBLIC_CONTENT, Level.PUBLIC, Purpose.SERVICE, about="W.", type_=sa.Text(), crossing=Crossing.PUBLIC
    )
    views = field(
        Category.TELEMETRY,
        Level.INTERNAL,
        Purpose.REPORTING,
        about="V.",
        type_=sa.Integer(),
        crossing=Crossing.AGGREGATE,
        nullable=True,
    )


CellRow.metadata.remove(Poster.__table__)  # the schema that other tests see is the program's


@pytest.fixture
async def house(house: House) -> House:
    """A house whose cells have the tests' shelf."""
    for cell in house.cells:
        async with cell.begin() as tx:
            await tx.run(CreateTable(Poster.__table__))
    return house


async def words(house: House, item_id: UUID) -> dict[str, str]:
    found = {}
    for cell in house.cells:
        for row in await cell.database.fetch("SELECT words FROM test_poster WHERE item_id = $1", item_id):
            found[cell.name] = row["words"]
    return found


async def put(house: House, **values: Any) -> None:
    async with house.eu.begin() as tx:
        await put_on_shelf(tx, Poster, values, now=house.clock.now())


async def test_a_public_row_reaches_every_cell(house: House) -> None:
    item_id = new_id()
    await put(house, owner_id=new_id(), item_id=item_id, words="hello")
    assert await words(house, item_id) == {"eu": "hello"}
    await house.carry()
    assert await words(house, item_id) == {"eu": "hello", "us": "hello"}


async def test_what_crossed_is_counted_by_category(house: House) -> None:
    await put(house, owner_id=new_id(), item_id=new_id(), words="hello")
    await house.carry()
    counted = await crossings(house.cells, since=house.clock.now() - timedelta(days=1))
    assert {(one.from_cell, one.to_cell, one.kind, one.category): one.count for one in counted} == {
        ("eu", "us", "public", "user.content.public"): 1,
        ("eu", "us", "public", "user.unique_id"): 2,
    }


async def test_a_withdrawn_row_is_gone_everywhere_and_stays_gone(house: House) -> None:
    owner_id, item_id = new_id(), new_id()
    late = ShelfPut(Poster, {"owner_id": owner_id, "item_id": item_id, "words": "late"}, parcel_id=new_id())
    await put(house, owner_id=owner_id, item_id=item_id, words="hello")
    await house.carry()
    async with house.eu.begin() as tx:
        await take_off_shelf(tx, Poster, owner_id=owner_id, item_id=item_id, now=house.clock.now())
    await house.carry()
    assert await words(house, item_id) == {}
    async with house.us.begin() as tx:
        await apply(tx, late, now=house.clock.now())
    assert await words(house, item_id) == {}


async def test_an_act_that_is_rolled_back_sends_nothing(house: House) -> None:
    item_id = new_id()
    with pytest.raises(ZeroDivisionError):
        async with house.eu.begin() as tx:
            values = {"owner_id": new_id(), "item_id": item_id, "words": "x"}
            await put_on_shelf(tx, Poster, values, now=house.clock.now())
            _ = 1 / 0
    await house.carry()
    assert await words(house, item_id) == {}


def test_a_parcel_cannot_be_made_of_a_field_that_is_not_public() -> None:
    with pytest.raises(NotPublic, match=r"test_poster\.views"):
        ShelfPut(Poster, {"owner_id": new_id(), "item_id": new_id(), "views": 3}, parcel_id=new_id())


async def test_parcels_may_come_twice_and_in_any_order(house: House) -> None:
    owner_id = new_id()

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def orders(data: st.DataObject) -> None:
        item_id = new_id()
        puts = [
            ShelfPut(Poster, {"owner_id": owner_id, "item_id": item_id, "words": text}, parcel_id=new_id())
            for text in ("one", "two", "three")
        ]
        removed = data.draw(st.booleans())
        parcels = [*puts, *([ShelfRemove(Poster, owner_id, item_id, parcel_id=new_id())] if removed else [])]
        order = data.draw(st.permutations(parcels * 2))
        cases.append((item_id, removed, order))

    cases: list[Any] = []
    orders()
    for item_id, removed, order in cases:
        async with house.us.begin() as tx:
            for parcel in order:
                await apply(tx, parcel, now=house.clock.now())
        assert await words(house, item_id) == ({} if removed else {"us": "three"})


async def test_many_at_once_come_to_the_same_as_one_by_one(house: House) -> None:
    now, owner_id, removed, twice, once = house.clock.now(), new_id(), new_id(), new_id(), new_id()

    def poster(item_id: UUID, text: str) -> ShelfPut:
        return ShelfPut(Poster, {"owner_id": owner_id, "item_id": item_id, "words": text}, parcel_id=new_id())

    older, newer, late = poster(twice, "old"), poster(twice, "new “é” '\\\\"), poster(removed, "late")
    gone = ShelfRemove(Poster, owner_id, removed, parcel_id=new_id())
    for batch in ([poster(removed, "early"), gone], [newer, older, poster(once, "once"), late], [older, older]):
        async with house.us.begin() as tx:
            assert await apply_all(tx, batch, {}, now=now) == {}
    shown = {item_id: (await words(house, item_id)).get("us") for item_id in (removed, twice, once)}
    assert shown == {removed: None, twice: newer.values["words"], once: "once"}
