"""`kept legal`: what authorities ask for, and what counsel answers. Data is given at the console alone, by people."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from

if TYPE_CHECKING:
    from kept.legal import Case
    from kept.policy import Actor
    from kept.runtime import Runtime

app = typer.Typer(help="What authorities ask for, and how it is answered.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The request's number, as `kept legal list` prints it.")]
Classes = Annotated[
    list[str],
    typer.Option("--class", metavar="CLASS", help="subscriber, identification, traffic or content; repeat it."),
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day (UTC), as 2026-12-31.")]
Verb = Callable[["Runtime", "Actor", datetime], Awaitable[Any]]


@app.command()
def enter(
    context: typer.Context,
    cell: Annotated[str, typer.Option("--cell", metavar="NAME", help="In which cell: where the members live.")],
    country: Annotated[str, typer.Option("--country", metavar="CC", help="Whose authority would have the data.")],
    instrument: Annotated[str, typer.Option("--instrument", metavar="KIND", help="See `kept legal instruments`.")],
    authority: Annotated[str, typer.Option("--authority", help="Which authority, in its own words.")],
    basis: Annotated[str, typer.Option("--basis", help="The law that it names, and its own number.")],
    identifier: Annotated[list[str], typer.Option("--identifier", help="Whom it names; repeat it.")],
    classes: Classes,
    emergency: Annotated[bool, typer.Option("--emergency", help="Somebody is in danger.")] = False,
    due: Day = None,
    gag_until: Day = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Record a request that came. From a country on the refusal list, it is refused in the same moment."""
    from kept.legal import NewRequest
    from kept.legal import enter as do

    new = NewRequest(
        instrument=instrument,
        country=country.strip().upper(),
        authority=authority,
        basis=basis,
        identifiers=tuple(identifier),
        classes=_classes(classes),
        emergency=emergency,
        due_at=_utc(due),
        gag_until=_utc(gag_until),
    )
    _act(context, data, config, lambda works, by, now: do(works, cell, new, actor=by, now=now))


