"""Evidence on the versions that people use: requests of programs that name themselves, by where their version stands."""

from datetime import timedelta

from kept.cells import tallied
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("collection.current-version", "kept.edge.versions")
async def versions_in_use(runtime: Runtime) -> Finding:
    """The share of requests by state of the version; versions below the minimum that were let in: none."""
    since = (runtime.clock.now() - timedelta(days=30)).date()
    counts = await tallied(runtime.cells, "clients.", since=since)
    current, nudged, old = (counts[f"clients.{state}"] for state in ("current", "nudged", "too_old"))
    named, served = current + nudged + old, counts["clients.too_old_served"]
    figure = (
        f"Of {named:,} requests, {_share(current, named)} came from the newest version, {_share(nudged, named)} from one that"
        f" was told of it, {_share(old, named)} from one that is too old; {served:,} of these got past the upgrade page"
    )
    return Finding.of(good=served == 0, figure=figure, sample=named, unnamed=counts["clients.unnamed"])


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.1f} %"
