"""Published files of other regions, fetched for the people of this one: nobody there learns who asked.

What goes along is the signed address, which names the file and the cell of the viewer, and which bytes are wanted; no
address, no cookie, no browser's name. See docs/decisions/0014-regions-apart.md.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import httpx

from kept.cells.registry import RemoteCell
from kept.kit import KeptError, Kind

ASKED = ("range", "if-range", "if-none-match")
"""Fields of a viewer's request that go along."""
TOLD = ("content-type", "content-length", "content-range", "etag", "accept-ranges", "cache-control", "content-disposition")
"""Fields of the answer that come back."""
STATUSES = frozenset({200, 206, 304, 404, 416})
PATIENCE = httpx.Timeout(20.0, connect=5.0)


class RegionAway(KeptError):
    code = "region_away"
    kind = Kind.BUSY
    message = "The region where this clip is at home can't be reached at the moment. Try again in a few seconds."


@dataclass(frozen=True, slots=True)
class FarFile:
    """An answer on its way. `body` must be read to its end or closed."""

    status: int
    headers: dict[str, str]
    body: AsyncGenerator[bytes, None]


class Distance:
    """Asks other regions for files."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def fetch(self, far: RemoteCell, method: str, target: str, headers: dict[str, str]) -> FarFile:
        """Ask for a file by its signed path and query. Raises RegionAway."""
        wanted = {name: headers[name] for name in ASKED if name in headers} | {"accept-encoding": "identity"}
        request = self._client.build_request(method, far.gateway_url + target, headers=wanted, timeout=PATIENCE)
        request.headers.pop("user-agent", None)
        try:
            answer = await self._client.send(request, stream=True)
        except httpx.TransportError as error:
            raise RegionAway from error
        if answer.status_code not in STATUSES:
            await answer.aclose()
            raise RegionAway
        told = {name: answer.headers[name] for name in TOLD if name in answer.headers}
        return FarFile(answer.status_code, told, _pieces(answer))


async def _pieces(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()
