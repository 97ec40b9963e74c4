"""`kept terms`: the documents as they are, and the part about data made anew."""

from typing import Annotated

import typer

from kept.cli.asking import composition
from kept.terms import (
    KINDS,
    all_versions,
    current,
    digest_of,
    generated_part,
    outdated_parts,
    version_of,
    write_parts,
)

app = typer.Typer(help="Terms, privacy notices and guidelines.", no_args_is_help=True)


@app.callback()
def declared(context: typer.Context) -> None:
    """Terms, privacy notices and guidelines."""
    composition(context).declare_tables()  # what the notices say of data is made from all tables


@app.command("list")
def list_versions() -> None:
    """Every version of every document."""
    for kind in KINDS:
        for document in all_versions(kind):
            print(f"{kind:<14} {document.version}  {document.digest[:12]}  {document.title}: {document.changes}")
    print(f"\nwhat the catalogue says now: {digest_of(generated_part())[:12]}")


@app.command()
def show(
    kind: Annotated[str, typer.Argument(help="terms, privacy, privacy-young or guidelines.")],
    version: Annotated[str, typer.Argument(help="A version; empty: the newest.")] = "",
) -> None:
    """Print a document as it is written, placeholders and all."""
    print((version_of(kind, version) if version else current(kind)).text, end="")


@app.command()
def data() -> None:
    """Print the part of the privacy notice that is made from the catalogue."""
    print(generated_part(), end="")


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where something is out of date.")] = False,
) -> None:
    """Store, beside the current notices, what the catalogue says now."""
    stale = outdated_parts() if check else write_parts()
    for file in stale:
        print(f"{file.parent.name}/{file.name}: {'out of date; run `kept terms build`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(1)
