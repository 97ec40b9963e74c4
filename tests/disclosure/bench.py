"""An office to which an authority writes: counsel, approvers, a look of the worker's, and the authority's own key."""

import dataclasses
import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pyrage

from kept.disclosure import (
    JOB,
    advance_productions,
    ask_for_production,
    confirm_key,
    enter_key,
    fingerprint,
    open_package,
)
from kept.disclosure.building import make_package
from kept.kit import new_id
from kept.kit.settings import Availability
from kept.legal import Case, DataClass, NewRequest, Span, case_of, enter, validate
from kept.messages.content import Content, pack
from kept.policy import Actor, Site, Team
from kept.staff import NewColleague, colleague
from kept.staff import enter as hire
from tests.access.office import SECURITY, Office
from tests.fixtures.lot import HereAndNow

COUNSEL = Actor.staff(Team.LEGAL, Site.IN_REGION)
MORE = (NewColleague("leo", Team.LEGAL, "DE"), NewColleague("lin", Team.LEGAL, "CN"))
ALL = (DataClass.SUBSCRIBER, DataClass.IDENTIFICATION, DataClass.TRAFFIC, DataClass.CONTENT)
INSERT = (
    "INSERT INTO message (owner_id, message_id, peer_id, mine, state, body, sent_at, arrived_at)"
    " VALUES ($1, $2, $3, true, 'sent', $4, $5, $5)"
)


@dataclass
class Bench:
    """`key` is the authority's private key."""

    office: Office
    key: Any = field(default_factory=pyrage.x25519.Identity.generate)

    @property
    def works(self):
        return self.office.here.runtime

    @property
    def now(self):
        return self.office.now

    def harder(self, *countries: str) -> Any:
        """The same stores under another list: as the worker, started with it."""
        availability = Availability(refused_governments=["CN", "RU", *countries])
        settings = msgspec.structs.replace(self.works.settings, availability=availability)
        self.office.here.runtime = dataclasses.replace(self.works, settings=settings)
        return self.works

    async def hire(self) -> None:
        directory = self.works.cells.directory
        for one in MORE:
            await hire(directory, one, regions=["us", "eu"], actor=SECURITY, by="system:operator", now=self.now)
            self.office.staff[one.name] = await colleague(directory, one.name)

    async def member(self, country: str = "DE") -> UUID:
        return (await self.office.here.join(country)).member_id

    async def write(self, member: UUID, text: str, at: datetime, peer: UUID | None = None) -> UUID:
        """A message of a member's, as the messages floor stores one."""
        message_id = new_id()
        payload = pack(Content(text=text))
        sealed = await self.works.vaults["eu"].seal(member, "message.body", message_id, payload)
        peer = peer or new_id()
        await self.works.cells.named("eu").database.fetch(INSERT, member, message_id, peer, bytes(sealed), at)
        return message_id

    async def received(self, country: str = "FR", **more: Any) -> Case:
        asked = {"identifiers": ("@kim", "@lou", "@max"), "classes": ALL} | more
        new = NewRequest("national", country, "A court", "Art. 7", **asked)
        return await enter(self.works, "eu", new, actor=COUNSEL, now=self.now)

    async def valid(
        self, *members: UUID, classes: tuple[DataClass, ...] = ALL, span: Span | None = None, **more: Any
    ) -> Case:
        case = await self.received(**more)
        lea = self.office.seat("lea")
        self.office.here.clock.advance(timedelta(seconds=1))
        return await validate(
            self.works,
            case.number,
            accounts=members,
            classes=classes,
            finding="A court ordered it.",
            actor=lea.actor,
            now=self.now,
            span=span or Span(),
            by=lea.who.staff_id,
        )

    async def keyed(self, case: Case) -> Case:
        public = str(self.key.to_public())
        await enter_key(self.works, case.number, public, seat=self.office.seat("lea"), now=self.now)
        said = fingerprint(public)
        return await confirm_key(self.works, case.number, said, seat=self.office.seat("leo"), now=self.now)

    async def asked(self, case: Case, by: str = "lea") -> UUID:
        await self.keyed(case)
        return await ask_for_production(self.works, case.number, seat=self.office.seat(by), now=self.now)

    async def agreed(self, case: Case) -> UUID:
        """Two teams agreed, and the log shows it."""
        request_id = await self.asked(case)
        await self.office.answer("sue", request_id)
        await self.office.answer("pat", request_id)
        await self.office.record()
        return request_id

    async def work(self, job: type[HereAndNow] = HereAndNow) -> None:
        """A look of the worker's, and the jobs that it asks for. Raises what a job raises."""
        await advance_productions(self.works)
        cell = self.works.cells.named("eu")
        taken = "UPDATE job SET state = 'failed', updated_at = $1 WHERE state = 'waiting' AND kind = $2"
        rows = await cell.database.fetch(f"{taken} RETURNING job_id, owner_id, subject_id", self.now, JOB)
        for row in rows:
            await make_package(job(cell.name, row["owner_id"], row["subject_id"]), self.works)
            await cell.database.fetch("UPDATE job SET state = 'done' WHERE job_id = $1", row["job_id"])

    async def produced(self, case: Case) -> Case:
        await self.agreed(case)
        await self.work()
        return await self.case(case.number)

    async def case(self, number: str) -> Case:
        return await case_of(self.works.cells, number)

    async def download(self, number: str, by: str = "lea") -> bytes:
        package = await open_package(self.works, number, seat=self.office.seat(by), now=self.now)
        return b"".join([piece async for piece in package.pieces])

    def opened(self, package: bytes) -> "Opened":
        """What the authority reads, with its private key."""
        return Opened(zipfile.ZipFile(io.BytesIO(pyrage.decrypt(package, [self.key]))))


@dataclass
class Opened:
    """A package in clear."""

    files: zipfile.ZipFile

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.files.read("manifest.json"))

    @property
    def names(self) -> list[str]:
        return sorted(self.files.namelist())

    def rows(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files.read(f"data/{name}.jsonl").splitlines()]
