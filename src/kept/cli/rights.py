"""`kept rights`: the requests that people made, and whether a receipt is good."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from
from kept.cli.logs import key_of, log_at

app = typer.Typer(help="What people asked about their data.", no_args_is_help=True)


@app.command()
def show(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print how many requests there are of each kind, how quickly they were answered, and what is overdue."""

    async def run() -> int:
        from kept.rights import Kind, figures

        overdue = 0
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            for kind in Kind:
                told = await figures(runtime.cells, kind, now=runtime.clock.now())
                overdue += told.overdue
                print(
                    f"{kind:<9} {told.asked:,} asked, {told.answered:,} answered, {told.called_off:,} called off, "
                    f"{told.held:,} held, {told.overdue:,} overdue; "
                    f"median {told.median_days:.1f}, worst {told.worst_days:.1f} days"
                )
        return overdue

    if asyncio.run(run()):
        raise typer.Exit(1)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt of an erasure.")],
    vkey: Annotated[str | None, typer.Option("--key", metavar="VKEY", help="The log's verifier key.")] = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Check the signature of a receipt, and print what it says. Ends with 1 if it is not good."""
    from kept.ledger import VerifierKey
    from kept.residency import BadStatement, hash_of
    from kept.subjects import read_receipt

    text = file.read_text("utf-8")
    key = VerifierKey.parse(vkey) if vkey else key_of(log_at("", data, config), None)
    try:
        said = read_receipt(text, key)
    except BadStatement as error:
        print(error.public)
        raise typer.Exit(1) from error
    print(f"Good: signed by {key.name}. Erased at {said['erased_at']}; {said['residue']['found']} pieces were left.")
    for one in said["outcomes"]:
        print(f"  {one['where']:<40} {one['outcome']:<14} {one['rows']:>8,} rows")
    print(f"In the ledger it is named receipt:{hash_of(text)}")
