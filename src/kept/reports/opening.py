"""What the verbs of this floor need of an installation, opened once a process."""

from collections.abc import Mapping
from dataclasses import dataclass

from kept.accounts import Accounts
from kept.cells import Directory
from kept.comments import Comments
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.messages import Messages
from kept.reports.errors import TooManyReports
from kept.vault import Beacon, Post, Vault


@dataclass(frozen=True, slots=True)
class Reports:
    """Who lives where, the way to another cell, the keys, the pace; and the floors that show what is reported."""

    directory: Directory
    post: Post
    vaults: Mapping[str, Vault]
    beacon: Beacon
    pace: Pace
    comments: Comments
    messages: Messages


def open_reports(settings: Settings, accounts: Accounts, comments: Comments, messages: Messages, post: Post) -> Reports:
    """Make the tools; connections open at first use."""
    told = settings.reports
    pace = Pace(TooManyReports, per_minute=told.per_minute, burst=told.burst)
    directory = accounts.cells.directory
    return Reports(directory, post, accounts.vaults, accounts.beacon, pace, comments, messages)
