"""A log of the test's own: a ledger database, a folder, and two cells."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kept.kit import Database
from tests.ledger.workbench import Workbench

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Thousands of synced files a run: where there is a file system without a disk, they go there."""


@pytest.fixture
async def bench(fresh_database: Callable[..., str], templates: dict[str, str]) -> AsyncIterator[Workbench]:
    """Stores with their tables and nothing in them; no log begun."""
    folder = Path(tempfile.mkdtemp(prefix="kept-ledger-", dir=IN_MEMORY))
    ledger = Database(fresh_database("ledger", template=templates["ledger"]))
    cells = {name: Database(fresh_database(name, template=templates["cell"])) for name in ("us", "eu")}
    yield Workbench(folder, ledger, cells)
    for database in (ledger, *cells.values()):
        await database.close()
    shutil.rmtree(folder)
