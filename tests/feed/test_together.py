"""One asks for all who come together, and nobody gets an answer that is older than their question."""

import asyncio

import pytest

from kept.feed.together import Together


class Oracle:
    """Answers, after a while, what was true when it was asked."""

    def __init__(self) -> None:
        self.truth = 0
        self.asked = 0

    async def __call__(self) -> int:
        self.asked += 1
        truth = self.truth
        await asyncio.sleep(0.01)
        return truth


async def test_who_comes_together_shares_a_question_and_no_answer_is_older_than_its_question() -> None:
    oracle, together = Oracle(), Together[int]()
    first = asyncio.create_task(together.ask("it", oracle))
    await asyncio.sleep(0.005)
    oracle.truth = 1
    later = await asyncio.gather(*(together.ask("it", oracle) for _ in range(50)))
    assert (await first, set(later), oracle.asked) == (0, {1}, 2)
    assert await asyncio.gather(*(together.ask(number, oracle) for number in range(3))) == [1, 1, 1]
    assert oracle.asked == 5


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    oracle, together = Oracle(), Together[int]()
    leaving = asyncio.create_task(together.ask("it", oracle))
    staying = asyncio.create_task(together.ask("it", oracle))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 0
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_a_fault_is_told_to_all_and_forgotten() -> None:
    together = Together[int]()

    async def fails() -> int:
        await asyncio.sleep(0)
        raise ConnectionError

    outcomes = await asyncio.gather(*(together.ask("it", fails) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ConnectionError] * 3
    assert await together.ask("it", Oracle()) == 0
