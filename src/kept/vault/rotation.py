"""A new root for a cell: everything below is wrapped anew in small steps, while members go on using it.

    advance   the key management makes a root of a new epoch
    secrets   the cell's own secrets are wrapped under it; envelopes get a new key pair
    buckets   every bucket gets a new key, under the new root; new members get theirs under it from now on
    members   members' keys are wrapped under the new bucket keys, a thousand at a time
    retire    the old bucket keys are deleted, and every process forgets what it had in memory

Each step commits with the note of how far it is, so a rotation goes on where it was, whoever is killed. What remains under
an old root keeps it alive: `oldest_root` says so, and the root is destroyed when no cell of the region needs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.kit import Database, new_id
from kept.ledger import Entry
from kept.vault.buckets import ROOTS_IN_USE, Buckets, bucket_of
from kept.vault.cell_secrets import CellSecrets
from kept.vault.entries import note
from kept.vault.kms import Kms
from kept.vault.models import BucketKey, KeyRotation, KeyStore
from kept.vault.moving import Moving
from kept.vault.readers import CHANNEL

_MEMBERS = 1_000
_BUCKETS = 256
"""How many of them one step takes: short transactions, and a slow key management answers in time."""


class Step(StrEnum):
    """Where a rotation is."""

    ADVANCE = "advance"
    SECRETS = "secrets"
    BUCKETS = "buckets"
    MEMBERS = "members"
    RETIRE = "retire"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Rotation:
    """How far a rotation is."""

    rotation_id: UUID
    from_epoch: int
    to_epoch: int | None
    step: Step
    members: int
    started_at: datetime
    finished_at: datetime | None


_BUCKET = "(get_byte(uuid_send(m.owner_id), 14) & 15) * 256 + get_byte(uuid_send(m.owner_id), 15)"
_STALE = f"""
SELECT m.owner_id, m.epoch, m.sealed_as, m.wrapped, m.bucket_version,
  b.bucket, b.root_epoch, b.wrapped AS bucket_wrapped
FROM (SELECT * FROM member_key WHERE CAST(:reached AS uuid) IS NULL OR owner_id > :reached
  ORDER BY owner_id LIMIT {_MEMBERS} FOR UPDATE) m
LEFT JOIN bucket_key b ON b.bucket = {_BUCKET} AND b.version = m.bucket_version ORDER BY m.owner_id
"""  # noqa: S608
_REWRAP = sa.text(
    "UPDATE member_key m SET wrapped = n.wrapped, bucket_version = n.version"
    " FROM unnest(:owners, :wrapped, :versions) AS n (owner_id, wrapped, version) WHERE m.owner_id = n.owner_id"
).bindparams(
    sa.bindparam("owners", type_=sa.ARRAY(sa.Uuid())),
    sa.bindparam("wrapped", type_=sa.ARRAY(sa.LargeBinary())),
    sa.bindparam("versions", type_=sa.ARRAY(sa.Integer())),
)
_LEFT = f"""
SELECT EXISTS (SELECT FROM member_key m JOIN bucket_key b ON b.bucket = {_BUCKET} AND b.version = m.bucket_version
  WHERE b.root_epoch < :epoch)
