"""A post office: a house whose members have accounts, and whose gateway carries messages."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from kept.accounts import Account, Session, open_accounts
from kept.cells import Cell, Gateway
from kept.kit import new_id
from kept.kit.settings import Messages as Pace
from kept.messages import WHAT, Content, Messages, Sent, Tie, open_messages, page, send
from kept.policy import Actor, AgeBand, Choice, Relation, Standing
from kept.vault import Post
from tests.fixtures.house import House, build, tear_down


@dataclass
class KnownTies:
    """Ties as a test sets them; all others are strangers."""

    ties: dict[tuple[UUID, UUID], Tie] = field(default_factory=dict)

    async def tie(self, cell: Cell, member_id: UUID, other_id: UUID) -> Tie:
        return self.ties.get((member_id, other_id), Tie(Relation.STRANGER, Choice.EVERYONE))

    def befriend(self, one: Session, other: Session) -> None:
        for pair in ((one, other), (other, one)):
            self.ties[pair[0].member_id, pair[1].member_id] = Tie(Relation.FRIEND, Choice.FRIENDS)

    def block(self, one: Session, other: Session) -> None:
        for pair in ((one, other), (other, one)):
            self.ties[pair[0].member_id, pair[1].member_id] = Tie(Relation.BLOCKED, Choice.EVERYONE)


@dataclass
class Office:
    """Messages in a house of two cells."""

    house: House
    messages: Messages
    ties: KnownTies
    gateway: Gateway

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    async def member(
        self, cell: Cell | None = None, band: AgeBand = AgeBand.ADULT, country: str = "US", handle: str | None = None
    ) -> Session:
        """Somebody with an account, signed in."""
        cell = cell or self.house.us
        member_id = await self.house.resident(cell, handle)
        handle = handle or f"m{member_id.hex[-12:]}"
        born = await self.house.vaults[cell.name].seal(member_id, "account.birth_date", member_id, b"1990-05-17")
        account = {"owner_id": member_id, "handle": handle, "birth_date": born, "band": band, "country": country}
        more = {"band_on": date(2026, 11, 23), "language": "en", "created_at": self.now}
        async with cell.begin() as tx:
            await tx.run(sa.insert(Account).values(**account, **more))
        actor = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())
        return Session(cell, member_id, new_id(), handle, band, country, "en", actor)

    async def send(self, sender: Session, to: Session | str, text: str = "hello", **more: Any) -> Sent:
        name = to if isinstance(to, str) else to.handle
        return await send(self.messages, sender, name, Content(text=text), **{"now": self.now} | more)

    async def carry(self) -> None:
        for cell in self.house.cells:
            while await self.gateway.drain(cell, now=self.now):
                pass

    async def texts(self, reader: Session, peer: Session) -> list[str | None]:
        """What somebody reads, the newest first."""
        found, _ = await page(self.messages, reader, peer.member_id)
        return [one.content.text for one in found]

    async def unread(self, reader: Session, peer: Session) -> int | None:
        rows = await reader.cell.database.fetch(
            "SELECT unread FROM conversation WHERE owner_id = $1 AND peer_id = $2", reader.member_id, peer.member_id
        )
        return rows[0]["unread"] if rows else None


@pytest.fixture(scope="session")
async def office(postgres: Any, templates: dict[str, str]) -> AsyncIterator[Office]:
    """One for all tests; each takes members of its own."""
    folder = Path(tempfile.mkdtemp(prefix="kept-messages-"))
    make: Callable[..., str] = lambda name, template: postgres.clone_database(f"{name}_messages", template)  # noqa: E731
    house = await build(make, templates, folder, messages=Pace(per_minute=60_000, burst=10_000))
    accounts = open_accounts(house.settings, house.cells, house.vaults, house.beacon)
    ties = KnownTies()
    messages = open_messages(house.settings, accounts, ties, Post(house.cells.directory, house.vaults))
    for name, vault in house.vaults.items():
        await house.cells.directory.publish_key(name, await vault.envelope_key(), now=house.clock.now())
    yield Office(house, messages, ties, Gateway(house.cells, {WHAT: messages.border.deliver}))
    await messages.close()
    accounts.close()
    await tear_down(house)
    shutil.rmtree(folder)
