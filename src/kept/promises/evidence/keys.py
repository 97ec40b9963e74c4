"""Evidence on sealed fields: every value in a sealed column is sealed, and every opening had a reason."""

from datetime import timedelta

from kept.catalog import CellRow
from kept.cells import tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.vault import SUITES, Reason, SealedColumn


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
    opened = {name.rpartition(":")[2]: n for name, n in (await tallied(runtime.cells, "vault.opened:", since=since)).items()}
    refused = await tallied(runtime.cells, "vault.refused:", since=since)
    without = sum(count for reason, count in opened.items() if reason not in set(Reason))
    figure = (
        f"{plain} of {values:,} sensitive values not sealed; {sum(opened.values()):,} openings, {without} without a "
        f"reason; {refused.total():,} refused"
    )
    details = {f"opened_{reason}": count for reason, count in opened.items()}
    return Finding.of(good=plain == without == 0, figure=figure, sample=values, **details)
