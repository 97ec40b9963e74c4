"""What one member's cell tells another's: sealed to that cell, bound to the one it is for, sent on to whoever moved away."""

import time
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from kept.cells import Addressed, Directory, Tx, send_addressed
from kept.kit import KeptError, Kind, new_id
from kept.vault.envelopes import seal_envelope
from kept.vault.vault import Vault

KEY_SECONDS = 60.0


class NoWayThere(KeptError):
    """The other cell has not told its key yet."""

    code = "no_way_there"
    kind = Kind.BUSY
    message = "We can't reach the other one's region at the moment. Try again in a minute."


class Post:
    """Seals and opens what is addressed to members; remembers the cells' public keys for a minute."""

    def __init__(self, directory: Directory, vaults: Mapping[str, Vault]) -> None:
        self._directory = directory
        self._vaults = vaults
        self._keys: dict[str, tuple[bytes, float]] = {}

    async def send(self, tx: Tx, what: str, to_cell: str, to_member: UUID, content: bytes, *, now: datetime) -> None:
        """Leave something for a member in another cell, in the act's own transaction. Raises NoWayThere."""
        envelope = seal_envelope(await self._key(to_cell), _context(what, to_member), content)
        await send_addressed(tx, Addressed(what, to_cell, to_member, envelope, new_id()), now=now)

    async def opened(self, tx: Tx, parcel: Addressed, *, now: datetime) -> bytes | None:
        """What is in a parcel; None when its member moved away meanwhile, and it was sent on.

        Raises EnvelopeRefused, NoWayThere.
        """
        vault = self._vaults[tx.cell.name]
        content = await vault.open_envelope(_context(parcel.what, parcel.to_member), parcel.content)
        home = await self._directory.home(parcel.to_member)
        if home is None or home == tx.cell.name:
            return content
        await self.send(tx, parcel.what, home, parcel.to_member, content, now=now)
        return None

    async def _key(self, cell: str) -> bytes:
        key, until = self._keys.get(cell, (b"", 0.0))
        if until < time.monotonic():
            found = await self._directory.key_of(cell)
            if found is None:
                raise NoWayThere(cell=cell)
            key = found
            self._keys[cell] = (key, time.monotonic() + KEY_SECONDS)
        return key


def _context(what: str, to_member: UUID) -> bytes:
    """What an envelope is bound to: it opens for this member, and for this, only."""
    return what.encode() + to_member.bytes
