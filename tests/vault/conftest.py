"""Vaults to test: on a key store of the test's own, with a made-up schema."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kept.catalog import KeyRow
from kept.kit import Clock, Database, FixedClock
from kept.ledger import Quorum
from kept.postgres import EmbeddedPostgres
from kept.vault import Beacon, KeyHolder, LocalKms, Vault
from kept.vault.apart import Link, VaultClient, VaultServer, bound_socket
from kept.vault.apart.messages import ASKS
from tests.vault.made_up import SCHEMA

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


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


class Vaults:
    """Opens vaults, each as another process would have it; `apart`: over a socket, with a vault process of its own."""

    def __init__(self, address: str, keys: Path, *, apart: bool) -> None:
        self._address, self._keys, self._apart = address, keys, apart
        self._loop = asyncio.get_running_loop()
        self._sockets = Path(tempfile.mkdtemp(prefix="kept-vault-"))
        self._close: list[Callable[[], Awaitable[None]]] = []
        self._served_cells: list[dict[str, KeyHolder]] = []
        self.holders: dict[Vault, KeyHolder] = {}
        """The other end of each vault."""

    def __call__(
        self,
        cell: str = "eu",
        region: str = "eu",
        *,
        address: str | None = None,
        clock: Clock = FixedClock(NOON),  # noqa: B008  nobody turns this one
        quorum: Quorum | None = None,
        **options: Any,
    ) -> Vault:
        store = Database(address or self._address, pool=3)
        beacon = Beacon(self._keys / "beacon.key")
        mine = {} if self._apart else options
        holder = KeyHolder(
            cell, region, store, LocalKms(self._keys), clock, beacon, quorum=quorum, metadata=SCHEMA, **mine
        )
        self._close += [store.close, holder.close]
        if not self._apart:
            self.holders[holder] = holder
            return holder
        link = self._served(holder)
        client = VaultClient(cell, region, link, clock, beacon, metadata=SCHEMA, **options)
        self._close.append(client.close)
        self.holders[client] = holder
        return client

    def _served(self, holder: KeyHolder) -> Link:
        path = self._sockets / f"{len(self.holders)}"
        listening = bound_socket(path, owner=os.geteuid(), open_to_all=False)
        serving = VaultServer(self._cells_beside(holder), allowed={os.geteuid()}, asks=ASKS)
        server = self._loop.create_task(serving.run(listening))

        async def end() -> None:
            server.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await server

        link = Link(path)
        self._close += [end, link.close]
        return link

    def _cells_beside(self, holder: KeyHolder) -> dict[str, KeyHolder]:
        """What the process of this holder serves: other cells, too, opened before or after, for keys to be handed to."""
        for served in self._served_cells:
            served.setdefault(holder.cell, holder)
        served = {one.cell: one for one in self.holders.values()} | {holder.cell: holder}
        self._served_cells.append(served)
        return served

    async def close(self) -> None:
        for close in reversed(self._close):
            await close()
        shutil.rmtree(self._sockets)


OpenVault = Vaults


@pytest.fixture(params=["within", "apart"])
async def open_vault(request: pytest.FixtureRequest, store_address: str, keys_folder: Path) -> AsyncIterator[OpenVault]:
    """`open_vault(cell, region, address=…, **options)`: one more vault, as another process would have it."""
    vaults = Vaults(store_address, keys_folder, apart=request.param == "apart")
    yield vaults
    await vaults.close()


@pytest.fixture
async def vault(open_vault: OpenVault) -> Vault:
    return open_vault()


@pytest.fixture
async def store(store_address: str) -> AsyncIterator[Database]:
    """The key store, to look into and to meddle with."""
    database = Database(store_address, pool=2)
    yield database
    await database.close()
