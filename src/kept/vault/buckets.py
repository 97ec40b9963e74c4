"""The 4,096 bucket keys of a cell: between the root, which may be slow and far away, and members' keys, which are many."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.vault.kms import Kms, Wrapped
from kept.vault.models import BucketKey
from kept.vault.wrapping import bind, forget, new_key

BUCKETS = 4_096
FIRST = 1
"""Number of the first version of a bucket's key, and of the first epoch of a member's."""
ROOTS_IN_USE = 0x6B657074_726F6F74
"""Advisory lock, shared by whoever wraps something under the present root, until it is stored: none is destroyed then."""
_AT_ONCE = 16
"""Questions to the key management at the same time."""

_FIND = sa.text(
    "SELECT bucket, version, root_epoch, wrapped FROM bucket_key WHERE bucket = ANY(:buckets)"
    " ORDER BY bucket, version FOR KEY SHARE"
).bindparams(sa.bindparam("buckets", type_=sa.ARRAY(sa.SmallInteger())))


def bucket_of(member_id: UUID) -> int:
    """The bucket of a member: the last 12 bits of the id, which are random in a UUIDv7."""
    return member_id.int % BUCKETS


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket's key of one version, as it is stored."""

    number: int
    version: int
    wrapped: Wrapped


class Buckets:
    """The bucket keys of one cell, opened by the root when needed and kept in memory for some seconds."""

    def __init__(
        self, cell: str, region: str, kms: Kms, *, seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._cell = cell
        self._region = region
        self._kms = kms
        self._seconds = seconds
        self._monotonic = monotonic
        self._held: dict[tuple[int, int], tuple[bytearray, float]] = {}

    async def key(self, bucket: Bucket) -> bytearray:
        """A bucket's key, to be used before anything else is waited for: it is overwritten when it is forgotten."""
        now = self._monotonic()
        held = self._held.get((bucket.number, bucket.version))
        if held is not None and held[1] > now:
            return held[0]
        key = await self._kms.unwrap(self._region, bucket.wrapped, self._aad(bucket.number, bucket.version))
        older = self._held.pop((bucket.number, bucket.version), None)
        if older is not None:
            forget(older[0])
        self._held[bucket.number, bucket.version] = (key, now + self._seconds)
        return key

    async def keys(self, buckets: Collection[Bucket]) -> dict[tuple[int, int], bytes]:
        """Copies of many bucket keys by (number, version); the root is asked for several at a time."""
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(bucket: Bucket) -> tuple[tuple[int, int], bytes]:
            async with turn:
                return (bucket.number, bucket.version), bytes(await self.key(bucket))

        return dict(await asyncio.gather(*map(one, {(each.number, each.version): each for each in buckets}.values())))

    async def newest(
        self, connection: AsyncConnection, numbers: Collection[int], *, now: datetime
    ) -> Mapping[int, Bucket]:
        """The present version of each bucket, by number; makes first ones.

        Until the transaction ends no version of these buckets is removed, so what is wrapped under one can be stored.
        """
        wanted = sorted(set(numbers))
        found = await self._found(connection, wanted)
        missing = [number for number in wanted if number not in found]
        if missing:
            await self.make(connection, dict.fromkeys(missing, FIRST), now=now)
            found |= await self._found(connection, missing)
        return found

    async def make(self, connection: AsyncConnection, versions: Mapping[int, int], *, now: datetime) -> None:
        """Make new keys for buckets, as the versions given; one that is there stays."""
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(ROOTS_IN_USE)))
        turn = asyncio.Semaphore(_AT_ONCE)

        async def row(number: int, version: int) -> dict[str, Any]:
            async with turn:
                key = new_key()
                made = await self._kms.wrap(self._region, key, self._aad(number, version))
                forget(key)
            stored = {"bucket": number, "version": version, "made_at": now}
            return stored | {"root_epoch": made.epoch, "wrapped": made.blob}

        rows = await asyncio.gather(*(row(number, version) for number, version in versions.items()))
        await connection.execute(insert(BucketKey).on_conflict_do_nothing(), rows)

    def zero(self) -> None:
        """Overwrite the keys in memory."""
        for key, _ in self._held.values():
            forget(key)
        self._held.clear()

    async def _found(self, connection: AsyncConnection, numbers: list[int]) -> dict[int, Bucket]:
        rows = await connection.execute(_FIND, {"buckets": numbers})
        # In the order of versions: the newest of a bucket comes last, and stays.
        return {row.bucket: Bucket(row.bucket, row.version, Wrapped(row.root_epoch, row.wrapped)) for row in rows}

    def _aad(self, number: int, version: int) -> bytes:
        return bind("kept/bucket/v1", self._cell, number, version)
