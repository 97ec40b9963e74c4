"""Evidence on the documents: which versions are current, who has accepted them, and whether they say what the program does."""

from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime
from kept.terms import KINDS, current, generated_part_is_current

_ON_CURRENT = """
SELECT count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM acceptance c WHERE c.owner_id = a.owner_id AND c.document = 'terms' AND c.version = $1)) AS current,
    count(*) AS members
FROM account a WHERE a.closed_at IS NULL
"""


@measures("terms.published", "kept.terms", "kept.accounts.agreements")
async def documents(runtime: Runtime) -> Finding:
    """Share of members on the current terms; the generated part of the notice against the catalogue."""
    version = current("terms").version
    accepted, members = 0, 0
    for cell in runtime.cells:
        row = (await cell.database.fetch(_ON_CURRENT, version))[0]
        accepted += row["current"]
        members += row["members"]
    matches = generated_part_is_current()
    share = 100 * accepted / members if members else 0
    figure = f"{share:.0f} % of {members:,} members on the current terms ({version})"
    details = {f"version_{kind}": current(kind).version for kind in KINDS}
    good = matches and accepted == members
    return Finding.of(good=good, figure=figure, sample=members, generated_part_matches=str(matches), **details)
