"""Made-up colleagues at work: they ask for members' data, agree or don't, and read what was granted, as everybody has to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from kept.access import NotOnRecord, PublicLog, Vote, Wanted, ask, break_glass, decide, find, read, review
from kept.accounts import Session
from kept.catalog import Purpose
from kept.cells import Cell
from kept.policy import Actor, Site, Team
from kept.runtime import Runtime
from kept.staff import Colleague, NewColleague, Seat, colleague, colleagues, enter, seat, still_here

PATIENCE_SECONDS = 60.0
OPERATOR = Actor.staff(Team.SECURITY, Site.IN_REGION)
COLLEAGUES = (
    NewColleague("ines", Team.SECURITY, "ES", region="eu"),
    NewColleague("otto", Team.SECURITY, "DE", region="eu", manager="ines"),
    NewColleague("june", Team.SECURITY, "US", region="us"),
    NewColleague("karl", Team.SECURITY, "US", region="us", manager="june"),
    NewColleague("lena", Team.LEGAL, "DE"),
    NewColleague("lars", Team.LEGAL, "FR"),
    NewColleague("pia", Team.PRIVACY, "IE"),
    NewColleague("tara", Team.TRUST_AND_SAFETY, "IE"),
    NewColleague("theo", Team.SUPPORT, "US"),
    NewColleague("evan", Team.ENGINEERING, "US"),
)
"""Who works at the demonstration: a security team for each region, and some others."""

T = TypeVar("T")


async def at_work(runtime: Runtime, members: Sequence[Session], report: Callable[[str], None]) -> None:
    """Enter the colleagues, and let them work on data of the first member of each region. Done once, and no second time."""
    directory, now = runtime.cells.directory, runtime.clock.now()
    if await colleagues(directory):
        return
    for one in COLLEAGUES:
        regions = list(runtime.settings.regions)
        await enter(directory, one, regions=regions, actor=OPERATOR, by="system:demo", now=now)
    report(f"{len(COLLEAGUES)} made-up colleagues")
    for name in ("eu", "us"):
        mine = [one for one in members if one.cell.region == name]
        if mine:
            await _region(runtime, name, mine)
            report(f"Requests for members’ data in {name}, each read after the yes that it needs")


async def _region(runtime: Runtime, region: str, members: Sequence[Session]) -> None:
    """An engineer asks about an age, a moderator about messages; one request is declined, one waits; and an emergency."""
    first, second = ("ines", "otto") if region == "eu" else ("june", "karl")
    work = Work(runtime, members[0].cell)
    subject = members[0].member_id
    born = Wanted(
        (subject,), ("account.birth_date", "account.handle"), Purpose.SERVICE, "An age band looks wrong in a feed"
    )
    request_id = await work.ask("evan", born)
    await work.answer(first, request_id)
    await work.read("evan", request_id, "account", subject)
    letters = Wanted(
        (subject,), ("message.body",), Purpose.SECURITY, "Somebody reported threats in a message", "DEMO/1"
    )
    request_id = await work.ask("tara", letters)
    await work.answer(first, request_id)
    await work.answer("lena", request_id)
    await work.read("tara", request_id, "message", subject)
    curious = Wanted((subject,), ("account.email",), Purpose.SUPPORT, "I want to know who that is", clear=True)
    await work.answer(first, await work.ask("theo", curious), Vote(approved=False, note="That is no reason."))
    await work.ask("theo", Wanted((subject,), ("account.email",), Purpose.SUPPORT, "A member gets no messages from us"))
    devices = ("session.device", "session.created_at")
    at_once = Wanted((subject,), devices, Purpose.AUTHENTICATION, "Somebody else signs in just now")
    async with work.cell.begin() as tx:
        request_id = await break_glass(
            tx, await work.seat(first), at_once, beacon=runtime.beacon, now=runtime.clock.now()
        )
    await work.read(first, request_id, "session", subject)
    async with work.cell.begin() as tx:
        found = "It was one, and no more was read than it needed."
        await review(tx, await work.seat(second), request_id, found, now=runtime.clock.now())


@dataclass(frozen=True, slots=True)
class Work:
    """What colleagues do in one cell."""

    runtime: Runtime
    cell: Cell

    async def seat(self, name: str) -> Seat:
        refused = self.runtime.settings.availability.refused_governments
        who: Colleague = await colleague(self.runtime.cells.directory, name)
        return seat(who, region=self.cell.region, cells=self.runtime.cells, refused_governments=refused)

    async def ask(self, name: str, wanted: Wanted) -> UUID:
        async with self.cell.begin() as tx:
            mine = await self.seat(name)
            return await ask(tx, mine, wanted, beacon=self.runtime.beacon, now=self.runtime.clock.now())

    async def answer(self, name: str, request_id: UUID, vote: Vote = Vote(approved=True)) -> None:  # noqa: B008  frozen
        found = await find(self.cell, request_id)
        people = {found.asker_id, *(one.approver_id for one in found.votes)}
        here = await still_here(self.runtime.cells.directory, people)
        async with self.cell.begin() as tx:
            beacon, now = self.runtime.beacon, self.runtime.clock.now()
            await decide(tx, await self.seat(name), request_id, vote, here=here, beacon=beacon, now=now)

    async def read(self, name: str, request_id: UUID, table: str, member_id: UUID) -> None:
        """Wait until the log shows the authorisation, and its witness has said so; then read. Without a witness, don't."""
        if self.runtime.settings.witness_policy is None:
            return

        async def once() -> None:
            log, now = (
                PublicLog.of(
                    self.runtime.ledger.objects, self.runtime.ledger.database, self.runtime.settings.witness_policy
                ),
                self.runtime.clock.now(),
            )
            async with self.cell.begin() as tx:
                reading = await read(
                    tx,
                    await self.seat(name),
                    request_id,
                    table,
                    member_id,
                    log=log,
                    beacon=self.runtime.beacon,
                    now=now,
                )
            await reading.shown(self.runtime.vaults[self.cell.name])

        await _patiently(once)


async def _patiently(do: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await do()
            except NotOnRecord:
                await asyncio.sleep(0.5)
