"""`kept config`: every setting, its meaning, its value and where the value comes from, in the form of a settings file."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer

from kept.cli.asking import ConfigFile, DataFolder, config_file, environ_with
from kept.kit.settings import Section, load_settings

app = typer.Typer(help="The settings.", no_args_is_help=True)

Tree = dict[str, Any]


@app.command()
def show(data: DataFolder = None, config: ConfigFile = None) -> None:
    """Print every setting. The output is a valid settings file; passwords in addresses are left out."""
    file = config_file(data, config)
    environ = environ_with(data)
    settings = load_settings(file, environ)
    written = tomllib.loads(file.read_text()) if file else {}
    print(f"# Settings of Kept, read from {file or 'no file'}, then from the environment.")
    print("# KEPT_SERVER_PORT=9000 sets server.port; lists are separated by commas.")
    for line in _section(settings, (), _Sources(file, written, environ, data is not None)):
        print(line)


class _Sources:
    """Knows where the value of a setting comes from."""

    def __init__(self, file: Path | None, written: Tree, environ: dict[str, str], typed: bool) -> None:
        self._file, self._written, self._environ, self._typed = file, written, environ, typed

    def of(self, path: tuple[str, ...]) -> str:
        variable = "_".join(("KEPT", *path)).upper()
        if path == ("data",) and self._typed:
            return "--data"
        if variable in self._environ and len(path) <= 2:
            return f"environment, {variable}"
        tree: Any = self._written
        for step in path:
            tree = tree.get(step) if isinstance(tree, dict) else None
        return "default" if tree is None else self._file.name if self._file else ""


def _section(section: Section, path: tuple[str, ...], sources: _Sources) -> Iterator[str]:
    """The lines of a section: its own settings first, then the sections in it."""
    inner: list[tuple[str, Section]] = []
    if path:
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        if isinstance(value, Section):
            inner.append((field.name, value))
        elif isinstance(value, dict):
            inner += [(f"{field.name}.{name}", one) for name, one in value.items()]
        else:
            yield f"# {_meaning(field)}"
            source = sources.of((*path, field.name))
            default = "" if source == "default" else _default(field)
            yield f"{field.name} = {_toml(value)}  # {source}{default}"
    for name, one in inner:
        yield from _section(one, (*path, *name.split(".", 1)), sources)


def _meaning(field: msgspec.structs.FieldInfo) -> str:
    return next((meta.description for meta in _metas(field.type) if meta.description), "")


def _default(field: msgspec.structs.FieldInfo) -> str:
    return "" if field.default is msgspec.NODEFAULT else f"; default {_toml(field.default)}"


def _metas(hint: Any) -> Iterator[msgspec.Meta]:
    yield from (meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta))


def _key(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z0-9_-]+", word) else msgspec.json.encode(word).decode()


def _toml(value: Any) -> str:
    """A value as TOML: for what settings hold (text, numbers, truth, lists of text), JSON says it the same way."""
    if isinstance(value, str):
        value = re.sub(r"(://[^:/@]+):[^@/]*@", r"\1:…@", value)
    return msgspec.json.encode(value).decode()
