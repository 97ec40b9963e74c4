"""Two regions as their operators run them: two `kept up`, each with its own configuration, credentials, keys and folder.

They share a directory, a ledger and what both must know: the ledger's key, and the beacon's. The line between their
gateways is tapped.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import msgspec
import pytest

from kept.cells import region_key
from kept.kit import load_settings
from kept.ledger import load_signer
from kept.postgres import EmbeddedPostgres
from kept.vault import Beacon
from tests.fixtures.folders import swift_folder
from tests.fixtures.platform import Platform, free_port
from tests.journeys.people import opened
from tests.regions_apart.wire import Relay

NAMES = ("us", "eu")
ORIGIN = "log.example/apart"
RESIDENTS = {"us": ["*"], "eu": ["DE", "FR"]}
SETTINGS = {"KEPT_ACCOUNTS_ARGON2_MEMORY_KIB": "8192"}


@dataclass
class Region:
    """One region: its platform, its databases, and the line that others reach its gateway by."""

    name: str
    platform: Platform
    line: Relay
    addresses: dict[str, str]

    @property
    def url(self) -> str:
        return self.platform.url

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Ask the region's database, with the region's own credentials."""
        connection = await asyncpg.connect(self.addresses["data"])
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()


@dataclass
class Apart:
    """Both."""

    us: Region
    eu: Region
    ledger: Path
    shared: dict[str, str]


@pytest.fixture(scope="package")
def apart(postgres: EmbeddedPostgres) -> Iterator[Apart]:
    parent = swift_folder("kept-apart-")
    parent.chmod(0o711)
    shared = {name: postgres.ensure_database(f"apart_{name}") for name in ("directory", "ledger")}
    regions = {name: _region(name, parent, postgres) for name in NAMES}
    made = Apart(regions["us"], regions["eu"], parent / "ledger", shared)
    _share_keys(made)
    for region in regions.values():
        (region.platform.folder / "kept.toml").write_text(_config(region, made))
    try:
        for region in regions.values():
            region.platform.start()
        yield made
    finally:
        for region in regions.values():
            region.platform.stop()
            region.line.close()
        shutil.rmtree(parent)


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    """Close what clients opened."""
    yield
    while opened:
        opened.pop().close()


def _region(name: str, parent: Path, postgres: EmbeddedPostgres) -> Region:
    folder = parent / name
    folder.mkdir(mode=0o700)
    stores = {"data": f"apart_{name}", "keys": f"apart_{name}_keys", "jobs": f"apart_{name}_jobs"}
    port = free_port()
    addresses = {kind: postgres.ensure_database(database) for kind, database in stores.items()}
    return Region(name, Platform(folder, port, dict(SETTINGS)), Relay(port), addresses)


def _share_keys(made: Apart) -> None:
    """What every region must have: the beacon, by which logins are found, and the ledger's key."""
    ours, theirs = (region.platform.folder / "keys" for region in (made.us, made.eu))
    Beacon(ours / "beacon.key")
    load_signer(ours / "ledger.key", ORIGIN)
    theirs.mkdir(mode=0o700)
    for name in ("beacon.key", "ledger.key"):
        shutil.copy2(ours / name, theirs / name)


def _config(region: Region, made: Apart) -> str:
    """What one region's operator writes: everything of their own, and of the other what is public."""
    text = f'''serve = ["{region.name}"]

[database]
directory = "{made.shared["directory"]}"
ledger = "{made.shared["ledger"]}"
jobs = "{region.addresses["jobs"]}"

[ledger]
origin = "{ORIGIN}"
objects = "{made.ledger}"
'''
    for other in (made.us, made.eu):
        text += f"\n[regions.{other.name}]\nresidents = {RESIDENTS[other.name]}\n"
        if other is region:
            text += f'database = "{other.addresses["data"]}"\nkeys_database = "{other.addresses["keys"]}"\n'
        else:
            settings = msgspec.structs.replace(load_settings(environ={}), data=str(other.platform.folder))
            key = region_key(settings, other.name).vkey.text
            text += f'origin = "{other.url}"\ngateway_url = "{other.line.origin}"\ngateway_key = "{key}"\n'
    return text
