"""Evidence on where the service is offered: refusals by country, and open accounts of countries on the list."""

from datetime import timedelta

from kept.cells import tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime

_OPEN = """
SELECT count(*) AS members, count(*) FILTER (WHERE country = ANY($1)) AS listed FROM account WHERE closed_at IS NULL
"""


@measures("service.availability", "kept.edge.asking", "kept.accounts.signing_up")
async def availability(runtime: Runtime) -> Finding:
    """Countries on the operator's list have no open account; attempts from there were refused."""
    listed = runtime.settings.availability.refused_countries
    since = (runtime.clock.now() - timedelta(days=30)).date()
    refused = await tallied(runtime.cells, "availability.refused:", since=since)
    accounts, members = 0, 0
    for cell in runtime.cells:
        row = (await cell.database.fetch(_OPEN, listed))[0]
        accounts += row["listed"]
        members += row["members"]
    names = ", ".join(listed) or "none"
    figure = f"Not offered in: {names}. {sum(refused.values())} refusals, {accounts} accounts"
    looked_at = members + sum(refused.values()) if listed else 0
    details = {f"refused_{name.rpartition(':')[2]}": count for name, count in refused.items()}
    return Finding.of(good=accounts == 0, figure=figure, sample=looked_at, **details)
