"""Which key, and whether memory may be trusted: what stands behind sealing and opening."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from kept.catalog import CellRow
from kept.kit import Clock
from kept.vault.beacon import Beacon
from kept.vault.cache import CacheSize, KeyCache, MemberKeys
from kept.vault.errors import KeyDestroyed
from kept.vault.lease import LEASE_SECONDS, Lease
from kept.vault.readers import Readers
from kept.vault.reasons import Opens, Places
from kept.vault.sealing import PlaceKey, place_key


class Keyring(ABC):
    """Members' keys of one cell: in memory while that may be trusted, forgotten in time."""

    def __init__(
        self,
        cell: str,
        region: str,
        readers: Readers,
        clock: Clock,
        beacon: Beacon,
        *,
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
        self._cache = KeyCache(cache, monotonic, with_all=self._forget_the_rest)
        self._entries = self._cache.entries
        self._lease = Lease(readers, self._cache, clock, seconds=lease_seconds, monotonic=monotonic)
        self._opens = Opens()
        self._opened = self._opens.opened

    @abstractmethod
    async def start(self) -> None:
        """Check that key store and root are this cell's, and listen for destructions. Verbs do it when needed."""

    async def close(self) -> None:
        """Forget every key in memory and stop listening."""
        await self._lease.close()
        self._cache.forget_all()

    @abstractmethod
    async def _find(self, member_id: UUID) -> MemberKeys:
        """A member's key from where keys are kept, in a buffer of its own. Raises KeyDestroyed, NoSuchKey."""

    def _forget_the_rest(self) -> None:  # noqa: B027  most have nothing else
        """Forget what else is in memory, when everything is to go."""

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
                keys = await self._find(member_id)
            except KeyDestroyed:
                self._cache.note_shredded(member_id)
                raise
            # What was destroyed while we read may be what we read.
            if before == self._cache.forgotten:
                break
        if self._lease.is_good():
            self._cache.put(member_id, keys)
        return keys
