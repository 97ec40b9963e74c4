"""The keys of gateways: each region's own, in a file that only its processes can read, made at first use."""

from pathlib import Path

from kept.kit import Settings
from kept.kit.settings import BadSettings
from kept.ledger import Signer, load_signer


def key_name(region: str) -> str:
    """The name that the key of a region's gateway bears."""
    return f"{region}.gateway"


def gateway_key(settings: Settings) -> Signer | None:
    """What signs for the regions of this process; None where no other process serves a region.

    Raises:
        UnusableKey: the file is open to others, damaged, or another region's.
        BadSettings: it would be the key of several regions; each process that has neighbours serves one.
    """
    served = settings.served
    if len(served) == len(settings.regions):
        return None
    if len(served) != 1:
        raise BadSettings(why="serve: a process that doesn't serve all regions serves one")
    return region_key(settings, next(iter(served)))


def region_key(settings: Settings, region: str) -> Signer:
    """The key of a region's gateway. Raises UnusableKey."""
    named = settings.regions[region].gateway_private_key
    file = Path(named) if named else settings.data_folder / "keys" / f"gateway-{region}.key"
    return load_signer(file, key_name(region))
