"""Writing a result so that it is there whole or not at all, after a crash, too."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DRAFT = ".draft-"


@contextmanager
def landing(path: Path) -> Iterator[int]:
    """A descriptor to write to; the file appears as `path` when the block ends well, synced; else it is gone."""
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
        os.fsync(descriptor)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def sweep_drafts(folder: Path) -> None:
    """Remove what a crash left half-written in `folder`. Only for whoever owns `folder` alone."""
    for draft in folder.glob(f"{_DRAFT}*"):
        draft.unlink(missing_ok=True)
