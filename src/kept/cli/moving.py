"""The verbs of `kept regions` that move data between cells: `move`, `pivot`, `certificate`. Mounted by `regions.py`."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

if TYPE_CHECKING:
    from kept.runtime import Runtime

Old = Annotated[str, typer.Option("--cell", metavar="OLD", help="The cell that is left.")]
New = Annotated[str, typer.Option("--to", metavar="NEW", help="The cell that takes over; in the same region, and empty.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_STANDING = """
SELECT p.*, (SELECT count(*) FROM member WHERE cell = p.old) AS left,
  (SELECT coalesce(max(window_ms), 0) FROM move_batch b WHERE b.pivot_id = p.pivot_id) AS longest
FROM pivot p WHERE p.pivot_id = $1
"""


def mount(regions: typer.Typer) -> None:
    """Add these verbs to the noun."""
    regions.command("move")(move)
    regions.command("pivot")(pivot)
    regions.command("certificate")(certificate)


def move(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="Handle of the member.")],
    to: Annotated[str, typer.Option("--to", metavar="CELL", help="Their new home.")],
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Move one member to another cell, for a changed residence: rows, objects and keys, verified before it counts."""

    async def run() -> None:
        from kept.residency import MemberBusy, move_member

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            home = await runtime.cells.directory.by_handle(member)
            if home is None:
                raise typer.BadParameter(f"there is no member called {member}")
            for attempt in range(20):
                try:
                    moved = await move_member(runtime, home.member_id, to)
                    break
                except MemberBusy:
                    if attempt == 19:
                        raise
                    await asyncio.sleep(0.5)
            window = moved.window_seconds * 1000
            print(f"{moved.rows} rows and {moved.objects} objects moved to {to}; read-only for {window:.0f} ms.")

    asyncio.run(run())


def pivot(
    context: typer.Context,
    old: Old,
    to: New = "",
    abort: Annotated[bool, typer.Option("--abort", help="Take a pivot back that has not begun to delete.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow it to its end; the worker does it either way.")] = True,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Move a cell to a new store while its members go on using it; empty the old one; certify that. Ends with 1 if it stops."""

    async def run() -> bool:
        from kept.residency import abort_pivot, begin_pivot

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            now = runtime.clock.now()
            asked = abort_pivot(runtime, old, now=now) if abort else begin_pivot(runtime, old, to, now=now)
            pivot_id = await asked
            print(f"pivot {pivot_id}")
            return not wait or await _follow(runtime, pivot_id)

    if not asyncio.run(run()):
        raise typer.Exit(1)


async def _follow(runtime: "Runtime", pivot_id: Any) -> bool:
    """Say how far it is until it ends; whether it ended as it was asked to."""
    told = ""
    while True:
        [row] = await runtime.cells.directory.database.fetch(_STANDING, pivot_id)
        said = f"{row['step']}: {row['members'] - row['left']:,} of {row['members']:,} members moved"
        said += f", longest read-only window {row['longest']:.0f} ms" if row["longest"] else ""
        said += f" — {row['problem']}" if row["problem"] else ""
        if said != told:
            print(said, flush=True)
            told = said
        if row["ended_at"] is not None:
            return bool(row["step"] in ("done", "aborted"))
        jobs = "SELECT FROM job WHERE kind = 'pivot' AND owner_id = $1 AND state IN ('waiting', 'running')"
        if not await runtime.cells.named(row["new"]).database.fetch(jobs, pivot_id):
            print("It stopped before its end; say the same again to go on.")
            return False
        await asyncio.sleep(0.5)


def certificate(
    context: typer.Context,
    cell: Annotated[str | None, typer.Option("--cell", metavar="OLD", help="Which was left; else the newest.")] = None,
    as_json: AsJson = False,
    signed: Annotated[bool, typer.Option("--signed", help="Print the signed text itself.")] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Print the certificate of a finished pivot, after checking its signature."""

    async def run() -> tuple[str, dict[str, Any], str]:
        from kept.ledger import VerifierKey
        from kept.residency import hash_of, read_certificate

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            found = await runtime.cells.directory.database.fetch(
                "SELECT certificate FROM pivot WHERE step = 'done' AND ($1::text IS NULL OR old = $1)"
                " ORDER BY ended_at DESC LIMIT 1",
                cell,
            )
            if not found:
                raise typer.BadParameter("there is no finished pivot")
            text = found[0]["certificate"]
            key = VerifierKey.parse((await runtime.ledger.objects.get("vkey")).decode())
            return text, read_certificate(text, key), hash_of(text)

    text, said, hashed = asyncio.run(run())
    if signed:
        sys.stdout.write(text)
    elif as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(said)).decode() + "\n")
    else:
        _print(said, hashed)


def _print(said: dict[str, Any], hashed: str) -> None:
    print(f"Certificate of sanitization ({said['standard']})")
    for heading in ("media", "sanitization", "verification", "destination", "signed_for"):
        print(f"\n{heading.replace('_', ' ')}")
        for name, value in said[heading].items():
            print(f"  {name.replace('_', ' '):<22} {value}")
    moved = said["moved"]
    print(f"\nmoved: {moved['members']:,} members in {moved['batches']} batches, {moved['objects']:,} objects")
    for name, table in moved["tables"].items():
        print(f"  {name:<22} {table['rows']:>9,} rows  {table['digest'][:16]}…")
    print(f"\nfrom {said['began_at']} to {said['certified_at']}; in the ledger as certificate:{hashed}")
    windows = moved["read_only_milliseconds"]
    print(f"read-only for a member: {windows['median']} ms (median), {windows['longest']} ms (longest)")
