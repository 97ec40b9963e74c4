"""Files that are still there, whole, after a power cut; and the names of a log's files beside its tiles."""

import contextlib
import os
import secrets
from pathlib import Path

CHECKPOINT = "checkpoint"
VKEY = "vkey"
HEAD = "head"
"""The newest signed head, where the checkpoint waits for its witnesses; readers do without it."""


def replace_file(path: Path, data: bytes) -> None:
    """Give `path` the content `data`, durably: whoever reads sees the old content or the new one, whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
