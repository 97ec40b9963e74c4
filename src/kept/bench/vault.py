"""`kept bench vault`: fields of 200 bytes sealed and opened a second, beside bare AES-256-GCM in the same run.

Bare means what anybody would write who has one key for everything: a cached cipher context, AAD of the same length ready
made, a random nonce put before the ciphertext and taken off again. Nothing is bound to its place, nobody's key is looked
up, no reason is asked for. `cipher_alone` is the library's call and nothing else, nonce and ciphertext already apart.
What a key costs that is not warm, and what a destruction costs, depends on the database and the disk. What a vault in a
process of its own costs is measured beside one within (`vault_apart.py`).
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kept.bench.stores import server_of_its_own
from kept.bench.vault_apart import compare
from kept.catalog import Category, KeyRow, Level, Purpose
from kept.catalog.law import Rule
from kept.kit import Database, SystemClock, new_id
from kept.vault import Beacon, KeyHolder, LocalKms, Reason, Sealed, SealedColumn, Vault

BYTES = 200
FIELDS = 512
ROUNDS = 60
"""Many short rounds, bare and ours by turns, of which the best of each counts: others use the machine, too."""
MEMBERS = 40

_SCHEMA = sa.MetaData()
_RULE = Rule(Category.PRIVATE_CONTENT, Level.CONFIDENTIAL, frozenset({Purpose.SERVICE}), "A field to measure with.")
sa.Table("letter", _SCHEMA, sa.Column("body", SealedColumn(), info={"rule": _RULE}))
_PLACE = "letter.body"

Rows = list[tuple[UUID, bytes]]


async def run() -> dict[str, float | str]:
    """Fields a second and ratios for a warm key, then milliseconds for what goes to the key store."""
    with server_of_its_own() as (server, folder):
        store = Database(server.ensure_database("keys"))
        async with store.begin() as connection:
            await connection.run_sync(KeyRow.metadata.create_all)
        one, other = (_vault(store, folder) for _ in range(2))
        result = await _warm(one) | await _store(one, other) | await compare(store, folder, _SCHEMA, _PLACE)
        for vault in (one, other):
            await vault.close()
        await store.close()
    return {"name": "vault"} | result


def _vault(store: Database, folder: Path) -> Vault:
    beacon = Beacon(folder / "keys" / "beacon.key")
    return KeyHolder("eu", "eu", store, LocalKms(folder / "keys"), SystemClock(), beacon, metadata=_SCHEMA)


async def _warm(vault: Vault) -> dict[str, float | str]:
    member = new_id()
    await vault.create(member)
    rows = [(new_id(), os.urandom(BYTES)) for _ in range(FIELDS)]
    sealed = list(zip([row for row, _ in rows], await vault.seal_many(member, _PLACE, rows), strict=True))

    why = Reason.OWNER

    async def seal_each() -> list[Sealed]:
        return [await vault.seal(member, _PLACE, row, text) for row, text in rows]

    async def open_each() -> list[bytes]:
        return [await vault.open(member, _PLACE, row, one, reason=why) for row, one in sealed]

    async def open_all() -> list[bytes]:
        return await vault.open_many(member, _PLACE, sealed, reason=why)

    works: dict[str, Callable[[], Awaitable[object]]] = {
        "seals": seal_each,
        "seals_in_batch": lambda: vault.seal_many(member, _PLACE, rows),
        "opens": open_each,
        "opens_in_batch": open_all,
    } | _bare(rows)
    rates = await _best_rates(works)
    result: dict[str, float | str] = {f"{name}_per_second": rate for name, rate in rates.items()}
    for name in ("seals", "seals_in_batch", "opens", "opens_in_batch"):
        result[f"{name}_ratio_to_bare"] = rates[name] / rates["bare_" + name.partition("_")[0]]
    return result


def _bare(rows: Rows) -> dict[str, Callable[[], Awaitable[object]]]:
    cipher = AESGCM(AESGCM.generate_key(256))
    encrypt, decrypt = cipher.encrypt, cipher.decrypt
    aad = os.urandom(82)  # as long as that of `letter.body` in cell `eu`

    def seal(text: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + encrypt(nonce, text, aad)

    def open_(stored: bytes) -> bytes:
        return decrypt(stored[:12], stored[12:], aad)

    stored = [seal(text) for _, text in rows]
    apart = [(one[:12], one[12:]) for one in stored]

    async def seals() -> list[bytes]:
        return [seal(text) for _, text in rows]

    async def opens() -> list[bytes]:
        return [open_(one) for one in stored]

    async def alone() -> None:
        for nonce, ciphertext in apart:
            decrypt(nonce, ciphertext, aad)

    return {"bare_seals": seals, "bare_opens": opens, "cipher_alone_decryptions": alone}


async def _best_rates(works: dict[str, Callable[[], Awaitable[object]]]) -> dict[str, float]:
    best = dict.fromkeys(works, 0.0)
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.perf_counter()
            await work()
            best[name] = max(best[name], FIELDS / (time.perf_counter() - began))
    return best


async def _store(one: Vault, other: Vault) -> dict[str, float | str]:
    """Medians over some members: a new key, a first open in another process's place, and a destruction that waits for it."""
    times: dict[str, list[float]] = {"new_key_ms": [], "first_open_ms": [], "destruction_ms": []}

    async def timed(name: str, work: Awaitable[object]) -> None:
        began = time.perf_counter()
        await work
        times[name].append((time.perf_counter() - began) * 1000)

    for _ in range(MEMBERS):
        member = new_id()
        await timed("new_key_ms", one.create(member))
        sealed: Sealed = await one.seal(member, _PLACE, member, bytes(BYTES))
        await timed("first_open_ms", other.open(member, _PLACE, member, sealed, reason=Reason.OWNER))
        await timed("destruction_ms", one.shred(member))
    syncs = await asyncio.to_thread(_syncs_per_second)
    medians: dict[str, float | str] = {name: statistics.median(found) for name, found in times.items()}
    return medians | {"fdatasyncs_per_second": syncs}


def _syncs_per_second() -> float:
    """How often the disk syncs 4 KiB in this minute: what durable figures hang on."""
    with tempfile.TemporaryFile() as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < 0.5:
            os.pwrite(file.fileno(), bytes(4096), 0)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)
