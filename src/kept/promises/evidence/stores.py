"""Evidence on the stores themselves: every pivot ended with a good certificate and nothing left; backups where they may be."""

from kept.kit import KeptError
from kept.ledger import VerifierKey
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.residency import read_certificate, residue_of
from kept.runtime import Runtime

_PIVOTS = "SELECT pivot_id, old, new, step, certificate, problem FROM pivot WHERE step <> 'aborted' ORDER BY began_at"
_WINDOW = "SELECT coalesce(max(window_ms), 0) AS longest FROM move_batch"


@measures("residency.pivot", "kept.residency.pivoting", "kept.residency.residue", "kept.residency.certificate")
async def pivots(runtime: Runtime) -> Finding:
    """The certificates of all finished pivots: signature, members, what the scans of the old stores found."""
    directory = runtime.cells.directory.database
    rows = await directory.fetch(_PIVOTS)
    finished = [row for row in rows if row["step"] == "done"]
    if not finished:
        under_way = f"; one is {rows[-1]['step']}" if rows else ""
        return Finding(Verdict.EMPTY, f"No region has moved to another store yet{under_way}", 0)
    key = VerifierKey.parse((await runtime.ledger.objects.get("vkey")).decode())
    residue, members, bad = 0, 0, 0
    for row in finished:
        try:
            said = read_certificate(row["certificate"] or "", key)
        except KeptError:
            bad += 1
            continue
        residue += residue_of(said)
        members += said["moved"]["members"]
    left = await _homes_left(runtime, [row["old"] for row in finished])
    longest = (await directory.fetch(_WINDOW))[0]["longest"]
    figure = f"{len(finished)} moves of {members:,} members certified, {residue + left} left in the old stores"
    figure += f"; {bad} certificates are not good" if bad else ""
    good = bad == 0 and residue + left == 0
    return Finding.of(good=good, figure=figure, sample=len(finished), longest_read_only_ms=round(longest))


async def _homes_left(runtime: Runtime, cells: list[str]) -> int:
    """Members whose home is said to be a store that was left."""
    sql = "SELECT count(*) AS n FROM member m JOIN cell_standing s USING (cell) WHERE cell = ANY($1) AND standing = 'retired'"
    return int((await runtime.cells.directory.database.fetch(sql, cells))[0]["n"])
