"""What the verbs of this floor need of an installation, opened once a process."""

from collections.abc import Mapping
from dataclasses import dataclass

from kept.accounts import Accounts
from kept.cells import Directory
from kept.comments.errors import TooManyComments
from kept.comments.folding import Phrases
from kept.comments.hurting import hurtful
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.vault import Post, Vault


@dataclass(frozen=True, slots=True)
class Comments:
    """Who lives where, the way to another cell, the keys, the pace, and what is hurtful. Made by `open_comments`."""

    directory: Directory
    post: Post
    vaults: Mapping[str, Vault]
    pace: Pace
    hurtful: Phrases


def open_comments(settings: Settings, accounts: Accounts, post: Post) -> Comments:
    """Make the tools; connections open at first use."""
    told = settings.comments
    pace = Pace(TooManyComments, per_minute=told.per_minute, burst=told.burst)
    return Comments(accounts.cells.directory, post, accounts.vaults, pace, hurtful(told.hurtful))
