"""Several streams as one: nothing is lost, the first that ends ends all, and every one is closed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from kept.api.streaming import merged


async def numbers(closed: list[str], name: str, many: int, *, wait: bool = False) -> AsyncGenerator[str, None]:
    try:
        for number in range(many):
            yield f"{name}{number}"
            await asyncio.sleep(0)
        if wait:
            await asyncio.Event().wait()
    finally:
        closed.append(name)


async def test_all_that_comes_comes_and_the_first_end_ends_all() -> None:
    closed: list[str] = []
    streams = numbers(closed, "a", 3), numbers(closed, "b", 2, wait=True)
    found = [one async for one in merged(*streams)]
    assert [one for one in found if one[0] == "a"] == ["a0", "a1", "a2"]
    assert [one for one in found if one[0] == "b"] == ["b0", "b1"]
    assert sorted(closed) == ["a", "b"]


async def test_whoever_listens_no_more_closes_all() -> None:
    closed: list[str] = []
    async with aclosing(merged(*(numbers(closed, name, 9, wait=True) for name in "ab"))) as stream:
        assert await anext(stream) in ("a0", "b0")
    assert sorted(closed) == ["a", "b"]


async def test_what_goes_wrong_in_one_is_raised() -> None:
    async def broken() -> AsyncGenerator[str, None]:
        yield "c0"
        raise LookupError

    closed: list[str] = []
    with pytest.raises(LookupError):
        [one async for one in merged(broken(), numbers(closed, "a", 1, wait=True))]
    assert closed == ["a"]
