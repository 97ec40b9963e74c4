"""The verbs of `kept regions` about backups: `backup` and `restore`. Mounted by `regions.py`."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

if TYPE_CHECKING:
    from kept.runtime import Runtime

OneCell = Annotated[str, typer.Option("--cell", metavar="NAME", help="Which cell.")]
AtSite = Annotated[str | None, typer.Option("--site", metavar="NAME", help="A declared site; the first by default.")]
TheKeys = Annotated[bool, typer.Option("--keys", help="The key store instead of the data.")]


def mount(regions: typer.Typer) -> None:
    """Add these verbs to the noun."""
    regions.command("backup")(backup)
    regions.command("restore")(restore)


def backup(
    context: typer.Context,
    cell: OneCell,
    site: AtSite = None,
    keys: TheKeys = False,
    listing: Annotated[bool, typer.Option("--list", help="Print the backups that there are.")] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Back up a cell to a site that its region declares."""

    async def run() -> None:
        from kept.residency import back_up

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            if listing:
                await _list(runtime, cell)
                return
            kind = "keys" if keys else "data"
            made = await back_up(runtime, runtime.cells.named(cell), site=site, kind=kind)
            print(f"backup {made.backup_id} of {cell} ({kind}) at {made.site}")
            print(f"{made.rows:,} rows, {made.objects:,} objects, {made.size:,} bytes stored")

    asyncio.run(run())


def restore(
    context: typer.Context,
    cell: OneCell,
    site: Annotated[str | None, typer.Option("--from", metavar="SITE", help="A declared site; the first by default.")] = None,
    which: Annotated[str | None, typer.Option("--backup", metavar="ID", help="Which backup; the newest by default.")] = None,
    keys: Annotated[str | None, typer.Option("--keys", metavar="ID", help="Restore this backup of the key store, too.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only try it, and let go of it again.")] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Restore a cell that is empty. It answers nobody before every erasure and takedown since the backup is done again."""

    async def run() -> Any:
        from kept.residency import restore as bring_back
        from kept.residency import try_restore

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            chosen, place = UUID(which) if which else None, runtime.cells.named(cell)
            print(f"{'Trying' if verify else 'Restoring'} {cell} …", flush=True)
            if verify:
                return await try_restore(runtime, place, site=site, backup_id=chosen)
            return await bring_back(runtime, place, site=site, backup_id=chosen, keys=UUID(keys) if keys else None)

    report = asyncio.run(run())
    print(f"backup {report.backup_id} of {report.taken_at}")
    print(f"{report.rows:,} rows and {report.objects:,} objects are what was signed, to the bit")
    if verify:
        return
    print(f"{report.entries:,} entries of the ledger since; {report.removed} members had moved away")
    for events, count in report.replayed.items():
        print(f"  {events}: {count} done again")
    print(f"nothing of them is left; {cell} answers again")


async def _list(runtime: "Runtime", cell: str) -> None:
    rows = await runtime.cells.directory.database.fetch(
        "SELECT * FROM backup WHERE cell = $1 AND deleted_at IS NULL ORDER BY taken_at DESC", cell
    )
    for row in rows:
        tested = f"tested {row['tested_at']:%Y-%m-%d %H:%M}" if row["tested_at"] else "not tested"
        found = f" ({row['test']})" if row["test"] else ""
        print(f"{row['backup_id']}  {row['kind']:<4}  {row['site']:<10}  {row['taken_at']:%Y-%m-%d %H:%M}  ", end="")
        print(f"until {row['expires_at']:%Y-%m-%d}  {row['size']:>12,} bytes  {tested}{found}")
    if not rows:
        print(f"There is no backup of {cell}.")
