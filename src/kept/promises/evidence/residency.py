"""Evidence that data stays home: a scan of every record, the share of requests served at home, and what crossed."""

from datetime import timedelta

from kept.catalog import CellRow, Crossing, Nature
from kept.cells import Cell, crossings, routed, strangers
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("residency.home", "kept.cells.cell", "kept.cells.residency")
async def home(runtime: Runtime) -> Finding:
    """Every record of every cell is held against the directory."""
    found, rows = 0, 0
    for cell in runtime.cells:
        rows += await _records(cell)
        async for stranger in strangers(cell, runtime.cells.directory):
            found += stranger.rows
    refused = 0
    for cell in runtime.cells:
        refused += (await cell.database.fetch("SELECT count(*) AS n FROM guard_refusal"))[0]["n"]
    figure = f"{found} of {rows:,} private rows outside their owner's home"
    return Finding.of(good=found == 0, figure=figure, sample=rows, refused_writes=refused)


@measures("residency.routing", "kept.edge.asking", "kept.cells.registry")
async def routing(runtime: Runtime) -> Finding:
    """Member requests of the last 24 hours: who answered, and whose they were."""
    counts = await routed(runtime.cells, since=runtime.clock.now() - timedelta(hours=24))
    total = sum(counts.values())
    away = sum(count for (at, home, outcome), count in counts.items() if outcome == "served" and at != home)
    share = 100.0 * (total - away) / total if total else 0.0
    by_home = {f"home_{home}": 0 for _, home, _ in counts}
    for (_, home, _), count in counts.items():
        by_home[f"home_{home}"] += count
    figure = f"{share:.2f} % of {total:,} member requests served at home" if total else "No member request yet"
    return Finding.of(good=away == 0, figure=figure, sample=total, **by_home)


@measures("residency.crossing", "kept.cells.parcels", "kept.cells.gateway")
async def crossing(runtime: Runtime) -> Finding:
    """What the gateway counted in 30 days; any kind but the allowed ones is a breach."""
    crossed = await crossings(runtime.cells, since=runtime.clock.now() - timedelta(days=30))
    allowed = {Crossing.PUBLIC, Crossing.ADDRESSED, Crossing.AGGREGATE}
    total = sum(one.count for one in crossed)
    other = sum(one.count for one in crossed if one.kind not in allowed)
    details = {f"{one.from_cell}→{one.to_cell} {one.kind} {one.category}": one.count for one in crossed}
    figure = f"{total:,} fields crossed, {other} of another kind"
    return Finding.of(good=other == 0, figure=figure, sample=total, **details)


async def _records(cell: Cell) -> int:
    """How many private rows a cell holds."""
    tables = [table.name for table in CellRow.metadata.sorted_tables if table.info["law"].nature is Nature.RECORD]
    union = " UNION ALL ".join(f'SELECT count(*) AS n FROM "{name}"' for name in tables)
    return int((await cell.database.fetch(f"SELECT sum(n)::bigint AS n FROM ({union}) c"))[0]["n"])
