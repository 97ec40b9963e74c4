"""A cell's vault in a process that has none of its keys but members', lent for the time of a lease."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow
from kept.kit import Clock
from kept.ledger import Opening as Opened
from kept.ledger import Waiting
from kept.vault.apart import messages as m
from kept.vault.apart.link import Link
from kept.vault.authorising import Authorisation
from kept.vault.beacon import Beacon
from kept.vault.cache import CacheSize, MemberKeys
from kept.vault.errors import ForeignKeyStore, NotAuthorised
from kept.vault.hierarchy import Shredded
from kept.vault.kms import Wrapped
from kept.vault.lease import LEASE_SECONDS
from kept.vault.openings import Opening
from kept.vault.readers import Look
from kept.vault.reasons import Reason
from kept.vault.rotation import Rotation
from kept.vault.sealed import Sealed
from kept.vault.vault import Vault


class VaultClient(Vault):
    """See `Vault`. Raises VaultAway, from every verb that has to ask: never does it open anything in another way."""

    def __init__(
        self,
        cell: str,
        region: str,
        link: Link,
        clock: Clock,
        beacon: Beacon,
        *,
        metadata: sa.MetaData = CellRow.metadata,
        cache: CacheSize = CacheSize(),  # noqa: B008  frozen
        lease_seconds: float = LEASE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        options: dict[str, Any] = {"cache": cache, "lease_seconds": lease_seconds, "monotonic": monotonic}
        super().__init__(cell, region, _FarReaders(link, cell), clock, beacon, metadata=metadata, **options)
        self._link = link
        self._has_started = False

    async def start(self) -> None:
        if self._has_started:
            return
        region = await self._ask(m.Start())
        if region != self.region:
            raise ForeignKeyStore(f"the vault has cell {self.cell} in region {region}, not in {self.region}")
        self._lease.start()
        self._has_started = True

    async def reach(self) -> None:
        await self._ask(m.Reach())

    async def close(self) -> None:
        await super().close()
        self._has_started = False

    async def create(self, member_id: UUID) -> None:
        await self._ask(m.Create(member_id))

    async def open_authorised(
        self,
        member_id: UUID,
        place: str,
        values: Sequence[tuple[UUID, Sealed]],
        *,
        reason: Reason,
        proof: Authorisation,
    ) -> list[bytes]:
        blobs = [(row_id, bytes(sealed)) for row_id, sealed in values]
        try:
            opened: list[bytes] = await self._ask(m.OpenAuthorised(member_id, place, blobs, reason, proof))
        except NotAuthorised:
            self._opens.refused[str(reason)] += 1
            raise
        self._opened[reason.slot] += len(opened)
        return opened

    async def openings(self) -> list[Opening]:
        found: list[Opening] = []
        while some := await self._ask(m.OpeningsFrom(len(found))):
            found += some
        return found

    async def committed(self, entry_id: UUID) -> Opened | None:
        found: Opened | None = await self._ask(m.Committed(entry_id))
        return found

    async def entries(self) -> list[Waiting]:
        found: list[Waiting] = await self._ask(m.Entries())
        return found

    async def entries_carried(self, entry_ids: Sequence[UUID]) -> None:
        await self._ask(m.EntriesCarried(list(entry_ids)))

    async def shred(self, member_id: UUID) -> Shredded:
        shredded: Shredded = await self._ask(m.Shred(member_id))
        self._cache.forget([member_id])
        return shredded

    async def hand_over(self, member_ids: Sequence[UUID], to: Vault) -> int:
        held = 0
        for at in range(0, len(member_ids), m.MANY):
            held += await self._ask(m.HandOver(list(member_ids[at : at + m.MANY]), to.cell))
        return held

    async def forget(self, member_ids: Sequence[UUID]) -> int:
        forgotten = 0
        for at in range(0, len(member_ids), m.MANY):
            some = list(member_ids[at : at + m.MANY])
            forgotten += await self._ask(m.Forget(some))
            self._cache.drop(some)
        return forgotten

    async def rotation(self) -> Rotation | None:
        found: Rotation | None = await self._ask(m.LatestRotation())
        return found

    async def begin_rotation(self) -> Rotation:
        begun: Rotation = await self._ask(m.BeginRotation())
        return begun

    async def rotate_on(self) -> Rotation | None:
        found: Rotation | None = await self._ask(m.RotateOn())
        return found

    async def oldest_root(self) -> int:
        return int(await self._ask(m.OldestRoot()))

    async def destroy_roots(self, before: int) -> list[int]:
        gone: list[int] = await self._ask(m.DestroyRoots(before))
        return gone

    async def blind_indexes(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        found: list[bytes] = await self._ask(m.BlindIndexes(list(texts)))
        return found

    async def envelope_key(self) -> bytes:
        return bytes(await self._ask(m.EnvelopeKey()))

    async def open_envelope(self, context: bytes, envelope: bytes) -> bytes:
        return bytes(await self._ask(m.OpenEnvelope(context, envelope)))

    async def backup_key(self, stored: Wrapped | None) -> tuple[bytes, Wrapped]:
        key, kept = await self._ask(m.BackupKey(stored))
        return key, kept

    async def _find(self, member_id: UUID) -> MemberKeys:
        lent = await self._ask(m.Lend(member_id))
        return MemberKeys(bytearray(lent.key), lent.epoch, lent.sealed_as)

    async def _ask(self, ask: m.Ask) -> Any:
        return await self._link.ask(self.cell, ask)


class _FarReaders:
    """See `readers.Readers`: asked through the vault."""

    def __init__(self, link: Link, cell: str) -> None:
        self._link = link
        self._cell = cell

    async def look(self, reader_id: UUID, seen: int, limit: int) -> Look:
        found: Look = await self._link.ask(self._cell, m.LookAt(reader_id, seen, limit))
        return found

    async def say(self, reader_id: UUID, seen: int, seconds: float, at: datetime) -> None:
        await self._link.ask(self._cell, m.Say(reader_id, seen, seconds, at))

    async def withdraw(self, reader_id: UUID) -> None:
        await self._link.ask(self._cell, m.Withdraw(reader_id))

    def listening(self, wake: asyncio.Event) -> AbstractAsyncContextManager[None]:
        return self._link.listening(self._cell, wake)
