"""Evidence that people get their data, and are erased when they ask: from the requests themselves and the signed receipts."""

from kept.ledger import VerifierKey
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.residency import BadStatement
from kept.rights import Figures, Kind, doors, figures, sends_mail
from kept.runtime import Runtime
from kept.subjects import read_receipt


@measures("rights.access", "kept.rights.archive", "kept.rights.asking", "kept.rights.states")
async def access(runtime: Runtime) -> Finding:
    """Requests for a copy. A copy that an independent count did not find complete is never given out."""
    told = await figures(runtime.cells, Kind.ACCESS, now=runtime.clock.now())
    return Finding.of(
        good=told.overdue == 0 and len(told.counted) == told.answered,
        figure=f"{_times(told)}; {len(told.counted):,} copies are complete: {sum(told.counted):,} rows, counted independently",
        sample=told.answered,
        asked=told.asked,
        overdue=told.overdue,
    )


@measures("rights.deletion", "kept.subjects.erasing", "kept.subjects.residue", "kept.rights.erasing")
async def deletion(runtime: Runtime) -> Finding:
    """Requests for deletion, and what the receipts say, each checked with the log's public key."""
    told = await figures(runtime.cells, Kind.DELETION, now=runtime.clock.now())
    good, residue = 0, 0
    if told.receipts:
        key = VerifierKey.parse((await runtime.ledger.objects.get("vkey")).decode())
        for receipt in told.receipts:
            try:
                left = read_receipt(receipt, key)["residue"]
            except BadStatement:
                continue
            good, residue = good + 1, residue + left["found"] + sum(left["rows"].values())
    return Finding.of(
        good=told.overdue == 0 and residue == 0 and good == told.answered,
        figure=f"{_times(told)}; {good:,} signed receipts, {residue:,} pieces left behind; {told.held:,} held for a case",
        sample=told.answered,
        asked=told.asked,
        called_off=told.called_off,
        overdue=told.overdue,
    )


@measures("rights.channels", "kept.rights.intake", "kept.rights.verifying", "kept.rights.states")
async def channels(runtime: Runtime) -> Finding:
    """Requests by door; none was answered to somebody unverified, and each cell's database turns such a row away.

    Counted are those that came by other doors than the app: without one, nothing is shown.
    """
    told = await doors(runtime.cells)
    came = ", ".join(f"{number:,} by {channel}" for channel, number in sorted(told.asked.items())) or "none yet"
    mail = "e-mail codes are sent" if sends_mail(runtime.settings) else "no mail server, so the web form is closed"
    return Finding.of(
        good=told.unverified == 0 and told.held_by == told.cells,
        figure=(
            f"requests: {came}; {told.verified:,} verified, {told.ended:,} ended as not verified, "
            f"{told.unverified:,} answered unverified, and {told.held_by} of {told.cells} databases would turn one away; "
            f"post is open, {mail}"
        ),
        sample=told.by_others,
        unverified=told.unverified,
        ended=told.ended,
    )


def _times(told: Figures) -> str:
    return (
        f"{told.answered:,} of {told.asked:,} requests answered, {told.overdue:,} overdue; "
        f"median {told.median_days:.1f} and worst {told.worst_days:.1f} days"
    )
