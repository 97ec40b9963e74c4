"""Keys in memory, for a short time: members' raw keys (32 bytes each), and a few derived place keys ready to use.

First in, first out: a hot key that falls out costs one read, less than keeping the order would on every hit. What
leaves is overwritten, as well as an interpreter can.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from kept.vault.sealing import PlaceKey
from kept.vault.wrapping import forget


@dataclass(slots=True)
class MemberKeys:
    """A member's key and the place keys derived from it so far."""

    key: bytearray
    epoch: int
    sealed_as: str
    until: float = 0.0
    """Monotonic seconds at which the key is forgotten, to be read anew."""
    places: dict[str, PlaceKey] = field(default_factory=dict)

    def zero(self) -> None:
        """Overwrite the key and let go of the rest."""
        forget(self.key)
        self.places.clear()


@dataclass(frozen=True, slots=True)
class CacheSize:
    """How much is kept in memory, and how long."""

    members: int = 20_000
    """Members whose keys are held: about 0.4 KiB each."""
    places: int = 2_048
    """Place keys ready to use: about 3 KiB each."""
    shredded: int = 20_000
    """Ids known to be shredded."""
    seconds: float = 300.0
    """How long a key stays before it is read anew, give or take a lease."""


class KeyCache:
    """Members' keys by `member_id.int`; `entries` is read directly on the hot path.

    That path checks the lease and not the age: whoever renews the lease sweeps, so a key is used for its seconds and at
    most one lease longer.
    """

    def __init__(
        self,
        size: CacheSize,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        with_all: Callable[[], None] = lambda: None,
    ) -> None:
        """`with_all` forgets what else is to go when everything goes."""
        self._with_all = with_all
        self.entries: dict[int, MemberKeys] = {}
        self.forgotten = 0
        """Counts what was told to be forgotten: a key that was being read meanwhile must be read again."""
        self._size = size
        self._monotonic = monotonic
        self._shredded: OrderedDict[int, None] = OrderedDict()
        self._ready: deque[tuple[MemberKeys, str]] = deque()

    def put(self, member_id: UUID, keys: MemberKeys) -> None:
        """Hold a key until its time is up."""
        while len(self.entries) >= self._size.members:
            self._drop(next(iter(self.entries)))
        self._drop(member_id.int)
        keys.until = self._monotonic() + self._size.seconds
        self.entries[member_id.int] = keys

    def put_place(self, keys: MemberKeys, place: str, key: PlaceKey) -> None:
        """Hold a derived key beside its member's."""
        while len(self._ready) >= self._size.places:
            older, name = self._ready.popleft()
            older.places.pop(name, None)
        keys.places[place] = key
        self._ready.append((keys, place))

    def forget(self, shredded: Iterable[UUID]) -> None:
        """Forget these members' keys now, and that they ever had any."""
        self.forgotten += 1
        for member_id in shredded:
            self._drop(member_id.int)
            self.note_shredded(member_id)

    def drop(self, moved: Iterable[UUID]) -> None:
        """Forget these members' keys now; they may come back."""
        self.forgotten += 1
        for member_id in moved:
            self._drop(member_id.int)

    def forget_all(self) -> None:
        """Forget every key now."""
        self.forgotten += 1
        self._with_all()
        for member in list(self.entries):
            self._drop(member)
        self._ready.clear()

    def note_shredded(self, member_id: UUID) -> None:
        """Remember that a member's key is gone for good, so that asking again costs nothing."""
        self._shredded[member_id.int] = None
        while len(self._shredded) > self._size.shredded:
            self._shredded.popitem(last=False)

    def is_shredded(self, member_id: UUID) -> bool:
        """Whether a member is known here to be shredded; False says nothing."""
        return member_id.int in self._shredded

    def sweep(self) -> None:
        """Forget the keys whose time is up; entries are in the order of their times."""
        now = self._monotonic()
        while self.entries:
            member = next(iter(self.entries))
            if self.entries[member].until > now:
                return
            self._drop(member)

    def _drop(self, member: int) -> None:
        keys = self.entries.pop(member, None)
        if keys is not None:
            keys.zero()
