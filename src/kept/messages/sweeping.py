"""What is kept for a while only: keys of repeated requests, and the marks that hold back late parcels."""

from datetime import datetime, timedelta

from kept.cells import Cell

KEYS = timedelta(hours=24)
MARKS = timedelta(days=14)


async def forget_old(cell: Cell, *, now: datetime) -> None:
    """Delete what is past its time."""
    await cell.database.fetch("DELETE FROM message_key WHERE made_at < $1", now - KEYS)
    await cell.database.fetch("DELETE FROM message_gone WHERE gone_at < $1", now - MARKS)
