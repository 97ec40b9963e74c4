"""`kept ledger`: check the log of every sensitive act, from its first entry, without trusting who runs it."""

import base64
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import typer

from kept.cli import receipts
from kept.cli.asking import ConfigFile, DataFolder
from kept.cli.logs import Place, Vkey, key_of, log_at

if TYPE_CHECKING:
    from kept.ledger import Report

app = typer.Typer(help="The append-only log of every sensitive act.", no_args_is_help=True)

receipts.mount(app)


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
    report = check(log_at(place, data, config), vkey=vkey)
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

    source = log_at(place, data, config)
    key, note = key_of(source, vkey), source.fetch("checkpoint") or b""
    open_checkpoint(note, key)
    sys.stdout.write(note.decode())
    print(f"\nverifier key: {key.text}", file=sys.stderr)


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
