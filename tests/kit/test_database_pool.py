"""The pool behind the hot path."""

import asyncio
from collections.abc import Callable

from kept.kit import Database


async def test_callers_that_come_first_together_share_one_pool(fresh_database: Callable[..., str]) -> None:
    database = Database(fresh_database())
    try:
        pools = await asyncio.gather(*(database.pool() for _ in range(8)))
        assert {id(pool) for pool in pools} == {id(pools[0])}
    finally:
        await database.close()
