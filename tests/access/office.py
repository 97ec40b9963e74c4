"""Colleagues of several teams and sites, and a log whose heads a witness cosigns: what access is tried with."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from kept.access import Page, PublicLog, Request, State, Vote, Wanted, ask, decide, find, read
from kept.catalog import Purpose
from kept.kit.settings import Ledger
from kept.ledger import (
    CHECKPOINT,
    HEAD,
    Checkpoint,
    Cosigner,
    Log,
    Sequencer,
    load_signer,
    open_checkpoint,
    source_of,
    store_of,
)
from kept.policy import Actor, Site, Team
from kept.staff import Colleague, NewColleague, Seat, colleague, enter, seat, still_here
from tests.fixtures.installation import Installation

WITNESS = Cosigner("witness.example/one", bytes([7]) * 32)
SECURITY = Actor.staff(Team.SECURITY, Site.IN_REGION)
LEDGER = Ledger(witnesses="witnesses.policy")

PEOPLE = (
    NewColleague("erin", Team.ENGINEERING, "US"),
    NewColleague("ed", Team.ENGINEERING, "DE"),
    NewColleague("sue", Team.SECURITY, "DE", region="eu"),
    NewColleague("sam", Team.SECURITY, "FR", region="eu"),
    NewColleague("uma", Team.SECURITY, "US", region="us"),
    NewColleague("lea", Team.LEGAL, "DE"),
    NewColleague("pat", Team.PRIVACY, "DE"),
    NewColleague("tess", Team.SUPPORT, "DE"),
    NewColleague("rob", Team.ENGINEERING, "RU"),
)


@dataclass
class Office:
    """An installation with people at work."""

    here: Installation
    staff: dict[str, Colleague] = field(default_factory=dict)

    @property
    def now(self):
        return self.here.clock.now()

    def seat(self, name: str, region: str = "eu") -> Seat:
        settings = self.here.runtime.settings
        return seat(
            self.staff[name],
            region=region,
            cells=self.here.runtime.cells,
            refused_governments=settings.availability.refused_governments,
        )

    async def hire(self) -> None:
        directory = self.here.runtime.cells.directory
        for one in PEOPLE:
            await enter(directory, one, regions=["us", "eu"], actor=SECURITY, by="system:operator", now=self.now)
            self.staff[one.name] = await colleague(directory, one.name)

    async def ask(self, by: str, *fields: str, members: list[UUID], cell: str = "eu", **more: object) -> UUID:
        wanted = Wanted(
            members=tuple(members),
            fields=fields,
            purpose=more.pop("purpose", Purpose.SERVICE),  # type: ignore[arg-type]
            reason="a member wrote that nothing arrives",
            **more,  # type: ignore[arg-type]
        )
        runtime = self.here.runtime
        async with runtime.cells.named(cell).begin() as tx:
            return await ask(tx, self.seat(by, cell), wanted, beacon=runtime.beacon, now=self.now)

    async def answer(self, by: str, request_id: UUID, *, yes: bool = True, cell: str = "eu") -> State:
        runtime = self.here.runtime
        request = await find(runtime.cells.named(cell), request_id)
        people = {request.asker_id, *(vote.approver_id for vote in request.votes)}
        here = await still_here(runtime.cells.directory, people)
        vote = Vote(yes, "" if yes else "not needed for that")
        async with runtime.cells.named(cell).begin() as tx:
            return await decide(
                tx, self.seat(by, cell), request_id, vote, here=here, beacon=runtime.beacon, now=self.now
            )

    async def read(
        self, by: str, request_id: UUID, table: str, member_id: UUID, *, cell: str = "eu", skip: int = 0
    ) -> Page:
        runtime = self.here.runtime
        log = PublicLog.of(runtime.ledger.objects, runtime.ledger.database, runtime.settings.witness_policy)
        async with runtime.cells.named(cell).begin() as tx:
            reading = await read(
                tx,
                self.seat(by, cell),
                request_id,
                table,
                member_id,
                log=log,
                beacon=runtime.beacon,
                now=self.now,
                skip=skip,
            )
        return await reading.shown(runtime.vaults[cell])

    async def find(self, request_id: UUID, cell: str = "eu") -> Request:
        return await find(self.here.runtime.cells.named(cell), request_id)

    async def record(self, *, cosigned: bool = True) -> None:
        """Everything that waits goes into the log; its head is published, with the witness's word."""
        runtime = self.here.runtime
        signer = load_signer(runtime.ledger.signing_key, runtime.ledger.origin)
        log = Log(runtime.ledger.database, store_of(runtime.ledger.objects), signer, self.here.clock, publish_as=HEAD)
        await log.open()
        outboxes = [*(cell.database for cell in runtime.cells), runtime.cells.directory.database]
        await Sequencer(log, outboxes).drain()
        note = (source_of(runtime.ledger.objects).fetch(HEAD) or b"").decode()
        head: Checkpoint = open_checkpoint(note.encode(), signer.vkey)
        line = WITNESS.line(head.text, int(self.now.timestamp())) if cosigned else ""
        await runtime.ledger.objects.put(CHECKPOINT, (note + line).encode())


def policy(folder: Path) -> None:
    """The policy of witnesses: one, who has to cosign."""
    log = load_signer(folder / "keys" / "ledger.key", Ledger().origin)
    text = f"log {log.vkey.text}\nwitness w1 {WITNESS.vkey.text}\nquorum w1\n"
    (folder / "witnesses.policy").write_text(text)
