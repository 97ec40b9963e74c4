"""What the worker does about requests, unasked: begin what is due, go on with what broke off, destroy what lapsed."""

from datetime import datetime, timedelta

from kept.cells import Cell
from kept.rights.archive import FOLDER
from kept.rights.asking import go_on
from kept.rights.mailing import mailer_of, send_due
from kept.rights.matters import destroy_matters
from kept.rights.models import COPY_DAYS
from kept.rights.requests import change
from kept.rights.states import COPIES, Kind, State
from kept.rights.taking import begin_erasing
from kept.rights.telling import tell
from kept.rights.verifying import end_unverified, send_codes
from kept.rights.works import Works
from kept.subjects import held_of, say_farewell

AGAIN = timedelta(seconds=30)
"""How long after a round that broke off the next one begins."""

_GRACE_OVER = """
SELECT request_id, member_id FROM rights_request WHERE state = 'grace' AND grace_until <= $1 ORDER BY grace_until LIMIT 50
"""
_BROKEN = """
SELECT r.request_id, r.kind FROM rights_request r LEFT JOIN job j ON j.subject_id = r.round_id
WHERE r.state IN ('received', 'building', 'erasing') AND (r.state <> 'received' OR r.kind = ANY($2)) AND r.changed_at <= $1
  AND (j.job_id IS NULL OR j.state IN ('failed', 'done')) AND coalesce(j.updated_at, r.changed_at) <= $1 LIMIT 50
"""
_HELD = "SELECT request_id, member_id FROM rights_request WHERE state = 'held' LIMIT 200"
_LAPSED = """
SELECT r.request_id, c.archive FROM rights_request r
LEFT JOIN data_copy c ON c.owner_id = r.member_id AND c.request_id = r.request_id
WHERE r.state = 'ready' AND (r.answered_at <= $1 OR c.archive IS NULL) LIMIT 50
"""
_NAMED = "SELECT archive FROM data_copy WHERE archive = ANY($1)"


async def advance(works: Works) -> None:
    """One look at all cells that are here."""
    now, mailer = works.clock.now(), mailer_of(works.settings)
    for cell in works.cells:
        for row in await cell.database.fetch(_GRACE_OVER, now):
            async with cell.begin() as tx:
                await begin_erasing(tx, row["request_id"], row["member_id"], now=now)
        for row in await cell.database.fetch(_BROKEN, now - AGAIN, list(COPIES)):
            async with cell.begin() as tx:
                await go_on(tx, row["request_id"], Kind(row["kind"]), now=now)
        await _release_held(cell, now=now)
        await _expire_copies(cell, now=now)
        await send_codes(works, cell, now=now)
        await tell(works, cell, now=now)
        if mailer is not None:
            await send_due(works, cell, mailer, now=now)
        await end_unverified(cell, now=now)
        await destroy_matters(works, cell, now=now)
    await say_farewell(works, now=now)


async def _release_held(cell: Cell, *, now: datetime) -> None:
    """A hold has ended: what it kept is erased now."""
    for row in await cell.database.fetch(_HELD):
        if not (await held_of(cell, row["member_id"], now=now)).anything:
            async with cell.begin() as tx:
                await begin_erasing(tx, row["request_id"], row["member_id"], now=now)


async def _expire_copies(cell: Cell, *, now: datetime) -> None:
    """Destroy copies that are past their days, and files that no copy names."""
    for row in await cell.database.fetch(_LAPSED, now - timedelta(days=COPY_DAYS)):
        async with cell.begin() as tx:
            await change(tx, row["request_id"], State.EXPIRED, now=now)
        if row["archive"] is not None:
            await cell.objects.delete(row["archive"])
    keys = [key async for key in cell.objects.keys(FOLDER)]
    if keys:
        named = {row["archive"] for row in await cell.database.fetch(_NAMED, keys)}
        for key in keys:
            if key not in named:
                await cell.objects.delete(key)
