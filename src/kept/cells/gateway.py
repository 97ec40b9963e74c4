"""The gateway: the one way across a border. Every field that crosses is counted by kind, category and destination.

A parcel is applied where it goes, then counted and dropped where it came from: a crash in between applies it twice, which
does no harm. What is refused there stays here, is tried again after a pause that doubles, and is shown to operators.
Between cells of one process that is two transactions; to a cell that others serve it is a signed request (`sending.py`,
`receiving.py`).
"""

from collections import Counter
from datetime import datetime

import httpx

from kept.catalog import Category, Crossing
from kept.cells.applying import Handlers, apply_all
from kept.cells.cell import Cell
from kept.cells.distance import Distance, FarFile
from kept.cells.exchange import Answer
from kept.cells.receiving import NotANeighbour, Read, Receiver
from kept.cells.registry import Cells
from kept.cells.sending import Sender
from kept.cells.settling import oldest, settle, unpacked
from kept.cells.signatures import Message
from kept.cells.tallies import add_crossings
from kept.ledger import Signer

BATCH = 256


class Gateway:
    """Carries parcels between cells, and counts what it carries. `handlers` apply what is addressed, by its kind.

    `key` signs for the region of this process; only who has neighbours elsewhere needs one. `transport` leads to them.
    """

    def __init__(
        self,
        cells: Cells,
        handlers: Handlers | None = None,
        *,
        key: Signer | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._cells = cells
        self._handlers = handlers or {}
        self._media: Counter[tuple[str, str]] = Counter()
        self._client = _client(transport) if cells.remote else None
        self._receiver = Receiver(cells, self._handlers, key) if key else None
        self._sender = Sender(key, self._client) if key and self._client else None

    async def drain(self, cell: Cell, *, now: datetime) -> int:
        """Carry what waits in `cell`, oldest first, up to one batch a destination; returns how many parcels were tried."""
        return sum([await self.carry(cell, to_cell, now=now) for to_cell in cell.neighbours])

    async def carry(self, cell: Cell, to_cell: str, *, now: datetime) -> int:
        """Carry a batch from one cell to another; returns how many parcels were tried."""
        far = self._cells.remote.get(to_cell)
        if far is not None:
            return 0 if self._sender is None else await self._sender.send(cell, far, batch=BATCH, now=now)
        async with cell.begin() as tx:
            rows = (await tx.run(oldest(to_cell, now, BATCH).with_for_update(skip_locked=True))).all()
            if not rows:
                return 0
            parcels, refused = unpacked(rows)
            async with self._cells.named(to_cell).begin() as there:
                refused |= await apply_all(there, parcels, self._handlers, now=now)
            await settle(tx, to_cell, parcels, refused, now=now)
        return len(rows)

    async def receive(self, request: Message, read: Read, *, now: datetime) -> Answer:
        """Take in what another region's gateway sends. Raises as Receiver.receive."""
        if self._receiver is None:
            raise NotANeighbour(sender="anybody", receiver="here")
        return await self._receiver.receive(request, read, now=now)

    async def fetch(self, home: str, method: str, target: str, headers: dict[str, str]) -> FarFile:
        """A published file of another region. Raises HomeElsewhere (it isn't another's), RegionAway."""
        far = self._cells.remote.get(home)
        if far is None or self._client is None:
            raise NotANeighbour(sender=home, receiver="here")
        return await Distance(self._client).fetch(far, method, target, headers)

    def saw_media(self, home: str, viewer_cell: str) -> None:
        """A published file of `home` was sent to somebody in `viewer_cell`; counted when `flush` comes round."""
        if home != viewer_cell:
            self._media[home, viewer_cell] += 1

    async def flush(self, *, now: datetime) -> None:
        """Store the counts of media that crossed; what could not be stored is kept for the next time."""
        for home, to_cell in list(self._media):
            count = self._media.pop((home, to_cell))
            counts: Counter[tuple[str, str, str]] = Counter()
            counts[Crossing.PUBLIC, Category.PUBLIC_CONTENT, to_cell] = count
            try:
                async with self._cells.named(home).begin() as tx:
                    await add_crossings(tx, counts, day=now.date())
            except BaseException:
                self._media[home, to_cell] += count
                raise

    async def close(self) -> None:
        """Let connections to other regions go."""
        if self._client is not None:
            await self._client.aclose()


def _client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """Connections to other regions; idle ones are dropped sooner than a server drops them, so that none is found dead."""
    limits = httpx.Limits(max_connections=100, keepalive_expiry=2.0)
    return httpx.AsyncClient(trust_env=False, transport=transport, limits=limits)
