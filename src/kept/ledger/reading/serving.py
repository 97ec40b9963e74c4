"""What the public may read under `/ledger/`: a path, checked to the letter, becomes a stored file and how to cache it."""

from typing import NamedTuple

from kept.ledger.files import CHECKPOINT, VKEY
from kept.ledger.formats.tiles import parse_path

_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"
_YEAR = 365 * 24 * 3600


class Served(NamedTuple):
    """A file of the log, and the headers that tlog-tiles asks for."""

    key: str
    content_type: str
    cache_seconds: int


def read_path(path: str) -> Served:
    """The file behind `path` (what follows `/ledger/`): `checkpoint`, `vkey`, `tile/…`. Raises NotATile for all others."""
    if path == CHECKPOINT:
        return Served(CHECKPOINT, _TEXT, 1)
    if path == VKEY:
        return Served(VKEY, _TEXT, 3600)
    return Served(parse_path(path).path, _BYTES, _YEAR)
