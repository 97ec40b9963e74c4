"""The verbs of `kept ledger` about one entry: `prove` and `check`. Mounted by `ledger.py`."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from
from kept.cli.logs import Place, Vkey, key_of, log_at

if TYPE_CHECKING:
    from kept.ledger import Opening, Proven, Quorum, Receipt, VerifierKey

NO_TRUST = 2
"""Exit code of `check` when it is not known what to trust: nothing was checked."""


def mount(ledger: typer.Typer) -> None:
    """Add these verbs to the noun."""
    ledger.command("prove")(prove)
    ledger.command("check")(check)


def prove(
    context: typer.Context,
    entry: Annotated[str, typer.Argument(help="Id of the entry, or its number, from 0.")],
    place: Place = "",
    vkey: Vkey = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write the receipt to this file; it must not exist.")
    ] = None,
    details: Annotated[
        bool,
        typer.Option("--details", help="Also what the cell keeps about it. The ledger records that you asked."),
    ] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Write a receipt: the entry and the proof that it is in the log, in one file that `check` needs nothing else for.

    For a number, without --to and --details, the bare proof is printed (c2sp.org/tlog-proof@v1).
    """
    from kept.ledger import index_of, receipt_of
    from kept.ledger import prove as proof_of

    source = log_at(place, data, config)
    key = key_of(source, vkey)
    if entry.isascii() and entry.isdecimal() and to is None and not details:
        sys.stdout.write(proof_of(source, int(entry), key))
        return
    number = int(entry) if entry.isascii() and entry.isdecimal() else index_of(source, _id(entry), key)
    receipt = receipt_of(source, number, key)
    if details:
        receipt = receipt_of(source, number, key, asyncio.run(_opening(context, receipt, data, config)))
    _write(receipt, to)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The receipt.")],
    vkey: Annotated[str | None, typer.Option("--key", metavar="VKEY", help="The log's verifier key.")] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="Logs and witnesses to trust (c2sp.org/tlog-policy)."),
    ] = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Check a receipt offline. Ends with 0 if it proves its entry, with 1 if not, with 2 if nothing could be checked.

    Without --key and --policy, only receipts of this installation's own log are accepted.
    """
    from kept.ledger import BadProof, check_receipt

    trusted = _trusted(vkey, policy, data, config)
    content = _content(file)
    try:
        proven = check_receipt(content, trusted)
    except BadProof as error:
        print(error)
        print("NOT PROVEN")
        raise typer.Exit(1) from error
    _print(proven, asked_outsiders=policy is not None and proven.as_of > 0)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter("an entry is named by its id (a UUID) or its number") from error


async def _opening(context: typer.Context, receipt: "Receipt", data: DataFolder, config: ConfigFile) -> "Opening":
    from kept.ledger import disclose, read
    from kept.vault import committed

    leaf = read(receipt.payload.encode())
    async with composition(context).runtime(settings_from(data, config)) as runtime:
        cell = runtime.cells.named(leaf.cell)
        apart = await committed(cell.keys_database, leaf.id)
        async with cell.begin() as tx:
            return await disclose(tx.connection, leaf.id, cell=cell.name, now=runtime.clock.now(), apart=apart)


def _write(receipt: "Receipt", to: Path | None) -> None:
    if to is None:
        sys.stdout.buffer.write(receipt.written())
        return
    try:
        with open(to, "xb", opener=_for_us_alone) as file:
            file.write(receipt.written())
    except OSError as error:
        raise typer.BadParameter(f"the receipt can't be written: {error}", param_hint="--to") from error
    print(f"receipt  {to}", file=sys.stderr)


def _trusted(vkey: str | None, policy: Path | None, data: DataFolder, config: ConfigFile) -> "VerifierKey | Quorum":
    """What the caller trusts. Exits with NO_TRUST where that is nothing, or unreadable."""
    from kept.ledger import BadNote, BadPolicy, Quorum, VerifierKey

    if vkey is not None and policy is not None:
        raise _nothing("say --key or --policy, not both: a policy names the log's key itself")
    try:
        if policy is not None:
            return Quorum.parse(policy.read_bytes())
        return VerifierKey.parse(vkey) if vkey is not None else key_of(log_at("", data, config), None)
    except OSError as error:
        raise _nothing(str(error)) from error
    except (BadNote, BadPolicy) as error:
        if vkey is None and policy is None:
            raise _nothing("say whose log it has to be: there is none here; give --key or --policy") from error
        raise _nothing(str(error)) from error


def _content(file: Path) -> bytes:
    from kept.ledger import LARGEST_RECEIPT

    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_RECEIPT + 1)
    except OSError as error:
        raise _nothing(str(error)) from error


def _nothing(why: str) -> typer.Exit:
    print(why, file=sys.stderr)
    print("NOTHING CHECKED", file=sys.stderr)
    return typer.Exit(NO_TRUST)


def _print(proven: "Proven", *, asked_outsiders: bool) -> None:
    leaf = proven.leaf
    said = {"actor": leaf.actor, "subject": leaf.subject, "object": leaf.object, "purpose": leaf.purpose}
    print(f"log      {proven.head.origin}")
    print(f"entry    {leaf.id}, number {proven.index:,} of {proven.head.size:,}")
    print(f"event    {leaf.event}, in {leaf.cell}, at {leaf.at}")
    for name, value in said.items():
        if value is not None:
            print(f"{name:<8} {value}")
    if proven.details is not None:
        print(f"details  {proven.details}")
    elif leaf.details is not None:
        print("details  committed to, and not in this receipt")
    if asked_outsiders:
        since = datetime.fromtimestamp(proven.as_of, UTC)
        print(f"cosigned {', '.join(proven.cosigners)}; a quorum vouches for it as of {since:%Y-%m-%d %H:%M:%S} UTC")
    else:
        print(
            "cosigned not asked for: a key alone shows what the log signed, not that everybody was shown the same log"
        )
    print("proven: this entry is in the log")


def _for_us_alone(path: str, flags: int) -> int:
    """A receipt may hold details that the ledger keeps covered."""
    return os.open(path, flags, 0o600)
