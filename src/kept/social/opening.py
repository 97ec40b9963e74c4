"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kept.accounts import Accounts
from kept.cells import Directory, Tx
from kept.social.registers import Side
from kept.vault import Post


class TieChanged(Protocol):
    """Hears of what has changed between a member at home in the cell and somebody else, in the transaction that stored it."""

    async def __call__(
        self, tx: Tx, owner_id: UUID, other_id: UUID, before: Side, after: Side, *, now: datetime
    ) -> None: ...


async def nobody_hears(tx: Tx, owner_id: UUID, other_id: UUID, before: Side, after: Side, *, now: datetime) -> None:
    """Where nothing is to be done about it."""


@dataclass(frozen=True, slots=True)
class Social:
    """Who lives where, the way to another cell, and who hears of changes. Made by `open_social`."""

    directory: Directory
    post: Post
    changed: TieChanged = nobody_hears


def open_social(accounts: Accounts, post: Post, changed: TieChanged = nobody_hears) -> Social:
    """Make the tools; connections open at first use."""
    return Social(accounts.cells.directory, post, changed)
