"""Root, bucket, member: how a member's key is made, found and destroyed in the cell's key store.

    root (Kms, a region's and an epoch's) > 4,096 bucket keys a cell > one key a member

Buckets keep the root out of daily work: it opens each bucket's key once in a while, whatever the number of members.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.kit import Database
from kept.vault.buckets import FIRST, Bucket, Buckets, bucket_of
from kept.vault.cache import MemberKeys
from kept.vault.errors import ForeignKeyStore, KeyDestroyed, NoSuchKey, WrongKey
from kept.vault.kms import Wrapped
from kept.vault.models import KeyStore, MemberKey, ShreddedKey
from kept.vault.readers import CHANNEL
from kept.vault.wrapping import bind, forget, new_key, unwrap, wrap

_FIND = """
SELECT m.epoch, m.sealed_as, m.wrapped, m.bucket_version, b.root_epoch, b.wrapped AS bucket_wrapped
FROM member_key m LEFT JOIN bucket_key b ON b.bucket = $2 AND b.version = m.bucket_version WHERE m.owner_id = $1
"""

_LOCK = sa.text("SELECT count(pg_advisory_xact_lock(number)) FROM unnest(:numbers) AS number").bindparams(
    sa.bindparam("numbers", type_=sa.ARRAY(sa.BigInteger()))
)


@dataclass(frozen=True, slots=True)
class Shredded:
    """What a destruction came to: when (the first time, if repeated), and whether there was a key just now."""

    member_id: UUID
    at: datetime
    found: bool
    generation: int


class Hierarchy:
    """The keys of one cell, in one key store, under one region's root."""

    def __init__(self, cell: str, region: str, store: Database, buckets: Buckets) -> None:
        self._cell = cell
        self._region = region
        self._store = store
        self._buckets = buckets

    async def claim_store(self) -> None:
        """Make sure that the key store is this cell's; an empty one becomes it. Raises ForeignKeyStore."""
        claim = insert(KeyStore).values(cell=self._cell, region=self._region, generation=0)
        async with self._store.begin() as connection:
            # One row only: two cells that start on one empty store must not both claim it.
            await connection.execute(sa.text("LOCK TABLE key_store IN SHARE ROW EXCLUSIVE MODE"))
            found = (await connection.execute(sa.select(KeyStore.cell, KeyStore.region))).all()
            if not found:
                await connection.execute(claim)
            elif [tuple(row) for row in found] != [(self._cell, self._region)]:
                raise ForeignKeyStore(f"this key store is that of cell {found[0].cell}, not of {self._cell}")

    async def create(self, member_id: UUID, *, now: datetime) -> None:
        """Make a member's key; one that is there stays. Raises KeyDestroyed."""
        async with self._store.begin() as connection:
            await one_at_a_time(connection, [member_id])
            if await _tombstone(connection, member_id) is not None:
                raise KeyDestroyed
            number = bucket_of(member_id)
            bucket = (await self._buckets.newest(connection, [number], now=now))[number]
            key, under = new_key(), await self._buckets.key(bucket)
            wrapped = wrap(under, key, self.member_aad(member_id, bucket.version, FIRST, self._cell))
            forget(key)
            values = {"owner_id": member_id, "epoch": FIRST, "sealed_as": self._cell, "bucket_version": bucket.version}
            row = insert(MemberKey).values(**values, wrapped=wrapped, made_at=now)
            await connection.execute(row.on_conflict_do_nothing())

    async def find(self, member_id: UUID) -> MemberKeys:
        """A member's key, in a buffer of its own. Raises KeyDestroyed, NoSuchKey."""
        bucket = bucket_of(member_id)
        rows = await self._store.fetch(_FIND, member_id, bucket)
        if not rows:
            async with self._store.begin() as connection:
                raise NoSuchKey if await _tombstone(connection, member_id) is None else KeyDestroyed
        row = rows[0]
        version = row["bucket_version"]
        if row["root_epoch"] is None:
            raise WrongKey(f"bucket key {bucket}, version {version}, is missing from the store of cell {self._cell}")
        wrapped = Wrapped(row["root_epoch"], row["bucket_wrapped"])
        under = await self._buckets.key(Bucket(bucket, version, wrapped))
        aad = self.member_aad(member_id, version, row["epoch"], row["sealed_as"])
        return MemberKeys(unwrap(under, row["wrapped"], aad), row["epoch"], row["sealed_as"])

    async def destroy(self, member_id: UUID, *, now: datetime) -> Shredded:
        """Delete a member's wrapped key, leave a tombstone and tell every process; committed when this returns.

        The bytes stay in the table's dead tuples until a vacuum, and in the write-ahead log until it is recycled; they
        are worth nothing without the bucket's key, whose replacement makes an end of them for good.
        """
        async with self._store.begin() as connection:
            await one_at_a_time(connection, [member_id])
            earlier = await _tombstone(connection, member_id)
            if earlier is not None:
                return Shredded(member_id, earlier.shredded_at, False, earlier.generation)
            gone = sa.delete(MemberKey).where(MemberKey.owner_id == member_id).returning(MemberKey.owner_id)
            found = (await connection.execute(gone)).first() is not None
            # The row lock orders destructions: generations are committed in the order of their numbers.
            count = sa.update(KeyStore).values(generation=KeyStore.generation + 1).returning(KeyStore.generation)
            generation = (await connection.execute(count)).scalar_one()
            stone = sa.insert(ShreddedKey).values(member_id=member_id, shredded_at=now, generation=generation)
            await connection.execute(stone)
            await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
        return Shredded(member_id, now, found, generation)

    def member_aad(self, member_id: UUID, version: int, epoch: int, sealed_as: str) -> bytes:
        """What a member's wrapped key is bound to."""
        return bind("kept/member/v1", self._cell, member_id.bytes, bucket_of(member_id), version, epoch, sealed_as)


async def one_at_a_time(connection: AsyncConnection, member_ids: Iterable[UUID]) -> None:
    """Until the transaction ends, nobody else makes or destroys these members' keys: a tombstone must find the key."""
    numbers = sorted(member_id.int % 2**63 for member_id in member_ids)  # in one order, or two of us wait for ever
    await connection.execute(_LOCK, {"numbers": numbers})


async def _tombstone(connection: AsyncConnection, member_id: UUID) -> sa.Row[Any, Any] | None:
    select = sa.select(ShreddedKey.shredded_at, ShreddedKey.generation).where(ShreddedKey.member_id == member_id)
    return (await connection.execute(select)).first()
