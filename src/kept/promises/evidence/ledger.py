"""Evidence on the ledger: it verifies from its first entry. Without an outside witness that proves little, and says so."""

import asyncio

from kept.ledger import source_of, verify
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("audit.independent", "kept.ledger")
async def verified_by_ourselves(runtime: Runtime) -> Finding:
    """The whole log is checked; a deviation breaks the promise, and its absence alone does not prove it."""
    if not await runtime.ledger.database.fetch("SELECT origin FROM log_head"):
        return Finding(Verdict.EMPTY, "The log has not begun yet.", 0)
    report = await asyncio.to_thread(verify, source_of(runtime.ledger.objects))
    figure = f"{report.entries:,} entries verify; no outside witness has cosigned them yet"
    if not report.good:
        return Finding(Verdict.BAD, f"The log does not verify: {report.deviations[0]}", report.entries)
    return Finding(Verdict.EMPTY, figure, report.entries, {"size": report.entries})
