"""Who holds keys: this process, with roots and key stores of its own, or the vault's, which is asked over its socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kept.cells import Cells, Keys, open_key_stores
from kept.kit import Clock, Database, Settings
from kept.vault import Beacon, KeyHolder, Vault, open_kms, witnesses_in
from kept.vault.apart import Link, VaultClient


@dataclass(frozen=True, slots=True)
class Vaults:
    """The vaults of a process, by cell."""

    by_cell: Mapping[str, Vault]
    link: Link | None = None
    """To the vault's own process."""

    async def close(self) -> None:
        """Forget keys, and hang up."""
        for vault in self.by_cell.values():
            await vault.close()
        if self.link is not None:
            await self.link.close()


def beacon_file(settings: Settings) -> Path:
    """The keys that are the same in every cell, and open nothing that is stored: every process has them."""
    return settings.data_folder / "keys" / "beacon.key"


def open_vaults(settings: Settings, cells: Cells, clock: Clock, beacon: Beacon, *, keys: Keys) -> Vaults:
    """The vaults of the cells that are served here.

    Raises:
        BadSettings, BadPolicy: what keys are under, or the witness policy, can't be used.
    """
    if keys is Keys.APART:
        link = Link(settings.vault_socket)
        return Vaults({cell.name: VaultClient(cell.name, cell.region, link, clock, beacon) for cell in cells}, link)
    stores = {(cell.name, cell.region): cell.keys_database for cell in cells}
    return Vaults(_holders(settings, stores, clock, beacon))


@dataclass(frozen=True, slots=True)
class KeyHolders:
    """All that the vault's own process opens: key stores and roots, and nothing of what is sealed under them."""

    by_cell: Mapping[str, KeyHolder]
    stores: tuple[Database, ...]

    async def close(self) -> None:
        """Forget keys, return connections."""
        for holder in self.by_cell.values():
            await holder.close()
        for store in self.stores:
            await store.close()


def open_key_holders(settings: Settings, embedded: Callable[[str], str], clock: Clock) -> KeyHolders:
    """See `open_vaults`; also raises KeyFileExposed."""
    stores = open_key_stores(settings, embedded)
    holders = _holders(settings, stores, clock, Beacon(beacon_file(settings)))
    return KeyHolders(holders, tuple(stores.values()))


def _holders(
    settings: Settings, stores: Mapping[tuple[str, str], Database], clock: Clock, beacon: Beacon
) -> dict[str, KeyHolder]:
    kms, quorum = open_kms(settings), witnesses_in(settings.witness_policy)
    return {
        cell: KeyHolder(cell, region, store, kms, clock, beacon, quorum=quorum)
        for (cell, region), store in stores.items()
    }
