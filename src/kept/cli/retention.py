"""`kept retention`: how long everything is kept, whether anything is past its time, and what is held."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

if TYPE_CHECKING:
    from kept.retention import Hold

app = typer.Typer(help="How long everything is kept, and what is held.", no_args_is_help=True)

OneCell = Annotated[str, typer.Option("--cell", metavar="NAME", help="In which cell.")]
Days = Annotated[int, typer.Option("--days", min=1, help="For how many days at most.")]


@app.command()
def show(context: typer.Context) -> None:
    """Print every table's rule, as the catalogue has it."""
    composition(context).declare_tables()
    from kept.catalog import data_map

    for entry in data_map():
        keep = entry.law.keep
        if keep is None:  # the program refuses to start with such a table
            continue
        counted = f"after {keep.since.value}" + (f" ({keep.clock})" if keep.clock else "")
        print(f"{entry.store:<10} {entry.name:<20} {keep.time.days:>5} days {counted:<28} {keep.basis}")


@app.command()
def sweep(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Delete now what is past its time and not held; the worker does the same every five minutes."""

    async def run() -> None:
        from kept.retention import sweep as do

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            for cell, swept in zip(runtime.cells, await do(runtime.cells, now=runtime.clock.now()), strict=True):
                told = ", ".join(f"{count:,} of {table}" for table, count in sorted(swept.gone.items()))
                print(f"{cell.name}: {told or 'nothing was past its time'}")

    asyncio.run(run())


@app.command()
def scan(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Count what is past its time in every table that has a clock. Ends with 1 when something is, and is not held."""

    async def run() -> int:
        from kept.retention import scan as look

        late = rows = 0
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            async for one in look(runtime.cells, now=runtime.clock.now()):
                rows, late = rows + one.rows, late + one.late
                if one.late or one.held:
                    print(f"{one.where}: {one.table}: {one.late:,} past their time, {one.held:,} held")
        print(f"{late:,} of {rows:,} rows are past their time.")
        return late

    if asyncio.run(run()):
        raise typer.Exit(1)


@app.command()
def hold(
    context: typer.Context,
    member: Annotated[UUID, typer.Argument(help="Whose data: the member's id.")],
    case: Annotated[str, typer.Option("--case", metavar="NUMBER", help="The case it is for; a number, no names.")],
    cell: OneCell,
    days: Days = 90,
    item: Annotated[UUID | None, typer.Option("--item", metavar="ID", help="One clip or other thing of theirs.")] = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Hold a member's data for a case: no sweep deletes it. It is looked at again at half time, and ends by itself."""

    async def run() -> None:
        from kept.policy import Actor, Site, Team
        from kept.retention import NewHold, place_hold

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            now = runtime.clock.now()
            wanted = NewHold(member, case, now + timedelta(days=days) / 2, now + timedelta(days=days), item)
            async with runtime.cells.named(cell).begin() as tx:
                legal = Actor.staff(Team.LEGAL, Site.IN_REGION)
                subject = runtime.beacon.pseudonym(member)
                hold_id = await place_hold(tx, wanted, actor=legal, subject=subject, now=now)
            print(f"hold {hold_id}, to be reviewed on {wanted.review_at:%d %B %Y}, ends on {wanted.ends_at:%d %B %Y}")

    asyncio.run(run())


@app.command()
def lift(
    context: typer.Context,
    hold_id: Annotated[UUID, typer.Argument(metavar="HOLD", help="The hold's id.")],
    cell: OneCell,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Lift a hold. What is past its time by then goes with the next sweep."""

    async def run() -> None:
        from kept.policy import Actor, Site, Team
        from kept.retention import lift_hold

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            async with runtime.cells.named(cell).begin() as tx:
                legal = Actor.staff(Team.LEGAL, Site.IN_REGION)
                await lift_hold(tx, hold_id, actor=legal, now=runtime.clock.now())
            print(f"hold {hold_id} is lifted")

    asyncio.run(run())


@app.command()
def holds(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print every hold that there is."""

    async def run() -> None:
        from kept.retention import holds as of

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            for cell in runtime.cells:
                for one in await of(cell):
                    print(f"{cell.name}: {_line(one)}")

    asyncio.run(run())


def _line(one: "Hold") -> str:
    what = f"item {one.item_id} of {one.member_id}" if one.item_id else f"everything of {one.member_id}"
    if one.lifted_at is not None:
        state = f"lifted on {one.lifted_at:%d %B %Y}"
    elif one.ends_at <= datetime.now(UTC):
        state = f"ended on {one.ends_at:%d %B %Y}"
    else:
        state = f"until {one.ends_at:%d %B %Y}, review due on {one.review_at:%d %B %Y}"
    return f"hold {one.hold_id}, case {one.case_ref}: {what}; {state}"
