"""Which log a command is about, and which key it has to be signed with."""

from typing import TYPE_CHECKING, Annotated

import typer

from kept.cli.asking import ConfigFile, DataFolder, settings_from
from kept.kit import Settings

if TYPE_CHECKING:
    from kept.ledger import Source, VerifierKey

Place = Annotated[
    str, typer.Argument(metavar="[FOLDER|URL]", help="Where the log is; this installation's, when nothing is said.")
]
Vkey = Annotated[
    str | None, typer.Option("--vkey", metavar="KEY", help="The log's verifier key, if you have kept it; else its own.")
]


def log_at(place: str, data: DataFolder, config: ConfigFile) -> "Source":
    """The log at `place`; this installation's own for ''."""
    from kept.ledger import source_of

    return source_of(place or _own(settings_from(data, config)))


def key_of(source: "Source", vkey: str | None) -> "VerifierKey":
    """The key that was given, or the one that the log publishes. Raises BadNote."""
    from kept.ledger import VerifierKey

    return VerifierKey.parse(vkey if vkey is not None else (source.fetch("vkey") or b"").decode(errors="replace"))


def _own(settings: Settings) -> str:
    return settings.ledger.objects or str(settings.data_folder / "ledger")
