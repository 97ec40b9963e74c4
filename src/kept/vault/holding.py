"""The vault of a cell with its keys at hand: the key store, the root, and all that never leaves the process that has them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow
from kept.kit import Clock, Database
from kept.ledger import Opening as Opened
from kept.ledger import Quorum, Waiting
from kept.vault.authorising import WITH_PROOF, Authorisation, check_authorisation
from kept.vault.beacon import Beacon, keyed_index
from kept.vault.buckets import Buckets
from kept.vault.cache import CacheSize, MemberKeys
from kept.vault.cell_secrets import CellSecrets
from kept.vault.entries import delete_from, waiting_in
from kept.vault.envelopes import EnvelopeKeys
from kept.vault.errors import NotAuthorised
from kept.vault.hierarchy import Hierarchy, Shredded
from kept.vault.kms import Kms, Wrapped
from kept.vault.lease import LEASE_SECONDS
from kept.vault.moving import Moving, batches
from kept.vault.openings import Opening, Openings, committed
from kept.vault.readers import KeyStoreReaders
from kept.vault.reasons import Reason
from kept.vault.rotation import Rotating, Rotation
from kept.vault.sealed import Sealed
from kept.vault.sealing import open_each
from kept.vault.vault import Vault
from kept.vault.wrapping import bind, forget, new_key


class KeyHolder(Vault):
    """See `Vault`. What the vault's own process opens, one a cell."""

    def __init__(
        self,
        cell: str,
        region: str,
        store: Database,
        kms: Kms,
        clock: Clock,
        beacon: Beacon,
        *,
        quorum: Quorum | None = None,
        metadata: sa.MetaData = CellRow.metadata,
        cache: CacheSize = CacheSize(),  # noqa: B008  frozen
        lease_seconds: float = LEASE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.readers = KeyStoreReaders(store)
        """Who has keys of this cell in memory: for those who are to ask on behalf of another process."""
        options = {"cache": cache, "lease_seconds": lease_seconds, "monotonic": monotonic}
        super().__init__(cell, region, self.readers, clock, beacon, metadata=metadata, **options)  # type: ignore[arg-type]
        self._kms = kms
        self._buckets = Buckets(cell, region, kms, seconds=cache.seconds, monotonic=monotonic)
        self._keys = Hierarchy(cell, region, store, self._buckets)
        self._moving = Moving(cell, store, self._buckets, self._keys)
        self._store = store
        self._secrets = CellSecrets(cell, region, store, kms)
        self._envelopes = EnvelopeKeys(self._secrets)
        self._rotating = Rotating(cell, region, store, kms, self._buckets, self._secrets, self._moving)
        self._quorum = quorum
        self._openings = Openings(cell, store)
        self._index_key: bytearray | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        await self._started()

    async def close(self) -> None:
        await super().close()
        self._index_key = None

    async def reach(self) -> None:
        await self._store.fetch("SELECT 1")

    async def lend(self, member_id: UUID) -> MemberKeys:
        """A member's key for another process's memory, in a buffer of its own. Raises KeyDestroyed, NoSuchKey.

        Read from the store each time: our own memory may be behind the borrower's, who has perhaps just been told, and
        said, that this key is destroyed.
        """
        await self.start()
        return await self._keys.find(member_id)

    async def create(self, member_id: UUID) -> None:
        await self.start()
        await self._keys.create(member_id, now=self._clock.now())

    async def open_authorised(
        self,
        member_id: UUID,
        place: str,
        values: Sequence[tuple[UUID, Sealed]],
        *,
        reason: Reason,
        proof: Authorisation,
    ) -> list[bytes]:
        now, subject = self._clock.now(), self.pseudonym(member_id)
        if reason not in WITH_PROOF or not self._places[place].with_proof:
            raise self._refused(place, reason)
        try:
            granted = check_authorisation(
                proof,
                self._quorum,
                cell=self.cell,
                subject=subject,
                place=place,
                rows=[row_id for row_id, _ in values],
                reason=reason,
                now=now,
            )
        except NotAuthorised:
            self._opens.refused[str(reason)] += 1
            raise
        opened = open_each(await self._key(member_id, place), values)
        await self._openings.record(granted, member_id, subject, place, reason, len(opened), now=now)
        self._opened[reason.slot] += len(opened)
        return opened

    async def openings(self) -> list[Opening]:
        return await self._openings.all()

    async def entries(self) -> list[Waiting]:
        return await waiting_in(self._store)

    async def entries_carried(self, entry_ids: Sequence[UUID]) -> None:
        await delete_from(self._store, entry_ids)

    async def shred(self, member_id: UUID) -> Shredded:
        await self.start()
        shredded = await self._keys.destroy(member_id, now=self._clock.now())
        self._cache.forget([member_id])
        await self.readers.settle(shredded.generation, but=self._lease.reader_id, monotonic=self._monotonic)
        return shredded

    async def hand_over(self, member_ids: Sequence[UUID], to: Vault) -> int:
        if not isinstance(to, KeyHolder):
            raise TypeError("keys pass from one store to another inside one process only")
        await self.start()
        await to.start()
        held = 0
        for some in batches(member_ids):
            keys = await self._moving.read(some)
            try:
                held += await to._moving.adopt(keys, now=self._clock.now())
            finally:
                for one in keys.values():
                    one.zero()
        return held

    async def forget(self, member_ids: Sequence[UUID]) -> int:
        await self.start()
        forgotten = 0
        for some in batches(member_ids):
            count, generation = await self._moving.delete(some)
            forgotten += count
            self._cache.drop(some)
            await self.readers.settle(generation, but=self._lease.reader_id, monotonic=self._monotonic)
        return forgotten

    async def rotation(self) -> Rotation | None:
        await self.start()
        return await self._rotating.latest()

    async def begin_rotation(self) -> Rotation:
        await self.start()
        return await self._rotating.begin(now=self._clock.now())

    async def rotate_on(self) -> Rotation | None:
        await self.start()
        rotation, generation = await self._rotating.go_on(now=self._clock.now())
        if rotation is not None and rotation.finished_at is not None:
            self._cache.forget_all()
            await self.readers.settle(generation, but=self._lease.reader_id, monotonic=self._monotonic)
        return rotation

    async def oldest_root(self) -> int:
        await self.start()
        return await self._rotating.oldest_root()

    async def destroy_roots(self, before: int) -> list[int]:
        await self.start()
        return await self._rotating.destroy_roots(before, now=self._clock.now())

    async def blind_indexes(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        key = await self._started()
        return [keyed_index(key, kind, text) for kind, text in texts]

    async def envelope_key(self) -> bytes:
        await self.start()
        return (await self._envelopes.newest(now=self._clock.now())).public

    async def open_envelope(self, context: bytes, envelope: bytes) -> bytes:
        await self.start()
        return await self._envelopes.open(context, envelope, now=self._clock.now())

    async def committed(self, entry_id: UUID) -> Opened | None:
        return await committed(self._store, entry_id)

    async def backup_key(self, stored: Wrapped | None) -> tuple[bytes, Wrapped]:
        aad = bind("kept/backup-key/v1", self.region)  # so that no bucket's key can be asked for in this way
        if stored is None:
            key = new_key()
            stored = await self._kms.wrap(self.region, key, aad)
            forget(key)
        return bytes(await self._kms.unwrap(self.region, stored, aad)), stored

    async def _find(self, member_id: UUID) -> MemberKeys:
        return await self._keys.find(member_id)

    def _forget_the_rest(self) -> None:
        self._buckets.zero()
        self._envelopes.forget()

    async def _started(self) -> bytearray:
        """Start, once; the key of blind indexes, whose opening shows that the root is the one this store had."""
        if self._index_key is None:
            async with self._starting:
                if self._index_key is None:
                    await self._keys.claim_store()
                    self._index_key = await self._secrets.get("blind index", now=self._clock.now())
                    self._lease.start()
        return self._index_key
