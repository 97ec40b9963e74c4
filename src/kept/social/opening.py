"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass

from kept.accounts import Accounts
from kept.cells import Directory
from kept.vault import Post


@dataclass(frozen=True, slots=True)
class Social:
    """Who lives where, and the way to another cell. Made by `open_social`."""

    directory: Directory
    post: Post


def open_social(accounts: Accounts, post: Post) -> Social:
    """Make the tools; connections open at first use."""
    return Social(accounts.cells.directory, post)
