"""A region of two cells, one of them empty, and members with clips; everything that a move or a pivot works with."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from kept.app.stores import EmbeddedStores
from kept.catalog import CellRow
from kept.kit import Database, load_settings
from kept.kit.objects import Objects
from kept.kit.settings import Region
from kept.ledger import Checker, source_of
from kept.postgres import EmbeddedPostgres
from kept.residency import Supplied
from kept.runtime import LedgerStores
from kept.vault import Beacon, Vault
from kept.videos import ClipLuggage, ExactHashGate, Takedowns, open_studio
from tests.fixtures.folders import swift_folder
from tests.fixtures.house import build, tear_down
from tests.fixtures.lot import LIMITS, Lot


def regions() -> dict[str, Region]:
    """`us` with one cell, `eu` with two."""
    default = load_settings(environ={}).regions
    return default | {"eu": msgspec.structs.replace(default["eu"], cells=["eu", "eu-2"])}


@dataclass
class Town(Lot):
    """A film lot that has what moves work with (`residency.Works`)."""

    supplied: Supplied = field(default_factory=lambda: Supplied(luggage=()))

    @property
    def settings(self):
        return self.house.settings

    @property
    def vaults(self) -> dict[str, Vault]:
        return self.house.vaults

    @property
    def beacon(self) -> Beacon:
        return self.house.beacon

    @property
    def ledger(self) -> LedgerStores:
        folder = self.house.folder
        head = Database(self.house.ledger_database.address)
        objects = Objects(str(folder / "ledger"))
        checker = Checker(source_of(objects))
        return LedgerStores(head, objects, folder / "keys" / "ledger.key", "localhost/ledger", checker)

    @property
    def metadata(self):
        return CellRow.metadata

    @property
    def old(self):
        return self.house.eu

    @property
    def new(self):
        return self.house.cells.named("eu-2")

    async def rows(self, cell, member_id: UUID) -> dict[str, int]:
        """How many rows somebody has in a cell, by table."""
        from kept.residency.copying import count

        pool = await cell.database.pool()
        async with pool.acquire() as connection:
            return await count(connection, [member_id])


@pytest.fixture
async def town(
    postgres: EmbeddedPostgres, fresh_database: Callable[..., str], templates: dict[str, str]
) -> AsyncIterator[Town]:
    """A town of the test's own."""
    folder: Path = swift_folder("kept-town-")
    house = await build(fresh_database, templates, folder, uploads=LIMITS, regions=regions())
    studio = open_studio(house.settings, house.beacon, [ExactHashGate()])
    yield Town(house, studio, Supplied((ClipLuggage(studio.spool),), (Takedowns(),), EmbeddedStores(postgres)))
    await tear_down(house)
    shutil.rmtree(folder)
