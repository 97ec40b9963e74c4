"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kept.accounts import Accounts
from kept.cells import Directory, Tx
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.social.errors import TooManyFollows
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
    """Who lives where, the way to another cell, how fast one may follow, and who hears of changes. Made by `open_social`."""

    directory: Directory
    post: Post
    pace: Pace
    changed: TieChanged = nobody_hears


def open_social(settings: Settings, accounts: Accounts, post: Post, changed: TieChanged = nobody_hears) -> Social:
    """Make the tools; connections open at first use."""
    told = settings.social
    pace = Pace(TooManyFollows, per_minute=told.follows_per_minute, burst=told.follows_burst)
    return Social(accounts.cells.directory, post, pace, changed)
