"""Where root keys are: the port that every key management is behind.

A root never wraps data, only bucket keys and a cell's own secrets, a few thousand times in a cell's life. So a slow and
distant key management fits as well as a folder.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from kept.vault.wrapping import bind

AT_ONCE = timedelta()
_REGION = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key under the root of `epoch`; `blob` means something to the same kind of Kms only."""

    epoch: int
    blob: bytes


class Kms(Protocol):
    """Where root keys are. Never gives one away; binds what it wraps to its region and epoch besides `aad`.

    Raises, from every verb: KmsAway.
    """

    async def wrap(self, region: str, key: bytes | bytearray, aad: bytes) -> Wrapped:
        """Seal a key of 32 bytes under the region's present root; the first call for a region makes its root.

        The present root is looked up each time: after `advance` has returned anywhere, nothing is wrapped under an older one.
        """
        ...

    async def unwrap(self, region: str, wrapped: Wrapped, aad: bytes) -> bytearray:
        """The key again. Raises WrongKey (altered or not bound to `aad`), RootKeyLost (no such root)."""
        ...

    async def epochs(self, region: str) -> list[int]:
        """The epochs whose roots there are, oldest first."""
        ...

    async def advance(self, region: str) -> int:
        """Begin a new epoch: a new root for all that is wrapped from now on; older roots go on opening. Its number."""
        ...

    async def destroy(self, region: str, epoch: int) -> timedelta:
        """Destroy a root: what is wrapped under it is lost, everywhere. Oldest first; repeating it changes nothing.

        How long it takes from now until nobody can bring it back; until then it opens nothing either.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def bound(region: str, epoch: int, aad: bytes) -> bytes:
    """What a key under a root is bound to."""
    return bind("kept/root/v1", region, epoch, aad)


def checked_region(region: str) -> str:
    """The region's name as a part of other names. Raises ValueError."""
    if not _REGION.fullmatch(region):
        raise ValueError(f"not a name for a region: {region!r}")
    return region
