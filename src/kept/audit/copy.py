"""The folder of a mirror: a copy of the log that anybody can verify or serve, and what was found while it grew.

    log/          tiles, entry bundles, checkpoint and vkey, as the log serves them
    checkpoints/  every checkpoint that was followed, by day and size
    evidence/     proof of misbehaviour
    state.json    the prefix that has been checked, and the history of checking it

Every file is replaced whole. `state.json` comes last: what it does not count was never copied, whenever the power fails.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from kept.kit import Fatal, KeptError, Kind
from kept.ledger import CHECKPOINT, FolderSource
from kept.ledger.files import VKEY, replace_file, sync_folder
from kept.ledger.formats.tiles import ENTRIES, WIDTH, Tile, hashes_at, levels_of

_MOST_REMEMBERED = 1000


class NoMirror(KeptError):
    code = "no_mirror"
    kind = Kind.NOT_FOUND
    message = "There is no mirror in {folder}."


class MirrorBusy(KeptError):
    code = "mirror_busy"
    kind = Kind.CONFLICT
    message = "Another process follows a log into {folder}."


class DamagedMirror(Fatal):
    """The mirror can't know what it has checked."""


class Vouched(msgspec.Struct):
    """What a witness cosigned of what was followed (POSIX seconds)."""

    checkpoints: int
    first: int
    last: int


class Raised(msgspec.Struct):
    """An alarm; the same one raised again and again is told once."""

    kind: str
    what: str
    first: int
    last: int
    times: int = 1


class State(msgspec.Struct):
    """How far the log has been checked, and what became known on the way. Times are POSIX seconds."""

    source: str
    vkey: str
    pinned: bool
    began: int
    note: str = ""
    """The newest checkpoint that was followed."""
    size: int = 0
    events: dict[str, int] = {}
    first_at: str = ""
    last_at: str = ""
    looked: int = 0
    """The last time that all was well."""
    whole: int = 0
    """The last time that the source was compared with the copy from its first entry."""
    visits: int = 0
    cosigners: dict[str, Vouched] = {}
    unseen: list[tuple[int, int]] = []
    """From when to when nobody looked, or nothing could be seen."""
    alarms: list[Raised] = []

    def raised(self, kind: str, what: str, now: int) -> None:
        """Remember an alarm."""
        newest = self.alarms[-1] if self.alarms else None
        if newest and (newest.kind, newest.what) == (kind, what):
            newest.last, newest.times = now, newest.times + 1
        else:
            self.alarms = [*self.alarms[1 - _MOST_REMEMBERED :], Raised(kind, what, now, now)]

    def visited(self, now: int, longest: float) -> None:
        """All was well; a visit more than `longest` seconds after the one before leaves a hole in time."""
        if self.looked and now - self.looked > longest:
            self.unseen = [*self.unseen[1 - _MOST_REMEMBERED :], (self.looked, now)]
        self.looked = max(now, self.looked)
        self.visits += 1


class Copy:
    """A mirror's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = FolderSource(folder / "log")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other mirrors out, for as long as this one runs. Raises MirrorBusy."""
        try:
            with self._locked("lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(self.folder / "incoming", ignore_errors=True)  # of a mirror that was killed
                yield
        except BlockingIOError as error:
            raise MirrorBusy(folder=str(self.folder)) from error

    def still(self) -> contextlib.AbstractContextManager[None]:
        """Wait until nobody else changes or reads the whole copy, and keep them waiting."""
        return self._locked("changing", fcntl.LOCK_EX)

    @contextlib.contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def state(self) -> State | None:
        """What is known; None in a new folder. Raises DamagedMirror."""
        try:
            return msgspec.json.decode((self.folder / "state.json").read_bytes(), type=State)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise DamagedMirror(f"{self.folder / 'state.json'} is damaged: {error}") from error

    def save(self, state: State) -> None:
        """Make `state`, and all files that were put before, what this mirror knows."""
        replace_file(self.folder / "state.json", msgspec.json.format(msgspec.json.encode(state)))

    def put(self, key: str, data: bytes) -> None:
        """Store a file of the log."""
        self._write(self.folder / "log" / key, data)

    def put_checkpoint(self, note: bytes, size: int, now: int) -> None:
        """Keep a checkpoint that is about to be followed."""
        day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
        self._write(self.folder / "checkpoints" / day / str(size), note)

    def show(self, state: State) -> None:
        """Give the copy the checkpoint and key that it has been checked against."""
        for key, text in ((CHECKPOINT, state.note), (VKEY, state.vkey)):
            if text and self.log.fetch(key) != text.encode():
                self.put(key, text.encode())

    def tidy(self, old: int, new: int) -> None:
        """Remove the partial tiles that a log of `old` entries had and one of `new` has wider."""
        for level in (ENTRIES, *levels_of(old)):
            index, width = divmod(hashes_at(level, old), WIDTH)
            if width and hashes_at(level, new) != hashes_at(level, old):
                (self.folder / "log" / Tile(level, index, width).path).unlink(missing_ok=True)

    def checkpoints(self) -> Iterator[tuple[str, bytes]]:
        """Every checkpoint that was followed, with its name."""
        for file in sorted((self.folder / "checkpoints").glob("*/*")):
            if not file.name.startswith("."):
                yield f"{file.parent.name}/{file.name}", file.read_bytes()

    def keep_evidence(self, *notes: bytes) -> Path:
        """Keep signed checkpoints that contradict each other; the same ones are kept once."""
        both = b"\n".join(notes)
        file = self.folder / "evidence" / f"fork-{sha256(both).hexdigest()[:16]}"
        if not file.exists():
            self._write(file, both)
        return file

    def _write(self, file: Path, data: bytes) -> None:
        """Durably, and by way of a folder of its own: whoever is killed leaves nothing among the files of the log."""
        incoming = self.folder / "incoming" / "file"
        for folder in (incoming.parent, file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        replace_file(incoming, data)
        os.replace(incoming, file)
        sync_folder(file.parent)
