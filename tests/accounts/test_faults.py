"""Sign-up dies, or fails, before and after each of its effects: never half a member, and a retry works."""

import dataclasses
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kept.accounts import Accounts, SignedIn, WrongLogin, resume, settle_claims, sign_in, sign_up
from kept.cells import Cell, Cells, Directory, Home, NameTaken, Tx, strangers
from kept.vault import KeyHolder, LocalKms
from tests.accounts.town import PASSWORD, Town, somebody

EFFECTS = ("claim", "create", "commit", "confirm")
STEPS = [f"{when} {effect}" for effect in EFFECTS for when in ("before", "after")]


class Killed(BaseException):
    """The process died here."""


class DiskTrouble(Exception):
    """Something failed, and the process lives on."""


class Fate:
    """Brings the error at one step; when it kills, nothing that comes after has any effect either."""

    def __init__(self, step: str, error: type[BaseException]) -> None:
        self._step, self._error, self._dead = step, error, False

    def at(self, step: str) -> None:
        if self._dead:
            raise Killed
        if step == self._step:
            self._dead = self._error is Killed
            raise self._error


def doomed(town: Town, fate: Fate) -> Accounts:
    """The same stores in the hands of a process with a fate."""

    class DoomedDirectory(Directory):
        async def claim(self, home: Home, *, handle: str, login: bytes | None, now: datetime) -> None:
            fate.at("before claim")
            await super().claim(home, handle=handle, login=login, now=now)
            fate.at("after claim")

        async def confirm(self, member_id: UUID, *, now: datetime) -> bool:
            fate.at("before confirm")
            done = await super().confirm(member_id, now=now)
            fate.at("after confirm")
            return done

        async def release(self, member_id: UUID) -> None:
            fate.at("before release")
            await super().release(member_id)

    class DoomedVault(KeyHolder):
        async def create(self, member_id: UUID) -> None:
            fate.at("before create")
            await super().create(member_id)
            fate.at("after create")

        async def shred(self, member_id: UUID) -> Any:
            fate.at("before shred")
            return await super().shred(member_id)

    class DoomedCell(Cell):
        @asynccontextmanager
        async def begin(self) -> AsyncIterator[Tx]:
            async with super().begin() as tx:
                yield tx
                fate.at("before commit")
            fate.at("after commit")

    house = town.house
    known = [DoomedCell(*(getattr(cell, one.name) for one in dataclasses.fields(cell))) for cell in house.cells]
    residents = {name: region.residents for name, region in house.settings.regions.items()}
    kms = LocalKms(house.folder / "keys")
    return dataclasses.replace(
        town.accounts,
        cells=Cells(known, DoomedDirectory(house.cells.directory.database), residents),
        vaults={c.name: DoomedVault(c.name, c.region, c.keys_database, kms, house.clock, house.beacon) for c in known},
    )


async def fail(town: Town, step: str, error: type[BaseException], handle: str, email: str) -> None:
    accounts = doomed(town, Fate(step, error))
    with pytest.raises(error):
        await sign_up(accounts, somebody(handle=handle, email=email), now=town.now)
    for vault in accounts.vaults.values():
        await vault.close()


async def is_member(town: Town, handle: str) -> bool:
    """Whether somebody can sign in by that handle; who can, is a member in all respects."""
    try:
        made = await sign_in(town.accounts, handle, PASSWORD, device="", now=town.now)
    except WrongLogin:
        return False
    assert (await resume(town.accounts, made.token, now=town.now)).handle == handle
    return True


async def nobody_is_homeless(town: Town) -> bool:
    """Every row of every cell has an owner whose home it is, by the directory."""
    for cell in town.house.cells:
        async for _ in strangers(cell, town.accounts.cells.directory):
            return False
    return True


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_that_dies_leaves_a_whole_member_or_none(town: Town, step: str) -> None:
    handle = f"died{zlib.crc32(step.encode())}"
    email = f"{handle}@example.org"
    await fail(town, step, Killed, handle, email)
    there = step in ("after commit", "before confirm", "after confirm")
    assert await is_member(town, handle) is there
    assert await nobody_is_homeless(town)

    later = town.now + timedelta(minutes=2)
    again = somebody(handle=handle, email=email)
    if there:
        with pytest.raises(NameTaken):
            await sign_up(town.accounts, again, now=later)
    else:
        assert isinstance(await sign_up(town.accounts, again, now=later), SignedIn)
    assert await settle_claims(town.accounts, now=later) == 0
    assert await is_member(town, handle)
    assert await nobody_is_homeless(town)


@pytest.mark.parametrize("step", [step for step in STEPS if "confirm" not in step])
async def test_after_a_failure_the_names_are_free_at_once_or_the_member_is_there(town: Town, step: str) -> None:
    handle = f"failed{zlib.crc32(step.encode())}"
    email = f"{handle}@example.org"
    await fail(town, step, DiskTrouble, handle, email)
    if step == "after commit":
        assert await is_member(town, handle)
    elif step == "after claim":  # the answer was lost, so it is settled like a death
        assert await settle_claims(town.accounts, now=town.now + timedelta(minutes=2)) == 1
    else:
        await town.join(handle=handle, email=email)
    assert await nobody_is_homeless(town)


async def test_claims_of_the_dead_are_settled_without_anybody_asking_for_the_names(town: Town) -> None:
    later = town.now + timedelta(minutes=2)
    await settle_claims(town.accounts, now=later)
    await fail(town, "after claim", Killed, "never.was", "never.was@example.org")
    await fail(town, "after commit", Killed, "was.all", "was.all@example.org")
    assert await settle_claims(town.accounts, now=town.now) == 0, "too early to tell the dead from the slow"
    assert await settle_claims(town.accounts, now=later) == 2
    directory = town.accounts.cells.directory
    assert await directory.by_handle("never.was") is None
    assert await directory.by_handle("was.all") is not None
    assert await directory.in_doubt(before=later) == []


async def test_who_stood_still_until_the_claim_was_given_up_leaves_nothing(town: Town) -> None:
    class Slow(Directory):
        async def confirm(self, member_id: UUID, *, now: datetime) -> bool:
            await super().release(member_id)
            return await super().confirm(member_id, now=now)

    cells = town.house.cells
    slow = dataclasses.replace(
        town.accounts, cells=Cells(list(cells), Slow(cells.directory.database), {"us": ["*"], "eu": []})
    )
    with pytest.raises(NameTaken):
        await sign_up(slow, somebody(handle="stood.still"), now=town.now)
    assert not await is_member(town, "stood.still")
    assert await nobody_is_homeless(town)
