"""The demonstration's Europe leaves its first store for its second."""

import asyncio
from uuid import UUID

from kept.cells import Standing
from kept.demo.relocating import keep_one_store_free, relocate
from kept.kit import new_id
from tests.residency.conftest import Town
from tests.residency.test_pivoting import drained, people, row_of, run


async def begun(town: Town) -> UUID:
    """The pivot that somebody asked for."""
    for _ in range(1000):
        if rows := await town.cells.directory.database.fetch("SELECT pivot_id FROM pivot"):
            return rows[0]["pivot_id"]
        await asyncio.sleep(0.01)
    raise AssertionError("nobody asked for a pivot")


async def test_newcomers_go_to_the_first_store_then_all_move_to_the_second_and_no_second_time(town: Town) -> None:
    await keep_one_store_free(town)
    assert {(await town.cells.for_newcomer(new_id(), "DE")).name for _ in range(30)} == {"eu"}
    members = await people(town, count=3)
    said: list[str] = []
    moving = asyncio.create_task(relocate(town, said.append))
    pivot_id = await begun(town)
    await drained(town)
    await run(town, pivot_id)
    assert await moving
    assert (await row_of(town, pivot_id))["step"] == "done"
    assert {await town.cells.directory.home(member) for member in members} == {"eu-2"}
    assert said[-1] == "Moving eu to another store: done"

    await keep_one_store_free(town)
    assert not await relocate(town, said.append)
    assert await town.cells.standings.of("eu-2") is Standing.SERVING
