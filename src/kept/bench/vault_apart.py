"""The part of `kept bench vault` about a vault in a process of its own, beside the same work with the keys within.

Within means a `KeyHolder` here, on the same key store; apart, another one in a child process, over a Unix socket. A key that
is warm costs the same both ways, since the work is done here; what the socket costs is felt where the vault has to be asked.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from kept.kit import Database, SystemClock, new_id
from kept.vault import Beacon, KeyHolder, LocalKms, Reason, Sealed, Vault
from kept.vault.apart import Link, VaultClient, VaultServer, bound_socket

ROUNDS = 60
TOGETHER = 32
WARM = 512

Make = Callable[[], Vault]


async def compare(store: Database, folder: Path, schema: sa.MetaData, place: str) -> dict[str, float | str]:
    """Milliseconds and values a second, apart and within by turns, and the ratio of each."""
    beacon = Beacon(folder / "keys" / "beacon.key")
    async with _served(store, folder) as link:

        def within() -> Vault:
            return KeyHolder("eu", "eu", store, LocalKms(folder / "keys"), SystemClock(), beacon, metadata=schema)

        def apart() -> Vault:
            return VaultClient("eu", "eu", link, SystemClock(), beacon, metadata=schema)

        makers: dict[str, Make] = {"within": within, "apart": apart}
        return await _one_by_one(makers, place) | await _together(makers, place) | await _warm(makers, place)


async def _one_by_one(makers: dict[str, Make], place: str) -> dict[str, float | str]:
    vaults = {name: make() for name, make in makers.items()}
    times: dict[str, list[float]] = {f"{what}_{name}_ms": [] for what in ("first_open", "index") for name in vaults}
    members = [await _sealed(vaults["within"], place) for _ in range(2 * ROUNDS)]
    for vault in vaults.values():
        await vault.close()
    vaults = {name: make() for name, make in makers.items()}
    for at, (member, sealed) in enumerate(members):
        name = ("within", "apart")[at % 2]
        began = time.perf_counter()
        await vaults[name].open(member, place, member, sealed, reason=Reason.OWNER)
        opened = time.perf_counter()
        await vaults[name].blind_index("bench", str(at))
        times[f"first_open_{name}_ms"].append((opened - began) * 1000)
        times[f"index_{name}_ms"].append((time.perf_counter() - opened) * 1000)
    for vault in vaults.values():
        await vault.close()
    medians = {name: statistics.median(found) for name, found in times.items()}
    ratio = medians["first_open_apart_ms"] / medians["first_open_within_ms"]
    return {**medians, "first_open_apart_times_within": ratio}


async def _together(makers: dict[str, Make], place: str) -> dict[str, float | str]:
    """First opens a second with 32 under way: the best of some rounds, by turns, each with an empty memory."""
    writer = makers["within"]()
    members = [await _sealed(writer, place) for _ in range(8 * TOGETHER)]
    await writer.close()
    best = dict.fromkeys(makers, 0.0)
    for _ in range(5):
        for name, make in makers.items():
            vault, turns = make(), asyncio.Semaphore(TOGETHER)
            await vault.start()

            async def open_one(member: UUID, sealed: Sealed, vault: Vault = vault, turns: asyncio.Semaphore = turns) -> None:
                async with turns:
                    await vault.open(member, place, member, sealed, reason=Reason.OWNER)

            began = time.perf_counter()
            await asyncio.gather(*(open_one(*one) for one in members))
            best[name] = max(best[name], len(members) / (time.perf_counter() - began))
            await vault.close()
    rates: dict[str, float | str] = {f"first_opens_at_32_{name}_per_second": rate for name, rate in best.items()}
    return rates | {"first_opens_at_32_apart_ratio_to_within": best["apart"] / best["within"]}


async def _warm(makers: dict[str, Make], place: str) -> dict[str, float | str]:
    vaults, best = {name: make() for name, make in makers.items()}, dict.fromkeys(makers, 0.0)
    member, sealed = await _sealed(vaults["within"], place)
    for _ in range(ROUNDS):
        for name, vault in vaults.items():
            began = time.perf_counter()
            for _ in range(WARM):
                await vault.open(member, place, member, sealed, reason=Reason.OWNER)
            best[name] = max(best[name], WARM / (time.perf_counter() - began))
    for vault in vaults.values():
        await vault.close()
    return {"warm_opens_apart_ratio_to_within": best["apart"] / best["within"]}


async def _sealed(vault: Vault, place: str) -> tuple[UUID, Sealed]:
    member = new_id()
    await vault.create(member)
    return member, await vault.seal(member, place, member, bytes(200))


@asynccontextmanager
async def _served(store: Database, folder: Path) -> AsyncIterator[Link]:
    """A child that holds the keys."""
    line = [sys.executable, "-P", "-m", __name__, store.address, str(folder)]
    child = await asyncio.create_subprocess_exec(*line)
    link = Link(folder / "vault.socket", patience=30.0)
    try:
        yield link
    finally:
        await link.close()
        child.terminate()
        await child.wait()


async def _serve(address: str, folder: Path) -> None:
    store, beacon = Database(address), Beacon(folder / "keys" / "beacon.key")
    holder = KeyHolder("eu", "eu", store, LocalKms(folder / "keys"), SystemClock(), beacon)
    listening = bound_socket(folder / "vault.socket", owner=os.geteuid(), open_to_all=False)
    with contextlib.suppress(asyncio.CancelledError):
        await VaultServer({"eu": holder}, allowed={os.geteuid()}).run(listening)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
