"""`kept regions`: which regions there are, how their links stand, and whether everything is where it belongs."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from
from kept.cli.backups import mount as mount_backups
from kept.cli.moving import mount as mount_moving

if TYPE_CHECKING:
    from kept.cells import Cell, Cells, Link, Offender

app = typer.Typer(help="Regions: where everybody's data is at home.", no_args_is_help=True)
mount_backups(app)
mount_moving(app)

OneCell = Annotated[str | None, typer.Option("--cell", metavar="NAME", help="This cell only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def show(context: typer.Context, as_json: AsJson = False, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print every region, who serves it, and how the links from here stand. Ends with 1 when one is in trouble."""
    settings = settings_from(data, config)

    async def ask() -> "tuple[list[Link], dict[str, str]]":
        from kept.cells import links

        async with composition(context).runtime(settings) as runtime:
            standings = {cell: str(one) for cell, one in (await runtime.cells.standings.all()).items()}
            return await links(runtime.cells), standings

    found, standings = asyncio.run(ask())
    regions = {
        name: {
            "cells": region.cells or [name],
            "standings": {cell: standings.get(cell, "serving") for cell in region.cells or [name]},
            "served": "here" if name in settings.served else region.origin,
            "residents": region.residents,
        }
        for name, region in settings.regions.items()
    }
    if as_json:
        _json({"regions": regions, "links": found})
    else:
        _print(regions, found)
    if any(link.trouble or link.refused for link in found):
        raise typer.Exit(1)


@app.command()
def key(
    region: Annotated[str | None, typer.Argument(help="A region that is served here; the only one by default.")] = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Print the public key of a region's gateway, for `gateway_key` in the other regions' configuration."""
    from kept.cells import region_key

    settings = settings_from(data, config)
    named = region or next(iter(settings.served))
    if named not in settings.served:
        raise typer.BadParameter(f"{named} is not served here")
    print(region_key(settings, named).vkey.text)


@app.command()
def scan(
    context: typer.Context,
    cell: OneCell = None,
    as_json: AsJson = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Look for what is not at home: private rows and objects of others, unnamed objects, public rows without a source.

    Ends with 1 when anything is found.
    """
    from kept.cells import scan as find

    async def look() -> int:
        count = 0
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            for one in _chosen(runtime.cells, cell):
                async for offender in find(one, runtime.cells, progress=_progress(one)):
                    count += 1
                    _tell(offender, as_json)
        return count

    found = asyncio.run(look())
    if not as_json:
        print("Nothing is out of place." if not found else f"{found} out of place.")
    if found:
        raise typer.Exit(1)


def _chosen(cells: "Cells", name: str | None) -> "list[Cell]":
    """The cells of this process, or one of them. Raises NotServedHere."""
    return list(cells) if name is None else [cells.named(name)]


def _tell(offender: "Offender", as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(offender).decode() + "\n")
        return
    meaning = {
        "row": "private rows of somebody whose home is elsewhere",
        "object": "an object of somebody whose home is elsewhere",
        "unnamed": "an object that no row names",
        "shelf": "a public row whose source is gone",
    }
    print(f"{offender.cell}: {offender.where}: {offender.count} × {meaning[offender.kind]}: {offender.which}")


def _progress(cell: "Cell") -> Any:
    """Tells a person at a terminal how far it is."""
    if not sys.stderr.isatty():
        return lambda _what, _done: None
    return lambda what, done: print(f"{cell.name}: {what}: {done:,}", file=sys.stderr)


def _print(regions: dict[str, Any], found: "list[Link]") -> None:
    for name, region in regions.items():
        cells = ", ".join(f"{cell} ({standing})" for cell, standing in region["standings"].items())
        print(f"{name}: cells {cells}; served {region['served']}")
    for link in found:
        way = "apart" if link.apart else "within this process"
        state = f"in trouble: {link.trouble} ({link.failures} times)" if link.trouble else "works"
        print(f"{link.from_cell} → {link.to_cell} ({way}): {state}, {link.waiting} waiting", end="")
        print(f", {link.refused} refused ({', '.join(link.reasons)})" if link.refused else "")


def _json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")
