"""What the worker does about backups, unasked: make those that are due, test the newest now and then, delete the old."""

from datetime import datetime, timedelta

import structlog

from kept.cells import Cell, Standing
from kept.kit import KeptError
from kept.kit.database import DATABASE_AWAY
from kept.residency.backing_up import DATA, KEYS, back_up, expire
from kept.residency.luggage import Works
from kept.residency.restoring import try_restore

_log = structlog.get_logger()
_NEWEST = """
SELECT max(taken_at) AS taken, max(tested_at) AS tested FROM backup
WHERE cell = $1 AND kind = $2 AND deleted_at IS NULL
"""


async def keep_backed_up(works: Works, cell: Cell) -> None:
    """Make, test and delete backups of a cell as the settings say; a cell that nobody lives in needs none."""
    said = works.settings.backups
    if said.every_hours <= 0 or await works.cells.standings.of(cell.name) is not Standing.SERVING:
        return
    await expire(works, cell)
    every, tests = timedelta(hours=said.every_hours), timedelta(days=said.test_days)
    for kind in (DATA, KEYS):
        taken, tested = await _newest(works, cell, kind)
        now = works.clock.now()
        if taken is not None and now - taken < every and tested is not None and now - tested < tests:
            continue
        try:
            if taken is None or now - taken >= every:
                await back_up(works, cell, kind=kind)
            if tested is None or now - tested >= tests:
                await try_restore(works, cell, kind=kind)
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001  a job's edge: it is tried again, and the promise's evidence tells
            why = error.code if isinstance(error, KeptError) else type(error).__name__
            _log.error("backup.failed", cell=cell.name, kind=kind, why=why)


async def _newest(works: Works, cell: Cell, kind: str) -> tuple[datetime | None, datetime | None]:
    rows = await works.cells.directory.database.fetch(_NEWEST, cell.name, kind)
    return rows[0]["taken"], rows[0]["tested"]
