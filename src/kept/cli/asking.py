"""What every command may be asked: which configuration, which data folder. And what `app` hands to commands.

    @app.command()
    def show(context: typer.Context, data: DataFolder = None, config: ConfigFile = None) -> None:
        settings = settings_from(data, config)
        async with composition(context).runtime(settings) as runtime: ...
"""

import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from kept.kit.settings import Settings, default_data_folder, load_settings

if TYPE_CHECKING:
    from kept.runtime import Runtime

DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="Folder for databases, objects and keys.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings (TOML); else kept.toml in the data folder.")
]
Port = Annotated[int | None, typer.Option("--port", metavar="N", help="Port to listen on; 0 for any that is free.")]


class Composition(Protocol):
    """What commands get from the top of the house, which alone knows everything."""

    def declare_tables(self) -> None:
        """Import every floor that declares tables or intakes."""

    def runtime(self, settings: Settings) -> "AbstractAsyncContextManager[Runtime]":
        """The opened stores, closed again after the block."""


def composition(context: typer.Context) -> Composition:
    """What `app` handed to this command."""
    handed: Composition = context.obj
    return handed


def settings_from(data: Path | None = None, config: Path | None = None, port: int | None = None) -> Settings:
    """The settings for a command: file, then environment, then what was typed.

    Raises:
        BadSettings: see load_settings.
    """
    return load_settings(config_file(data, config), environ_with(data, port))


def environ_with(data: Path | None, port: int | None = None) -> dict[str, str]:
    """The environment, with what was typed put in its place: what is typed wins."""
    environ = dict(os.environ)
    if data is not None:
        environ["KEPT_DATA"] = str(data.absolute())
    if port is not None:
        environ["KEPT_SERVER_PORT"] = str(port)
    return environ


def config_file(data: Path | None, config: Path | None) -> Path | None:
    """The file that settings are read from: the one that was named, or kept.toml in the data folder, or none."""
    if config is not None:
        return config
    named: Any = data or os.environ.get("KEPT_DATA") or default_data_folder()
    found = Path(named) / "kept.toml"
    return found if found.is_file() else None
