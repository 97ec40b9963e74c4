"""Evidence that the app is rated: the label in the web manifest, and on every page that was sent."""

import json
from datetime import timedelta

from kept.cells import tallied
from kept.look import assets
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime


@measures("youth.rating", "kept.edge.rating", "kept.look.assets")
async def every_page_is_labelled(runtime: Runtime) -> Finding:
    """Pages that were sent in thirty days, with the label and without, and what the manifest says."""
    since = (runtime.clock.now() - timedelta(days=30)).date()
    counts = await tallied(runtime.cells, "rating.", since=since)
    labelled, missing = counts["rating.labelled"], counts["rating.missing"]
    rated = json.loads(assets.manifest().body).get("kept_rating", {}).get("label") == "13+"
    figure = f"{labelled} of {labelled + missing} pages sent bore the label; the manifest {'does' if rated else 'does not'}"
    return Finding.of(good=rated and missing == 0, figure=figure, sample=labelled + missing)
