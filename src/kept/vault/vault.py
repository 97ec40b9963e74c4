"""The vault of one cell: what other floors call.

    sealed = await vault.seal(member_id, "account.email", member_id, b"kim@example.org")
    text = await vault.open(member_id, "account.email", member_id, sealed, reason=Reason.OWNER)

A row is named by the part of its primary key after the owner; a table with one row a member uses the member's id.
"""

from abc import abstractmethod
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from uuid import UUID

from kept.ledger import Opening as Opened
from kept.ledger import Waiting
from kept.vault.authorising import Authorisation
from kept.vault.errors import ReasonRefused
from kept.vault.hierarchy import Shredded
from kept.vault.keyring import Keyring
from kept.vault.kms import Wrapped
from kept.vault.openings import Opening
from kept.vault.reasons import Reason
from kept.vault.rotation import Rotation
from kept.vault.sealed import Sealed
from kept.vault.sealing import open_each, open_with, seal_with
from kept.vault.streams import OpeningStream, SealingStream


class Vault(Keyring):
    """One cell's keys, and all sealing and opening in it. Close it before its key store.

    Sealing and opening happen here, with a key that is in memory for a short time. Where keys come from, and what is
    never done outside the process that holds the roots, is below in two kinds: `KeyHolder` and `VaultClient`.

    Raises, from every verb:
        ForeignKeyStore, RootKeyLost, WrongKey, KeyFileExposed (all Fatal): the keys are not what they must be.
        DatabaseAway: the key store is; VaultAway: the process is that has it.
    """

    async def seal(self, member_id: UUID, place: str, row_id: UUID, plaintext: bytes) -> Sealed:
        """Seal a value for the member's row in the column `place` (`table.column`).

        Raises:
            KeyDestroyed, NoSuchKey, UnknownPlace.
        """
        key = self._warm(member_id, place) or await self._key(member_id, place)
        return seal_with(key, row_id, plaintext)

    async def open(self, member_id: UUID, place: str, row_id: UUID, sealed: Sealed, *, reason: Reason) -> bytes:
        """The plaintext of a value.

        Raises:
            ReasonRefused: not a reason for which this place is opened.
            WrongKey: altered, or of another row, column, owner or cell.
            KeyDestroyed, NoSuchKey, UnknownPlace.
        """
        try:  # `_warm`, written out: a call more is felt here
            key = self._entries[member_id.int].places[place]
            slot = reason.slot
            ready = key.allowed[slot] and self._lease.until > self._monotonic()
        except (KeyError, AttributeError):  # not in memory, or `reason` is none
            ready = False
        if not ready:
            slot = self._require(place, reason)
            key = await self._key(member_id, place)
        plaintext = open_with(key, row_id, sealed)
        self._opened[slot] += 1
        return plaintext

    async def seal_many(self, member_id: UUID, place: str, values: Iterable[tuple[UUID, bytes]]) -> list[Sealed]:
        """As `seal`, for (row, plaintext) pairs of one member and column; the key is fetched once."""
        key = self._warm(member_id, place) or await self._key(member_id, place)
        return [seal_with(key, row_id, plaintext) for row_id, plaintext in values]

    async def open_many(
        self, member_id: UUID, place: str, values: Iterable[tuple[UUID, Sealed]], *, reason: Reason
    ) -> list[bytes]:
        """As `open`, for (row, sealed) pairs of one member and column; the key is fetched once. All, or it raises."""
        slot = self._require(place, reason)
        key = self._warm(member_id, place) or await self._key(member_id, place)
        opened = open_each(key, values)
        self._opened[slot] += len(opened)
        return opened

    async def seal_stream(
        self, member_id: UUID, place: str, row_id: UUID, pieces: AsyncIterable[bytes]
    ) -> AsyncIterator[bytes]:
        """Seal something long for the member's row, piece by piece; `place` is the column that says where it is kept.

        Raises:
            KeyDestroyed, NoSuchKey, UnknownPlace.
        """
        stream = SealingStream(await self._member(member_id), member_id, self._places[place], row_id)
        async for piece in pieces:
            if sealed := stream.update(piece):
                yield sealed
        yield stream.finish()

    async def open_stream(
        self, member_id: UUID, place: str, row_id: UUID, pieces: AsyncIterable[bytes], *, reason: Reason
    ) -> AsyncIterator[bytes]:
        """The plaintext of a sealed stream, piece by piece. Drop all of it if the end raises: it was cut short.

        Raises:
            ReasonRefused, WrongKey, NoSuchKey, UnknownPlace.
            KeyDestroyed: also in the middle, from the moment that the member is shredded.
        """
        slot = self._require(place, reason)
        stream = OpeningStream(await self._member(member_id), member_id, self._places[place], row_id)
        self._opened[slot] += 1
        async for piece in pieces:
            await self._member(member_id)
            if plaintext := stream.update(piece):
                yield plaintext
        await self._member(member_id)
        yield stream.finish()

    def pseudonym(self, member_id: UUID) -> str:
        """A member's name in the ledger: 32 hex digits, unlinkable for outsiders, the same in every cell."""
        return self._beacon.pseudonym(member_id)

    def take_opens(self) -> dict[str, int]:
        """Values opened and refused since the last call, as `vault.opened:<reason>` and `vault.refused:<reason>`."""
        return self._opens.take()

    def _require(self, place: str, reason: Reason) -> int:
        """Refuse, and count, what may not be opened for this reason, before any key is touched; the reason's slot."""
        if not isinstance(reason, Reason) or not self._places[place].allowed[reason.slot]:
            raise self._refused(place, reason)
        return reason.slot

    def _refused(self, place: str, reason: Reason) -> ReasonRefused:
        said = str(reason) if isinstance(reason, Reason) else "none"
        self._opens.refused[said] += 1
        return ReasonRefused(reason=said, place=place)

    @abstractmethod
    async def reach(self) -> None:
        """Ask for nothing, all the way to the key store: raises what a verb would that needs a key."""

    @abstractmethod
    async def create(self, member_id: UUID) -> None:
        """Give a new member a key; nothing happens if there is one. Raises KeyDestroyed: this id was shredded."""

    @abstractmethod
    async def open_authorised(
        self,
        member_id: UUID,
        place: str,
        values: Sequence[tuple[UUID, Sealed]],
        *,
        reason: Reason,
        proof: Authorisation,
    ) -> list[bytes]:
        """Open values for somebody else than their owner: under legal process, or to enforce the guidelines.

        The proof is checked here, before any key is touched; that so many values were opened is committed, on its way
        into the ledger, before they are returned.

        Raises:
            NotAuthorised: `proof` doesn't cover all of it, or no witness is configured.
            ReasonRefused: another reason, or a place that is opened for nobody.
            WrongKey, KeyDestroyed, NoSuchKey, UnknownPlace.
        """

    @abstractmethod
    async def openings(self) -> list[Opening]:
        """Everything that was opened with a proof, in the years for which that is kept."""

    @abstractmethod
    async def entries(self) -> list[Waiting]:
        """The oldest ledger entries of this vault's that its cell's outbox doesn't have yet; see `carry_entries`."""

    @abstractmethod
    async def entries_carried(self, entry_ids: Sequence[UUID]) -> None:
        """The outbox has these."""

    @abstractmethod
    async def shred(self, member_id: UUID) -> Shredded:
        """Destroy a member's key, for good: when this returns, no process anywhere opens anything sealed under it.

        Takes a few milliseconds, and at most a lease (5 s) where a process that held keys ended without saying so.
        Repeating it is safe and, after an error, needed. The id never gets another key.
        """

    @abstractmethod
    async def hand_over(self, member_ids: Sequence[UUID], to: "Vault") -> int:
        """Give members' keys to the vault of another cell, too, wrapped anew; what was sealed goes on opening there.

        How many of them it has now: those without a key here, and those shredded here or there, are left out. Can be
        repeated. Whoever erases a member during a move shreds in both cells.

        Raises:
            WrongKey: the other cell has a key of a member's that is not this one.
        """

    @abstractmethod
    async def forget(self, member_ids: Sequence[UUID]) -> int:
        """Delete the keys of members who live in another cell now; how many there were. Not a destruction: no tombstone.

        When this returns, no process opens anything of theirs with a key of this cell. Can be repeated.
        """

    @abstractmethod
    async def rotation(self) -> Rotation | None:
        """The newest rotation of this cell's keys, under way or finished."""

    @abstractmethod
    async def begin_rotation(self) -> Rotation:
        """Begin to wrap everything anew under a new root; a rotation that is under way is the one. See `rotation.py`."""

    @abstractmethod
    async def rotate_on(self) -> Rotation | None:
        """Take the next step of the rotation that is under way, some milliseconds long; where it is now."""

    @abstractmethod
    async def oldest_root(self) -> int:
        """The epoch of the oldest root that this cell still needs."""

    @abstractmethod
    async def destroy_roots(self, before: int) -> list[int]:
        """Destroy the region's roots of epochs before `before`, but none that this cell needs; which they were.

        The caller has asked every cell of the region for its `oldest_root`.
        """

    async def blind_index(self, kind: str, text: str) -> bytes:
        """16 bytes by which this cell finds a text without holding it. `kind` (`email`) keeps uses apart.

        Another cell makes others of the same text: what must agree everywhere is the `Beacon`'s.
        """
        [index] = await self.blind_indexes([(kind, text)])
        return index

    @abstractmethod
    async def blind_indexes(self, texts: Sequence[tuple[str, str]]) -> list[bytes]:
        """As `blind_index`, of several (kind, text), asked for at once."""

    @abstractmethod
    async def envelope_key(self) -> bytes:
        """The public key to which other cells seal what is meant for this one (`seal_envelope`): 1,216 bytes."""

    @abstractmethod
    async def open_envelope(self, context: bytes, envelope: bytes) -> bytes:
        """What another cell sealed to this one.

        Raises:
            EnvelopeRefused: altered, or for another cell, context or retired key.
        """

    @abstractmethod
    async def committed(self, entry_id: UUID) -> Opened | None:
        """What opens the commitment of an opening's entry; None if this vault keeps no such opening."""

    @abstractmethod
    async def backup_key(self, stored: Wrapped | None) -> tuple[bytes, Wrapped]:
        """The key of the region's backups (32 bytes), out of what is kept beside them, and that; None makes a new one.

        Raises:
            WrongKey: what was stored is not such a key.
        """
