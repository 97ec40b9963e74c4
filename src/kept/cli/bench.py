"""`kept bench NAME`: how fast it is, beside a physical limit or a bare baseline taken in the same run."""

import asyncio
import importlib
import sys
from enum import StrEnum
from typing import Annotated

import msgspec
import typer


class Bench(StrEnum):
    """One benchmark a hot path; each is a module of `kept.bench` with an async `run() -> dict`."""

    FEED = "feed"
    UPLOAD = "upload"
    LEDGER = "ledger"
    POLICY = "policy"
    VAULT = "vault"
    PIVOT = "pivot"
    MEDIA = "media"
    MESSAGES = "messages"
    GATEWAY = "gateway"
    WITNESS = "witness"
    ERASE = "erase"
    EXPORT = "export"
    ACCESS = "access"
    RANKING = "ranking"
    APP = "app"


LONGER = (Bench.MESSAGES, Bench.ERASE, Bench.RANKING)
"""Those that have a part which takes minutes."""


def command(
    name: Annotated[Bench, typer.Argument(help="Which hot path.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Also what takes minutes (`messages`, `erase` and `ranking`).")] = False,
) -> None:
    """Measure a hot path. Absolute figures depend on the machine and the minute; read the ratios."""
    options = {"long": True} if long and name in LONGER else {}
    result = asyncio.run(importlib.import_module(f"kept.bench.{name}").run(**options))
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(result)).decode() + "\n")
        return
    for key, value in result.items():
        text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        print(f"{key.replace('_', ' '):<44} {text}")
