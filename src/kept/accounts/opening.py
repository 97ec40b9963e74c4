"""What the verbs of this floor need of an installation, opened once a process and handed to each of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kept.accounts.hashing import Hasher
from kept.accounts.passwords import BreachedList
from kept.accounts.resuming import Resuming, resuming
from kept.accounts.tickets import Tickets
from kept.cells import Cell, Cells
from kept.kit import Settings
from kept.vault import Beacon, Vault


@dataclass(frozen=True, slots=True)
class Accounts:
    """Cells, their vaults, and the tools for credentials. Made by `open_accounts`."""

    settings: Settings
    cells: Cells
    vaults: Mapping[str, Vault]
    beacon: Beacon
    hasher: Hasher
    tickets: Tickets
    breached: BreachedList | None
    resuming: Mapping[str, Resuming]
    counts: Counter[str] = field(default_factory=Counter, repr=False)
    """What was stopped since the last `take_counts`: evidence of promise `account.protection`."""

    def count(self, name: str) -> None:
        """Count something that was stopped."""
        self.counts[name] += 1

    def take_counts(self) -> Counter[str]:
        """The counts since the last time, and begin again at nought."""
        taken = Counter(self.counts)
        self.counts.clear()
        return taken

    def vault(self, cell: Cell) -> Vault:
        """The vault of a cell."""
        return self.vaults[cell.name]

    def login_index(self, login: str) -> bytes:
        """By what the directory finds an e-mail address without holding it."""
        return self.beacon.blind_index("email", login)

    def close(self) -> None:
        """Let the hashing threads go; the stores are closed by whoever opened them."""
        self.hasher.close()


def open_accounts(settings: Settings, cells: Cells, vaults: Mapping[str, Vault], beacon: Beacon) -> Accounts:
    """Make the tools.

    Raises:
        BadSettings: the list of breached passwords can't be read.
    """
    path = settings.accounts.breached_passwords
    return Accounts(
        settings=settings,
        cells=cells,
        vaults=vaults,
        beacon=beacon,
        hasher=Hasher(settings.accounts),
        tickets=Tickets(beacon.ticket_key),
        breached=BreachedList(path) if path else None,
        resuming={cell.name: resuming(cell) for cell in cells},
    )
