"""The rotation of a region: all its cells under one new root, and then the end of the old one."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kept.vault.vault import Vault


def by_region(vaults: Iterable["Vault"]) -> list[list["Vault"]]:
    """Vaults whose cells share a root."""
    ordered = sorted(vaults, key=lambda vault: vault.region)
    return [list(some) for _, some in groupby(ordered, key=lambda vault: vault.region)]


async def go_on_rotating(vaults: Sequence["Vault"]) -> list[int]:
    """Finish what was begun in the cells of one region, and destroy the roots that none needs; which those were.

    Nothing happens where nobody ever asked for a rotation. Killed anywhere, the next call goes on there.
    """
    asked = False
    for vault in vaults:
        rotation = await vault.rotation()
        asked = asked or rotation is not None
        while rotation is not None and rotation.finished_at is None:
            rotation = await vault.rotate_on()
    if not asked:
        return []
    return await vaults[0].destroy_roots(min([await vault.oldest_root() for vault in vaults]))
