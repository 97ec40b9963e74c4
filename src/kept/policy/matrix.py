"""The permission matrix: everything that can be done, by everybody who may want to, on one page for people to review."""

from collections.abc import Iterable, Iterator, Sequence

from kept.policy.actions import GROUPS, Action, Group
from kept.policy.actor import Actor
from kept.policy.attributes import Site, Standing, Team, codes
from kept.policy.bands import AgeBand
from kept.policy.deciding import reads_of, try_code

_HEAD = """\
yes  always    if  in some cases (named at the end of the line)    -  never

Members are in good standing, with no limits set; visitors come from a country in which the service is offered; staff sit in
the region.
"""


def matrix() -> str:
    """The matrix as text: members by age band and visitors first, then staff by team."""
    people: dict[str, Actor] = {"visitor": Actor.visitor(offered=True, told=True)}
    for name, band in zip(("under 13", "13-15", "16-17", "adult"), AgeBand, strict=True):
        people[name] = Actor.member(band, standing=Standing.GOOD, offered=True, limits=())
    teams = {team.value.replace('_', ' '): Actor.staff(team, Site.IN_REGION) for team in Team}
    public = [action for group in Group if group not in (Group.STAFF, Group.PLATFORM) for action in GROUPS[group]]
    parts = [_HEAD, *_table(people, public), "", *_table(teams, GROUPS[Group.STAFF])]
    return "\n".join(parts) + "\n"


def _table(people: dict[str, Actor], actions: Iterable[Action]) -> Iterator[str]:
    widths = [max(len(name), 3) for name in people]
    yield _line("", people, widths, "")
    group = None
    for action in actions:
        if action.group is not group:
            group = action.group
            yield f"\n{group.replace('_', ' ')}"
        answers = [_answer(actor, action) for actor in people.values()]
        reads = sorted({path for actor in people.values() for path in _reads(actor, action)}) if "if" in answers else []
        yield _line(f"  {action}", answers, widths, ", ".join(reads))


def _line(head: str, cells: Iterable[str], widths: Sequence[int], tail: str) -> str:
    body = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{head:<25}{body}  {tail}".rstrip()


def _answer(actor: Actor, action: Action) -> str:
    """`yes`, `if` or `-`, over every resource that the policy can tell apart."""
    answers = {try_code(actor, action, code).allowed for code in codes(reads_of(actor.kind, action))}
    return "if" if len(answers) == 2 else "yes" if answers == {True} else "-"


def _reads(actor: Actor, action: Action) -> list[str]:
    return [attribute.path for attribute in reads_of(actor.kind, action)] if _answer(actor, action) == "if" else []
