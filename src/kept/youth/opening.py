"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass

from kept.accounts import Accounts
from kept.cells import Directory
from kept.social import Social
from kept.vault import Beacon, Post


@dataclass(frozen=True, slots=True)
class Youth:
    """Who lives where, the way to another cell, and the key of codes. Made by `open_youth`."""

    directory: Directory
    post: Post
    beacon: Beacon
    social: Social


def open_youth(accounts: Accounts, social: Social) -> Youth:
    """Make the tools."""
    return Youth(social.directory, social.post, accounts.beacon, social)
