"""What the verbs of this floor need of an installation, opened once a process."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from kept.cells import Cells, Tx
from kept.kit import Clock, Settings
from kept.media import Limits
from kept.vault import Beacon
from kept.videos.addresses import MediaAddresses
from kept.videos.captioning import SpeechRecogniser
from kept.videos.gates import Gates, PublishGate
from kept.videos.spool import Spool
from kept.videos.uploading import Uploads


class ClipMoved(Protocol):
    """Hears that we published, held or failed a clip, in that transaction; it may hear of it twice."""

    async def __call__(self, tx: Tx, owner_id: UUID, video_id: UUID, *, now: datetime) -> None: ...


async def nobody_hears(tx: Tx, owner_id: UUID, video_id: UUID, *, now: datetime) -> None:
    """Where nothing is to be done about it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """Folders, limits, gates and keys for clips. Made by `open_studio`."""

    uploads: Uploads
    spool: Spool
    work: Path
    """Where clips are prepared; one folder a cell and clip, gone afterwards."""
    limits: Limits
    gates: Gates
    addresses: MediaAddresses
    beacon: Beacon
    moved: ClipMoved = nobody_hears
    recogniser: SpeechRecogniser | None = None
    """Begins captions of published clips, where the operator added one."""


class Works(Protocol):
    """What jobs on clips use of the runtime that a worker hands them."""

    @property
    def cells(self) -> Cells: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def studio(self) -> Studio: ...


def open_studio(
    settings: Settings,
    beacon: Beacon,
    gates: Iterable[PublishGate],
    *,
    moved: ClipMoved = nobody_hears,
    recogniser: SpeechRecogniser | None = None,
    **spooling: Any,
) -> Studio:
    """Make it; `spooling` goes to the spool, for tests of a full disk.

    Raises:
        EmptyGates: no gate is configured.
    """
    folder = settings.data_folder
    limits = settings.uploads
    spool = Spool(folder / "spool", **spooling)
    return Studio(
        uploads=Uploads(spool, limits, beacon.pseudonym),
        spool=spool,
        work=folder / "work",
        limits=Limits(max_seconds=limits.max_seconds, max_bytes=limits.max_bytes),
        gates=Gates(gates),
        addresses=MediaAddresses(beacon.media_key, limits.media_link_seconds),
        beacon=beacon,
        moved=moved,
        recogniser=recogniser,
    )
