"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass

from kept.accounts import Accounts
from kept.cells import Directory
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.social.errors import TooManyFollows
from kept.vault import Post


@dataclass(frozen=True, slots=True)
class Social:
    """Who lives where, the way to another cell, and how fast one may follow. Made by `open_social`."""

    directory: Directory
    post: Post
    pace: Pace


def open_social(settings: Settings, accounts: Accounts, post: Post) -> Social:
    """Make the tools; connections open at first use."""
    told = settings.social
    pace = Pace(TooManyFollows, per_minute=told.follows_per_minute, burst=told.follows_burst)
    return Social(accounts.cells.directory, post, pace)