"""  # noqa: S608
_OLD_BUCKETS = f"""
SELECT bucket, max(version) AS version FROM bucket_key GROUP BY bucket
HAVING max(root_epoch) < :epoch ORDER BY bucket LIMIT {_BUCKETS}
"""  # noqa: S608
_OLDEST = "SELECT least((SELECT min(root_epoch) FROM bucket_key), (SELECT min(root_epoch) FROM cell_secret))"
_NEWEST = "SELECT greatest((SELECT max(root_epoch) FROM bucket_key), (SELECT max(root_epoch) FROM cell_secret))"


class Rotating:
    """The rotations of one cell."""

    def __init__(
        self, cell: str, region: str, store: Database, kms: Kms, buckets: Buckets, secrets: CellSecrets, moving: Moving
    ) -> None:
        self._cell = cell
        self._region = region
        self._store = store
        self._kms = kms
        self._buckets = buckets
        self._secrets = secrets
        self._moving = moving
        self._steps: Mapping[Step, Callable[..., Any]] = {
            Step.ADVANCE: self._advance,
            Step.SECRETS: self._rewrap_secrets,
            Step.BUCKETS: self._renew_buckets,
            Step.MEMBERS: self._rewrap_members,
            Step.RETIRE: self._retire,
        }

    async def latest(self) -> Rotation | None:
        """The newest rotation, finished or not."""
        async with self._store.begin() as connection:
            return _told(await _row(connection))

    async def begin(self, *, now: datetime) -> Rotation:
        """Begin a rotation; one that is under way is the one."""
        async with self._store.begin() as connection:
            await connection.execute(sa.text("LOCK TABLE key_rotation IN SHARE ROW EXCLUSIVE MODE"))
            row = await _row(connection)
            if row is None or row.finished_at is not None:
                newest = (await connection.execute(sa.text(_NEWEST))).scalar_one() or 0
                values = {"rotation_id": new_id(), "from_epoch": newest, "step": Step.ADVANCE, "members": 0}
                await connection.execute(sa.insert(KeyRotation).values(**values, started_at=now))
                row = await _row(connection)
        return _told_of(row)

    async def go_on(self, *, now: datetime) -> tuple[Rotation | None, int]:
        """Take one step of the rotation that is under way; where it is now, and the generation that all have to reach.

        Several processes may do so at once: they take turns.
        """
        async with self._store.begin() as connection:
            row = await _row(connection, lock=True)
            if row is not None and row.finished_at is None:
                changed = await self._steps[Step(row.step)](connection, row, now)
                mine = sa.update(KeyRotation).where(KeyRotation.rotation_id == row.rotation_id)
                await connection.execute(mine.values(**changed))
                row = await _row(connection)
            generation = (await connection.execute(sa.select(KeyStore.generation))).scalar_one()
        return _told(row), generation

    async def oldest_root(self) -> int:
        """The oldest epoch under which anything of this cell is wrapped, or is just being wrapped."""
        async with self._store.begin() as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ROOTS_IN_USE)))
            return int((await connection.execute(sa.text(_OLDEST))).scalar_one())

    async def destroy_roots(self, before: int, *, now: datetime) -> list[int]:
        """Destroy the region's roots older than `before`, with an entry for the ledger; which they were."""
        gone = [epoch for epoch in await self._kms.epochs(self._region) if epoch < min(before, await self.oldest_root())]
        for epoch in gone:
            entry = Entry("keys.root_destroyed", actor="system:vault", object=f"region:{self._region}")
            # On its way into the ledger first: a root that is gone can't be told of later.
            async with self._store.begin() as connection:
                await note(connection, entry, cell=self._cell, now=now)
            await self._kms.destroy(self._region, epoch)
        return gone

    async def _advance(self, _: AsyncConnection, row: Any, __: datetime) -> dict[str, Any]:
        epochs = await self._kms.epochs(self._region)
        # Another cell of the region, or we before a crash, may have made it already.
        newest = max(epochs, default=0)
        epoch = newest if newest > row.from_epoch else await self._kms.advance(self._region)
        return {"to_epoch": epoch, "step": Step.SECRETS}

    async def _rewrap_secrets(self, connection: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
        await self._secrets.rewrap(connection, below=row.to_epoch)
        await self._secrets.renew_numbered(connection, "envelope", now=now)
        return {"step": Step.BUCKETS}

    async def _renew_buckets(self, connection: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
        old = (await connection.execute(sa.text(_OLD_BUCKETS), {"epoch": row.to_epoch})).all()
        if not old:
            return {"step": Step.MEMBERS, "reached": None}
        await self._buckets.make(connection, {one.bucket: one.version + 1 for one in old}, now=now)
        return {"step": Step.BUCKETS}

    async def _rewrap_members(self, connection: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
        rows = (await connection.execute(sa.text(_STALE), {"reached": row.reached})).mappings().all()
        if not rows:
            left = (await connection.execute(sa.text(_LEFT), {"epoch": row.to_epoch})).scalar_one()
            return {"step": Step.BUCKETS if left else Step.RETIRE, "reached": None}
        stale = [one for one in rows if one["root_epoch"] is None or one["root_epoch"] < row.to_epoch]
        if stale:
            await self._rewrap(connection, stale, now)
        return {"reached": rows[-1]["owner_id"], "members": row.members + len(stale)}

    async def _rewrap(self, connection: AsyncConnection, stale: list[Any], now: datetime) -> None:
        keys = await self._moving.opened(stale)
        newest = await self._buckets.newest(connection, [bucket_of(member_id) for member_id in keys], now=now)
        wrapped = await self._moving.wrapped(keys, newest)
        for one in keys.values():
            one.zero()
        versions = [newest[bucket_of(member_id)].version for member_id in keys]
        values = {"owners": list(keys), "wrapped": wrapped, "versions": versions}
        await connection.execute(_REWRAP, values)

    async def _retire(self, connection: AsyncConnection, row: Any, now: datetime) -> dict[str, Any]:
        # Whoever is making a member's key under an old bucket holds its row: this waits, and then sees the new member.
        old = sa.select(BucketKey.bucket).where(BucketKey.root_epoch < row.to_epoch)
        await connection.execute(old.with_for_update())
        if (await connection.execute(sa.text(_LEFT), {"epoch": row.to_epoch})).scalar_one():
            return {"step": Step.BUCKETS}
        await connection.execute(sa.delete(BucketKey).where(BucketKey.root_epoch < row.to_epoch))
        # A bucket or a secret that somebody made under the old root meanwhile keeps it alive, and the rotation going.
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ROOTS_IN_USE)))
        if (await connection.execute(sa.text(_OLDEST))).scalar_one() < row.to_epoch:
            return {"step": Step.SECRETS}
        await connection.execute(sa.update(KeyStore).values(generation=KeyStore.generation + 1))
        await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
        entry = Entry("keys.rotated", actor="system:vault", object=f"rotation:{row.rotation_id}")
        await note(connection, entry, cell=self._cell, now=now)
        return {"step": Step.DONE, "finished_at": now, "reached": None}


async def _row(connection: AsyncConnection, *, lock: bool = False) -> Any:
    newest = sa.select(KeyRotation.__table__).order_by(KeyRotation.rotation_id.desc()).limit(1)
    return (await connection.execute(newest.with_for_update() if lock else newest)).first()


def _told(row: Any) -> Rotation | None:
    return None if row is None else _told_of(row)


def _told_of(row: Any) -> Rotation:
    times = (row.started_at, row.finished_at)
    return Rotation(row.rotation_id, row.from_epoch, row.to_epoch, Step(row.step), row.members, *times)
