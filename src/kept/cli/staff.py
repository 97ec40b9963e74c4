"""`kept staff`: who works for the operator. The first colleague is entered here, later ones in the console, too."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from
from kept.kit import Settings

if TYPE_CHECKING:
    from kept.policy import Actor

app = typer.Typer(help="Who works for the operator, and may come to the console.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Work name.")]
BY = "system:operator"


@app.command()
def add(
    context: typer.Context,
    name: Name,
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="Such as security, legal, privacy, engineering.")],
    site: Annotated[str, typer.Option("--site", metavar="COUNTRY", help="Country of the place of work, two letters.")],
    region: Annotated[
        str, typer.Option("--region", metavar="REGION", help="Region whose team it is.")
    ] = "",
    manager: Annotated[str, typer.Option("--manager", metavar="NAME", help="Their manager.")] = "",
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Enter somebody, and print the address at which they make their passkey: good once, for a day."""

    async def run() -> None:
        from kept.policy import Team
        from kept.staff import BadStaff, NewColleague, enter, invite

        if team not in tuple(Team):
            raise BadStaff(why=f"there is no team {team}; teams are {', '.join(list(Team)[1:])}")
        async with composition(context).runtime(settings_from(data, config)) as runtime:
            directory, now = runtime.cells.directory, runtime.clock.now()
            new = NewColleague(name, Team(team), site.upper(), region, manager)
            regions = list(runtime.settings.regions)
            staff_id = await enter(directory, new, regions=regions, actor=_operator(), by=BY, now=now)
            invitation = await invite(directory, staff_id, actor=_operator(), by=BY, now=now)
            print(f"{name} is entered. Their passkey is made here, once, within a day:")
            print(f"{_origin(runtime.settings)}/console/join?code={invitation.code}")

    asyncio.run(run())


@app.command()
def invite(context: typer.Context, name: Name, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print another invitation for somebody who works here; an earlier one is void."""

    async def run() -> None:
        from kept.staff import colleague
        from kept.staff import invite as invite_again

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            directory, now = runtime.cells.directory, runtime.clock.now()
            who = await colleague(directory, name)
            invitation = await invite_again(directory, who.staff_id, actor=_operator(), by=BY, now=now)
            print(f"{_origin(runtime.settings)}/console/join?code={invitation.code}")

    asyncio.run(run())


@app.command(name="list")
def listed(
    context: typer.Context,
    gone: Annotated[bool, typer.Option("--gone", help="Also those who left.")] = False,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Print who works here: name, team, region, place of work."""

    async def run() -> None:
        from kept.staff import colleagues

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            for one in await colleagues(runtime.cells.directory, gone=gone):
                left = f", left on {one.ended_at:%d %B %Y}" if one.ended_at else ""
                print(f"{one.name:<24} {one.team:<18} {one.region or 'all':<6} {one.site}{left}")

    asyncio.run(run())


@app.command()
def move(
    context: typer.Context,
    name: Name,
    site: Annotated[str, typer.Option("--site", metavar="COUNTRY", help="Country of the place of work, two letters.")],
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Somebody works in another country from now on. Their grants end, for those were given at another place."""

    async def run() -> None:
        from kept.staff import change_site, colleague

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            directory, now = runtime.cells.directory, runtime.clock.now()
            who = await colleague(directory, name)
            await change_site(directory, who.staff_id, site.upper(), actor=_operator(), by=BY, now=now)

    asyncio.run(run())


@app.command()
def end(context: typer.Context, name: Name, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Somebody no longer works here: sessions and grants are over at once."""

    async def run() -> None:
        from kept.staff import colleague, leave

        async with composition(context).runtime(settings_from(data, config)) as runtime:
            directory, now = runtime.cells.directory, runtime.clock.now()
            who = await colleague(directory, name)
            await leave(directory, who.staff_id, actor=_operator(), by=BY, now=now)

    asyncio.run(run())


def _operator() -> "Actor":
    """Whoever has the machine's command line acts as the security team does; the ledger says `system:operator`."""
    from kept.policy import Actor, Site, Team

    return Actor.staff(Team.SECURITY, Site.IN_REGION)


def _origin(settings: Settings) -> str:
    server = settings.server
    scheme = "https" if server.certificate else "http"
    return server.public_url.rstrip("/") or f"{scheme}://localhost:{server.port}"
