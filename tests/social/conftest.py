"""A crowd: members in two cells who follow and block each other, and the gateway between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from kept.accounts import Session, open_accounts
from kept.cells import Cell, Gateway
from kept.policy import AgeBand
from kept.social import (
    WHAT,
    Facing,
    Profile,
    Social,
    Which,
    deliver,
    draw_due,
    facing,
    introduce,
    listed,
    open_social,
    profile_of,
    set_private,
)
from kept.vault import Post
from tests.fixtures.lot import Lot


@dataclass
class Crowd:
    """What verbs between members need, and the ways to do things in a line."""

    lot: Lot
    social: Social
    gateway: Gateway

    @property
    def us(self) -> Cell:
        return self.lot.house.us

    @property
    def eu(self) -> Cell:
        return self.lot.house.eu

    async def member(
        self, cell: Cell | None = None, *, private: bool = False, band: AgeBand = AgeBand.ADULT
    ) -> Session:
        """Somebody with a profile in both cells, except children."""
        cell = cell or self.us
        made = await self.lot.member(cell, band)
        async with cell.begin() as tx:
            await introduce(tx, made.member_id, now=self.lot.now)
            if private:
                await set_private(tx, made, True, now=self.lot.now)
        await self.carry()
        return made

    async def do(self, verb: Any, by: Session, whom: Session | str) -> Any:
        """One act, committed, and not carried anywhere yet."""
        name = whom if isinstance(whom, str) else whom.handle
        async with by.cell.begin() as tx:
            return await verb(self.social, tx, by, name, now=self.lot.now)

    async def carry(self) -> None:
        """Carry everything, also what is answered, and draw what is due."""
        for _ in range(4):
            for cell in self.lot.cells:
                while await self.gateway.drain(cell, now=self.lot.now):
                    pass
                while await draw_due(cell, now=self.lot.now):
                    pass

    async def facing(self, one: Session, other: Session) -> Facing:
        return await facing(one.cell, one.member_id, other.member_id)

    async def profile(self, of: Session, *, at: Cell | None = None) -> Profile | None:
        return await profile_of(at or of.cell, of.member_id)

    async def names(self, of: Session, which: Which) -> list[str]:
        found, _ = await listed(self.social, of, which)
        return [one.handle for one in found]


@pytest.fixture(scope="session")
async def crowd(lot: Lot) -> AsyncIterator[Crowd]:
    """One for all tests; each takes members of its own."""
    house = lot.house
    accounts = open_accounts(house.settings, house.cells, house.vaults, house.beacon)
    social = open_social(accounts, Post(house.cells.directory, house.vaults))
    for name, vault in house.vaults.items():
        await house.cells.directory.publish_key(name, await vault.envelope_key(), now=house.clock.now())
    yield Crowd(lot, social, Gateway(house.cells, {WHAT: partial(deliver, social)}))
    accounts.close()
