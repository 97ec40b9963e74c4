"""`kept audit`: follow somebody's log as it grows, check all of it, and tell what was found."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

if TYPE_CHECKING:
    from kept.audit import Copy, Findings, State
    from kept.ledger import Quorum

app = typer.Typer(help="Hold a log to its word, from outside.", no_args_is_help=True)

Log = Annotated[str | None, typer.Option("--log", metavar="VKEY", help="The log's verifier key, if you have it.")]
Policy = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="Which witnesses must have cosigned (tlog-policy).")
]


@app.command()
def follow(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the log is, as in https://kept.example/ledger.")],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the copy is kept.")],
    every: Annotated[float, typer.Option("--every", metavar="S", min=1.0, help="Seconds between two visits.")] = 30.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    log: Log = None,
    policy: Policy = None,
    patience: Annotated[float, typer.Option(metavar="S", help="Seconds of silence until there is an alarm.")] = 600.0,
) -> None:
    """Copy and check a log as it grows. Ends with an alarm: 10 silence, 11 not cosigned, 12 gap, 13 damage,
    14 bad signature, 15 fork."""
    from kept.audit import Alarmed, Copy, Mirror
    from kept.audit import follow as go_on
    from kept.kit import SystemClock
    from kept.ledger import VerifierKey, source_of

    copy, key = Copy(to), VerifierKey.parse(log) if log else None
    tell = _Telling(copy)
    with copy.alone():
        mirror = Mirror(source_of(url), copy, SystemClock(), key=key, quorum=_quorum(policy), patience=patience)
        try:
            if once:
                tell(mirror.visit())
            else:
                go_on(mirror, every, time.sleep, tell)
        except Alarmed as alarmed:
            typer.secho(f"{alarmed.alarm}: {url}: {alarmed.what}", fg="red", bold=True, err=True)
            raise typer.Exit(alarmed.alarm.exit_code) from alarmed
        except KeyboardInterrupt:
            print("stopped; go on with the same command")


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where `kept audit follow` keeps its copy.")],
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check the copy once more, offline, and tell what was found since when. Ends with 1 when anything deviates."""
    from kept.audit import Copy, findings

    found = findings(Copy(folder))
    if as_json:
        plain = {"good": found.good, **msgspec.to_builtins(found)}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(plain)).decode() + "\n")
    else:
        _print(found)
    if not found.good:
        raise typer.Exit(1)


def _quorum(policy: Path | None) -> "Quorum | None":
    from kept.ledger import BadPolicy
    from kept.ledger import Quorum as Policies

    if policy is None:
        return None
    try:
        return Policies.parse(policy.read_bytes())
    except OSError as error:
        raise BadPolicy(why=str(error)) from error


class _Telling:
    """Says after each visit how far it is, and what has happened since to requests of authorities that are answered."""

    def __init__(self, copy: "Copy") -> None:
        state = copy.state()
        self._copy, self._size = copy, state.size if state else 0
        self._acts = self._count(state)

    def __call__(self, state: "State") -> None:
        from kept.audit import productions

        print(f"{_day(state.looked)}  {state.size:,} entries, all checked", flush=True)
        if self._count(state) != self._acts:  # the whole log is read for it, which most visits need not
            for one in productions(self._copy.log, state.size):
                for step in one.steps:
                    if step.index >= self._size:
                        print(f"  {step.index:>10,}  {step.at}  {one.case}: {step.words}", flush=True)
                for wrong in one.deviations:
                    typer.secho(f"  DEVIATES    {one.case}: {wrong}", fg="red", err=True)
        self._size, self._acts = state.size, self._count(state)

    @staticmethod
    def _count(state: "State | None") -> int:
        from kept.audit.productions import SAID

        return sum(count for event, count in state.events.items() if event in SAID) if state else 0


def _print(found: "Findings") -> None:
    state = found.state
    print(f"log          {state.source}")
    print(f"key          {state.vkey}{'' if state.pinned else '  (the log’s own: compare it with others)'}")
    print(f"followed     {_day(state.began)} to {_day(state.looked)}, {state.visits:,} visits, all times UTC")
    print(
        f"checked      {found.entries:,} entries from the first, every tile, {found.checkpoints:,} signed checkpoints"
    )
    print(f"entries      from {state.first_at or 'never'} to {state.last_at or 'never'}")
    for event, count in sorted(state.events.items(), key=lambda one: (-one[1], one[0])):
        print(f"  {count:>10,}  {event}")
    for one in found.productions:
        print(f"given        {one.case}: what was given to an authority, step by step")
        for step in one.steps:
            print(f"  {step.index:>10,}  {step.at}  {step.words}")
    for name, seen in sorted(state.cosigners.items()):
        print(f"cosigned by  {name}, {seen.checkpoints:,} times, {_day(seen.first)} to {_day(seen.last)}")
    if not state.cosigners:
        print("cosigned by  nobody that was asked for: give --policy to check who has seen the same log")
    for begin, end in state.unseen:
        print(f"NOT SEEN     {_day(begin)} to {_day(end)}")
    for alarm in state.alarms:
        print(
            f"ALARM        {_day(alarm.first)} to {_day(alarm.last)}, {alarm.times:,} times: {alarm.kind}: {alarm.what}"
        )
    for deviation in found.deviations:
        typer.secho(f"DEVIATES     {deviation}", fg="red")
    print("nothing deviates" if found.good else "THIS LOG OR ITS COPY DEVIATES")


def _day(posix: int) -> str:
    return f"{datetime.fromtimestamp(posix, UTC):%Y-%m-%d %H:%M:%S}" if posix else "never"
