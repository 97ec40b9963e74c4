"""What the verbs of this floor need of an installation, opened once a process."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

from kept.accounts import Accounts
from kept.kit import Settings
from kept.kit.pace import Pace
from kept.messages.crossing import Border
from kept.messages.errors import TooManyMessages
from kept.messages.gates import Ties
from kept.messages.live import Live
from kept.messages.people import People
from kept.messages.storing import storing
from kept.policy import AgeBand, Payload, Refused
from kept.vault import Post, Vault


class Messages:
    """People, vaults, ties, and what gathers and tells messages. Made by `open_messages`."""

    def __init__(self, settings: Settings, accounts: Accounts, ties: Ties, post: Post) -> None:
        self.people = People(accounts)
        self.vaults: Mapping[str, Vault] = accounts.vaults
        self.beacon = accounts.beacon
        self.ties = ties
        told = settings.messages
        self.pace = Pace(TooManyMessages, per_minute=told.per_minute, burst=told.burst)
        self.stores = {cell.name: storing(cell) for cell in accounts.cells}
        self.border = Border(post, accounts.vaults, self.people, ties)
        self.live = Live(accounts.vaults)
        self.own_hosts = frozenset(filter(None, [urlsplit(settings.server.public_url).hostname]))
        self.counts: Counter[str] = Counter()
        """Since the last `take_counts`: `messages.sent`, `messages.refused:<payload>`, `messages.under16_refused`."""

    def count_refusal(self, payload: Payload, refused: Refused) -> None:
        """Count a message that was not taken, under what it carried if that was why."""
        if payload in (Payload.FILE, Payload.OUTSIDE_MEDIA):
            self.counts[f"messages.refused:{payload}"] += 1
        if refused.band in (AgeBand.UNDER_13, AgeBand.TEEN_13_15):
            self.counts["messages.refused:under_16"] += 1

    def take_counts(self) -> dict[str, int]:
        """The counts since the last time, and begin again at nought."""
        taken = dict(self.counts)
        self.counts.clear()
        return taken

    async def close(self) -> None:
        """Let go of everybody who listens, and let what is being stored be stored."""
        await self.live.close()
        for store in self.stores.values():
            await store.settle()


def open_messages(settings: Settings, accounts: Accounts, ties: Ties, post: Post) -> Messages:
    """Make the tools; connections open at first use."""
    return Messages(settings, accounts, ties, post)
