"""Evidence on the app's network calls: what real browsers report of their first opening, against the manifest."""

from datetime import timedelta

from kept.cells import tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("network.declared", "kept.edge.headers", "kept.api.network")
async def only_declared_calls(runtime: Runtime) -> Finding:
    """First openings that browsers reported, calls outside the manifest, and calls that the policy blocked."""
    since = (runtime.clock.now() - timedelta(days=30)).date()
    counts = await tallied(runtime.cells, "network.", since=since)
    openings, undeclared = counts["network.openings"], counts["network.undeclared"]
    figure = f"{openings} first openings, {counts['network.calls']} calls, {undeclared} undeclared"
    return Finding.of(good=undeclared == 0, figure=figure, sample=openings, blocked=counts["network.blocked"])