@app.command("list")
def list_requests(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print every request. Ends with 1 if one is overdue."""

    async def run() -> int:
        from kept.legal import cases

        overdue = 0
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            now = runtime.clock.now()
            for case in await cases(runtime.cells):
                overdue += case.overdue(now)
                print(_line(case, now))
        return overdue

    if asyncio.run(run()):
        raise typer.Exit(1)


@app.command()
def show(context: typer.Context, number: Number, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print what a request says, and what counsel left of it. That somebody read it goes on record."""

    async def run() -> None:
        from kept.legal import read_case

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            now = runtime.clock.now()
            read = await read_case(runtime, number, actor=_counsel(), now=now)
            print(_line(read.case, now))
            print(f"  authority    {read.asked.authority}\n  basis        {read.asked.basis}")
            print(f"  names        {', '.join(read.asked.identifiers)}\n  asks for     {', '.join(read.asked.classes)}")
            if read.narrowed is not None:
                print(
                    f"  narrowed to  {', '.join(read.narrowed.classes)} of {', '.join(map(str, read.narrowed.accounts))}"
                )
                print(f"  because      {read.narrowed.finding}")

    asyncio.run(run())


@app.command()
def validate(
    context: typer.Context,
    number: Number,
    account: Annotated[
        list[str], typer.Option("--account", metavar="@HANDLE", help="A member, or their id; repeat it.")
    ],
    classes: Classes,
    finding: Annotated[str, typer.Option("--finding", help="Why it is lawful.")],
    since: Day = None,
    until: Day = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Find a request valid, and narrow it to some members, classes of data, and a span of time."""
    from kept.legal import Span
    from kept.legal import validate as do

    async def act(works: "Runtime", by: "Actor", now: datetime) -> "Case":
        accounts = [await _account(works, one) for one in account]
        wanted = _classes(classes)
        span = Span(_utc(since), _utc(until))
        return await do(
            works, number, accounts=accounts, classes=wanted, finding=finding, actor=by, now=now, span=span
        )

    _act(context, data, config, act)


@app.command()
def refuse(
    context: typer.Context,
    number: Number,
    ground: Annotated[str, typer.Option("--ground", help="no_basis, not_competent, too_broad, incomplete, rights, …")],
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Refuse a request, with a ground."""
    from kept.legal import Ground
    from kept.legal import refuse as do

    why = _one_of(Ground, ground)
    _act(context, data, config, lambda works, by, now: do(works, number, ground=why, actor=by, now=now))


@app.command()
def withdraw(context: typer.Context, number: Number, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Note that the authority took its request back."""
    from kept.legal import withdraw as do

    _act(context, data, config, lambda works, by, now: do(works, number, actor=by, now=now))


@app.command()
def preserve(
    context: typer.Context,
    number: Number,
    longer: Annotated[bool, typer.Option("--longer", help="Prolong it, once, as its law allows.")] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Keep data from deletion for a valid request that asks for this, for the time that its law gives."""
    from kept.legal import preserve as do
    from kept.legal import prolong

    verb = prolong if longer else do
    _act(context, data, config, lambda works, by, now: verb(works, number, actor=by, now=now))


@app.command()
def figures(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print how many requests came from each country, and how many accounts were disclosed. Exact: not for publication."""

    async def run() -> None:
        from kept.legal import INSTRUMENTS, disclosed
        from kept.legal import figures as of

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            accounts, _, elsewhere = await disclosed(runtime)
            for one in await of(runtime.cells):
                ends = f"{one.refused:,} refused, {one.valid:,} found valid, {one.withdrawn:,} withdrawn"
                ends += f", {one.produced:,} answered with data of {one.accounts:,} accounts"
                print(f"{one.country}  {one.received:>6,} received, {ends}: {INSTRUMENTS[one.instrument].title}")
            told = ", ".join(f"{code} {count:,}" for code, count in sorted(accounts.items())) or "none"
            print(f"Accounts disclosed: {told}; in cases that are not here: {elsewhere:,}")

    asyncio.run(run())


@app.command()
def instruments() -> None:
    """Print the kinds of requests, and what the law says of each."""
    from kept.legal import INSTRUMENTS

    for one in INSTRUMENTS.values():
        time = f"{one.answer.days} days" if one.answer else "as it says"
        kept = f"; preserves for {one.preserve.days} days" if one.preserve else ""
        print(f"{one.key:<16} {one.title}. Answer: {time}{kept}. Reaches: {', '.join(sorted(one.reaches))}.")


def _act(context: typer.Context, data: DataFolder, config: ConfigFile, verb: Verb) -> None:
    async def run() -> None:
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            now = runtime.clock.now()
            print(_line(await verb(runtime, _counsel(), now), now))

    asyncio.run(run())


def _counsel() -> "Actor":
    """Whoever may run commands on this machine stands in for the legal team."""
    from kept.policy import Actor, Site, Team

    return Actor.staff(Team.LEGAL, Site.IN_REGION)


async def _account(works: "Runtime", text: str) -> UUID:
    home = await works.cells.directory.by_handle(text.removeprefix("@"))
    if home is not None:
        return home.member_id
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(f"nobody has the handle {text}", param_hint="--account") from error


def _classes(given: list[str]) -> "tuple[Any, ...]":
    from kept.legal import DataClass

    return tuple(_one_of(DataClass, one) for one in given)


def _one_of(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is none of {', '.join(kind)}") from error


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _line(case: "Case", now: datetime) -> str:
    why = f" ({case.ground})" if case.ground else ""
    told = [
        f"{case.number}  {case.country}  {case.state}{why}: {case.kind.title}",
        f"came on {case.received_at:%d %B %Y}",
    ]
    if case.emergency:
        told.append("EMERGENCY")
    if case.due_at is not None and case.closed_at is None:
        told.append(f"due on {case.due_at:%d %B %Y, %H:%M} UTC" + (", OVERDUE" if case.overdue(now) else ""))
    if case.gag_until is not None and case.gag_until > now:
        told.append(f"nobody may be told before {case.gag_until:%d %B %Y}")
    if case.preserved_until is not None:
        told.append(f"preserved until {case.preserved_until:%d %B %Y}")
    return "; ".join(told)
