"""Which key, and whether memory may be trusted: what stands behind every verb of a vault."""

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow
from kept.kit import Clock, Database
from kept.ledger import Quorum
from kept.vault.beacon import Beacon
from kept.vault.buckets import Buckets
from kept.vault.cache import CacheSize, KeyCache, MemberKeys
from kept.vault.cell_secrets import CellSecrets
from kept.vault.envelopes import EnvelopeKeys
from kept.vault.errors import KeyDestroyed
from kept.vault.hierarchy import Hierarchy
from kept.vault.kms import Kms
from kept.vault.lease import LEASE_SECONDS, Lease
from kept.vault.moving import Moving
from kept.vault.openings import Openings
from kept.vault.reasons import Opens, Places
from kept.vault.rotation import Rotating
from kept.vault.sealing import PlaceKey, place_key


class Keyring:
    """The keys of one cell: found in memory or in the key store, forgotten in time."""

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
        self.cell = cell
        self.region = region
        self._clock = clock
        self._beacon = beacon
        self._monotonic = monotonic
        self._places = Places(metadata)
        self._buckets = Buckets(cell, region, kms, seconds=cache.seconds, monotonic=monotonic)
        self._cache = KeyCache(cache, monotonic, with_all=self._forget_the_rest)
        self._entries = self._cache.entries
        self._lease = Lease(store, self._cache, clock, seconds=lease_seconds, monotonic=monotonic)
        self._keys = Hierarchy(cell, region, store, self._buckets)
        self._moving = Moving(cell, store, self._buckets, self._keys)
        self._store = store
        self._secrets = CellSecrets(cell, region, store, kms)
        self._envelopes = EnvelopeKeys(self._secrets)
        self._rotating = Rotating(cell, region, store, kms, self._buckets, self._secrets, self._moving)
        self._quorum = quorum
        self._openings = Openings(cell, store)
        self._opens = Opens()
        self._opened = self._opens.opened
        self._index_key: bytearray | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Check that key store and root are this cell's, and listen for destructions. Verbs do it when needed."""
        await self._started()

    async def close(self) -> None:
        """Forget every key in memory and stop listening."""
        await self._lease.close()
        self._cache.forget_all()
        self._index_key = None

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

    def _warm(self, member_id: UUID, place: str) -> PlaceKey | None:
        """A key that is ready, if memory may be trusted at this moment."""
        keys = self._entries.get(member_id.int)
        return keys.places.get(place) if keys is not None and self._lease.until > self._monotonic() else None

    async def _key(self, member_id: UUID, name: str) -> PlaceKey:
        place = self._places[name]
        keys = await self._member(member_id)
        key = place_key(keys.key, member_id, keys.epoch, keys.sealed_as, place)
        if self._entries.get(member_id.int) is keys:
            self._cache.put_place(keys, name, key)
        return key

    async def _member(self, member_id: UUID) -> MemberKeys:
        """A member's key, from memory if it may be trusted, else from the store."""
        if self._cache.is_shredded(member_id):
            raise KeyDestroyed
        await self.start()
        trusted = self._lease.is_good() or await self._lease.renew()
        held = self._entries.get(member_id.int)
        if trusted and held is not None:
            return held
        while True:
            before = self._cache.forgotten
            try:
                keys = await self._keys.find(member_id)
            except KeyDestroyed:
                self._cache.note_shredded(member_id)
                raise
            # What was destroyed while we read may be what we read.
            if before == self._cache.forgotten:
                break
        if self._lease.is_good():
            self._cache.put(member_id, keys)
        return keys
