"""What was counted comes into the cells once: evidence is made of it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kept.catalog.intake import tally as intake_tally
from kept.cells import Cell, Cells, Directory, Gateway, crossings, routed, tallied
from kept.kit import Database
from kept.kit.database import DatabaseAway
from kept.runtime import Tallies
from tests.fixtures.house import NOON, House

DAY = NOON.date()


@pytest.fixture
def half_away(house: House, tmp_path: Path) -> Cells:
    """The same house, whose second cell has no database at the moment."""
    away = Database(f"postgresql:///away?host={tmp_path}")
    eu = Cell("eu", "eu", away, away, house.eu.objects, ("us",))
    return Cells([house.us, eu], Directory(house.cells.directory.database), {"us": ["*"], "eu": []})


@pytest.fixture(autouse=True)
def nothing_counted_before() -> None:
    intake_tally.clear()


async def counted(house: House) -> tuple[Counter[str], Counter[tuple[str, str, str]]]:
    return await tallied(house.cells, "", since=DAY), await routed(house.cells, since=NOON - timedelta(hours=1))


async def test_counts_are_stored_by_name_and_by_cell(house: House) -> None:
    tallies = Tallies()
    tallies.count("one")
    tallies.add({"one": 2, "two": 5})
    tallies.routed("us", "us", "served")
    tallies.routed("eu", "eu", "served")
    intake_tally["scanned"] += 3
    await tallies.flush(house.cells, now=NOON)
    await tallies.flush(house.cells, now=NOON)
    names, requests = await counted(house)
    assert names == {"one": 3, "two": 5, "intake.scanned": 3}
    assert requests == {("us", "us", "served"): 1, ("eu", "eu", "served"): 1}


async def test_what_could_not_be_stored_is_kept_and_what_was_stored_is_not_counted_twice(
    house: House, half_away: Cells
) -> None:
    tallies = Tallies()
    tallies.count("one")
    tallies.routed("us", "us", "served")
    tallies.routed("eu", "eu", "served")
    for _ in range(3):
        await tallies.flush(half_away, now=NOON)
    await tallies.flush(house.cells, now=NOON)
    names, requests = await counted(house)
    assert names == {"one": 1}
    assert requests == {("us", "us", "served"): 1, ("eu", "eu", "served"): 1}


async def test_media_that_crossed_are_counted_even_if_the_database_was_away_meanwhile(
    house: House, half_away: Cells, fresh_database: Callable[..., str]
) -> None:
    gateway = Gateway(half_away)
    gateway.saw_media("us", "eu")
    gateway.saw_media("eu", "us")
    gateway.saw_media("us", "us")
    with pytest.raises(DatabaseAway):
        await gateway.flush(now=NOON)
    gateway._cells = house.cells
    await gateway.flush(now=NOON)
    crossed = {(one.from_cell, one.to_cell): one.count for one in await crossings(house.cells, since=NOON)}
    assert crossed == {("us", "eu"): 1, ("eu", "us"): 1}
