"""Evidence on what is collected: the live schema against the catalogue, what intakes refused, and a scan for MAC addresses."""

from datetime import date, timedelta

import sqlalchemy as sa

from kept.catalog import CellRow, DirectoryRow, KeyRow, LedgerRow, problems
from kept.cells import tallied
from kept.kit import Database
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime

MAC_PATTERN = r"\m[0-9a-f]{2}([:-])([0-9a-f]{2}\1){4}[0-9a-f]{2}\M|\m([0-9a-f]{4}\.){2}[0-9a-f]{4}\M"
"""What intakes refuse (catalog.intake), in PostgreSQL's dialect: six pairs, or three quads with dots."""
OURS = {"alembic_version"}

_COLUMNS = """
SELECT table_name || '.' || column_name AS name FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY 1
"""


@measures("collection.declared", "kept.catalog.check", "kept.catalog.intake")
async def everything_declared(runtime: Runtime) -> Finding:
    """Columns that the databases really have, against those that the catalogue declares; and what intakes refused.

    Accepted fields are checked where they are accepted: the server does not start with one that is not declared.
    """
    undeclared: list[str] = list(problems())
    seen = 0
    for database, metadata in _databases(runtime):
        known = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c}
        names = [row["name"] for row in await database.fetch(_COLUMNS)]
        names = [name for name in names if name.split(".")[0] not in OURS]
        seen += len(names)
        undeclared += [name for name in names if name not in known]
    refused = await tallied(runtime.cells, "intake.unknown:", since=_a_month_ago(runtime))
    share = 100 * (1 - len(undeclared) / seen) if seen else 0
    figure = f"{share:.0f} % of {seen} stored fields declared; {sum(refused.values())} unknown fields refused"
    details = {f"refused {name.removeprefix('intake.unknown:')}": count for name, count in refused.most_common(20)}
    return Finding.of(
        good=not undeclared, figure=figure, sample=seen, undeclared=", ".join(undeclared[:20]), **details
    )


@measures("collection.no-mac", "kept.catalog.intake")
async def no_mac_addresses(runtime: Runtime) -> Finding:
    """Intakes scanned, values refused, and values of that shape in any clear text column of any store."""
    counts = await tallied(runtime.cells, "intake.", since=_a_month_ago(runtime))
    scanned = counts["intake.scanned"]
    refused = sum(count for name, count in counts.items() if name.startswith("intake.forbidden:"))
    stored = 0
    for database, metadata in _databases(runtime):
        for table in metadata.sorted_tables:
            stored += await _mac_rows(database, table)
    figure = f"{stored} stored; {refused} refused in {scanned:,} intakes"
    return Finding.of(good=stored == 0, figure=figure, sample=scanned, refused=refused, stored=stored)


async def _mac_rows(database: Database, table: sa.Table) -> int:
    texts = [column.name for column in table.c if isinstance(column.type, (sa.Text, sa.String, sa.JSON))]
    if not texts:
        return 0
    match = " OR ".join(f'"{name}"::text ~* $1' for name in texts)
    rows = await database.fetch(f'SELECT count(*) AS n FROM "{table.name}" WHERE {match}', MAC_PATTERN)
    return int(rows[0]["n"])


def _databases(runtime: Runtime) -> list[tuple[Database, sa.MetaData]]:
    stores = [(cell.database, CellRow.metadata) for cell in runtime.cells]
    stores += [(cell.keys_database, KeyRow.metadata) for cell in runtime.cells]
    stores.append((runtime.cells.directory.database, DirectoryRow.metadata))
    stores.append((runtime.ledger.database, LedgerRow.metadata))
    return stores


def _a_month_ago(runtime: Runtime) -> date:
    return (runtime.clock.now() - timedelta(days=30)).date()
