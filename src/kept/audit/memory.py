"""What a witness must never forget: the newest checkpoint that it cosigned of each log. One file a log, no database.

The file is the cosigned checkpoint itself, as the witness serves it. It is replaced durably before anybody sees the
cosignature, and read, compared and replaced under a lock of the operating system, which holds between processes, too.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kept.kit import Fatal
from kept.ledger import BadNote, Checkpoint, CosignerKey, read_checkpoint
from kept.ledger.files import replace_file
from kept.ledger.formats.cosignature import time_of
from kept.ledger.formats.note import parse, signed_by


class DamagedMemory(Fatal):
    """The witness can't know what it has cosigned. To go on as if it were nothing would let a log rewrite its history."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The newest cosigned checkpoint of a log, and when it was cosigned (POSIX seconds)."""

    checkpoint: Checkpoint
    at: int
    note: bytes


class Memory:
    """The folder of a witness whose first key is `key`."""

    def __init__(self, folder: Path, key: CosignerKey) -> None:
        self._folder = folder
        self._key = key
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextlib.contextmanager
    def locked(self, origin: str) -> Iterator[None]:
        """Keep everybody else from changing what is known of a log."""
        descriptor = os.open(self._file(origin, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, origin: str) -> Remembered | None:
        """What is known of a log; None if it was never cosigned.

        Raises:
            DamagedMemory: the file is not what this witness wrote.
        """
        file = self._file(origin, "checkpoint")
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return None
        try:
            note = parse(data)
            ours = signed_by(note, [self._key])
            checkpoint = read_checkpoint(note.text)
        except BadNote as error:
            raise DamagedMemory(f"{file} is damaged: {error.details['why']}") from error
        if not ours or checkpoint.origin != origin:
            raise DamagedMemory(f"{file} is not what this witness wrote")
        return Remembered(checkpoint, time_of(ours[0][1]), data)

    def write(self, origin: str, note: bytes) -> None:
        """Remember `note`; it is on disk when this returns. Only while `locked`."""
        replace_file(self._file(origin, "checkpoint"), note)

    def keep_evidence(self, origin: str, notes: bytes) -> Path:
        """Keep proof of a log's misbehaviour; the same proof is kept once."""
        file = self._file(origin, f"fork-{sha256(notes).hexdigest()[:16]}")
        if not file.exists():
            replace_file(file, notes)
        return file

    def _file(self, origin: str, kind: str) -> Path:
        return self._folder / f"{origin_hash(origin)}.{kind}"


def origin_hash(origin: str) -> str:
    """How addresses and files name a log: SHA-256 of its origin, in lowercase hex."""
    return sha256(origin.encode()).hexdigest()
