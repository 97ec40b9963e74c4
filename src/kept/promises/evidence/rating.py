"""Evidence that the app is rated 13+: on every page that was answered, and in the web manifest; every limit of a guardian's
switches something off."""

import json
from datetime import timedelta

from kept.cells import tallied
from kept.look.assets import manifest
from kept.policy import AgeBand, Limit, taken_away
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime

RATED = "13+"
YOUNGEST = 13


@measures("youth.rating", "kept.edge.rating", "kept.look.assets", "kept.policy")
async def every_page_is_labelled(runtime: Runtime) -> Finding:
    """Pages answered since yesterday, by whether they bore the label; what the manifest says; switches that do nothing."""
    since = (runtime.clock.now() - timedelta(days=1)).date()
    counts = await tallied(runtime.cells, "rating.", since=since)
    labelled, missing = counts["rating.labelled"], counts["rating.missing"]
    idle = [limit for limit in Limit if not taken_away(limit, AgeBand.TEEN_16_17)]
    figure = (
        f"{labelled:,} of {labelled + missing:,} pages answered bore the label; the web manifest"
        f" {'says' if _manifest_is_rated() else 'does not say'} it; {len(idle)} of {len(Limit)} limits do nothing"
    )
    good = missing == 0 and _manifest_is_rated() and not idle
    return Finding.of(good=good, figure=figure, sample=labelled + missing)


def _manifest_is_rated() -> bool:
    rating = json.loads(manifest().body).get("kept_rating", {})
    return (rating.get("label"), rating.get("minimum_age")) == (RATED, YOUNGEST)
