"""A house whose operator gives nothing to three governments, and what authorities write to it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from kept.kit.settings import Availability
from kept.ledger import read
from kept.legal import Case, DataClass, NewRequest, case_of, enter, keep_lists, validate
from kept.policy import Actor, Site, Team
from tests.fixtures.house import House, build, tear_down

LEGAL = Actor.staff(Team.LEGAL, Site.IN_REGION)
LISTED = ("CN", "KP", "RU")
FINDING = "A court ordered it; it names one account and a week."


@dataclass(frozen=True)
class Chambers(House):
    """A house with the verbs of counsel at hand."""

    @property
    def now(self):
        return self.clock.now()

    def listing(self, *countries: str) -> "Chambers":
        """The same stores under other settings: as another process, started with another list."""
        availability = Availability(refused_governments=list(countries))
        return replace(self, settings=msgspec.structs.replace(self.settings, availability=availability))

    async def receive(self, country: str = "FR", instrument: str = "national", **more: object) -> Case:
        new = {"identifiers": ("@kim",), "classes": (DataClass.SUBSCRIBER, DataClass.TRAFFIC)} | more
        wanted = NewRequest(instrument, country, "An authority", "A law, § 7", **new)  # type: ignore[arg-type]
        return await enter(self, "eu", wanted, actor=LEGAL, now=self.now)

    async def validated(self, country: str = "FR", instrument: str = "national", member: UUID | None = None) -> Case:
        case = await self.receive(country, instrument)
        member = member or await self.resident(self.eu)
        return await self.find_valid(case.number, member)

    async def find_valid(self, number: str, member: UUID, *, actor: Actor = LEGAL) -> Case:
        only = [DataClass.SUBSCRIBER]
        return await validate(self, number, accounts=[member], classes=only, finding=FINDING, actor=actor, now=self.now)

    async def case(self, number: str) -> Case:
        return await case_of(self.cells, number)

    async def events(self, cell: str = "eu") -> list[str]:
        """What waits for the ledger, in order."""
        rows = await self.cells.named(cell).database.fetch("SELECT payload FROM ledger_outbox ORDER BY entry_id")
        return [read(row["payload"]).event for row in rows]


@pytest.fixture
async def chambers(fresh_database: Callable[..., str], templates: dict[str, str]) -> AsyncIterator[Chambers]:
    folder = Path(tempfile.mkdtemp(prefix="kept-legal-"))
    availability = Availability(refused_governments=list(LISTED))
    house = await build(fresh_database, templates, folder, availability=availability)
    made = Chambers(**{name: getattr(house, name) for name in house.__dataclass_fields__})
    await keep_lists(made.cells, made.settings, now=made.now)
    yield made
    await tear_down(house)
    shutil.rmtree(folder)
