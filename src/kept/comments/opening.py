"""What the verbs of this floor need of an installation, opened once a process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kept.accounts import Accounts
from kept.cells import Directory, Tx
from kept.comments.errors import TooManyComments
from kept.comments.folding import Phrases
from kept.comments.hurting import hurtful
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.vault import Post, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A comment that others see from now on: everybody who sees the clip, or its owner's followers at home in this cell."""

    comment_id: UUID
    author_id: UUID
    clip_id: UUID
    clip_owner_id: UUID
    parent_id: UUID | None
    text: str = field(repr=False)
    for_followers: bool
    waited: bool = False
    """The clip's owner has seen it, and let it through."""


class Hears(Protocol):
    """Hears of a comment that is shown, in the transaction that shows it; it may hear of one twice."""

    async def __call__(self, tx: Tx, shown: Shown, *, now: datetime) -> None: ...


async def nobody_hears(tx: Tx, shown: Shown, *, now: datetime) -> None:
    """Where nothing is to be done about it."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Who lives where, the way to another cell, keys, the pace, what is hurtful, who hears. Made by `open_comments`."""

    directory: Directory
    post: Post
    vaults: Mapping[str, Vault]
    pace: Pace
    hurtful: Phrases
    shown: Hears = nobody_hears


def open_comments(settings: Settings, accounts: Accounts, post: Post, shown: Hears = nobody_hears) -> Comments:
    """Make the tools; connections open at first use."""
    told = settings.comments
    pace = Pace(TooManyComments, per_minute=told.per_minute, burst=told.burst)
    return Comments(accounts.cells.directory, post, accounts.vaults, pace, hurtful(told.hurtful), shown)
