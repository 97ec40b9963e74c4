"""What can be said over the vault's socket, each a struct with the type of its answer; nothing else is understood.

No message asks for a root, a bucket's key, a cell's secret or a statement of somebody's own; and values that need a proof
have one message, which brings the proof and takes the values away opened.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, get_args
from uuid import UUID

import msgspec

from kept.ledger import Opening as Opened
from kept.ledger import Waiting
from kept.vault.authorising import Authorisation
from kept.vault.hierarchy import Shredded
from kept.vault.kms import Wrapped
from kept.vault.openings import Opening
from kept.vault.readers import Look as Seen
from kept.vault.reasons import Reason
from kept.vault.rotation import Rotation

MANY = 10_000
"""Members, rows or entries in one message, at most."""
_Name = Annotated[str, msgspec.Meta(max_length=200)]
_IndexKind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]*$", max_length=100)]
_Members = Annotated[list[UUID], msgspec.Meta(max_length=MANY)]


class Ask(msgspec.Struct, frozen=True, tag_field="ask", forbid_unknown_fields=True):
    """The base of every question. `answer`: what comes back."""

    answer: ClassVar[Any] = None

    def __repr__(self) -> str:  # some hold what is private
        return f"<{type(self).__name__}>"


class Start(Ask, frozen=True, tag="start"):
    """Whether key store and root are this cell's; the region that it is in."""

    answer: ClassVar[Any] = str


class Reach(Ask, frozen=True, tag="reach"):
    """Nothing, all the way to the key store and back."""


class Create(Ask, frozen=True, tag="create"):
    member_id: UUID


class Lent(msgspec.Struct, frozen=True):
    key: bytes
    epoch: int
    sealed_as: str

    def __repr__(self) -> str:
        return "<lent key>"


class Lend(Ask, frozen=True, tag="lend"):
    """A member's key, for as long as a lease lasts: good for whatever its owner may have opened."""

    member_id: UUID
    answer: ClassVar[Any] = Lent


class LookAt(Ask, frozen=True, tag="look"):
    reader_id: UUID
    seen: int
    limit: Annotated[int, msgspec.Meta(ge=0, le=MANY)]
    answer: ClassVar[Any] = Seen


class Say(Ask, frozen=True, tag="say"):
    reader_id: UUID
    seen: int
    seconds: Annotated[float, msgspec.Meta(gt=0, le=30)]
    """Nobody can make a destruction wait for longer than this."""
    at: datetime


class Withdraw(Ask, frozen=True, tag="withdraw"):
    reader_id: UUID


class OpenAuthorised(Ask, frozen=True, tag="open_authorised"):
    member_id: UUID
    place: _Name
    values: Annotated[list[tuple[UUID, bytes]], msgspec.Meta(max_length=MANY)]
    reason: Reason
    proof: Authorisation
    answer: ClassVar[Any] = list[bytes]


class OpeningsFrom(Ask, frozen=True, tag="openings"):
    """What was opened with a proof, `MANY` at a time, beginning after so many."""

    skip: Annotated[int, msgspec.Meta(ge=0)]
    answer: ClassVar[Any] = list[Opening]


class Committed(Ask, frozen=True, tag="committed"):
    entry_id: UUID
    answer: ClassVar[Any] = Opened | None


class Entries(Ask, frozen=True, tag="entries"):
    answer: ClassVar[Any] = list[Waiting]


class EntriesCarried(Ask, frozen=True, tag="entries_carried"):
    entry_ids: _Members


class Shred(Ask, frozen=True, tag="shred"):
    member_id: UUID
    answer: ClassVar[Any] = Shredded


class HandOver(Ask, frozen=True, tag="hand_over"):
    """Wrap members' keys anew for another cell of this same vault; they pass over no socket."""

    member_ids: _Members
    to: _Name
    answer: ClassVar[Any] = int


class Forget(Ask, frozen=True, tag="forget"):
    member_ids: _Members
    answer: ClassVar[Any] = int


class LatestRotation(Ask, frozen=True, tag="rotation"):
    answer: ClassVar[Any] = Rotation | None


class BeginRotation(Ask, frozen=True, tag="begin_rotation"):
    answer: ClassVar[Any] = Rotation


class RotateOn(Ask, frozen=True, tag="rotate_on"):
    answer: ClassVar[Any] = Rotation | None


class OldestRoot(Ask, frozen=True, tag="oldest_root"):
    answer: ClassVar[Any] = int


class DestroyRoots(Ask, frozen=True, tag="destroy_roots"):
    before: int
    answer: ClassVar[Any] = list[int]


class BlindIndexes(Ask, frozen=True, tag="blind_indexes"):
    """Of (kind, text)."""

    texts: Annotated[list[tuple[_IndexKind, str]], msgspec.Meta(max_length=MANY)]
    answer: ClassVar[Any] = list[bytes]


class EnvelopeKey(Ask, frozen=True, tag="envelope_key"):
    answer: ClassVar[Any] = bytes


class OpenEnvelope(Ask, frozen=True, tag="open_envelope"):
    context: bytes
    envelope: bytes
    answer: ClassVar[Any] = bytes


class BackupKey(Ask, frozen=True, tag="backup_key"):
    stored: Wrapped | None
    answer: ClassVar[Any] = tuple[bytes, Wrapped]


Asks = (
    Start | Reach | Create | Lend | LookAt | Say | Withdraw | OpenAuthorised | OpeningsFrom | Committed | Entries
    | EntriesCarried | Shred | HandOver | Forget | LatestRotation | BeginRotation | RotateOn | OldestRoot | DestroyRoots
    | BlindIndexes | EnvelopeKey | OpenEnvelope | BackupKey
)  # fmt: skip


ASKS: frozenset[type[Ask]] = frozenset(get_args(Asks))
FOR_SERVING: frozenset[type[Ask]] = frozenset(
    (Start, Reach, Create, Lend, LookAt, Say, Withdraw, OpenAuthorised, Shred, BlindIndexes, EnvelopeKey, OpenEnvelope)
)
"""What a process that answers people needs. Backups, moves, rotations and roots are for processes that hold keys."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to the vault of one cell. `number` is the asker's own, and comes back with the answer."""

    number: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    cell: _Name
    ask: Asks


class Refusal(msgspec.Struct, frozen=True):
    """An error: the name of its class, and its typed details, or what a Fatal said."""

    error: str
    details: dict[str, str] = {}
    said: str = ""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer; or news, with number 0, that something was destroyed in the cells named."""

    number: int
    answer: msgspec.Raw = msgspec.Raw(b"\xc0")
    refusal: Refusal | None = None
    wake: list[str] = []

    def __repr__(self) -> str:
        return f"<reply {self.number}>"
