"""An installation of the test's own, with members who signed up as people do."""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from kept.accounts import Newcomer, SignedIn, sign_up
from kept.app.compose import GATES
from kept.catalog.intake import tally as intake_tally
from kept.catalog.tables import STORES
from kept.kit import FixedClock, load_settings
from kept.kit.settings import Accounts, Availability
from kept.promises import Finding, Verdict
from kept.promises.registry import check_of
from kept.runtime import Runtime, open_runtime
from tests.fixtures.house import NOON

_numbers = itertools.count(1)

Join = Callable[..., object]


class Installation:
    """A runtime, and the ways to plant something in it."""

    def __init__(self, runtime: Runtime, clock: FixedClock) -> None:
        self.runtime = runtime
        self.clock = clock

    async def join(self, country: str = "US", born: date = date(1990, 5, 17)) -> SignedIn:
        """Somebody signs up."""
        newcomer = Newcomer(
            handle=f"person{next(_numbers)}",
            birth_date=born,
            country=country,
            credential="plum-harbour-sixty-lanterns",
            accepts="current",
            email=None,
            device="Firefox on Android",
        )
        return await sign_up(self.runtime.accounts, newcomer, now=self.clock.now())

    async def run(self, store: str, statement: str, *values: object) -> None:
        """Change a store behind everybody's back: `us`, `eu`, `us_keys`, `directory` or `ledger`."""
        databases = {cell.name: cell.database for cell in self.runtime.cells}
        databases |= {f"{cell.name}_keys": cell.keys_database for cell in self.runtime.cells}
        databases |= {"directory": self.runtime.cells.directory.database, "ledger": self.runtime.ledger.database}
        await databases[store].fetch(statement, *values)

    async def found(self, promise: str) -> Finding:
        """What the check of a promise finds now."""
        await self.runtime.flush()
        check = check_of(promise)
        assert check is not None
        return await check(self.runtime)

    async def verdict(self, promise: str) -> Verdict:
        return (await self.found(promise)).verdict


@pytest.fixture
async def installation(
    fresh_database: Callable[..., str], templates: dict[str, str], tmp_path: Path
) -> AsyncIterator[Installation]:
    settings = msgspec.structs.replace(
        load_settings(environ={}),
        data=str(tmp_path),
        accounts=Accounts(argon2_memory_kib=64, argon2_time=1),
        availability=Availability(refused_countries=["CN", "RU"], refused_governments=["CN", "RU"]),
    )
    made: dict[str, str] = {}

    def clone(name: str) -> str:
        store = name.removeprefix("kept_")
        kind = "keys" if store.endswith("_keys") else store if store in STORES else "cell"
        if name not in made:
            made[name] = fresh_database(name, template=templates[kind])
        return made[name]

    clock = FixedClock(NOON)
    runtime = open_runtime(settings, clone, gates=GATES, clock=clock)
    intake_tally.clear()
    yield Installation(runtime, clock)
    await runtime.close()
