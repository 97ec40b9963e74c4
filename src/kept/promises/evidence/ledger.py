"""Evidence on the ledger: it verifies from its first entry to its last checkpoint, and outsiders have cosigned that.

What we verify ourselves proves little; what a witness has cosigned can't be taken back. Without a policy of witnesses the
promise stays unproven, however sound the log.
"""

import asyncio

from kept.ledger import BadNote, BadPolicy, NotCosigned, Report, VerifierKey, load_quorum
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.runtime import Runtime

LATEST_MINUTES = 10
"""A head that a quorum has not vouched for within this time may be one of several."""


@measures("audit.independent", "kept.ledger", "kept.ledger.cosigning", "kept.audit", "kept.witness")
async def verified_and_cosigned(runtime: Runtime) -> Finding:
    """The log verifies, and a quorum of its witnesses has cosigned its checkpoint not long ago."""
    if not await runtime.ledger.database.fetch("SELECT origin FROM log_head"):
        return Finding(Verdict.EMPTY, "The log has not begun yet.", 0)
    report = await asyncio.to_thread(runtime.ledger.checker.check)
    if not report.good:
        return Finding(Verdict.BAD, f"The log does not verify: {report.deviations[0]}", report.entries)
    if runtime.settings.witness_policy is None:
        figure = f"{report.entries:,} entries verify; no outside witness has cosigned them"
        return Finding(Verdict.EMPTY, figure, report.entries, {"size": report.size})
    return await asyncio.to_thread(_cosigned, runtime, report)


def _cosigned(runtime: Runtime, report: Report) -> Finding:
    """What the witnesses say of the published checkpoint."""
    policy = runtime.settings.witness_policy
    assert policy is not None  # noqa: S101  asked before
    verified = f"{report.entries:,} entries verify"
    try:
        quorum = load_quorum(policy, VerifierKey.parse(report.vkey))
        found = quorum.opened(runtime.ledger.checker.source.fetch("checkpoint") or b"")
    except (BadPolicy, BadNote) as error:
        return Finding(Verdict.BAD, f"{verified}, but their witnesses are not known: {error}", report.entries)
    except NotCosigned as error:
        return Finding(
            Verdict.EMPTY, f"{verified}, but not cosigned by a quorum: {error.details['why']}", report.entries
        )
    if not quorum.asks_outsiders:
        return Finding(Verdict.EMPTY, f"{verified}; the policy asks no outsider", report.entries)
    minutes = (runtime.clock.now().timestamp() - found.as_of) / 60
    who = ", ".join(one.key.name for one in quorum.witnesses if one.name in found.times)
    details: dict[str, str | int | float] = {"size": report.size, "cosigned_size": found.checkpoint.size, "by": who}
    if abs(minutes) > LATEST_MINUTES:
        figure = f"{verified}; the last cosignature, by {who}, is {minutes:,.0f} minutes old"
        return Finding(Verdict.EMPTY, figure, report.entries, details)
    figure = f"{verified}; {found.checkpoint.size:,} are cosigned by {who}"
    return Finding.of(good=True, figure=figure, sample=report.entries, **details)
