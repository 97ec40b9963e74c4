"""Keys of the cell itself, wrapped under the region's root: that of its blind indexes, those of its envelopes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.kit import Database
from kept.vault.buckets import ROOTS_IN_USE
from kept.vault.kms import Kms, Wrapped
from kept.vault.models import CellSecret
from kept.vault.wrapping import bind, forget, new_key


class CellSecrets:
    """The secrets of one cell, 32 random bytes each, by name."""

    def __init__(self, cell: str, region: str, store: Database, kms: Kms) -> None:
        self._cell = cell
        self._region = region
        self._store = store
        self._kms = kms

    async def get(self, name: str, *, now: datetime) -> bytearray:
        """A secret, made at first use. Raises WrongKey, RootKeyLost: the root is not the one it had."""
        select = sa.select(CellSecret.root_epoch, CellSecret.wrapped).where(CellSecret.name == name)
        async with self._store.begin() as connection:
            row = (await connection.execute(select)).first()
            if row is None:
                await self._make(connection, name, now)
                row = (await connection.execute(select)).one()
        return await self._unwrap(name, Wrapped(row.root_epoch, row.wrapped))

    async def numbered(self, name: str) -> dict[int, bytearray]:
        """Every `<name> <number>` there is that was not retired, by number."""
        rows = await self._store.fetch(
            "SELECT name, root_epoch, wrapped FROM cell_secret WHERE starts_with(name, $1) AND retired_at IS NULL",
            name + " ",
        )
        return {
            int(row["name"].rpartition(" ")[2]): await self._unwrap(
                row["name"], Wrapped(row["root_epoch"], row["wrapped"])
            )
            for row in rows
        }

    async def rewrap(self, connection: AsyncConnection, *, below: int) -> None:
        """Wrap under the present root what is under one older than epoch `below`."""
        old = sa.select(CellSecret.name, CellSecret.root_epoch, CellSecret.wrapped).where(CellSecret.root_epoch < below)
        for row in (await connection.execute(old.with_for_update())).all():
            key = await self._unwrap(row.name, Wrapped(row.root_epoch, row.wrapped))
            made = await self._kms.wrap(self._region, key, secret_aad(self._cell, row.name))
            forget(key)
            mine = sa.update(CellSecret).where(CellSecret.name == row.name)
            await connection.execute(mine.values(root_epoch=made.epoch, wrapped=made.blob))

    async def renew_numbered(self, connection: AsyncConnection, name: str, *, now: datetime) -> None:
        """Make the next `<name> <number>`; the one before stays, for what is on its way, and those before that go."""
        found = (await connection.execute(sa.select(CellSecret.name))).scalars()
        numbers = [int(one.rpartition(" ")[2]) for one in found if one.startswith(f"{name} ")]
        if not numbers:
            return
        await self._make(connection, f"{name} {max(numbers) + 1}", now)
        gone = [f"{name} {number}" for number in numbers if number < max(numbers)]
        await connection.execute(sa.delete(CellSecret).where(CellSecret.name.in_(gone)))

    async def _make(self, connection: AsyncConnection, name: str, now: datetime) -> None:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(ROOTS_IN_USE)))
        key = new_key()
        made = await self._kms.wrap(self._region, key, secret_aad(self._cell, name))
        forget(key)
        values = {"name": name, "root_epoch": made.epoch, "wrapped": made.blob, "made_at": now}
        await connection.execute(insert(CellSecret).values(values).on_conflict_do_nothing())

    async def _unwrap(self, name: str, wrapped: Wrapped) -> bytearray:
        return await self._kms.unwrap(self._region, wrapped, secret_aad(self._cell, name))


def secret_aad(cell: str, name: str) -> bytes:
    """What a secret is bound to."""
    return bind("kept/secret/v1", cell, name)
