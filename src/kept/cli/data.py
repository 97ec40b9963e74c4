"""`kept data`: made-up rows and counts, for whoever needs data and must not see anybody's."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from
from kept.kit import KeptError, Kind

MOST_ROWS = 1_000_000

app = typer.Typer(help="Made-up rows and counts that are nobody's.", no_args_is_help=True)


class Shape(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSON = "json"


class NeedsFolder(KeptError):
    code = "needs_folder"
    kind = Kind.INVALID
    message = "Several tables as CSV are several files: say `--to FOLDER`, or take `--as json`."


Tables = Annotated[list[str], typer.Option("--table", metavar="NAME", help="A table; may be given several times.")]


@app.command()
def sample(
    context: typer.Context,
    table: Tables,
    rows: Annotated[int, typer.Option("--rows", min=1, max=MOST_ROWS, help="Rows of each table.")] = 100,
    shape: Annotated[Shape, typer.Option("--as", help="How to write them.")] = Shape.JSON,
    seed: Annotated[int, typer.Option("--seed", help="The same number gives the same rows.")] = 0,
    to: Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="Files there, instead of printing.")] = None,
) -> None:
    """Make up rows after the schema. Reads no row, and needs no database: what is printed is nobody's."""
    composition(context).declare_tables()
    from kept.anonymous import NoSuchTable, as_csv, as_json, made_rows
    from kept.catalog import data_map

    known = {entry.name: entry.table for entry in data_map()}
    for name in table:
        if name not in known:
            raise NoSuchTable(table=name)
    made = made_rows((known[name] for name in table), rows, seed=seed)
    files = {"sample.json": as_json(made)} if shape is Shape.JSON else {f"{n}.csv": as_csv(r) for n, r in made.items()}
    if to is None and len(files) > 1:
        raise NeedsFolder
    for name, text in files.items():
        _give(name, text, to)


@app.command()
def counts(
    context: typer.Context,
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="A table of the cells.")],
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="COLUMN[:month|year|size]", help="Count by this column; twice at most."),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="The fewest people a count may stand for; 10 at least.")] = 10,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Count people by group. Groups that are too small are left out, and others with them from which they would follow."""
    composition(context).declare_tables()
    from kept.anonymous import Counts, count, dimension_of, one_table

    asked = one_table(table)
    dimensions = [dimension_of(asked, one) for one in by or ()]

    async def run() -> Counts:
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            return await count(runtime.cells, asked, dimensions, k=k)

    found = asyncio.run(run())
    for group, people in found.groups.items() if dimensions else ():
        said = [f"{name}={value or '-'}" for name, value in zip(found.dimensions, group, strict=True)]
        print(*said, people, sep="  ")
    total = f"fewer than {k}" if found.total is None else found.total
    print(f"in all: {total}; {found.left_out} groups left out (k = {k})")


def _give(name: str, text: str, to: Path | None) -> None:
    if to is None:
        print(text, end="")
        return
    to.mkdir(parents=True, exist_ok=True)
    (to / name).write_text(text, encoding="utf-8", newline="")
    print(to / name)
