"""The benchmark of copies measures both schemas, and what it writes is the whole of somebody's rows."""

import pytest

from kept.bench import export


async def test_it_measures_files_and_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS", (1_000,))
    monkeypatch.setattr(export, "EACH", 3)
    monkeypatch.setattr(export, "ROUNDS", 1)
    found = await export.run()
    assert found["rows_of_1000"] == 1_000
    assert found["own_stores_rows"] > 30
    for key in ("bare_bytes_of_1000", "kept_bytes_of_1000", "own_stores_kept_bytes"):
        assert found[key] > 1_000
    assert found["ratio_of_1000"] > 0
