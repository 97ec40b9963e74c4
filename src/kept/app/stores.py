"""The servers under the cells, as residency needs them: what the embedded one has let go of, and where its files are."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from kept.cells import Cell
from kept.postgres import EmbeddedPostgres


class EmbeddedStores:
    """See `residency.Stores`. Databases with an address of their own are the operator's: nothing is said of those."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    async def scrub(self, cell: Cell) -> None:
        """Make the server let go of statistics and of its write-ahead log."""
        for name in await self._own(cell):
            await asyncio.to_thread(self._server.scrub, name)

    async def folders(self, cell: Cell) -> Sequence[Path]:
        """The folders of the cell's databases."""
        return [await asyncio.to_thread(self._server.folder_of, name) for name in await self._own(cell)]

    async def _own(self, cell: Cell) -> list[str]:
        """Which of a cell's databases are on the embedded server."""
        databases = (cell.database, cell.keys_database)
        return [one.name for one in databases if await asyncio.to_thread(self._is_ours, one.address)]

    def _is_ours(self, address: str) -> bool:
        return self._server.is_running() and self._server.is_at(address)
