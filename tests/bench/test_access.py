"""The benchmark of staff access reads clear and sealed rows under grants of its own, and tells what writing costs apart."""

import pytest

from kept.bench import access


async def test_it_measures_clear_and_sealed_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "READS", 12)
    found = await access.run()
    for kind in ("clear", "sealed"):
        assert found[f"{kind}_ratio_to_query"] > found[f"{kind}_ratio_to_query_and_writes"] > 0
        assert found[f"{kind}_page_ms"] > found[f"{kind}_bare_query_ms"] > 0
