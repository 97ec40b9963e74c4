"""cli: the command line, one file per noun.

Owns how a command is typed and what it prints. Decides nothing: it reads the settings, opens what it needs through the
`Composition` that `app` hands it, and calls the floors below. A file here with an `app` (a Typer group) or a `command` (a
function) is a noun, and is mounted under its own name. Nothing heavy is imported before a command runs.
Start reading at `asking.py`, then any noun.
"""

from kept.cli.asking import Composition, ConfigFile, DataFolder, Port, composition, environ_with, settings_from

__all__ = ["Composition", "ConfigFile", "DataFolder", "Port", "composition", "environ_with", "settings_from"]
