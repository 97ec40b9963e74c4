"""What the verbs of this floor need of an installation, opened once a process."""

from dataclasses import dataclass, field

from kept.accounts import Accounts
from kept.cells import Directory
from kept.notices.live import Bells
from kept.vault import Post


@dataclass(frozen=True, slots=True)
class Notices:
    """Who lives where, the way to another cell, and the pages that are open. Made by `open_notices`."""

    directory: Directory
    post: Post
    bells: Bells = field(default_factory=Bells)

    async def close(self) -> None:
        """Let go of everybody who listens."""
        await self.bells.close()


def open_notices(accounts: Accounts, post: Post) -> Notices:
    """Make the tools; connections open at first use."""
    return Notices(accounts.cells.directory, post)
