"""What moves, backups and restores need of the installation, and what floors above supply: files, cards, takedowns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from kept.cells import Cell, Cells
from kept.kit import Clock, KeptError, Kind, Settings
from kept.kit.objects import Objects
from kept.ledger import Leaf
from kept.vault import Beacon, Vault


class NoLuggage(KeptError):
    code = "no_luggage"
    kind = Kind.BUG
    message = "Nobody says what else a member has besides rows and objects, so nobody can be moved."


class Luggage(Protocol):
    """What a member has besides rows and the objects that rows name; each floor that keeps such things supplies one."""

    async def pack(self, members: Sequence[UUID], old: Cell, new: Cell) -> None:
        """Bring files along. The rows are at the new home, which nobody uses yet; what is at the old one must stay."""
        ...

    async def unpack(self, members: Sequence[UUID], old: Cell, new: Cell, *, now: datetime) -> None:
        """The home was switched: set right what tells it to others, and delete files at the old one. Safe to repeat."""
        ...

    async def drop(self, member_id: UUID, cell: Cell) -> None:
        """Delete it, for it is to be erased; the rows that name it are still there. Safe to repeat."""
        ...

    async def left(self, cell: Cell) -> Sequence[str]:
        """What a cell that everybody left still has of such things: names that tell nothing about anybody."""
        ...


class Stores(Protocol):
    """The servers under a cell, where we run them; the operator's own we can't look into."""

    async def scrub(self, cell: Cell) -> None:
        """Make the servers let go of what was deleted: planner statistics, the write-ahead log."""
        ...

    async def folders(self, cell: Cell) -> Sequence[Path]:
        """The folders with the files of the cell's databases, to be read byte by byte; none where we can't."""
        ...


class LedgerStores(Protocol):
    """Where the log is and who signs it."""

    @property
    def objects(self) -> Objects: ...
    @property
    def signing_key(self) -> Path: ...
    @property
    def origin(self) -> str: ...


class Replay(Protocol):
    """Does again to a restored cell what was done since its backup, as the ledger tells."""

    events: frozenset[str]
    """The events that it does again."""

    async def replay(self, cell: Cell, leaves: Sequence[Leaf], *, now: datetime) -> int:
        """Do them, each as often as one likes; how many changed something."""
        ...

    async def residue(self, cell: Cell, leaves: Sequence[Leaf]) -> Sequence[str]:
        """What is still there of it, in words without anybody's data; empty when all is well."""
        ...


@dataclass(frozen=True, slots=True)
class Supplied:
    """What the floors above supply; start-up refuses to go on without."""

    luggage: tuple[Luggage, ...]
    replays: tuple[Replay, ...] = field(default=())
    stores: Stores | None = None

    def __post_init__(self) -> None:
        if not self.luggage:
            raise NoLuggage


class Works(Protocol):
    """What the verbs of this floor use of the runtime."""

    @property
    def settings(self) -> Settings: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def vaults(self) -> Mapping[str, Vault]: ...
    @property
    def beacon(self) -> Beacon: ...
    @property
    def ledger(self) -> LedgerStores: ...
    @property
    def supplied(self) -> Supplied: ...
