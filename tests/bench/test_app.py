"""The benchmark of the whole application opens every kind of page, beside the bare server and the bare query."""

import pytest

from kept.bench import app, app_browser
from tests.conftest import chromium


async def test_it_measures_pages_and_first_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"VIEWERS": 24, "MEMBERS": 3, "CARDS": 300, "CLIPS": 2, "CLIP_SECONDS": 1.0, "PAUSE": 0.2}
    for name, value in {**sizes, "WARM_SECONDS": 0.3, "SECONDS": 2.5}.items():
        monkeypatch.setattr(app, name, value)
    for name in ("COLD", "SWIPES"):
        monkeypatch.setattr(app_browser, name, 1)
    found = await app.run()
    for kind in (*app.SHARES, "query"):
        assert found[f"{kind}_pages"] > 0
        assert found[f"{kind}_p99_ms"] >= found[f"{kind}_p50_ms"] > 0
    for kind in ("for_you", "latest", "comments", "notices"):
        assert found[f"{kind}_p50_to_constant"] == found[f"{kind}_p50_ms"] / found["constant_p50_ms"]
    assert found["for_you_p50_ms"] > found["constant_p50_ms"], "a page takes longer than none"
    if chromium() is None:
        assert found["browser"] == app_browser.NO_BROWSER
    else:
        assert found["first_frame_ms"] > found["browser_round_trip_ms"] > 0
        assert found["swipe_to_frame_ms"] > 0


def test_a_load_is_told_by_its_quantiles_beside_the_constant() -> None:
    load = app.Load(lasted=2.0)
    for kind in load.seconds:
        load.seconds[kind] = [0.010] * 98 + [0.200] * 2 if kind == "for_you" else [0.002] * 100
    found = app.summary(load)
    assert found["pages_per_second"] == 100 * len(app.SHARES) / 2
    assert (found["for_you_p50_ms"], found["for_you_p99_ms"]) == (10, 200)
    assert found["for_you_p50_to_constant"] == found["for_you_p50_to_query"] == 5
    assert found["for_you_p99_beyond_constant_ms"] == 198
