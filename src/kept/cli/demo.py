"""`kept demo`: made-up members and clips in a running installation."""

import asyncio

import typer

from kept.cli.asking import ConfigFile, DataFolder, composition, settings_from


def command(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Sign up made-up members of every age band in both regions, and publish clips generated on the spot."""
    asyncio.run(_demo(context, data, config))


async def _demo(context: typer.Context, data: DataFolder, config: ConfigFile) -> None:
    from kept.demo import PASSWORD, PEOPLE, seed

    async with composition(context).runtime(settings_from(data, config)) as runtime:
        await seed(runtime, report=lambda line: print(f"  {line}", flush=True))
    print(f"\n  Demo logins (password: {PASSWORD})")
    for person in PEOPLE:
        what = ", publishes clips" if person.publishes else ", watches only" if person.age < 13 else ""
        print(f"    {person.handle:<16} {person.age} years, {person.country}{what}")
