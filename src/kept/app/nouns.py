"""The nouns of the command line: the files of `kept.cli`, listed by reading them and loaded when one is typed.

So a heavy noun costs nothing to the others, and a new file is a new noun.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

import kept.cli

_FOLDER = Path(kept.cli.__file__).parent


class Nouns(TyperGroup):
    """A group whose commands are its own and every noun."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order in which help shows them."""
        return [*super().list_commands(ctx), *dict(_nouns())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load the noun that was typed."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in dict(_nouns()):
            return own
        noun = importlib.import_module(f"kept.cli.{cmd_name}")
        holder = typer.Typer(add_completion=False, rich_markup_mode=None)
        if hasattr(noun, "app"):
            holder.add_typer(noun.app, name=cmd_name)
        else:
            holder.command(cmd_name)(noun.command)
        return typer.main.get_group(holder).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Help that loads no noun."""
        own = [(name, super(Nouns, self).get_command(ctx, name)) for name in super().list_commands(ctx)]
        rows = [(name, command.get_short_help_str(80)) for name, command in own if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl([*rows, *_nouns()])


def _nouns() -> Iterator[tuple[str, str]]:
    """Name and meaning of every noun: a file with an `app` or a `command`, and the first line of its docstring."""
    for file in sorted(_FOLDER.glob("*.py")):
        tree = ast.parse(file.read_text())
        if any(name in ("app", "command") for node in tree.body for name in _names(node)):
            meaning = (ast.get_docstring(tree) or "").split("\n")[0].partition(": ")[2]
            yield file.stem, meaning[:1].upper() + meaning[1:]


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
