"""Evidence that data stays home: a scan of every record, the share of requests served at home, and what crossed."""

from collections import Counter
from datetime import timedelta

from kept.catalog import CellRow, Crossing, Nature
from kept.cells import Cell, OffenderKind, crossings, routed, scan
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("residency.home", "kept.cells.cell", "kept.cells.residency", "kept.cells.scanning")
async def home(runtime: Runtime) -> Finding:
    """Every record and every object of every cell is held against the directory, every public row against its source."""
    found: Counter[OffenderKind] = Counter()
    looked: Counter[str] = Counter()
    rows = refused = 0
    for cell in runtime.cells:
        seen: dict[str, int] = {}
        rows += await _records(cell)
        async for offender in scan(cell, runtime.cells, progress=seen.__setitem__):
            found[offender.kind] += offender.count
        looked.update(seen)
        refused += (await cell.database.fetch("SELECT count(*) AS n FROM guard_refusal"))[0]["n"]
    away = found[OffenderKind.ROW] + found[OffenderKind.OBJECT]
    figure = f"{away} of {rows:,} private rows and {looked['objects']:,} objects outside their owner's home"
    return Finding.of(
        good=away == 0,
        figure=figure,
        sample=rows,
        rows_away=found[OffenderKind.ROW],
        objects_away=found[OffenderKind.OBJECT],
        objects_without_a_row=found[OffenderKind.UNNAMED],  # leftovers, which the next sweep removes
        shelf_rows_without_a_source=found[OffenderKind.SHELF],
        refused_writes=refused,
    )


@measures("residency.routing", "kept.edge.asking", "kept.edge.routing", "kept.cells.registry")
async def routing(runtime: Runtime) -> Finding:
    """Member requests of the last 24 hours: who answered, and whose they were."""
    counts = await routed(runtime.cells, since=runtime.clock.now() - timedelta(hours=24))
    served = {(at, home): count for (at, home, outcome), count in counts.items() if outcome == "served"}
    total = sum(served.values())
    away = sum(count for (at, home), count in served.items() if at != home)
    share = 100.0 * (total - away) / total if total else 0.0
    details = {f"home_{home}": 0 for _, home in served} | {"forwarded": 0, "refused": 0}
    for (_, home), count in served.items():
        details[f"home_{home}"] += count
    for (_, _, outcome), count in counts.items():
        if outcome != "served":
            details[outcome] = details.get(outcome, 0) + count
    figure = f"{share:.2f} % of {total:,} member requests served at home" if total else "No member request yet"
    return Finding.of(good=away == 0, figure=figure, sample=total, **details)


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
