"""A process with a vault of its own, for tests that stop it: says `warm` when it holds a key, then answers each line that
it reads with what came of opening the value once more."""

import asyncio
import sys
from pathlib import Path
from uuid import UUID

from kept.kit import Database, KeptError, SystemClock
from kept.vault import Beacon, KeyHolder, LocalKms, Reason, Sealed
from tests.vault.made_up import EMAIL, SCHEMA


async def main(address: str, folder: str, member: str, blob: str, lease: str) -> None:
    store, keys = Database(address), Path(folder)
    beacon = Beacon(keys / "beacon.key")
    options = {"metadata": SCHEMA, "lease_seconds": float(lease)}
    vault = KeyHolder("eu", "eu", store, LocalKms(keys), SystemClock(), beacon, **options)  # type: ignore[arg-type]
    owner, sealed = UUID(member), Sealed(bytes.fromhex(blob))

    async def attempt() -> str:
        try:
            return (await vault.open(owner, EMAIL, owner, sealed, reason=Reason.OWNER)).decode()
        except KeptError as error:
            return error.code

    await attempt()
    await attempt()
    print("warm", flush=True)
    # Read in the loop itself, which so stands still between two attempts: no notification gets through.
    for _ in sys.stdin:
        print(await attempt(), flush=True)
    await vault.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
