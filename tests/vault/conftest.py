"""Vaults to test: on a key store of the test's own, with a made-up schema."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kept.catalog import KeyRow
from kept.kit import Clock, Database, FixedClock
from kept.postgres import EmbeddedPostgres
from kept.vault import Beacon, LocalKms, Vault
from tests.vault.made_up import SCHEMA

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OpenVault = Callable[..., Vault]


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture(scope="session")
async def key_stores(postgres: EmbeddedPostgres) -> list[str]:
    """Two databases with the tables of a key store, shared by all tests here."""
    addresses = [postgres.ensure_database(f"vault_keys_{number}") for number in (1, 2)]
    for address in addresses:
        database = Database(address)
        async with database.begin() as connection:
            await connection.run_sync(KeyRow.metadata.create_all)
        await database.close()
    return addresses


async def emptied(address: str) -> str:
    database = Database(address)
    tables = ", ".join(KeyRow.metadata.tables)
    await database.fetch(f"TRUNCATE {tables}")
    await database.close()
    return address


@pytest.fixture
async def store_address(key_stores: list[str]) -> str:
    """An empty key store."""
    return await emptied(key_stores[0])


@pytest.fixture
async def other_store_address(key_stores: list[str]) -> str:
    """Another cell's."""
    return await emptied(key_stores[1])


@pytest.fixture
async def open_vault(store_address: str, keys_folder: Path) -> AsyncIterator[OpenVault]:
    """`open_vault(cell, region, address=…, **options)`: one more vault, as another process would have it."""
    opened: list[tuple[Vault, Database]] = []

    def make(
        cell: str = "eu",
        region: str = "eu",
        *,
        address: str = store_address,
        clock: Clock = FixedClock(NOON),  # noqa: B008  nobody turns this one
        **options: Any,
    ) -> Vault:
        store = Database(address, pool=3)
        beacon = Beacon(keys_folder / "beacon.key")
        vault = Vault(cell, region, store, LocalKms(keys_folder), clock, beacon, metadata=SCHEMA, **options)
        opened.append((vault, store))
        return vault

    yield make
    for vault, store in opened:
        await vault.close()
        await store.close()


@pytest.fixture
async def vault(open_vault: OpenVault) -> Vault:
    return open_vault()


@pytest.fixture
async def store(store_address: str) -> AsyncIterator[Database]:
    """The key store, to look into and to meddle with."""
    database = Database(store_address, pool=2)
    yield database
    await database.close()
