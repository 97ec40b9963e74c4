"""Two gateways that know of each other no more than two regions do, and the wire between them, which tests can cut."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx

from kept.cells import (
    Addressed,
    Cells,
    Directory,
    Gateway,
    RemoteCell,
    Tx,
    put_on_shelf,
    request_message,
    send_addressed,
)
from kept.kit import KeptError, new_id
from kept.ledger import Signer
from tests.cells.test_shelves import Poster
from tests.fixtures.house import House

KEYS = {name: Signer(f"{name}.gateway", bytes([number]) * 32) for number, name in enumerate(("us", "eu"))}


class Killed(BaseException):
    """The process ends here."""


class Cut(httpx.ConnectError):
    """The cable."""


@dataclass
class Request:
    """What went over the wire."""

    to: str
    headers: dict[str, str]
    body: bytes
    was_read: bool = False

    async def read(self) -> bytes:
        self.was_read = True
        return self.body


class Wire(httpx.AsyncBaseTransport):
    """Brings requests to the gateway at the other end; `before` and `after` it may raise, or answer otherwise."""

    def __init__(self, apart: "Apart") -> None:
        self._apart = apart
        self.seen: list[Request] = []
        self.before: Callable[[Request], httpx.Response | None] = lambda _request: None
        self.after: Callable[[httpx.Response], httpx.Response] = lambda answer: answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        sent = Request(request.url.host.partition(".")[0], headers, await request.aread())
        self.seen.append(sent)
        instead = self.before(sent)
        return instead if instead is not None else self.after(await self._apart.post(sent))


@dataclass
class Letters:
    """A handler that keeps what it was given in the cell's own database, once."""

    refuse: set[UUID] = field(default_factory=set)
    calls: int = 0
    killed: bool = False

    async def __call__(self, tx: Tx, parcel: Addressed, *, now: datetime) -> None:
        self.calls += 1
        if self.killed:
            raise Killed
        if parcel.to_member in self.refuse:
            raise KeptError
        await tx.connection.exec_driver_sql(
            "INSERT INTO tally (day, name, count) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING",
            (now.date(), f"letter:{parcel.parcel_id}"),
        )


class Apart:
    """Both regions of a house, each with its own gateway, as two processes would have them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.letters = Letters()
        self.wire = Wire(self)
        self.gateways = {name: self._gateway(name) for name in ("us", "eu")}

    def _gateway(self, name: str) -> Gateway:
        other = "eu" if name == "us" else "us"
        origin = f"http://{other}.example"
        far = RemoteCell(other, other, origin, origin, KEYS[other].vkey)
        directory = Directory(self.house.cells.directory.database, ours=[name])
        cells = Cells([self.house.cells.named(name)], directory, {"us": ["*"], "eu": ["DE"]}, [far])
        return Gateway(cells, {"letter": self.letters}, key=KEYS[name], transport=self.wire)

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    async def post(self, sent: Request) -> httpx.Response:
        """Bring a request to a gateway, as the door does."""
        message = request_message(sent.headers)
        try:
            answer = await self.gateways[sent.to].receive(message, sent.read, now=self.now)
        except KeptError as error:
            headers = {"retry-after": str(error.details["retry_after"])} if "retry_after" in error.details else {}
            return httpx.Response(error.kind.value, json={"code": error.code, "detail": error.public}, headers=headers)
        return httpx.Response(answer.status, content=answer.body, headers=answer.headers)

    async def carry(self, name: str = "eu") -> int:
        """One batch from `name` to the other."""
        cell = self.house.cells.named(name)
        return await self.gateways[name].carry(cell, cell.neighbours[0], now=self.now)

    async def show(self, words: str, owner_id: UUID) -> UUID:
        """Put a poster on the shelf of the EU."""
        item_id = new_id()
        async with self.house.eu.begin() as tx:
            values = {"owner_id": owner_id, "item_id": item_id, "words": words}
            await put_on_shelf(tx, Poster, values, now=self.now)
        return item_id

    async def write(self, to: UUID) -> UUID:
        """Send a letter from the EU to somebody in the US."""
        parcel = Addressed("letter", "us", to, b"sealed", new_id())
        async with self.house.eu.begin() as tx:
            await send_addressed(tx, parcel, now=self.now)
        return parcel.parcel_id

    async def posters(self) -> list[str]:
        """What the US shows."""
        rows = await self.house.us.database.fetch("SELECT words FROM test_poster ORDER BY words")
        return [row["words"] for row in rows]

    async def delivered(self) -> set[UUID]:
        """The letters that arrived in the US."""
        rows = await self.house.us.database.fetch("SELECT name FROM tally WHERE starts_with(name, 'letter:')")
        return {UUID(row["name"].partition(":")[2]) for row in rows}

    async def waiting(self) -> int:
        """How much waits in the EU."""
        return int((await self.house.eu.database.fetch("SELECT count(*) AS n FROM parcel"))[0]["n"])

    async def link(self) -> dict[str, object]:
        """How the EU's link stands."""
        rows = await self.house.eu.database.fetch("SELECT number, failures, trouble, again_at FROM link_out")
        return dict(rows[0]) if rows else {}
