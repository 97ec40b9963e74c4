"""Whatever dies on the way, before or after it has happened: one package in the end, whole, and nobody is given another."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from kept.disclosure import NotWhole, building, package
from kept.kit.objects import Objects
from kept.legal import State
from tests.disclosure.bench import Bench

STEPS = ["reading", "opening", "counting", "sealing", "storing", "keeping"]


class Killed(BaseException):
    """The worker dies: nobody catches that."""


def dying(real: Any, *, after: bool) -> Any:
    """What dies once, before or after it did what it does."""
    left = [True]

    async def run(*args: Any, **more: Any) -> Any:
        if left and not after:
            left.clear()
            raise Killed
        done = await real(*args, **more)
        if left:
            left.clear()
            raise Killed
        return done

    return run


def plant(monkeypatch: pytest.MonkeyPatch, bench: Bench, step: str, *, after: bool) -> None:
    places: dict[str, tuple[Any, str]] = {
        "reading": (package, "_lines"),
        "opening": (type(bench.works.vaults["eu"]), "open_authorised"),
        "counting": (package, "_require_whole"),
        "sealing": (building, "seal_to"),
        "storing": (Objects, "take_in"),
        "keeping": (building, "_keep"),
    }
    where, name = places[step]
    monkeypatch.setattr(where, name, dying(getattr(where, name), after=after))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_killed_anywhere_it_is_made_once_and_whole(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    kim = await bench.member()
    for number in range(3):
        await bench.write(kim, f"message {number}", bench.now - timedelta(hours=number))
    case = await bench.valid(kim)
    await bench.agreed(case)
    with monkeypatch.context() as patch:
        plant(patch, bench, step, after=after)
        with pytest.raises(Killed):
            await bench.work()
    died = await bench.case(case.number)
    assert (died.state, died.production.package) == (State.PRODUCING, None)
    bench.office.here.clock.advance(timedelta(minutes=1))
    await bench.office.record()
    await bench.work()
    made = await bench.case(case.number)
    assert made.state is State.PRODUCED
    data = await bench.download(case.number)
    assert hashlib.sha256(data).digest() == made.production.package_sha256
    assert len(bench.opened(data).rows("content/message")) == 3
    await bench.work()  # tidies what the first round stored
    keys = [key async for key in bench.works.cells.named("eu").objects.keys("packages")]
    assert keys == [made.production.package]
    again = await bench.case(case.number)
    assert again.production.package_sha256 == made.production.package_sha256


async def test_a_round_that_comes_late_changes_nothing(bench: Bench) -> None:
    case = await bench.valid(await bench.member())
    await bench.agreed(case)
    await bench.work()
    made = await bench.case(case.number)
    await building.produce(bench.works, "eu", made.case_id, made.production.round_id)
    await building.produce(bench.works, "eu", made.case_id, made.case_id)
    assert (await bench.case(case.number)).production == made.production


async def test_two_rounds_at_once_make_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await bench.valid(await bench.member())
    await bench.agreed(case)
    real, rounds = building.seal_to, []

    async def twice(*args: Any) -> Any:
        """While one seals, the same round is taken up by another worker."""
        sealed = await real(*args)
        if not rounds:
            rounds.append(1)
            found = await bench.case(case.number)
            await building.produce(bench.works, "eu", found.case_id, found.production.round_id)
            rounds.append((await bench.case(case.number)).production.package_sha256)
        return sealed

    monkeypatch.setattr(building, "seal_to", twice)
    with pytest.raises(FileNotFoundError):  # both write into the same folder; the other took the file away
        await bench.work()
    found = await bench.case(case.number)
    assert (found.state, found.production.package_sha256) == (State.PRODUCED, rounds[1])


async def test_rows_that_are_missing_are_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    kim = await bench.member()
    await bench.write(kim, "one", bench.now)
    case = await bench.valid(kim)
    await bench.agreed(case)
    real = package.stream

    async def short(*args: Any) -> Any:
        async for page in real(*args):
            yield page[:-1]

    with monkeypatch.context() as patch:
        patch.setattr(package, "stream", short)
        with pytest.raises(NotWhole):
            await bench.work()
    assert (await bench.case(case.number)).production.package is None
