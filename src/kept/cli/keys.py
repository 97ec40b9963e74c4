"""`kept keys`: under which root every cell's keys are, and a new root for a region."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

if TYPE_CHECKING:
    from kept.vault import Rotation

app = typer.Typer(help="The keys that everything private is sealed under.", no_args_is_help=True)

OneRegion = Annotated[str | None, typer.Option("--region", metavar="NAME", help="This region only.")]


@app.command()
def show(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Print where root keys are, the oldest root that each cell needs, and its last rotation. Shows no key."""
    settings = settings_from(data, config)

    async def ask() -> "dict[str, tuple[str, int, Rotation | None]]":
        async with composition(context).runtime(settings) as runtime:
            return {
                name: (vault.region, await vault.oldest_root(), await vault.rotation())
                for name, vault in runtime.vaults.items()
            }

    found = asyncio.run(ask())
    if as_json:
        cells = {
            name: {"region": region, "oldest_root": root, "rotation": rotation}
            for name, (region, root, rotation) in found.items()
        }
        said = msgspec.json.encode({"kms": settings.vault.kms, "cells": cells})
        sys.stdout.write(msgspec.json.format(said).decode() + "\n")
        return
    print(f"root keys: {settings.vault.kms}")
    for name, (region, root, rotation) in found.items():
        print(f"{name:<12} region {region}, everything under root {root} or newer; {_told(rotation)}")


@app.command()
def rotate(
    context: typer.Context, region: OneRegion = None, data: DataFolder = None, config: ConfigFile = None
) -> None:
    """Wrap everything anew under a new root, and destroy the old one. Members notice nothing.

    Key-store backups made before open nothing afterwards. Interrupted, the worker goes on with it.
    """
    settings = settings_from(data, config)

    async def run() -> None:
        from kept.vault import by_region, go_on_rotating

        async with composition(context).runtime(settings) as runtime:
            for vaults in by_region(runtime.vaults.values()):
                if region not in (None, vaults[0].region):
                    continue
                for vault in vaults:
                    await vault.begin_rotation()
                gone = await go_on_rotating(vaults)
                for vault in vaults:
                    print(f"{vault.cell:<12} {_told(await vault.rotation())}")
                print(f"{vaults[0].region:<12} roots destroyed: {', '.join(map(str, gone)) or 'none'}")

    asyncio.run(run())


def _told(rotation: "Rotation | None") -> str:
    if rotation is None:
        return "never rotated"
    if rotation.finished_at is None:
        return f"rotating: {rotation.step}, {rotation.members:,} members' keys so far"
    return f"rotated to root {rotation.to_epoch} on {rotation.finished_at:%Y-%m-%d %H:%M} UTC, {rotation.members:,} members"
