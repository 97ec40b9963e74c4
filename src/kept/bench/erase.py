"""`kept bench erase`: a person's rows erased as the annotations say, beside bare `DELETE`s of the same rows in the same run.

The schema is not ours (`neutral.py`): what any annotated application gets. Bare is what somebody would write by hand: one
DELETE a table by its owner, children first. Ours derives whose each row is, tells what was done in each table, and afterwards
takes the person's name out of what others keep: that is in its time. Both commit. People have the same rows, among each
other's; they are erased by turns, each from a server that has nothing else to write.

Then, in our own stores: how long after its owner's key is destroyed a sealed value is unreadable, in the process that
destroyed it and in one that had the key in memory.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kept.bench.neutral import Base
from kept.bench.neutral_rows import make_people
from kept.bench.peak import Peak
from kept.bench.stores import opened, server_of_its_own
from kept.kit import Database, new_id
from kept.postgres import EmbeddedPostgres
from kept.runtime import Runtime
from kept.subjects import Held, count_rows, erase_rows, forget_name, owned_tables, shred
from kept.vault import KeyDestroyed, KeyHolder, Reason, Vault, open_kms

ROWS = {10_000: 7, 100_000: 3}
"""How many rows a person has, and how many people each way erases."""
MANY = {1_000_000: 1}
LIMIT = 0.5
SEALED = (100, 10_000, 100_000)
"""How much is sealed under a key that is destroyed."""
EACH = 1_000
"""Of these, how many are tried one by one afterwards."""
LIMIT_UNREADABLE_SECONDS = 1.0
PLACE = "message.body"


@dataclass(frozen=True, slots=True)
class Names:
    """Rows of others that named somebody, and how long it took to change that."""

    rows: int
    seconds: float


Way = Callable[[Database, UUID], Awaitable[Names | None]]

_BARE = tuple(
    f"DELETE FROM {table} WHERE {owner} = $1"  # noqa: S608  names of our own
    for table, owner in (
        *((table, "member_id") for table in ("watched", "liked", "comment", "follow", "message", "session", "video")),
        ("member", "id"),
    )
)


async def run(*, long: bool = False) -> dict[str, Any]:
    """Rows a second, ratios and memory by how many rows a person has; then seconds until sealed values are unreadable."""
    with server_of_its_own() as (server, _):
        found: dict[str, Any] = {"name": "erase", "limit_ratio": LIMIT}
        for rows, pairs in (ROWS | (MANY if long else {})).items():
            found |= await _sized(server, rows, pairs)
    return found | await unreadable(SEALED)


async def _sized(server: EmbeddedPostgres, rows: int, pairs: int) -> dict[str, Any]:
    name = f"bench-{rows}"
    server.ensure_database(name)
    database = Database(server.admin_address(name))
    try:
        found = await compare(database, rows, pairs)
    finally:
        await database.close()
        server.drop_database(name)
    return {f"{key}_of_{rows}": value for key, value in found.items()}


async def compare(database: Database, rows: int, pairs: int) -> dict[str, Any]:
    """What `pairs` of people with `rows` each cost to erase, one of a pair barely and one as we do; in an empty database."""
    async with database.begin() as connection:
        people = await make_people(connection, 2 * pairs, rows)
    ways: tuple[Way, Way] = (_bare, _kept)
    for way in ways:
        await way(database, new_id())  # nobody: connections are made, and statements known
    seconds: tuple[list[float], list[float]] = ([], [])
    naming, named, grown = [], 0, 0
    for number in range(pairs):
        for which in (0, 1) if number % 2 else (1, 0):
            who = people[2 * number + which]
            await _settled(database)
            with Peak() as peak:
                began = time.perf_counter()
                names = await ways[which](database, who)
                seconds[which].append(time.perf_counter() - began)
            if names is not None:
                naming.append(names.seconds)
                named, grown = names.rows, max(grown, peak.grown)
            await _require_gone(database, who)
    bare, kept = seconds
    rows_alone = [each - names for each, names in zip(kept, naming, strict=True)]
    return {
        "bare_rows_per_second": rows / statistics.median(bare),
        "kept_rows_per_second": rows / statistics.median(kept),
        "ratio": _ratio(bare, kept),
        "ratio_without_names": _ratio(bare, rows_alone),
        "names_taken_out": named,
        "memory_grown_bytes": grown,
    }


def _ratio(bare: Sequence[float], kept: Sequence[float]) -> float:
    """The median of the ratios of those who were erased one after the other."""
    return statistics.median(one / other for one, other in zip(bare, kept, strict=True))


async def _settled(database: Database) -> None:
    """Nothing is left to do for the server, and whoever comes next writes each page anew to its log, whoever came before."""
    for statement in ("VACUUM (ANALYZE)", "CHECKPOINT"):
        await database.fetch(statement)


async def _bare(database: Database, who: UUID) -> None:
    pool = await database.pool()
    async with pool.acquire() as connection, connection.transaction():
        for statement in _BARE:
            await connection.execute(statement, who)


async def _kept(database: Database, who: UUID) -> Names:
    async with database.begin() as connection:
        await erase_rows(connection, owned_tables(Base.metadata), who)
        began = time.perf_counter()
        outcomes = await forget_name(connection, Base.metadata, who)
        return Names(sum(one.rows for one in outcomes), time.perf_counter() - began)


async def _require_gone(database: Database, who: UUID) -> None:
    async with database.begin() as connection:
        left = await count_rows(connection, owned_tables(Base.metadata), who)
    assert not left, left  # noqa: S101  else nothing was measured


async def unreadable(amounts: Sequence[int]) -> dict[str, Any]:
    """Seconds from the wish to destroy a key until nothing sealed under it opens, here and in a process that had it."""
    async with opened(["eu"]) as (runtime, _):
        cell = runtime.cells.named("eu")
        elsewhere = KeyHolder("eu", "eu", cell.keys_database, open_kms(runtime.settings), runtime.clock, runtime.beacon)
        try:
            waits = {amount: await _until_unreadable(runtime, elsewhere, amount) for amount in amounts}
        finally:
            await elsewhere.close()
    told: dict[str, Any] = {f"unreadable_seconds_after_shred_of_{amount}": wait for amount, wait in waits.items()}
    return told | {"limit_unreadable_seconds": LIMIT_UNREADABLE_SECONDS}


async def _until_unreadable(runtime: Runtime, elsewhere: Vault, amount: int) -> float:
    cell, vault, member_id = runtime.cells.named("eu"), runtime.vaults["eu"], new_id()
    await vault.create(member_id)
    texts = [(new_id(), b"See you at seven by the lighthouse, number %d" % number) for number in range(amount)]
    sealed = list(zip([row for row, _ in texts], await vault.seal_many(member_id, PLACE, texts), strict=True))
    for holder in (vault, elsewhere):
        assert await holder.open_many(member_id, PLACE, sealed, reason=Reason.OWNER)  # noqa: S101  both have the key
    began = time.perf_counter()
    await shred(runtime, cell, member_id, Held())
    for holder in (vault, elsewhere):
        while await _opens(holder, member_id, sealed):
            pass
    waited = time.perf_counter() - began
    for holder in (vault, elsewhere):
        for one in sealed[:: max(amount // EACH, 1)]:
            assert not await _opens(holder, member_id, [one])  # noqa: S101  not one of them, either
    return waited


async def _opens(vault: Vault, member_id: UUID, sealed: Sequence[tuple[UUID, Any]]) -> bool:
    """Whether the key is there that they are sealed under."""
    try:
        await vault.open_many(member_id, PLACE, sealed, reason=Reason.OWNER)
    except KeyDestroyed:
        return False
    return True
