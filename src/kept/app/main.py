"""The `kept` command, and its edge: where an error becomes a sentence and an exit code.

Imports nothing heavy: each command loads what it needs.
"""

import importlib
import os
import sys
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, NoReturn

import typer

from kept import __version__
from kept.app.children import FATAL
from kept.app.nouns import Nouns
from kept.app.starting import starting
from kept.cli import ConfigFile, DataFolder, Port, settings_from
from kept.kit import Fatal, KeptError, Kind, Settings

if TYPE_CHECKING:
    from kept.runtime import Runtime

_EXIT = {
    Kind.INVALID: 65,
    Kind.MALFORMED: 65,
    Kind.NOT_FOUND: 66,
    Kind.CONFLICT: 73,
    Kind.UNAUTHENTICATED: 77,
    Kind.FORBIDDEN: 77,
}

app = typer.Typer(
    cls=Nouns,
    help="A short-form video platform that keeps its promises and proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show the values of variables
    rich_markup_mode=None,
)


class _Composed:
    """The Composition that commands are handed."""

    def declare_tables(self) -> None:
        importlib.import_module("kept.app.schema")
        importlib.import_module("kept.app.http")  # the doors with their intakes

    def runtime(self, settings: Settings) -> "AbstractAsyncContextManager[Runtime]":
        from kept.app.compose import opened

        return opened(settings)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"kept {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """A short-form video platform that keeps its promises and proves it."""
    context.obj = _Composed()


@app.command()
def up(
    demo: bool = typer.Option(False, "--demo", help="Make made-up members and clips, and print their logins."),
    port: Port = None,
    data: DataFolder = None,
    config: ConfigFile = None,
) -> None:
    """Run the whole platform: database, vault, server and worker, until it is told to stop."""
    from kept.app.supervisor import Supervisor

    Supervisor.for_command(data, config, port, demo=demo).run()


@app.command()
def serve(port: Port = None, data: DataFolder = None, config: ConfigFile = None) -> None:
    """Answer people (one of the processes of `kept up`)."""
    starting()
    from kept.app.server import serve as run

    run(settings_from(data, config, port))


@app.command()
def work(data: DataFolder = None, config: ConfigFile = None) -> None:
    """Do what nobody waits for (one of the processes of `kept up`)."""
    starting()
    from kept.app.working import work as run

    run(settings_from(data, config))


@app.command()
def vault(data: DataFolder = None, config: ConfigFile = None) -> None:
    """Hold the keys, and answer over a socket (one of the processes of `kept up`, unless vault.apart is false)."""
    starting()
    from kept.app.key_holding import hold

    hold(settings_from(data, config))


@app.command()
def migrate(data: DataFolder = None, config: ConfigFile = None) -> None:
    """Bring every database to the schema of this program. Safe to repeat."""
    from kept.app.compose import migrate_everything

    migrate_everything(settings_from(data, config))


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
def witness(context: typer.Context) -> None:
    """Cosign a log's checkpoints, on a machine that the log's operator has no power over."""
    # It runs for years on small machines: as a program of its own, it takes half the memory of this one.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "kept.witness", *context.args])  # noqa: S606  no shell


@app.command("demo-witness", hidden=True)
def demo_witness(data: str, origin: str, port: str) -> None:
    """Cosign the demonstration's log (one of the processes of `kept up --demo`)."""
    line = [sys.executable, "-P", "-m", "kept.witness.demonstration", data, origin, port]
    os.execv(sys.executable, line)  # noqa: S606  no shell


def _cause(error: BaseException) -> BaseException:
    """The error to tell of, where tasks that ran side by side failed together: a fatal one, else the first."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    causes = [_cause(one) for one in error.exceptions]
    return next((cause for cause in causes if isinstance(cause, Fatal)), causes[0])


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"kept: {message}", err=True)
    sys.exit(code)


def main() -> None:
    """Run the command that was typed."""
    try:
        app(prog_name="kept")
    except (KeptError, Fatal, BaseExceptionGroup) as error:
        match _cause(error):
            case KeptError() as expected:
                _fail(expected.public, 75 if expected.kind.may_pass else _EXIT.get(expected.kind, 1))
            case Fatal() as fatal:
                _fail(f"stopped rather than go on: {fatal}", FATAL)
            case _:
                raise


if __name__ == "__main__":
    main()
