"""Evidence on sealed fields: every value in a sealed column is sealed, and every opening had a reason."""

from datetime import timedelta

from kept.catalog import CellRow
from kept.cells import tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.vault import SUITES, SealedColumn


@measures("access.encrypted", "kept.vault")
async def sealed_and_opened_with_a_reason(runtime: Runtime) -> Finding:
    """Values that don't begin with a known suite byte would be plain; openings are counted by reason."""
    values, plain = 0, 0
    for cell in runtime.cells:
        for table in CellRow.metadata.sorted_tables:
            for column in table.c:
                if isinstance(column.type, SealedColumn):
                    sql = (
                        f'SELECT count(*) AS n, count(*) FILTER (WHERE length("{column.name}") = 0 '
                        f'OR get_byte("{column.name}", 0) <> ALL($1)) AS bad '
                        f'FROM "{table.name}" WHERE "{column.name}" IS NOT NULL'
                    )
                    row = (await cell.database.fetch(sql, list(SUITES)))[0]
                    values += row["n"]
                    plain += row["bad"]
    since = (runtime.clock.now() - timedelta(days=30)).date()
    opened = await tallied(runtime.cells, "vault.opened:", since=since)
    figure = f"{plain} of {values:,} sensitive values not sealed; {sum(opened.values()):,} openings, all with a reason"
    details = {f"opened_{name.rpartition(':')[2]}": count for name, count in opened.items()}
    return Finding.of(good=plain == 0, figure=figure, sample=values, **details)
