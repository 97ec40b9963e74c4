"""Made-up members, and the town they live in: a house, opened once, with cheap hashes; every test takes names of its own."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kept.accounts import Accounts, Newcomer, SignedIn, sign_up
from kept.kit.settings import Accounts as AccountSettings
from tests.fixtures.house import House

PASSWORD = "plum-harbour-sixty-lanterns"
CHEAP = AccountSettings(argon2_memory_kib=64, argon2_time=1)

_numbers = itertools.count(1)


def somebody(**given: Any) -> Newcomer:
    """An adult in the United States with a handle that is free, or as `given`."""
    usual: dict[str, Any] = {
        "handle": f"kim{next(_numbers)}",
        "birth_date": date(1990, 5, 17),
        "country": "US",
        "credential": PASSWORD,
        "accepts": "current",
    }
    return Newcomer(**usual | given)


@dataclass(frozen=True)
class Town:
    """The house, and what the verbs of accounts need of it."""

    house: House
    accounts: Accounts

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    async def join(self, **given: Any) -> SignedIn:
        """Sign somebody up."""
        return await sign_up(self.accounts, somebody(**given), now=self.now)
