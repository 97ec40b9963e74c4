"""Evidence on the stores themselves: every pivot ended with a good certificate and nothing left; backups where they may be."""

from collections import Counter
from datetime import timedelta

from kept.cells import Standing
from kept.kit import KeptError
from kept.ledger import VerifierKey
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.residency import declared_sites, read_certificate, residue_of
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
    moves = "move" if len(finished) == 1 else "moves"
    figure = f"{len(finished)} {moves} of {members:,} members certified, {residue + left} left in the old stores"
    figure += f"; {bad} certificates are not good" if bad else ""
    good = bad == 0 and residue + left == 0
    return Finding.of(good=good, figure=figure, sample=len(finished), longest_read_only_ms=round(longest))


async def _homes_left(runtime: Runtime, cells: list[str]) -> int:
    """Members whose home is said to be a store that was left."""
    sql = "SELECT count(*) AS n FROM member m JOIN cell_standing s USING (cell) WHERE cell = ANY($1) AND standing = 'retired'"
    return int((await runtime.cells.directory.database.fetch(sql, cells))[0]["n"])


@measures("residency.backup", "kept.residency.sites", "kept.residency.backing_up", "kept.residency.restoring")
async def backups(runtime: Runtime) -> Finding:
    """Every backup that is kept: whether its site is declared, its time up, its test good; and whether a cell lacks one."""
    now, said = runtime.clock.now(), runtime.settings.backups
    rows = await runtime.cells.directory.database.fetch("SELECT * FROM backup WHERE deleted_at IS NULL")
    standings = await runtime.cells.standings.all()
    bad: Counter[str] = Counter()
    tests, untested = [], 0
    for cell in runtime.cells:
        mine = [row for row in rows if row["cell"] == cell.name]
        sites = declared_sites(runtime.settings, cell.region)
        bad["at an undeclared site"] += sum(row["site"] not in sites for row in mine)
        bad["kept beyond their time"] += sum(now - row["expires_at"] > _GRACE for row in mine)
        bad["not restorable"] += sum(bool(row["test"]) for row in mine)
        tests += [row["tested_at"] for row in mine if row["tested_at"] is not None]
        if standings.get(cell.name, Standing.SERVING) is not Standing.SERVING or said.every_hours <= 0:
            continue
        data = [row["taken_at"] for row in mine if row["kind"] == "data"]
        bad["overdue"] += bool(data) and now - max(data) > 2 * timedelta(hours=said.every_hours)
        tested = [row["tested_at"] for row in mine if row["kind"] == "data" and row["tested_at"] is not None]
        bad["not tested in time"] += bool(tested) and now - max(tested) > 2 * timedelta(days=said.test_days)
        untested += not tested
    figure = f"{len(rows)} backups at declared sites; "
    figure += f"a restore was tested {_ago(now - max(tests))}" if tests else "none restored as a test yet"
    figure += "".join(f"; {count} {what}" for what, count in bad.items() if count)
    good = not bad.total()
    if good and untested:
        figure += f"; {untested} cells have no tested backup yet"
    details = {what: count for what, count in bad.items() if count}
    return Finding.of(good=good, figure=figure, sample=0 if untested else len(rows), **details)


_GRACE = timedelta(hours=1)
"""A backup whose time is up is deleted by the next round of the worker."""


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return "within the last hour" if hours < 1 else f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"
