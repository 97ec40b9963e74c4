"""`kept ledger`: check the log of every sensitive act, from its first entry, without trusting who runs it."""

import base64
import sys
import time
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, settings_from
from kept.kit import Settings

if TYPE_CHECKING:
    from kept.ledger import Report, Source, VerifierKey

app = typer.Typer(help="The append-only log of every sensitive act.", no_args_is_help=True)

Place = Annotated[
    str, typer.Argument(metavar="[FOLDER|URL]", help="Where the log is; this installation's, when nothing is said.")
]
Vkey = Annotated[
    str | None, typer.Option("--vkey", metavar="KEY", help="The log's verifier key, if you have kept it; else its own.")
]


@app.command()
def verify(
    place: Place = "",
    vkey: Vkey = None,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Check everything: each entry, each tile, the root, the signature. Ends with 1 when anything deviates."""
    from kept.ledger import verify as check

    began = time.monotonic()
    report = check(_source(place, data, config), vkey=vkey)
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(_plain(report))).decode() + "\n")
    else:
        _print(report, time.monotonic() - began)
    if not report.good:
        raise typer.Exit(1)


@app.command()
def head(place: Place = "", vkey: Vkey = None, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print the newest checkpoint, after checking its signature."""
    from kept.ledger import open_checkpoint

    source = _source(place, data, config)
    key, note = _key(source, vkey), source.fetch("checkpoint") or b""
    open_checkpoint(note, key)
    sys.stdout.write(note.decode())
    print(f"\nverifier key: {key.text}", file=sys.stderr)


@app.command()
def prove(
    index: int = typer.Argument(help="Number of the entry, from 0."),
    place: Place = "",
    vkey: Vkey = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Print a proof that an entry is in the log (c2sp.org/tlog-proof@v1); it needs nothing else to be checked."""
    from kept.ledger import prove as proof_of

    source = _source(place, data, config)
    sys.stdout.write(proof_of(source, index, _key(source, vkey)))


def _source(place: str, data: DataFolder, config: ConfigFile) -> "Source":
    from kept.ledger import source_of

    return source_of(place or _own(settings_from(data, config)))


def _own(settings: Settings) -> str:
    return settings.ledger.objects or str(settings.data_folder / "ledger")


def _key(source: "Source", vkey: str | None) -> "VerifierKey":
    from kept.ledger import VerifierKey

    return VerifierKey.parse(vkey if vkey is not None else (source.fetch("vkey") or b"").decode(errors="replace"))


def _plain(report: "Report") -> dict[str, object]:
    return {
        "good": report.good,
        "source": report.source,
        "origin": report.origin,
        "size": report.size,
        "root": base64.b64encode(report.root).decode(),
        "vkey": report.vkey,
        "pinned": report.pinned,
        "entries": report.entries,
        "events": dict(report.events.most_common()),
        "cells": dict(report.cells.most_common()),
        "first_at": report.first_at,
        "last_at": report.last_at,
        "unpublished": report.unpublished,
        "deviations": report.deviations,
    }


def _print(report: "Report", seconds: float) -> None:
    print(f"log      {report.origin or report.source}")
    print(f"entries  {report.entries:,} of {report.size:,}, in {seconds:.1f} s")
    print(f"root     {base64.b64encode(report.root).decode()}")
    print(f"key      {report.vkey}{'' if report.pinned else '  (the log’s own: keep it, and give it with --vkey)'}")
    if report.entries:
        print(f"from     {report.first_at} to {report.last_at}")
    for name, count in report.events.most_common():
        print(f"  {count:>10,}  {name}")
    if report.unpublished:
        print(f"{report.unpublished} files lie beyond the checkpoint: a writer is at work, or was killed")
    for deviation in report.deviations:
        print(f"DEVIATES  {deviation}")
    print("verified from the first entry" if report.good else "NOT VERIFIED")
