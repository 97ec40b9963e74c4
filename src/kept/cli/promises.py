"""`kept promises`: every promise, measured now on the running system."""

import asyncio
import sys

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

SYMBOLS = {"kept": "✓", "broken": "✗", "unproven": "◐", "planned": "○"}
COLOURS = {"kept": "green", "broken": "red", "unproven": "yellow", "planned": "bright_black"}


def command(
    context: typer.Context,
    data: DataFolder = None,
    config: ConfigFile = None,
    as_json: bool = typer.Option(False, "--json", help="Print JSON, one object a promise."),
) -> None:
    """Measure and print every promise. Ends with 1 when one is broken."""
    asyncio.run(_promises(context, data, config, as_json))


async def _promises(context: typer.Context, data: DataFolder, config: ConfigFile, as_json: bool) -> None:
    from kept.promises import measure_all

    async with composition(context).runtime(settings_from(data, config)) as runtime:
        readings = await measure_all(runtime)
    rows: list[dict[str, object]] = [
        {
            "id": reading.promise.id,
            "group": reading.promise.group,
            "state": str(reading.state),
            "statement": reading.promise.statement,
            "figure": reading.figure,
            "sample": reading.sample,
            "details": reading.details,
            "measured_at": reading.measured_at,
        }
        for reading in readings
    ]
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows)).decode() + "\n")
    else:
        _print(rows)
    if any(row["state"] == "broken" for row in rows):
        raise typer.Exit(1)


def _print(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for group in dict.fromkeys(row["group"] for row in rows):
        table = Table(title=str(group), title_justify="left", box=None, pad_edge=False, show_header=False)
        for row in (row for row in rows if row["group"] == group):
            state = str(row["state"])
            mark = f"[{COLOURS[state]}]{SYMBOLS[state]} {state}[/]"
            table.add_row(mark, str(row["id"]), str(row["figure"] or row["statement"]))
        console.print(table)
        console.print()
    counts = {state: sum(row["state"] == state for row in rows) for state in SYMBOLS}
    console.print(", ".join(f"{count} {state}" for state, count in counts.items()))
