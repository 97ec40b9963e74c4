"""`kept policy`: the policy as people read it, the table made anew, and a decision explained."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from kept.policy import (
    FILES,
    Action,
    Actor,
    ActorKind,
    AgeBand,
    Limit,
    Policy,
    Refused,
    Resource,
    Site,
    Standing,
    Team,
    build,
    can,
    introduction,
    matrix,
    outdated,
    policies,
    policy_hash,
)

app = typer.Typer(help="Who may do what: show it, explain a decision, make the table anew.", no_args_is_help=True)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A policy or a file, such as youth.watch-only or youth; empty: all.")] = "",
    text: Annotated[bool, typer.Option("--text", help="With the Cedar text of each policy.")] = False,
) -> None:
    """Print policies: what each says, and the promise that it helps to keep."""
    wanted = [policy for policy in policies().values() if name in ("", policy.id, policy.id.partition(".")[0])]
    if not wanted:
        raise typer.BadParameter(f"there is no policy called {name}")
    console = Console()
    for file in FILES:
        mine = [policy for policy in wanted if policy.id.startswith(f"{file}.")]
        if mine:
            _print_file(console, file, mine, text=text or name == mine[0].id)
    console.print(f"\n{len(wanted)} policies · SHA-256 of the whole policy {policy_hash()}", style="dim")


@app.command("matrix")
def print_matrix() -> None:
    """Print everything that can be done, and who may do it."""
    print(matrix(), end="")


@app.command("build")
def build_table(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where something is out of date.")] = False,
) -> None:
    """Have Cedar check the policies, and write the table and the vocabulary that belong to them."""
    stale = outdated()
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run `kept policy build`")
        raise typer.Exit(1)
    if not check:
        build()
    print(f"{len(policies())} policies, {policy_hash()[:12]}: {'up to date' if not stale else 'written'}")


@app.command("can")
def explain(
    actor: Annotated[str, typer.Argument(help="visitor, member, staff or system.")],
    action: Annotated[str, typer.Argument(help="An action, such as send_message.")],
    resource: Annotated[list[str] | None, typer.Argument(help="What is known of it: relation=friend payload=text …")] = None,
    band: Annotated[AgeBand, typer.Option(help="A member's age band.")] = AgeBand.ADULT,
    standing: Annotated[Standing, typer.Option(help="How the member's account stands.")] = Standing.GOOD,
    limit: Annotated[list[Limit] | None, typer.Option(help="What is switched off for the member.")] = None,
    team: Annotated[Team, typer.Option(help="Team of a member of staff.")] = Team.SUPPORT,
    site: Annotated[Site, typer.Option(help="Where they sit.")] = Site.IN_REGION,
    offered: Annotated[bool, typer.Option(help="The service is offered where they are.")] = True,
) -> None:
    """Explain a decision. What is not said of the resource counts as the strictest value."""
    makers = {
        ActorKind.VISITOR: lambda: Actor.visitor(offered=offered, told=True),
        ActorKind.MEMBER: lambda: Actor.member(band, standing=standing, offered=offered, limits=limit or ()),
        ActorKind.STAFF: lambda: Actor.staff(team, site),
        ActorKind.SYSTEM: Actor.system,
    }
    who = makers[_one_of(ActorKind, actor.title())]()
    what = _one_of(Action, action)
    answer = can(who, what, _resource(what, resource or []))
    print("yes" if answer else f"no. {Refused.of(answer, what, who.band).public}")
    for name in answer.policies:
        print(f"  {name}: {policies()[name].title}")


def _resource(action: Action, said: list[str]) -> Resource:
    """The action's noun, with what was said of it."""
    known = {attribute.path: attribute for attribute in action.noun.attributes}
    values: dict[str, Any] = {}
    for part in said:
        name, _, value = part.partition("=")
        if name not in known:
            raise typer.BadParameter(f"{action} knows {', '.join(known) or 'nothing'} of its resource, not {name}")
        try:
            values[name] = known[name].read(value)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    return action.noun(**values)


def _one_of(kind: Any, value: str) -> Any:
    if value not in set(kind):
        raise typer.BadParameter(f"{value} is none of {', '.join(kind)}")
    return kind(value) if kind is not Action else Action.named(value)


def _print_file(console: Console, file: str, mine: list[Policy], *, text: bool) -> None:
    console.print(f"\n[bold]{file}[/bold]")
    console.print(introduction(file), style="dim", highlight=False)
    grid = Table.grid("", "", "", "", padding=(0, 2))
    grid.columns[1].no_wrap = True
    for policy in mine:
        sign = "[green]may[/green]" if policy.effect == "permit" else "[red]never[/red]"
        grid.add_row(sign, policy.id, policy.title, f"[dim]{policy.promise or ''}[/dim]")
    console.print(grid, highlight=False)
    if text:
        for policy in mine:
            console.print(Syntax(policy.text, "javascript", theme="ansi_light", background_color="default", word_wrap=True))
