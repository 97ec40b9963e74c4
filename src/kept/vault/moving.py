"""Members' keys by the thousand: read, taken over from another cell, deleted after a move."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.kit import Database
from kept.vault.buckets import Bucket, Buckets, bucket_of
from kept.vault.cache import MemberKeys
from kept.vault.errors import WrongKey
from kept.vault.hierarchy import Hierarchy, one_at_a_time
from kept.vault.kms import Wrapped
from kept.vault.models import KeyStore, MemberKey, ShreddedKey
from kept.vault.readers import CHANNEL
from kept.vault.wrapping import unwrap, wrap

_BATCH = 1_000

_READ = """
SELECT m.owner_id, m.epoch, m.sealed_as, m.wrapped, m.bucket_version,
  u.bucket, b.root_epoch, b.wrapped AS bucket_wrapped
FROM unnest($1::uuid[], $2::int[]) AS u (owner_id, bucket) JOIN member_key m USING (owner_id)
LEFT JOIN bucket_key b ON b.bucket = u.bucket AND b.version = m.bucket_version
"""
_IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid()))


def batches(member_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Members by the thousand: as many as go through in a few round trips and a short transaction."""
    for at in range(0, len(member_ids), _BATCH):
        yield member_ids[at : at + _BATCH]


class Moving:
    """Reads and writes many members' keys of one cell at once."""

    def __init__(self, cell: str, store: Database, buckets: Buckets, hierarchy: Hierarchy) -> None:
        self._cell = cell
        self._store = store
        self._buckets = buckets
        self._aad = hierarchy.member_aad

    async def read(self, member_ids: Sequence[UUID]) -> dict[UUID, MemberKeys]:
        """The keys of those members who have one here; the caller overwrites them. Raises WrongKey."""
        rows = await self._store.fetch(_READ, list(member_ids), [bucket_of(one) for one in member_ids])
        return await self.opened(rows)

    async def opened(self, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, MemberKeys]:
        """The keys in rows of `member_key`, each with its bucket's. Raises WrongKey."""
        buckets = [_bucket(row) for row in rows]
        under = await self._buckets.keys(buckets)
        return {
            row["owner_id"]: MemberKeys(
                unwrap(
                    under[bucket.number, bucket.version],
                    row["wrapped"],
                    self._aad(row["owner_id"], bucket.version, row["epoch"], row["sealed_as"]),
                ),
                row["epoch"],
                row["sealed_as"],
            )
            for row, bucket in zip(rows, buckets, strict=True)
        }

    async def adopt(self, keys: Mapping[UUID, MemberKeys], *, now: datetime) -> int:
        """Store keys that were another cell's; how many of these members have theirs here now.

        Raises:
            WrongKey: a member has another key here.
        """
        there = await self.read(list(keys))
        for member_id, held in there.items():
            same = hmac.compare_digest(held.key, keys[member_id].key)
            held.zero()
            if not same:
                raise WrongKey(f"cell {self._cell} has another key for a member than the one handed over")
        wanted = [member_id for member_id in keys if member_id not in there]
        return len(there) + (await self._store_keys(wanted, keys, now) if wanted else 0)

    async def _store_keys(self, member_ids: list[UUID], keys: Mapping[UUID, MemberKeys], now: datetime) -> int:
        async with self._store.begin() as connection:
            await one_at_a_time(connection, member_ids)
            stones = sa.select(ShreddedKey.member_id).where(ShreddedKey.member_id == sa.any_(_IDS))
            shredded = set((await connection.execute(stones, {"ids": member_ids})).scalars())
            alive = [member_id for member_id in member_ids if member_id not in shredded]
            if not alive:
                return 0
            newest = await self._buckets.newest(connection, [bucket_of(one) for one in alive], now=now)
            wanted = {member_id: keys[member_id] for member_id in alive}
            rows = []
            for (member_id, one), wrapped in zip(wanted.items(), await self.wrapped(wanted, newest), strict=True):
                row = {"owner_id": member_id, "epoch": one.epoch, "sealed_as": one.sealed_as, "made_at": now}
                rows.append(row | {"bucket_version": newest[bucket_of(member_id)].version, "wrapped": wrapped})
            await connection.execute(insert(MemberKey).on_conflict_do_nothing(), rows)
            return len(rows)

    async def wrapped(self, keys: Mapping[UUID, MemberKeys], newest: Mapping[int, Bucket]) -> list[bytes]:
        """Each of these keys under the present key of its bucket, in their order."""
        under = await self._buckets.keys(list(newest.values()))

        def one(member_id: UUID, held: MemberKeys) -> bytes:
            number = bucket_of(member_id)
            version = newest[number].version
            return wrap(under[number, version], held.key, self._aad(member_id, version, held.epoch, held.sealed_as))

        return [one(member_id, held) for member_id, held in keys.items()]

    async def delete(self, member_ids: Sequence[UUID]) -> tuple[int, int]:
        """Delete members' wrapped keys, and tell every process: how many, and the generation that all have to reach."""
        async with self._store.begin() as connection:
            await one_at_a_time(connection, member_ids)
            gone = sa.delete(MemberKey).where(MemberKey.owner_id == sa.any_(_IDS)).returning(MemberKey.owner_id)
            count = len((await connection.execute(gone, {"ids": list(member_ids)})).all())
            if count == 0:  # done before; some process may not have heard of it yet
                return 0, (await connection.execute(sa.select(KeyStore.generation))).scalar_one()
            counted = sa.update(KeyStore).values(generation=KeyStore.generation + 1).returning(KeyStore.generation)
            generation = (await connection.execute(counted)).scalar_one()
            await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
        return count, generation


def _bucket(row: Mapping[str, Any]) -> Bucket:
    if row["root_epoch"] is None:
        raise WrongKey(f"bucket key {row['bucket']}, version {row['bucket_version']}, is missing from the key store")
    return Bucket(row["bucket"], row["bucket_version"], Wrapped(row["root_epoch"], row["bucket_wrapped"]))
