"""Stores of the benchmark's own: a durable database server in a folder that is gone afterwards, and a runtime on it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from kept.catalog.tables import STORES
from kept.kit import Database, Settings, load_settings
from kept.kit.settings import Region
from kept.postgres import EmbeddedPostgres
from kept.runtime import Runtime, clips_go_along, open_runtime
from kept.videos import ExactHashGate


def folder_of_its_own() -> Path:
    """A folder that the database server's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="kept-bench-"))
    folder.chmod(0o711)
    return folder


@contextmanager
def server_of_its_own() -> Iterator[tuple[EmbeddedPostgres, Path]]:
    """A server that runs, and the folder that it is in."""
    folder = folder_of_its_own()
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    try:
        yield server, folder
    finally:
        server.stop()
        shutil.rmtree(folder)


@asynccontextmanager
async def opened(
    cells: Sequence[str], settle: Callable[[Settings], Settings] = lambda settings: settings
) -> AsyncIterator[tuple[Runtime, EmbeddedPostgres]]:
    """A runtime of one region, `eu`, with these cells, all tables made; `settle` has the last word on its settings."""
    with server_of_its_own() as (server, folder):
        regions = {"eu": Region(residents=["*"], cells=list(cells))}
        settings = settle(msgspec.structs.replace(load_settings(environ={}), data=str(folder), regions=regions))
        await _make_tables(server, cells)
        runtime = open_runtime(settings, server.address, gates=(ExactHashGate(),), supply=clips_go_along)
        try:
            yield runtime, server
        finally:
            await runtime.close()


async def _make_tables(server: EmbeddedPostgres, cells: Sequence[str]) -> None:
    """Databases with all tables, by their usual names."""
    kinds = {"kept_directory": "directory", "kept_ledger": "ledger"}
    for cell in cells:
        kinds |= {f"kept_{cell}": "cell", f"kept_{cell}_keys": "keys"}
    for name, kind in kinds.items():
        database = Database(server.ensure_database(name))
        async with database.begin() as connection:
            await connection.run_sync(STORES[kind].metadata.create_all)
        await database.close()
