"""Evidence that nothing is kept for longer than the catalogue says: counted from the rows themselves."""

from datetime import timedelta

from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.retention import holds, last_sweeps, scan
from kept.runtime import Runtime

_SWEPT_WITHIN = timedelta(days=1)


@measures("retention.schedule", "kept.retention.rules", "kept.retention.sweeping", "kept.retention.holds")
async def schedule(runtime: Runtime) -> Finding:
    """Every table with a clock is scanned. Without a sweep in each cell there is nothing to show yet."""
    now = runtime.clock.now()
    looked = [one async for one in scan(runtime.cells, now=now)]
    rows, late, held = (sum(numbers) for numbers in zip(*((o.rows, o.late, o.held) for o in looked), strict=True))
    sweeps = await last_sweeps(runtime.cells)
    at = [one.began_at for one in sweeps.values() if one is not None]
    stale = bool(at) and now - min(at) > _SWEPT_WITHIN
    never = len(at) < len(sweeps)
    active = [one for cell in runtime.cells for one in await holds(cell) if one.lifted_at is None and one.ends_at > now]
    figure = f"{late:,} of {rows:,} rows past their time and not held; {held:,} held"
    if never:
        figure += "; not every cell was swept yet"
    elif stale:
        figure += "; the last sweep is more than a day old"
    return Finding.of(
        good=late == 0 and not stale,
        figure=figure,
        sample=0 if never else rows,
        tables=len(looked),
        holds=len(active),
        reviews_overdue=sum(one.review_at <= now for one in active),
    )
